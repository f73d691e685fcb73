//! The decoder, by table and by property.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use proptest::prelude::*;

use super::decoder::{Decoder, ESC_ALONE, PASTE_LOST, SEQUENCE_LOST, STRING_LOST};
use super::paste::MOST_BYTES;

const NONE: KeyModifiers = KeyModifiers::NONE;
const SHIFT: KeyModifiers = KeyModifiers::SHIFT;
const ALT: KeyModifiers = KeyModifiers::ALT;
const CONTROL: KeyModifiers = KeyModifiers::CONTROL;

/// A decoder with a clock of its own.
struct TestDecoder {
    decoder: Decoder,
    now: Instant,
    events: VecDeque<Event>,
}

impl TestDecoder {
    fn new() -> Self {
        Self { decoder: Decoder::default(), now: Instant::now(), events: VecDeque::new() }
    }

    fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.decoder.feed(bytes.as_ref(), self.now, &mut self.events);
        self
    }

    /// Nothing comes for so long.
    fn pause(&mut self, time: Duration) -> &mut Self {
        self.now += time;
        if self.decoder.deadline().is_some_and(|deadline| deadline <= self.now) {
            self.decoder.expire(&mut self.events);
        }
        self
    }

    fn take(&mut self) -> Vec<Event> {
        self.events.drain(..).collect()
    }
}

fn events(bytes: impl AsRef<[u8]>) -> Vec<Event> {
    TestDecoder::new().send(bytes).pause(Duration::from_secs(5)).take()
}

fn key(code: KeyCode, held: KeyModifiers) -> Event {
    Event::Key(KeyEvent::new(code, held))
}

fn c(c: char) -> Event {
    key(KeyCode::Char(c), if c.is_uppercase() { SHIFT } else { NONE })
}

fn pasted(text: &str) -> Event {
    Event::Paste(text.into())
}

