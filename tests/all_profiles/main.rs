//! `check --all-profiles`: the real program against some tens of simulated tenants.

#[expect(dead_code, reason = "shared with the tests of check, which use all of it")]
#[path = "../check/binary.rs"]
mod binary;
#[path = "../support/cast.rs"]
mod cast;

mod endings;
mod formats;
mod hosts;
mod secrets;
mod town;
