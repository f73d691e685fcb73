//! The pure core, message by message.

use crate as krate;

mod fields;
mod invariants;
mod keeping;
mod lists;
mod overlays;
mod phases;
mod picker;
mod runs;
mod secret_text;
#[path = "../../../tests/support/story.rs"]
pub(crate) mod story;
mod waiting;
mod waterfall;
