//! Output style that the terminal, the environment and the settings allow.

use std::io::{self, IsTerminal};

use crate::config::Settings;
use crate::headless::OutputStyle;
use crate::platform::terminal;
use crate::session::setting_sources::variable;

/// Returns the style of standard output and standard error.
pub fn of(settings: &Settings) -> OutputStyle {
    let forced = variable("CLICOLOR_FORCE").is_some_and(|value| value != "0");
    let terminal = io::stdout().is_terminal();
    let dumb = is_dumb() || (terminal && !terminal::understands_escape_sequences());
    OutputStyle {
        color: !settings.no_color.get() && (forced || (terminal && !dumb)),
        width: terminal.then(width).flatten(),
        gauge: io::stderr().is_terminal() && !dumb,
        spoken: settings.plain.get() && io::stderr().is_terminal(),
        ..OutputStyle::default()
    }
}

/// Returns true if the terminal can only print, or if `TERM` is not set where terminals set it.
pub fn is_dumb() -> bool {
    variable("TERM").map_or(terminal::NAMES_ITS_TYPE, |term| term == "dumb")
}

fn width() -> Option<usize> {
    let columns = terminal::output_size().ok()?.columns;
    (columns > 0).then_some(columns.into())
}