#[test]
fn keys_in_every_terminal_s_spelling() {
    use KeyCode::{BackTab, Backspace, Char, Delete, Down, End, Enter, Esc, F, Home, Insert, Left, PageDown, PageUp};
    use KeyCode::{Right, Tab, Up};
    for (bytes, code, held) in [
        ("a", Char('a'), NONE),
        ("A", Char('A'), SHIFT),
        ("é", Char('é'), NONE),
        ("€", Char('€'), NONE),
        ("😀", Char('😀'), NONE),
        ("\r", Enter, NONE),
        ("\n", Enter, NONE),
        ("\t", Tab, NONE),
        ("\x7f", Backspace, NONE),
        ("\x08", Char('h'), CONTROL),
        ("\x03", Char('c'), CONTROL),
        ("\x12", Char('r'), CONTROL),
        ("\x1f", Char('7'), CONTROL),
        ("\0", Char(' '), CONTROL),
        ("\x1b", Esc, NONE),
        ("\x1bb", Char('b'), ALT),
        ("\x1bé", Char('é'), ALT),
        ("\x1b\x7f", Backspace, ALT),
        ("\x1b[", Char('['), ALT),
        ("\x1bO", Char('O'), ALT | SHIFT),
        ("\x1b]", Char(']'), ALT),
        ("\x1bP", Char('P'), ALT | SHIFT),
        // Normal and application cursor keys.
        ("\x1b[A", Up, NONE),
        ("\x1b[B", Down, NONE),
        ("\x1b[C", Right, NONE),
        ("\x1b[D", Left, NONE),
        ("\x1bOA", Up, NONE),
        ("\x1bOB", Down, NONE),
        ("\x1bOC", Right, NONE),
        ("\x1bOD", Left, NONE),
        ("\x1b[H", Home, NONE),
        ("\x1b[F", End, NONE),
        ("\x1bOH", Home, NONE),
        ("\x1bOF", End, NONE),
        ("\x1b[1~", Home, NONE),
        ("\x1b[4~", End, NONE),
        ("\x1b[7~", Home, NONE),
        ("\x1b[8~", End, NONE),
        ("\x1b[2~", Insert, NONE),
        ("\x1b[3~", Delete, NONE),
        ("\x1b[5~", PageUp, NONE),
        ("\x1b[6~", PageDown, NONE),
        ("\x1b[Z", BackTab, SHIFT),
        ("\x1b[1;2Z", BackTab, SHIFT),
        // Function keys: xterm, Linux console, PuTTY and rxvt, kitty.
        ("\x1bOP", F(1), NONE),
        ("\x1bOQ", F(2), NONE),
        ("\x1bOR", F(3), NONE),
        ("\x1bOS", F(4), NONE),
        ("\x1b[[A", F(1), NONE),
        ("\x1b[[C", F(3), NONE),
        ("\x1b[[E", F(5), NONE),
        ("\x1b[11~", F(1), NONE),
        ("\x1b[13~", F(3), NONE),
        ("\x1b[15~", F(5), NONE),
        ("\x1b[17~", F(6), NONE),
        ("\x1b[24~", F(12), NONE),
        ("\x1b[P", F(1), NONE),
        ("\x1b[S", F(4), NONE),
        ("\x1bOT", F(5), NONE),
        // What is held.
        ("\x1b[1;5C", Right, CONTROL),
        ("\x1b[1;5D", Left, CONTROL),
        ("\x1b[1;3D", Left, ALT),
        ("\x1b[1;2A", Up, SHIFT),
        ("\x1b[1;5P", F(1), CONTROL),
        ("\x1b[3;5~", Delete, CONTROL),
        ("\x1b[15;2~", F(5), SHIFT),
        ("\x1bO5C", Right, CONTROL),
        ("\x1bO1;5C", Right, CONTROL),
        // Esc before it is Alt.
        ("\x1b\x1b[D", Left, ALT),
        ("\x1b\x1bOC", Right, ALT),
        // rxvt.
        ("\x1bOd", Left, CONTROL),
        ("\x1b[c", Right, SHIFT),
        ("\x1b[5^", PageUp, CONTROL),
        // The keypad in application mode.
        ("\x1bOM", Enter, NONE),
        ("\x1bOq", Char('1'), NONE),
        ("\x1bOn", Char('.'), NONE),
        ("\x1bOo", Char('/'), NONE),
        // CSI u and modifyOtherKeys.
        ("\x1b[99;5u", Char('c'), CONTROL),
        ("\x1b[27u", Esc, NONE),
        ("\x1b[13u", Enter, NONE),
        ("\x1b[13;2u", Enter, SHIFT),
        ("\x1b[9;2u", BackTab, SHIFT),
        ("\x1b[127;3u", Backspace, ALT),
        ("\x1b[97u", Char('a'), NONE),
        ("\x1b[97;2u", Char('A'), SHIFT),
        ("\x1b[97:65;2u", Char('A'), SHIFT),
        ("\x1b[47:63;2u", Char('?'), SHIFT),
        ("\x1b[57400u", Char('1'), NONE),
        ("\x1b[57419u", Up, NONE),
        ("\x1b[27;5;114~", Char('r'), CONTROL),
        ("\x1b[27;6;82~", Char('R'), CONTROL | SHIFT),
    ] {
        assert_eq!(events(bytes), [key(code, held)], "{bytes:?}");
    }
}

#[test]
fn a_key_s_release_is_told_as_one() {
    let [Event::Key(released)] = events("\x1b[97;1:3u")[..] else { panic!("one key") };
    assert_eq!(released.kind, KeyEventKind::Release);
}

#[test]
fn replies_and_reports_are_no_typing_however_they_are_cut() {
    for reply in [
        "\x1b]11;rgb:1e1e/1e1e/1e1e\x07",
        "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",
        "\x1b]52;c;c2VjcmV0\x07",
        "\x1b]0;a title: é\x07",
        "\x1bP>|xterm(380)\x1b\\",
        "\x1bP1$r0m\x1b\\",
        "\x1bP1+r544e=787465726d\x1b\\",
        "\x1b_Gi=31;OK\x1b\\",
        "\x1b^private\x1b\\",
        "\x1bXstring\x1b\\",
        "\x1b[?62;22c",
        "\x1b[>0;136;0c",
        "\x1b[=1;2c",
        "\x1b[?2026;2$y",
        "\x1b[?1u",
        "\x1b[?997;1n",
        "\x1b[0n",
        "\x1b[24;80R",
        "\x1b[1;2R",
        "\x1b[?1;1R",
        "\x1b[8;24;80t",
        "\x1b[I",
        "\x1b[O",
        "\x1b[<0;10;20M",
        "\x1b[<0;10;20m",
        "\x1b[M !!",
        "\x1b[32;10;20M",
        "\x1b[201~",
        "\x1b[57441;2u",
        "\x1b[999999999999999999999u",
        "\x1bOz",
    ] {
        let typed = format!("a{reply}b");
        assert_eq!(events(&typed), [c('a'), c('b')], "{reply:?}");
        for at in 1..typed.len() {
            let (first, second) = typed.as_bytes().split_at(at);
            let mut session = TestDecoder::new();
            session.send(first).pause(ESC_ALONE - Duration::from_millis(1)).send(second);
            assert_eq!(session.take(), [c('a'), c('b')], "{reply:?} at {at}");
        }
    }
}

