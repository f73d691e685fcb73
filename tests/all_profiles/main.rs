//! `check --all-profiles`: the real program against some tens of simulated tenants.

#[path = "../common/guide_names.rs"]
mod guide_names;
#[path = "../common/program_output.rs"]
#[expect(dead_code, reason = "shared with the tests of check, which use all of it")]
mod program_output;

mod exit_status;
mod formats;
mod rate_limits;
mod secrets;
mod servers;
mod shards;
