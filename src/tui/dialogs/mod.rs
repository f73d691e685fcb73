//! Rendering of the dialogs: questions, help, reports, values, plain text.

mod dialog_rows;
mod guide_picker;
pub mod help;
pub(crate) mod save_profile;
pub(crate) mod vendor_form;

pub use dialog_rows::{draw, place, rows};
