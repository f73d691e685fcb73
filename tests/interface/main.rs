//! The terminal interface: its screens drawn from runs told by hand, and the program itself on a pseudo-terminal.

use halo_onboard as krate;

#[path = "../common/fixtures.rs"]
#[allow(dead_code, reason = "shared with the unit tests, which use other parts of it")]
mod fixtures;
#[path = "../common/guide_names.rs"]
#[cfg(target_os = "linux")]
mod guide_names;
#[path = "../common/program.rs"]
#[cfg(target_os = "linux")]
mod program;
#[path = "../common/pty.rs"]
#[cfg(target_os = "linux")]
mod pty;
#[path = "../common/screen.rs"]
mod screen;
#[path = "../common/skip.rs"]
#[cfg(target_os = "linux")]
mod skip;

mod demo;
mod exit;
mod profiles;
mod screens;
mod secrets;
#[cfg(target_os = "linux")]
mod terminal_child;
mod terminal_restore;
