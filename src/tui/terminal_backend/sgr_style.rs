//! The style that the terminal writes with, and the shortest way from one to another.

use std::io::Write as _;

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// Attributes that are seen on an empty cell too.
const SEEN_ON_BLANK: Modifier =
    Modifier::REVERSED.union(Modifier::UNDERLINED).union(Modifier::CROSSED_OUT).union(Modifier::SLOW_BLINK);

/// Each attribute with the number that sets it and the one that takes it away.
const ATTRIBUTES: [(Modifier, u8, u8); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

/// Colours and attributes of what is written next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SgrStyle {
    fg: Color,
    bg: Color,
    underline: Color,
    modifier: Modifier,
}

impl SgrStyle {
    /// Initial style of a terminal.
    pub(super) const PLAIN: Self =
        Self { fg: Color::Reset, bg: Color::Reset, underline: Color::Reset, modifier: Modifier::empty() };

    /// The style of a cell.
    pub(super) fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, underline: cell.underline_color, modifier: cell.modifier }
    }

    /// Returns true if an empty cell looks the same in both styles.
    pub(super) fn same_on_blank(self, other: Self) -> bool {
        self == other || (!self.marks_blank() && !other.marks_blank() && self.bg == other.bg)
    }

    /// Returns true if an empty cell in this style can be erased. Not every terminal erases with the background
    /// colour.
    pub(super) fn leaves_blank_empty(self) -> bool {
        self.same_on_blank(Self::PLAIN)
    }

    fn marks_blank(self) -> bool {
        self.modifier.intersects(SEEN_ON_BLANK)
    }

    /// Writes the shortest sequence that changes the style from `from` to this one; `None` if the current style is
    /// unknown.
    pub(super) fn write_change(self, from: Option<Self>, out: &mut Vec<u8>) {
        if from == Some(self) {
            return;
        }
        let mut afresh = vec![String::new()];
        self.additions(Self::PLAIN, &mut afresh);
        let parameters = match from {
            Some(from) => {
                let mut stepwise = Vec::new();
                self.changes(from, &mut stepwise);
                let (stepwise, afresh) = (stepwise.join(";"), afresh.join(";"));
                if afresh.len() < stepwise.len() { afresh } else { stepwise }
            }
            None => afresh.join(";"),
        };
        let _ = write!(out, "\x1b[{parameters}m");
    }

    /// Takes away what `from` has and this has not, then adds the rest.
    fn changes(self, from: Self, parameters: &mut Vec<String>) {
        let mut kept = from;
        for (attribute, _, off) in ATTRIBUTES {
            if kept.modifier.contains(attribute) && !self.modifier.contains(attribute) {
                // One number may end two attributes (22 ends bold and dim): what else it ends is set again below.
                kept.modifier.remove(ending_with(off));
                parameters.push(off.to_string());
            }
        }
        self.additions(kept, parameters);
    }

    /// Adds what `from` lacks; it has nothing that this has not, but for colours.
    fn additions(self, from: Self, parameters: &mut Vec<String>) {
        for (attribute, on, _) in ATTRIBUTES {
            if self.modifier.contains(attribute) && !from.modifier.contains(attribute) {
                parameters.push(on.to_string());
            }
        }
        if self.fg != from.fg {
            parameters.push(colour(self.fg, 30));
        }
        if self.bg != from.bg {
            parameters.push(colour(self.bg, 40));
        }
        if self.underline != from.underline {
            parameters.push(underline_colour(self.underline));
        }
    }
}

fn ending_with(number: u8) -> Modifier {
    ATTRIBUTES.iter().filter(|(_, _, off)| *off == number).map(|(attribute, _, _)| *attribute).collect()
}

/// A colour as a parameter; `base` is 30 for the foreground and 40 for the background.
fn colour(colour: Color, base: u8) -> String {
    let (offset, index) = match colour {
        Color::Reset => return (base + 9).to_string(),
        Color::Rgb(r, g, b) => return format!("{};2;{r};{g};{b}", base + 8),
        Color::Indexed(index) => return format!("{};5;{index}", base + 8),
        named => named_index(named),
    };
    (base + offset + index).to_string()
}

