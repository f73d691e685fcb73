//! The interface on a terminal: owner of the terminal, key table, theme, and the panes.

pub mod backend;
pub mod terminal;
pub mod watcher;
