//! Runs in this process against the simulated Halo: each way in which the set-up can be wrong has its diagnosis, under
//! another guide too, and doing what the diagnosis says fixes it.

use halo_onboard as krate;

#[path = "../common/fixtures.rs"]
#[allow(dead_code, reason = "shared with the unit tests, which use other parts of it")]
mod fixtures;
#[path = "../common/guide_names.rs"]
mod guide_names;

mod demo_repair;
mod fault_matrix;
mod guide_library;
mod other_guides;
