//! A JSON text read piece by piece, as it arrives: its brackets, its keys and, where asked for, its short values. Nothing
//! else of it is kept, so its memory does not grow with the text.

use std::ops::ControlFlow;

use zeroize::Zeroizing;

use super::json::DEEPEST;

/// Longest key or value that is handed out, in bytes as written; one that is longer is skipped.
const LONGEST_TOKEN: usize = 256;

/// Event of the scanner.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::probe) enum Event<'a> {
    /// `[`.
    OpenList,
    /// `{`.
    OpenObject,
    /// `]` or `}`.
    Close,
    /// A key as written, with its quotation marks; empty when it is too long.
    Key(&'a [u8]),
    /// A text, a number, a truth value or `null`, as written; empty when it is too long or was not asked for.
    Scalar(&'a [u8]),
}

/// Instruction of the events' receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::probe) enum ScanControl {
    /// More; the value that follows may be skipped.
    Skip,
    /// More; the value that follows is wanted as written.
    Value,
    /// No more.
    Stop,
}

/// Position at which a text stops being JSON. Contains nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::probe) enum JsonSyntaxError {
    /// At this line and column.
    At(usize, usize),
    /// Nested deeper than is read.
    TooDeep,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// A value; `]` too when true.
    Value(bool),
    /// A key; `}` too when true.
    Key(bool),
    Colon,
    /// Behind a value.
    After,
    Text,
    Escape,
    /// Number of missing hexadecimal digits.
    Hex(u8),
    Minus,
    Zero,
    Digits,
    Point,
    Fraction,
    Exponent,
    ExponentSign,
    ExponentDigits,
    /// The rest of `true`, `false` or `null`.
    Word(&'static [u8]),
}

/// The reader. A text's encoding is not looked at: it must be UTF-8 already.
pub(in crate::probe) struct JsonScanner {
    state: State,
    /// One bit a level, the innermost lowest: set for an object.
    objects: u128,
    depth: usize,
    is_key: bool,
    keep: bool,
    token: Zeroizing<Vec<u8>>,
    line: usize,
    column: usize,
    read: usize,
}

impl Default for JsonScanner {
    fn default() -> Self {
        Self {
            state: State::Value(false),
            objects: 0,
            depth: 0,
            is_key: false,
            keep: true,
            token: Zeroizing::new(Vec::with_capacity(LONGEST_TOKEN)),
            line: 1,
            column: 0,
            read: 0,
        }
    }
}

impl JsonScanner {
    /// Number of open lists and objects.
    pub(in crate::probe) fn depth(&self) -> usize {
        self.depth
    }

