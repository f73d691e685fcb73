//! The real program, driven as a script would, and its files between several processes.

#[path = "../common/guide_names.rs"]
mod guide_names;
#[path = "../common/program_output.rs"]
mod program_output;
#[path = "../common/recording_host.rs"]
mod recording_host;
#[path = "../common/skip.rs"]
mod skip;

mod concurrent_store;
mod destinations;
mod exit_status;
mod full_disk;
mod generated_docs;
mod input;
mod profiles;
mod recorded_runs;
mod report_formats;
mod scenarios;
mod secrets;
mod terminal;
mod values;
