//! Recordings of runs: they hold nothing of a server's that is not on the closed list, and judging one again gives what the
//! run gave.

#[path = "../common/guide_names.rs"]
mod guide_names;
#[path = "../common/hostile_run.rs"]
#[allow(dead_code, reason = "shared with the hostile suite, which uses other parts of it")]
mod hostile_run;
#[path = "../common/hostile_server.rs"]
#[allow(dead_code, reason = "shared with the hostile suite, which uses other parts of it")]
mod hostile_server;
#[path = "../common/program_output.rs"]
#[allow(dead_code, reason = "shared with the suites of the program, which use other parts of it")]
mod program_output;

mod canaries;
mod doubts;
mod equality;
mod files;
mod library;
mod report_match;
mod simulated_runs;
mod values;
