//! The pure core, message by message.

use crate as krate;

mod connection_phases;
mod dialogs;
#[path = "../../../tests/common/fixtures.rs"]
pub(crate) mod fixtures;
mod form_fields;
mod invariants;
mod navigation;
mod profile_picker;
mod profiles;
mod runs;
mod secret_text;
mod timeline;
mod waiting;
