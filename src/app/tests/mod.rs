//! The pure core, message by message.

use crate as krate;
use crate::secret::Secret;

mod connection_phases;
mod dialogs;
#[path = "../../../tests/common/fixtures.rs"]
pub(crate) mod fixtures;
mod form_fields;
mod guide_picker;
mod navigation;
mod profile_picker;
mod profiles;
mod runs;
mod secret_text;
mod timeline;
mod waiting;

/// The secret command ends; one is taken to be running where none was started.
fn command_ends(state: &mut crate::app::State, outcome: Result<Secret, String>) -> Vec<crate::app::Effect> {
    let order = *state.commanding.get_or_insert(state.order);
    crate::app::update(state, crate::app::Message::Commanded { order, outcome })
}
