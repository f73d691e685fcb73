//! Knowledge of the program: guide, connection, evidence, verdict. Pure: no clock, no socket, no file.

pub mod check_list;
pub mod codes;
pub mod connection;
pub mod evidence;
pub mod guide;
pub mod guide_draft;
pub mod guide_library;
pub mod host_class;
pub mod input;
pub mod permission_levels;
pub mod profile;
pub mod report;
pub mod request_budget;
pub mod run_event;
pub mod run_plan;
pub mod run_summary;
pub mod scope;
pub mod secret_destination;
pub mod secret_text;
pub mod text_file;
pub mod untrusted_text;
pub mod url_error;
pub mod verdict;
