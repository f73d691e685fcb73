//! `--plain`: the assistant without a full screen, for screen readers and simple terminals. It only appends lines: no
//! cursor movement, no colour needed, and every change is a new line.

mod command_parser;
mod commands;
mod plain_session;
mod profile_menu;
mod text_views;
mod watch;

pub use plain_session::run;
use plain_session::{End, PlainSession, read_ahead, with_identity};
