//! The interface on a terminal: owner of the terminal, key table, theme, and the panes.

pub mod backend;
mod checklist;
mod checks;
mod clock;
mod credentials;
mod detail;
mod footer;
mod header;
pub mod help;
mod input;
mod keep;
pub mod keyboard;
pub mod keys;
pub mod layout;
mod log;
mod overlay;
mod pane;
mod picker;
pub mod rebind;
mod session;
pub mod terminal;
pub mod text;
pub mod theme;
mod values;
mod view;
pub mod watcher;
mod waterfall;

pub use session::{Options, run};
pub use view::view;
