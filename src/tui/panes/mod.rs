//! The panes of the screen, and the border around each.

pub(crate) mod check_detail;
pub(crate) mod checklist;
pub(crate) mod checks;
pub(crate) mod credentials;
pub(crate) mod footer;
pub(crate) mod header;
pub(crate) mod log;
mod pane_frame;
pub(crate) mod profile_picker;
pub(crate) mod timeline;

pub use pane_frame::{PaneFrame, frame, rows, visible_range};