#[test]
fn a_reply_that_breaks_off_is_given_up_and_typing_goes_on() {
    for reply in ["\x1b]11;rgb:1e", "\x1bP>|xt", "\x1b_Gi=3", "\x1b[?62;2", "\x1b[M!", "\x1b[1;", "\x1bO1;"] {
        let mut session = TestDecoder::new();
        session.send(reply).pause(SEQUENCE_LOST);
        assert!(session.take().is_empty(), "{reply:?}");
        assert_eq!(session.decoder.deadline(), None, "{reply:?}");
        assert_eq!(session.send("q").take(), [c('q')], "{reply:?}");
        // Ctrl-C is heard inside it as well.
        let mut session = TestDecoder::new();
        session.send(reply).send("\x03");
        if !reply.starts_with("\x1b[M") {
            assert_eq!(session.take(), [key(KeyCode::Char('c'), CONTROL)], "{reply:?}");
        }
    }
}

#[test]
fn a_string_without_end_is_given_up_though_keys_are_pressed() {
    let mut session = TestDecoder::new();
    session.send("\x1b]11;");
    let step = SEQUENCE_LOST - Duration::from_millis(50);
    let mut waited = Duration::ZERO;
    while waited < STRING_LOST {
        session.send("x").pause(step);
        waited += step;
    }
    assert_eq!(session.send("q").take().last(), Some(&c('q')));
    // Esc is the key when nothing follows it.
    assert_eq!(TestDecoder::new().send("\x1b]11;x\x1b").pause(ESC_ALONE).take(), [key(KeyCode::Esc, NONE)]);
}

#[test]
fn esc_is_a_key_after_a_short_pause_and_a_sequence_without_one() {
    let esc = key(KeyCode::Esc, NONE);
    let mut session = TestDecoder::new();
    assert!(session.send("\x1b").pause(ESC_ALONE / 2).take().is_empty());
    assert_eq!(session.send("[A").take(), [key(KeyCode::Up, NONE)]);
    assert_eq!(session.send("\x1b").pause(ESC_ALONE).take(), std::slice::from_ref(&esc));
    assert_eq!(session.send("[").take(), [c('[')]);
    assert_eq!(session.send("\x1b\x1b").pause(ESC_ALONE).take(), [esc.clone(), esc.clone()]);
    assert_eq!(session.send("\x1b\x03").take(), [esc, key(KeyCode::Char('c'), CONTROL)]);
    assert_eq!(session.decoder.deadline(), None, "an idle program sleeps");
}

#[test]
fn a_paste_is_its_text_and_nothing_in_it_is_a_key() {
    for (bytes, text) in [
        ("https://acme.halopsa.com", "https://acme.halopsa.com"),
        ("two\rlines\n", "two\rlines\n"),
        ("", ""),
        ("tab\tand é €", "tab\tand é €"),
        ("esc \x1b in it", "esc \x1b in it"),
        ("colour \x1b[31mred\x1b[0m", "colour \x1b[31mred\x1b[0m"),
        ("key \x1bOS \x1b[A", "key \x1bOS \x1b[A"),
        ("twice \x1b[200~ begun", "twice \x1b[200~ begun"),
        ("\x1b\x1b", "\x1b"),
        ("ctrl-c \x03 in it", "ctrl-c \x03 in it"),
        ("nearly \x1b[201 ~ \x1b[20", "nearly \x1b[201 ~ \x1b[20"),
        // CSI u and modifyOtherKeys are the characters that they stand for.
        ("a\x1b[45ub", "a-b"),
        ("x\x1b[106;5uy\x1b[109;5uz\x1b[13u", "x\ny\rz\r"),
        ("x\x1b[27;5;106~y\x1b[27;2;65~", "x\nyA"),
        ("\x1b[97;2u\x1b[8364u", "A€"),
    ] {
        let whole = format!("\x1b[200~{bytes}\x1b[201~q");
        // Esc just before the end is a character of the text that was cut.
        let text = if bytes == "\x1b\x1b" { "\x1b\x1b" } else { text };
        assert_eq!(events(&whole), [pasted(text), c('q')], "{bytes:?}");
    }
}

