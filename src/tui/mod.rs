//! The interface on a terminal: owner of the terminal, key table, theme, and the panes.

mod cell_drawing;
pub mod dialogs;
mod event_loop;
mod input;
pub mod keyboard;
pub mod keymap;
pub mod layout;
pub mod panes;
pub mod screen_contents;
pub mod signal_watcher;
mod suspend_aware_clock;
pub mod terminal;
pub mod terminal_backend;
pub mod text_layout;
pub mod theme;
mod view;

pub use event_loop::{Options, run};
pub use view::{view, view_contents};
