//! Changes the state for each message and returns the requested effects.

mod actions;
mod dialogs;
mod dispatch;
mod effect_results;
mod focus;
mod form_fields;
mod guide_picker;
mod navigation;
mod profile_picker;
mod profiles;
mod runs;
mod timer;

pub use dispatch::update;