#[test]
fn a_paste_without_end_is_given_up_a_second_after_its_last_byte() {
    let begun = "\x1b[200~https://acme.halopsa.com";
    let text = pasted("https://acme.halopsa.com");
    let mut session = TestDecoder::new();
    session.send(begun).pause(PASTE_LOST - Duration::from_millis(1));
    assert!(session.take().is_empty());
    session.send("/").pause(PASTE_LOST - Duration::from_millis(1));
    assert!(session.take().is_empty(), "a second after the last byte");
    assert_eq!(session.pause(Duration::from_millis(1)).take(), [pasted("https://acme.halopsa.com/")]);
    // Its end comes late: it is nothing then.
    assert_eq!(session.send("\x1b[201~q").take(), [c('q')]);

    for (pressed, key) in [
        ("\x1b", key(KeyCode::Esc, NONE)),
        ("\x03", key(KeyCode::Char('c'), CONTROL)),
        ("\x1b[27u", key(KeyCode::Esc, NONE)),
        ("\x1b[99;5u", key(KeyCode::Char('c'), CONTROL)),
        ("\x1b[27;5;99~", key(KeyCode::Char('c'), CONTROL)),
    ] {
        let mut session = TestDecoder::new();
        session.send(begun).send(pressed).pause(ESC_ALONE);
        assert_eq!(session.take(), [text.clone(), key], "{pressed:?}");
        assert_eq!(session.send("q").take(), [c('q')], "{pressed:?}");
    }
    assert_eq!(TestDecoder::new().send("\x1b[200~").pause(PASTE_LOST).send("q").take(), [c('q')]);
}

#[test]
fn a_paste_without_measure_is_cut() {
    let mut session = TestDecoder::new();
    session.send("\x1b[200~").send(vec![b'x'; 3 * MOST_BYTES]).send("\x1b[201~q");
    match &session.take()[..] {
        [Event::Paste(text), Event::Key(_)] => assert_eq!(text.len(), MOST_BYTES),
        other => panic!("{} events", other.len()),
    }
}

#[test]
fn what_is_no_text_is_nothing() {
    assert_eq!(events(b"a\xff\x80\xc0b"), [c('a'), c('b')]);
    assert_eq!(events(b"\xe2\x82q"), [c('q')], "a character that broke off");
    assert_eq!(events("\u{9b}A"), [c('A')], "a control character in two bytes");
    let long = format!("\x1b[{}Aq", "1;".repeat(500));
    assert_eq!(events(long), [c('q')]);
}

/// Bytes as terminals, operators and line noise send them.
fn streams() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..8),
        Just(b"\x1b".to_vec()),
        Just(b"\x03".to_vec()),
        Just(b"\x1b[A".to_vec()),
        Just(b"\x1b[1;5C".to_vec()),
        Just(b"\x1b[[A".to_vec()),
        Just(b"\x1b]11;rgb:0/0/0\x07".to_vec()),
        Just(b"\x1bP>|x\x1b\\".to_vec()),
        Just(b"\x1b[?1;2c".to_vec()),
        Just(b"\x1b[200~".to_vec()),
        Just(b"\x1b[201~".to_vec()),
        Just(b"\x1b[106;5u".to_vec()),
        Just("aé€😀".as_bytes().to_vec()),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn reads_that_are_cut_elsewhere_give_the_same_events(stream in streams(), cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..6)) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
        cuts.extend([0, stream.len()]);
        cuts.sort_unstable();
        let mut session = TestDecoder::new();
        for range in cuts.windows(2) {
            session.send(&stream[range[0]..range[1]]);
        }
        let cut = session.pause(Duration::from_secs(5)).take();
        prop_assert_eq!(cut, events(&stream));
    }

    #[test]
    fn after_any_bytes_and_two_pauses_every_key_is_heard(stream in streams()) {
        let mut session = TestDecoder::new();
        session.send(&stream).pause(Duration::from_secs(2)).pause(Duration::from_secs(2)).take();
        prop_assert_eq!(session.decoder.deadline(), None);
        prop_assert_eq!(session.send("q").take(), vec![c('q')]);
    }

    #[test]
    fn every_text_comes_through_a_paste_as_it_is(text in "[^\u{1b}\u{3}]{0,200}") {
        prop_assert_eq!(events(format!("\x1b[200~{text}\x1b[201~")), vec![pasted(&text)]);
    }
}
