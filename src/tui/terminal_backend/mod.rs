//! The ratatui backend. It writes as few bytes as a change needs, because over SSH the operator feels each of them.
//!
//! It keeps the terminal's contents, cursor position and style from frame to frame. It sends no queries, writes each
//! frame in one piece, and expects a terminal in raw mode (a line feed only moves the cursor) without automatic margins,
//! so that the last cell can be written without scrolling.

mod cell_width;
mod cursor_movement;
mod frame_encoder;
mod minimal_backend;
mod screen_model;
mod sgr_style;
#[cfg(test)]
mod tests;

pub use cell_width::blank_half_covered_wide_characters;
pub use minimal_backend::{MinimalBackend, SizeQuery};
