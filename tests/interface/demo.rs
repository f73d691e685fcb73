//! The whole program on a terminal: the real binary, real keys, the simulated Halo.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::screen::Screen;

const SECRET: &str = "de300000-5ec0-4e70-8000-000000000001-de300000-5ec0-4e70-8000-000000000002";
const CTRL_C: &str = "\x03";
const CTRL_R: &str = "\x12";
const F3: &str = "\x1bOR";
const ESC: &str = "\x1b";

fn contains(raw: &[u8], text: &str) -> bool {
    raw.windows(text.len()).any(|window| window == text.as_bytes())
}

fn pasted(text: &str) -> String {
    format!("\x1b[200~{text}\x1b[201~")
}

#[test]
fn from_a_failure_over_its_mending_to_the_values() {
    let mut screen = Screen::start(&["--demo=role-invoices"], &[]);
    screen.wait_for("not checked yet");
    screen.press(CTRL_R);
    screen.wait_for("NOT READY");
    screen.wait_for("set Invoices Access Level to");
    screen.press("x");
    screen.wait_for("Done: enter these in");
    screen.wait_for("READY  14 ok");
    assert!(!contains(&screen.take_raw(), "8000-000000000002"), "the secret is not shown");
    screen.press("5");
    screen.wait_for("Copy the secret?");
    assert!(!contains(&screen.take_raw(), "\x1b]52;"), "nothing is sent before the answer");
    screen.press("y");
    screen.press("\r");
    screen.wait_for("Done: enter these in");
    assert!(!contains(&screen.take_raw(), "\x1b]52;"), "no letter sends it, and no is selected");
    screen.press("5");
    screen.wait_for("Copy the secret?");
    screen.press("\x1b[B\r");
    screen.wait_for("Secret copied through the terminal");
    let raw = String::from_utf8_lossy(&screen.take_raw()).into_owned();
    let sent = raw.split("\x1b]52;c;").nth(1).and_then(|rest| rest.split('\x07').next()).expect("OSC 52");
    let sent = String::from_utf8(STANDARD.decode(sent).expect("base64")).expect("text");
    assert!(sent.starts_with("de300000-5ec0-4e70-8") && sent.len() == SECRET.len(), "{sent}");
    screen.press(ESC);
    screen.wait("the values are closed", |text| !text.contains("Done: enter these in"));
    screen.press("q");
    let (status, left) = screen.end();
    assert_eq!(status, 0, "{left}");
    assert!(left.contains("READY: 14 ok"), "the receipt stays: {left}");
}

#[test]
fn a_paste_with_a_line_break_stays_in_its_field() {
    let mut screen = Screen::start(&[], &[]);
    screen.wait_for("not checked yet");
    screen.press(F3);
    screen.press(&pasted("http://127.0.0.1:1/api\n"));
    screen.wait_for("i removed a line break");
    assert!(screen.text().contains(">Resource Server"), "{}", screen.text());
    screen.press("\r");
    screen.wait_for(">Tenant");
    screen.wait_for("net.refused");
    screen.press(&pasted(SECRET));
    screen.wait_for("This is a Client Secret: it was put into its own field.");
    assert!(!contains(&screen.take_raw(), "8000-000000000002"), "no field shows it");
    screen.press(ESC);
    // Esc and a letter at once are one key to a terminal.
    screen.wait_for("q quit");
    screen.press("q");
    screen.wait_for("Quit?");
    screen.press("y");
    let (status, left) = screen.end();
    assert_eq!(status, 0, "leaving is no failure: {left}");
}

#[test]
fn a_typed_character_costs_a_byte_and_idleness_nothing() {
    let mut screen = Screen::start(&[], &[]);
    screen.wait_for("not checked yet");
    screen.press(F3);
    screen.press("x");
    screen.wait_for("[x");
    assert!(!screen.is_silent_for(Duration::ZERO));
    screen.take_raw();
    screen.press("y");
    screen.wait_for("[xy");
    let bytes = screen.take_raw().len();
    assert!((1..=4).contains(&bytes), "{bytes} bytes");
    assert!(screen.is_silent_for(Duration::from_millis(2500)), "{:?}", String::from_utf8_lossy(&screen.take_raw()));
    screen.press(CTRL_C);
    screen.wait_for("Press Ctrl-C again to quit.");
    screen.press(CTRL_C);
    assert_eq!(screen.end().0, 0);
}

#[test]
fn no_color_means_no_colour_and_the_same_words() {
    for (environment, coloured) in [(&[][..], true), (&[("NO_COLOR", "1")], false)] {
        let mut screen = Screen::start(&["--demo=role-invoices"], environment);
        screen.wait_for("not checked yet");
        screen.press(CTRL_R);
        screen.wait_for("NOT READY");
        screen.wait_for("FAIL invoices");
        let raw = String::from_utf8_lossy(&screen.take_raw()).into_owned();
        let colour = raw.split("\x1b[").skip(1).any(|rest| {
            let (codes, end) = rest.split_at(rest.find(|c: char| c.is_ascii_alphabetic()).unwrap_or_default());
            end.starts_with('m') && codes.split(';').any(|code| matches!(code.parse(), Ok(30..=37 | 90..=97_u8)))
        });
        assert_eq!(colour, coloured, "{environment:?}");
        screen.press("q");
        assert_eq!(screen.end().0, 0);
    }
}
