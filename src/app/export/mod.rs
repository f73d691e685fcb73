//! The report in each format of the interface.

mod html_report;
mod html_to_text;
mod render_report;

use render_report::demo_words;
