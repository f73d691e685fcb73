//! `check`: a run without a screen, printed by a reporter in one of the output formats.

pub mod all_profiles;
mod check_order;
mod check_run;
mod error_report;
pub mod formats;
mod output_streams;
mod progress_line;
mod reporter;
mod stderr_log;
mod tenant_summary;
mod text_style;
mod watch_schedule;

pub use check_run::{Interrupt, Job, checks};
pub use error_report::{Refusal, broken, refused};
pub use formats::document::Document;
pub use formats::explanation::pages as explanation_pages;
pub use formats::human::Human;
pub use formats::json::{of_report as json_report, render as json};
pub use formats::jsonl::JsonLines;
pub use formats::junit::render as junit;
pub use formats::markdown::{of_report as markdown_report, render as markdown};
pub use formats::prometheus::render as prometheus;
pub use formats::schema;
pub use output_streams::{OutputStream, OutputStreams};
pub use reporter::{Outcome, Reporter, RunHeader};
pub use text_style::{OutputStyle, fill};
pub use watch_schedule::{WatchSchedule, run};