    /// Scans the next piece. Stops if `on` asks for it.
    ///
    /// # Errors
    /// The text is not JSON from here on. No further piece may be pushed.
    pub(in crate::probe) fn push(
        &mut self,
        mut piece: &[u8],
        mut on: impl FnMut(&Self, Event<'_>) -> ScanControl,
    ) -> Result<ControlFlow<()>, JsonSyntaxError> {
        while let Some(byte) = piece.first() {
            if self.state == State::Text {
                let plain = piece.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20)).count();
                if plain > 0 {
                    self.column += plain;
                    self.read += plain;
                    self.note(&piece[..plain]);
                    piece = &piece[plain..];
                    continue;
                }
            }
            piece = &piece[1..];
            self.column += 1;
            self.read += 1;
            if self.step(*byte, &mut on)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            if *byte == b'\n' {
                (self.line, self.column) = (self.line + 1, 0);
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Says that the text has ended; false when it ended too early.
    pub(in crate::probe) fn end(&mut self, mut on: impl FnMut(&Self, Event<'_>) -> ScanControl) -> bool {
        if self.depth == 0 && self.is_number_complete() {
            let _ = self.scalar(&mut on);
        }
        self.state == State::After && self.depth == 0
    }

    /// Bytes read so far.
    pub(in crate::probe) fn read(&self) -> usize {
        self.read
    }

    /// Line and column reached.
    pub(in crate::probe) fn place(&self) -> (usize, usize) {
        (self.line, self.column)
    }

    /// True until something else than white space was read.
    pub(in crate::probe) fn is_blank(&self) -> bool {
        self.state == State::Value(false) && self.depth == 0
    }

    fn step(
        &mut self,
        byte: u8,
        on: &mut impl FnMut(&Self, Event<'_>) -> ScanControl,
    ) -> Result<ControlFlow<()>, JsonSyntaxError> {
        if self.is_number_complete() && !matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E') {
            // A number's end shows only in what follows it.
            if self.scalar(on).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        let blank = matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        match (self.state, byte) {
            (State::Value(_) | State::Key(_) | State::Colon | State::After, _) if blank => {}
            (State::Value(true), b']') | (State::Key(true), b'}') => return self.close(on),
            (State::Value(_), b'[') => return self.open(false, on),
            (State::Value(_), b'{') => return self.open(true, on),
            (State::Value(_), _) => self.begin(byte, false).ok_or_else(|| self.broken())?,
            (State::Key(_), b'"') => self.begin(byte, true).ok_or_else(|| self.broken())?,
            (State::Colon, b':') => self.state = State::Value(false),
            (State::After, b',') if self.depth > 0 => {
                self.state = if self.is_in_object() { State::Key(false) } else { State::Value(false) };
            }
            (State::After, b']') if self.depth > 0 && !self.is_in_object() => return self.close(on),
            (State::After, b'}') if self.depth > 0 && self.is_in_object() => return self.close(on),
            (State::Text, b'"') => {
                self.note(&[byte]);
                return Ok(if self.is_key { self.key(on) } else { self.scalar(on) });
            }
            (state, byte) => {
                self.state = inside(state, byte).ok_or_else(|| self.broken())?;
                self.note(&[byte]);
                if self.state == State::Word(b"") {
                    return Ok(self.scalar(on));
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Begins a key or a scalar value.
    fn begin(&mut self, byte: u8, is_key: bool) -> Option<()> {
        self.state = match byte {
            b'"' => State::Text,
            b'-' => State::Minus,
            b'0' => State::Zero,
            b'1'..=b'9' => State::Digits,
            b't' => State::Word(b"rue"),
            b'f' => State::Word(b"alse"),
            b'n' => State::Word(b"ull"),
            _ => return None,
        };
        self.is_key = is_key;
        self.token.clear();
        self.note(&[byte]);
        Some(())
    }

    /// Keeps bytes of a key, or of a value that was asked for, while it is short.
    fn note(&mut self, bytes: &[u8]) {
        if self.is_key || self.keep {
            let room = (LONGEST_TOKEN + 1).saturating_sub(self.token.len());
            self.token.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
    }

    fn token(&self) -> &[u8] {
        if self.token.len() > LONGEST_TOKEN { &[] } else { &self.token }
    }

    fn key(&mut self, on: &mut impl FnMut(&Self, Event<'_>) -> ScanControl) -> ControlFlow<()> {
        self.state = State::Colon;
        let next = on(self, Event::Key(self.token()));
        self.wants(next)
    }

    fn scalar(&mut self, on: &mut impl FnMut(&Self, Event<'_>) -> ScanControl) -> ControlFlow<()> {
        self.state = State::After;
        let next = on(self, Event::Scalar(if self.keep { self.token() } else { &[] }));
        self.wants(next)
    }

    fn open(
        &mut self,
        is_object: bool,
        on: &mut impl FnMut(&Self, Event<'_>) -> ScanControl,
    ) -> Result<ControlFlow<()>, JsonSyntaxError> {
        if self.depth == DEEPEST {
            return Err(JsonSyntaxError::TooDeep);
        }
        let next = on(self, if is_object { Event::OpenObject } else { Event::OpenList });
        self.depth += 1;
        self.objects = self.objects << 1 | u128::from(is_object);
        self.state = if is_object { State::Key(true) } else { State::Value(true) };
        Ok(self.wants(next))
    }

    fn close(
        &mut self,
        on: &mut impl FnMut(&Self, Event<'_>) -> ScanControl,
    ) -> Result<ControlFlow<()>, JsonSyntaxError> {
        self.depth -= 1;
        self.objects >>= 1;
        self.state = State::After;
        let next = on(self, Event::Close);
        Ok(self.wants(next))
    }

    fn wants(&mut self, next: ScanControl) -> ControlFlow<()> {
        self.keep = next == ScanControl::Value;
        if next == ScanControl::Stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn is_in_object(&self) -> bool {
        self.objects & 1 == 1
    }

    fn is_number_complete(&self) -> bool {
        matches!(self.state, State::Zero | State::Digits | State::Fraction | State::ExponentDigits)
    }

    fn broken(&self) -> JsonSyntaxError {
        JsonSyntaxError::At(self.line, self.column)
    }
}

/// The state after one more byte of a scalar; `None` if the byte is not allowed.
fn inside(state: State, byte: u8) -> Option<State> {
    Some(match (state, byte) {
        (State::Text, b'\\') => State::Escape,
        (State::Text, 0x20..) => State::Text,
        (State::Escape, b'u') => State::Hex(4),
        (State::Escape, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => State::Text,
        (State::Hex(1), byte) if byte.is_ascii_hexdigit() => State::Text,
        (State::Hex(left), byte) if byte.is_ascii_hexdigit() => State::Hex(left - 1),
        (State::Minus, b'0') => State::Zero,
        (State::Minus, b'1'..=b'9') | (State::Digits, b'0'..=b'9') => State::Digits,
        (State::Zero | State::Digits, b'.') => State::Point,
        (State::Point | State::Fraction, b'0'..=b'9') => State::Fraction,
        (State::Zero | State::Digits | State::Fraction, b'e' | b'E') => State::Exponent,
        (State::Exponent, b'+' | b'-') => State::ExponentSign,
        (State::Exponent | State::ExponentSign | State::ExponentDigits, b'0'..=b'9') => State::ExponentDigits,
        (State::Word([first, rest @ ..]), byte) if *first == byte => State::Word(rest),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    use super::*;

    /// The events as a text, or why it is no JSON; `cuts` says where the pieces end.
    fn scan(text: &[u8], cuts: &[usize]) -> Result<String, JsonSyntaxError> {
        let mut scanner = JsonScanner::default();
        let mut seen = String::new();
        let mut on = |_: &JsonScanner, event: Event<'_>| {
            seen.push_str(&match event {
                Event::OpenList => "[".to_owned(),
                Event::OpenObject => "{".to_owned(),
                Event::Close => "^".to_owned(),
                Event::Key(key) => format!("{}:", String::from_utf8_lossy(key)),
                Event::Scalar(value) => format!("{} ", String::from_utf8_lossy(value)),
            });
            ScanControl::Value
        };
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (text.len() + 1)).chain([0, text.len()]).collect();
        cuts.sort_unstable();
        for ends in cuts.windows(2) {
            assert!(scanner.push(&text[ends[0]..ends[1]], &mut on)?.is_continue());
        }
        let (line, column) = scanner.place();
        if scanner.end(&mut on) { Ok(seen) } else { Err(JsonSyntaxError::At(line, column)) }
    }

    #[test]
    fn brackets_keys_and_values_come_in_their_order() {
        let text = r#" {"a" : [1, -2.5e+3,"x\"[",true,null ,{}], "b\u0041":{ "c":0}} "#;
        let wanted = r#"{"a":[1 -2.5e+3 "x\"[" true null {^^"b\u0041":{"c":0 ^^"#;
        assert_eq!(scan(text.as_bytes(), &[]), Ok(wanted.to_owned()));
        assert_eq!(scan(b"12", &[1]), Ok("12 ".to_owned()));
        let long = format!("[\"{}\",7]", "x".repeat(LONGEST_TOKEN));
        assert_eq!(scan(long.as_bytes(), &[]), Ok("[ 7 ^".to_owned()), "what is too long is skipped");
    }

    #[test]
    fn a_value_that_is_not_asked_for_is_not_kept() {
        let mut scanner = JsonScanner::default();
        let text = b"{\"note\":\"a customer's\",\"x\":[\"word\"";
        let flow = scanner.push(text, |_, event| {
            assert!(!matches!(event, Event::Scalar([_, ..])), "{event:?}");
            ScanControl::Skip
        });
        assert_eq!(flow, Ok(ControlFlow::Continue(())));
        assert!(!scanner.token.windows(4).any(|four| four == b"word" || four == b"cust"), "{:?}", scanner.token);
    }

    #[test]
    fn depth_is_bounded_and_places_are_told() {
        assert_eq!(scan(&b"[".repeat(100_000), &[]), Err(JsonSyntaxError::TooDeep));
        assert!(scan(&[b"[".repeat(DEEPEST), b"]".repeat(DEEPEST)].concat(), &[]).is_ok());
        assert_eq!(scan(b"{\"a\":secret}", &[]), Err(JsonSyntaxError::At(1, 6)));
        assert_eq!(scan(b"[1,\n 2,,", &[]), Err(JsonSyntaxError::At(2, 4)));
        assert_eq!(scan(b"{\"secret\":", &[]), Err(JsonSyntaxError::At(1, 10)));
    }

    /// Texts that are JSON, nearly JSON, or made of its pieces.
    fn texts() -> impl Strategy<Value = Vec<u8>> {
        const PIECES: [&str; 30] = [
            "[",
            "]",
            "{",
            "}",
            ",",
            ":",
            "\"",
            "\"a\"",
            "\"agent_id\"",
            "\\",
            "\\u00e4",
            "0",
            "1",
            "-",
            ".",
            "e",
            "E5",
            "+",
            "true",
            "false",
            "null",
            "nul",
            " ",
            "\n",
            "12.5",
            "\u{e4}",
            "\t",
            "{\"a\":1}",
            "[1,2]",
            "\u{1}",
        ];
        let pieces = prop::collection::vec(prop::sample::select(&PIECES[..]), 0..20).prop_map(|parts| parts.concat());
        let leaf = prop_oneof![
            Just("null".to_owned()),
            any::<i64>().prop_map(|n| n.to_string()),
            any::<f64>().prop_map(|n| serde_json::json!(n).to_string()),
            ".{0,12}".prop_map(|text| serde_json::json!(text).to_string()),
        ];
        let value = leaf.prop_recursive(4, 40, 5, |inner| {
            let key = ".{0,6}".prop_map(|text| serde_json::json!(text).to_string());
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(|items| format!("[{}]", items.join(" ,"))),
                prop::collection::vec((key, inner), 0..5).prop_map(|members| {
                    let members: Vec<String> =
                        members.into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
                    format!("{{{}}}", members.join(","))
                }),
            ]
        });
        let damaged = (value.clone(), any::<prop::sample::Index>(), any::<prop::sample::Index>()).prop_map(
            |(text, from, to): (String, prop::sample::Index, prop::sample::Index)| {
                let cut = |at: prop::sample::Index| {
                    text.char_indices().nth(at.index(text.chars().count())).map_or(0, |c| c.0)
                };
                format!("{}{}", &text[..cut(from)], &text[cut(to)..])
            },
        );
        prop_oneof![pieces, value, damaged].prop_map(String::into_bytes)
    }

    proptest! {
        #[test]
        fn it_accepts_what_the_library_accepts_however_it_is_cut(
            text in texts(), cuts in prop::collection::vec(any::<usize>(), 0..6)
        ) {
            let known = serde_json::from_slice::<IgnoredAny>(&text).is_ok();
            let whole = scan(&text, &[]);
            prop_assert_eq!(whole.is_ok(), known, "{:?}", whole);
            prop_assert_eq!(whole, scan(&text, &cuts));
        }

        #[test]
        fn no_bytes_make_it_panic(text in prop::collection::vec(any::<u8>(), 0..200), cuts in prop::collection::vec(any::<usize>(), 0..6)) {
            prop_assert_eq!(scan(&text, &[]), scan(&text, &cuts));
        }
    }
}