/// A named colour: 0 or 60 (the bright half), and its number in that half.
fn named_index(colour: Color) -> (u8, u8) {
    match colour {
        Color::Black => (0, 0),
        Color::Red => (0, 1),
        Color::Green => (0, 2),
        Color::Yellow => (0, 3),
        Color::Blue => (0, 4),
        Color::Magenta => (0, 5),
        Color::Cyan => (0, 6),
        Color::DarkGray => (60, 0),
        Color::LightRed => (60, 1),
        Color::LightGreen => (60, 2),
        Color::LightYellow => (60, 3),
        Color::LightBlue => (60, 4),
        Color::LightMagenta => (60, 5),
        Color::LightCyan => (60, 6),
        Color::White => (60, 7),
        Color::Gray | Color::Reset | Color::Rgb(..) | Color::Indexed(_) => (0, 7),
    }
}

/// The underline colour has no short form. It uses colons, because terminals without SGR 58 would read parameters
/// after a semicolon as attributes.
fn underline_colour(colour: Color) -> String {
    match colour {
        Color::Reset => "59".into(),
        Color::Rgb(r, g, b) => format!("58:2::{r}:{g}:{b}"),
        Color::Indexed(index) => format!("58:5:{index}"),
        named => {
            let (half, index) = named_index(named);
            format!("58:5:{}", if half == 0 { index } else { index + 8 })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pen(fg: Color, bg: Color, modifier: Modifier) -> SgrStyle {
        SgrStyle { fg, bg, modifier, ..SgrStyle::PLAIN }
    }

    #[test]
    fn changes_are_written_in_the_short_form() {
        let bold = pen(Color::Reset, Color::Reset, Modifier::BOLD);
        let bold_dim = pen(Color::Reset, Color::Reset, Modifier::BOLD | Modifier::DIM);
        let red = pen(Color::Red, Color::Reset, Modifier::empty());
        let bold_red = pen(Color::Red, Color::Reset, Modifier::BOLD);
        let loud = pen(Color::LightGreen, Color::DarkGray, Modifier::REVERSED);
        let loud_bold = pen(Color::LightGreen, Color::DarkGray, Modifier::REVERSED | Modifier::BOLD);
        let far = pen(Color::Indexed(200), Color::Rgb(1, 2, 3), Modifier::empty());
        for (from, to, wanted) in [
            (Some(bold), bold, ""),
            (Some(SgrStyle::PLAIN), bold, "\x1b[1m"),
            (Some(bold), SgrStyle::PLAIN, "\x1b[m"),
            (Some(SgrStyle::PLAIN), red, "\x1b[31m"),
            (Some(bold), bold_red, "\x1b[31m"),
            (Some(bold_red), bold, "\x1b[39m"),
            (Some(bold_red), red, "\x1b[22m"),
            (Some(bold_dim), bold, "\x1b[;1m"),
            (Some(loud_bold), loud, "\x1b[22m"),
            (Some(loud), bold, "\x1b[;1m"),
            (Some(SgrStyle::PLAIN), loud, "\x1b[7;92;100m"),
            (Some(SgrStyle::PLAIN), far, "\x1b[38;5;200;48;2;1;2;3m"),
            (None, SgrStyle::PLAIN, "\x1b[m"),
            (None, red, "\x1b[;31m"),
        ] {
            let mut out = Vec::new();
            to.write_change(from, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), wanted, "{from:?} to {to:?}");
        }
    }

    #[test]
    fn on_a_blank_only_what_can_be_seen_counts() {
        let red = pen(Color::Red, Color::Reset, Modifier::BOLD);
        let turned = pen(Color::Red, Color::Reset, Modifier::REVERSED);
        let ground = pen(Color::Reset, Color::Blue, Modifier::empty());
        assert!(red.same_on_blank(SgrStyle::PLAIN) && red.leaves_blank_empty());
        assert!(!turned.same_on_blank(red) && !turned.leaves_blank_empty());
        assert!(!ground.same_on_blank(SgrStyle::PLAIN) && ground.same_on_blank(ground));
    }
}
