//! Output style that the terminal, the environment and the settings allow.

use std::io::{self, IsTerminal};

use crate::config::Settings;
use crate::headless::OutputStyle;
use crate::session::setting_sources::variable;

/// Returns the style of standard output and standard error.
pub fn of(settings: &Settings) -> OutputStyle {
    let dumb = is_dumb();
    let forced = variable("CLICOLOR_FORCE").is_some_and(|value| value != "0");
    let terminal = io::stdout().is_terminal();
    OutputStyle {
        color: !settings.no_color.get() && (forced || (terminal && !dumb)),
        width: terminal.then(width).flatten(),
        gauge: io::stderr().is_terminal() && !dumb,
        spoken: settings.plain.get() && io::stderr().is_terminal(),
        ..OutputStyle::default()
    }
}

/// Returns true if the terminal can only print, or if `TERM` is not set.
pub fn is_dumb() -> bool {
    variable("TERM").is_none_or(|term| term == "dumb")
}

fn width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    (size.ws_col > 0).then_some(size.ws_col.into())
}
