//! Text from servers.

use halo_onboard::domain::untrusted_text::{KEPT_BYTES, SHOWN_CHARS, UntrustedText};
use halo_onboard::probe::fuzz_targets;
use halo_onboard::tui::text_layout::{cut, head, tail, width, wrap};
use halo_onboard::tui::theme::Theme;
use unicode_width::UnicodeWidthChar;

use super::source::Source;
use super::{CANARY, holds_no_canary, is_clean};

/// Foreign text, from the bytes to the screen.
pub fn text(bytes: &[u8]) {
    let mut source = Source::new(bytes);
    let cells = source.below(200);
    let date = source.text();
    let wait = source.text();
    let before = source.text();
    let rest = source.rest();
    for foreign in [
        UntrustedText::from_bytes(rest),
        UntrustedText::new(&before),
        UntrustedText::new(&String::from_utf8_lossy(rest)),
    ] {
        filtered(&foreign, cells);
    }
    let planted = format!("{before}{CANARY}{}", String::from_utf8_lossy(rest));
    let hidden = fuzz_targets::foreign(&planted, &[CANARY]);
    holds_no_canary(hidden.as_str());
    filtered(&hidden, cells);
    let (_, seconds) = fuzz_targets::dates(&date, &wait);
    assert!(seconds.is_none_or(|seconds| seconds <= 86_400));
}

fn filtered(foreign: &UntrustedText, cells: usize) {
    let text = foreign.as_str();
    is_clean(text);
    assert!(text.len() <= KEPT_BYTES);
    assert!(foreign.short().chars().count() <= SHOWN_CHARS + 3);
    let mut marks = 0;
    for c in text.chars() {
        marks = if c.width() == Some(0) { marks + 1 } else { 0 };
        assert!(marks <= 4, "{text:?}");
    }
    assert_eq!(UntrustedText::new(text).as_str(), text, "cleaning twice changes nothing");
    for theme in [Theme::UNICODE, Theme::ASCII] {
        let short = cut(text, cells, theme);
        assert!(width(&short) <= cells, "{cells}: {short:?} of {text:?}");
    }
    assert!(text.starts_with(head(text, cells)) && text.ends_with(tail(text, cells)));
    for line in wrap(text, cells) {
        // A single character may be wider than a very narrow pane.
        assert!(width(&line) <= cells.max(2), "{cells}: {line:?}");
    }
}
