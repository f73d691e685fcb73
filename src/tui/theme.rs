//! Glyphs, borders, colours and key labels. Text carries the meaning; a glyph or a colour only repeats it. The
//! colours are the sixteen of the terminal, on its own background.

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

use super::keymap::custom_keys;
use super::keymap::{BINDINGS, Binding};
use crate::app::{CheckState, LineState, Text};
use crate::platform::terminal::IS_ALWAYS_UNICODE;

/// Style of drawing.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    unicode: bool,
    /// The table of keys in force.
    pub keys: &'static [Binding],
}

const ASCII: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};
const ASCII_FOCUSED: border::Set<'static> =
    border::Set { vertical_left: "#", vertical_right: "#", horizontal_top: "=", horizontal_bottom: "=", ..ASCII };

impl Theme {
    /// Box-drawing lines and one-cell glyphs.
    pub const UNICODE: Theme = Theme { unicode: true, keys: BINDINGS };
    /// Plain ASCII.
    pub const ASCII: Theme = Theme { unicode: false, keys: BINDINGS };

    /// ASCII when it is asked for or the locale is not UTF-8.
    pub fn for_locale(ascii: bool) -> Self {
        let locale =
            ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
        let utf8 = IS_ALWAYS_UNICODE || locale.is_some_and(|locale| is_utf8(&locale));
        if ascii || !utf8 { Self::ASCII } else { Self::UNICODE }
    }

    /// The same with other keys.
    pub fn with_keys(self, keys: &'static [Binding]) -> Self {
        Self { keys, ..self }
    }

    /// Replaces `{name}` in the program's own text with the first key of that action, e.g. `{run_all}`.
    pub fn keyed(self, text: &'static str) -> String {
        custom_keys::keyed(self.keys, text)
    }

    /// A text with its keys put in; braces that others wrote stay.
    pub fn text(self, text: &Text) -> String {
        text.resolved(|own| custom_keys::keyed(self.keys, own))
    }

    /// Border of a pane. The focused pane has heavier lines.
    pub fn lines(self, focused: bool) -> border::Set<'static> {
        match (self.unicode, focused) {
            (true, true) => border::THICK,
            (true, false) => border::PLAIN,
            (false, true) => ASCII_FOCUSED,
            (false, false) => ASCII,
        }
    }

    /// One cell of a bar.
    pub fn bar(self) -> &'static str {
        if self.unicode { "■" } else { "=" }
    }

    /// One cell of a thin bar, for a secondary value.
    pub fn thin_bar(self) -> &'static str {
        if self.unicode { "╌" } else { "-" }
    }

    /// One cell for the state of a check.
    pub fn check(self, shown: CheckState) -> &'static str {
        let (unicode, ascii) = match shown {
            CheckState::Waiting => ("·", "."),
            CheckState::Running(_) => ("»", ">"),
            CheckState::Stopped => ("×", "*"),
            CheckState::Passed => ("✓", "v"),
            CheckState::Warned => ("!", "!"),
            CheckState::Failed => ("✗", "X"),
            CheckState::Skipped => ("–", "-"),
        };
        if self.unicode { unicode } else { ascii }
    }

    /// One cell for the state of a guide line.
    pub fn line(self, state: LineState) -> &'static str {
        let (unicode, ascii) = match state {
            LineState::Todo => ("·", "."),
            LineState::Ticked => ("•", "*"),
            LineState::Proved => ("✓", "v"),
            LineState::Contradicted => ("✗", "X"),
            LineState::Operator => ("○", "o"),
        };
        if self.unicode { unicode } else { ascii }
    }

    /// A text of the program's own with its glyphs as this terminal can show them.
    pub fn glyphs(self, text: &str) -> String {
        if self.unicode {
            return text.to_owned();
        }
        text.replace('✓', "v").replace('✗', "X").replace('–', "-").replace('○', "o")
    }

    /// Mask of a hidden secret, independent of its length.
    pub fn mask(self) -> &'static str {
        if self.unicode { "••••••••" } else { "********" }
    }

    /// An answer of several, chosen or not.
    pub fn choice(self, chosen: bool) -> &'static str {
        match (self.unicode, chosen) {
            (true, true) => "(•)",
            (false, true) => "(o)",
            (_, false) => "( )",
        }
    }

    /// Full and empty part of a gauge.
    pub fn progress_glyphs(self) -> (&'static str, &'static str) {
        if self.unicode { ("━", "╌") } else { ("=", "-") }
    }

    /// Mark at the cut of a truncated text.
    pub fn more(self) -> &'static str {
        if self.unicode { "…" } else { "~" }
    }
}

fn is_utf8(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// As wanted.
pub fn good() -> Style {
    Style::new().fg(Color::Green)
}

/// Works, but look at it.
pub fn doubtful() -> Style {
    Style::new().fg(Color::Yellow)
}

/// Failed.
pub fn bad() -> Style {
    Style::new().fg(Color::Red).add_modifier(Modifier::BOLD)
}

/// Running.
pub fn active() -> Style {
    Style::new().fg(Color::Cyan)
}

/// Emphasised.
pub fn strong() -> Style {
    Style::new().add_modifier(Modifier::BOLD)
}

/// Selected.
pub fn selected() -> Style {
    Style::new().add_modifier(Modifier::REVERSED)
}

/// The style of a check's state.
pub fn of_check(shown: CheckState) -> Style {
    match shown {
        CheckState::Passed => good(),
        CheckState::Warned | CheckState::Stopped => doubtful(),
        CheckState::Failed => bad(),
        CheckState::Running(_) => active(),
        CheckState::Waiting | CheckState::Skipped => Style::new(),
    }
}

/// The style of a guide line's state.
pub fn of_line(state: LineState) -> Style {
    match state {
        LineState::Proved => good(),
        LineState::Contradicted => bad(),
        LineState::Ticked => active(),
        LineState::Todo | LineState::Operator => Style::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::is_utf8;

    #[test]
    fn locales() {
        for (locale, utf8) in [("en_GB.UTF-8", true), ("de_DE.utf8", true), ("C", false), ("en_US.ISO-8859-1", false)] {
            assert_eq!(is_utf8(locale), utf8, "{locale}");
        }
    }
}
