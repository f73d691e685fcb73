//! The operator's own keys: the same table with other chords. Only digits and the editing of a text keep theirs.

use crossterm::event::{KeyCode, KeyModifiers};

use super::{BINDINGS, Binding, Chord};
use crate::app::Context;
use crate::tui::dialogs::help;

/// One line of `[keys]`.
#[derive(Clone, Debug)]
pub struct CustomBinding<'a> {
    /// The action's name.
    pub action: &'a str,
    /// Keys of the action.
    pub keys: Vec<&'a str>,
}

/// Error in `[keys]` and its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyError {
    /// Line, from 0.
    pub line: usize,
    /// Index of the key, from 0; `None` for the action's name.
    pub key: Option<usize>,
    /// The error and the fix.
    pub message: String,
}

/// The table with these keys in place of its own. It lives as long as the program: it is made once.
///
/// # Errors
/// The first line with an unknown action, an unusable key, or a key that has another meaning in the same place.
pub fn rebound(wanted: &[CustomBinding<'_>]) -> Result<&'static [Binding], KeyError> {
    let mut table = BINDINGS.to_vec();
    let mut changed = vec![None; table.len()];
    for (line, wish) in wanted.iter().enumerate() {
        let chords = chords(line, wish)?;
        if !names().contains(&wish.action) {
            return Err(wrong(line, None, unknown(wish.action)));
        }
        let chords: &'static [Chord] = Vec::leak(chords);
        for (at, binding) in table.iter_mut().enumerate().filter(|(_, binding)| binding.name == wish.action) {
            binding.chords = chords;
            changed[at] = Some(line);
        }
    }
    for (at, line) in changed.iter().enumerate() {
        if let Some(line) = *line {
            look(&table, at, line)?;
        }
    }
    Ok(Vec::leak(table))
}

/// The names of what may have other keys, in the table's order.
pub fn names() -> Vec<&'static str> {
    let mut names = Vec::new();
    for binding in BINDINGS.iter().filter(|binding| !binding.name.is_empty()) {
        if !names.contains(&binding.name) {
            names.push(binding.name);
        }
    }
    names
}

/// The names and keys of the table as it is built in, for the example of the configuration.
pub fn defaults() -> Vec<(&'static str, Vec<String>)> {
    let labels = |name| {
        let binding = BINDINGS.iter().find(|binding| binding.name == name);
        binding.map_or_else(Vec::new, |binding| binding.chords.iter().map(|chord| chord.label()).collect())
    };
    names().into_iter().map(|name| (name, labels(name))).collect()
}

/// Replaces `{name}` in a text with the first key of that action.
pub fn keyed(table: &[Binding], text: &str) -> String {
    let mut parts = text.split('{');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let label = part.split_once('}').and_then(|(name, rest)| {
            let binding = table.iter().find(|binding| !name.is_empty() && binding.name == name)?;
            Some((binding.label(), rest))
        });
        match label {
            Some((label, rest)) => out.push_str(&(label + rest)),
            None => out.push_str(&format!("{{{part}")),
        }
    }
    out
}

fn wrong(line: usize, key: Option<usize>, message: String) -> KeyError {
    KeyError { line, key, message }
}

fn unknown(name: &str) -> String {
    let mut names = names();
    names.sort_unstable();
    format!("there is no action {name:?}; there are: {}", names.join(", "))
}

fn chords(line: usize, wish: &CustomBinding<'_>) -> Result<Vec<Chord>, KeyError> {
    if wish.keys.is_empty() {
        return Err(wrong(line, None, format!("{} needs at least one key", wish.action)));
    }
    let parse = |(at, text): (usize, &&str)| parse(text).map_err(|message| wrong(line, Some(at), message));
    wish.keys.iter().enumerate().map(parse).collect()
}

/// Looks for another meaning of a changed binding's keys, and for letters that are text where it holds.
fn look(table: &[Binding], at: usize, line: usize) -> Result<(), KeyError> {
    let binding = table[at];
    for (number, chord) in binding.chords.iter().enumerate() {
        let places = Context::ALL.into_iter().filter(|context| binding.place.holds(*context));
        for context in places {
            let typed = matches!(chord.code, KeyCode::Char(_)) && chord.held.is_empty();
            if typed && context.is_text() {
                let message = format!("{} is text in a field: take a key with Ctrl, or a function key", chord.label());
                return Err(wrong(line, Some(number), message));
            }
            let taken = |(other, known): &(usize, &Binding)| {
                *other != at && known.place.holds(context) && known.chords.contains(chord)
            };
            if let Some((_, other)) = table.iter().enumerate().find(taken) {
                let (key, place) = (chord.label(), help::words(context));
                let message = format!("{key} has another meaning in the same place ({place}): {}", other.help);
                return Err(wrong(line, Some(number), message));
            }
            if binding.chords[..number].contains(chord) {
                return Err(wrong(line, Some(number), format!("{} stands here twice", chord.label())));
            }
        }
    }
    Ok(())
}

/// Reads a key as the help page writes it.
fn parse(text: &str) -> Result<Chord, String> {
    let unusable = || {
        format!(
            "{text:?} is no key; keys look like r, Ctrl-R, Alt-x, F5, Space, Enter, Tab, Shift-Tab, Esc, Up, PgDn, Home"
        )
    };
    let (held, name) = match text.split_once('-') {
        Some((before, name)) if !name.is_empty() => match before.to_ascii_lowercase().as_str() {
            "ctrl" => (KeyModifiers::CONTROL, name),
            "alt" => (KeyModifiers::ALT, name),
            "shift" if name.eq_ignore_ascii_case("tab") => (KeyModifiers::NONE, "Shift-Tab"),
            _ => return Err(unusable()),
        },
        _ => (KeyModifiers::NONE, text),
    };
    let code = named(name).ok_or_else(unusable)?;
    let code = match code {
        KeyCode::Char(letter) if held == KeyModifiers::CONTROL => KeyCode::Char(letter.to_ascii_lowercase()),
        code => code,
    };
    match code {
        KeyCode::Char(letter) if held == KeyModifiers::CONTROL && "ijmh[".contains(letter) => {
            Err(format!("a terminal sends the same for {text} as for Tab, Enter, Backspace or Esc: take another key"))
        }
        _ => Ok(Chord { code, held }),
    }
}

fn named(name: &str) -> Option<KeyCode> {
    let mut characters = name.chars();
    if let (Some(only), None) = (characters.next(), characters.next()) {
        return (!only.is_control() && only != ' ').then_some(KeyCode::Char(only));
    }
    Some(match name.to_ascii_lowercase().as_str() {
        "space" => KeyCode::Char(' '),
        "enter" => KeyCode::Enter,
        "tab" => KeyCode::Tab,
        "shift-tab" => KeyCode::BackTab,
        "esc" => KeyCode::Esc,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "pgup" => KeyCode::PageUp,
        "pgdn" => KeyCode::PageDown,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "insert" => KeyCode::Insert,
        "delete" => KeyCode::Delete,
        "backspace" => KeyCode::Backspace,
        word => KeyCode::F(word.strip_prefix('f')?.parse().ok().filter(|number| (1..=12).contains(number))?),
    })
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyEvent;

    use super::*;
    use crate::app::{Action, Format};
    use crate::tui::keymap::{KeyMeaning, KeyOutcome, meaning_in};

    fn wanted<'a>(lines: &[(&'a str, &[&'a str])]) -> Vec<CustomBinding<'a>> {
        lines.iter().map(|(action, keys)| CustomBinding { action, keys: keys.to_vec() }).collect()
    }

    #[test]
    fn every_name_is_an_action_of_the_table_and_every_key_of_it_can_be_written() {
        for (name, keys) in defaults() {
            assert!(!keys.is_empty(), "{name} has no key in the table");
            for key in keys {
                assert_eq!(parse(&key).map(Chord::label), Ok(key.clone()), "{name}");
            }
        }
        let defaults = defaults();
        let same: Vec<CustomBinding<'_>> = defaults
            .iter()
            .map(|(action, keys)| CustomBinding { action, keys: keys.iter().map(String::as_str).collect() })
            .collect();
        rebound(&same).expect("the defaults clash with nothing");
    }

    #[test]
    fn only_digits_and_the_editing_of_a_text_keep_their_keys() {
        for binding in BINDINGS.iter().filter(|binding| binding.name.is_empty()) {
            let edits = matches!(binding.does, KeyOutcome::Digit(_) | KeyOutcome::Act(Action::Edit(_)));
            assert!(edits, "{binding:?} has no name in the configuration");
        }
    }

    #[test]
    fn bindings_of_one_name_have_the_same_keys() {
        for binding in BINDINGS.iter().filter(|binding| !binding.name.is_empty()) {
            let first = BINDINGS.iter().find(|first| first.name == binding.name).expect("itself");
            assert_eq!(first.chords, binding.chords, "{}", binding.name);
        }
    }

    #[test]
    fn overlays_and_the_start_page_can_have_other_keys() {
        let table = rebound(&wanted(&[("yes", &["J"]), ("open", &["o"]), ("as_json", &["F9"]), ("explain", &["Q"])]));
        let table = table.expect("they are free");
        for (key, context, action) in [
            (KeyCode::Char('J'), Context::Question, Some(Action::Yes)),
            (KeyCode::Char('y'), Context::Question, None),
            (KeyCode::Char('o'), Context::Profiles, Some(Action::Open)),
            (KeyCode::Enter, Context::Profiles, None),
            (KeyCode::Enter, Context::Find, Some(Action::Open)),
            (KeyCode::F(9), Context::Export, Some(Action::ExportAs(Format::Json))),
            (KeyCode::Char('Q'), Context::Checks, Some(Action::Explain)),
            (KeyCode::Char('Q'), Context::Explanation, Some(Action::Back)),
            (KeyCode::Char('i'), Context::Explanation, None),
        ] {
            let meaning = meaning_in(table, KeyEvent::new(key, KeyModifiers::NONE), context);
            assert_eq!(meaning, action.map(KeyMeaning::Act), "{key:?} {context:?}");
        }
    }

    #[test]
    fn other_keys_take_the_place_of_the_first() {
        let table = rebound(&wanted(&[("run", &["R", "F9"]), ("run_all", &["Ctrl-G"])])).expect("they are free");
        assert_eq!(keyed(table, "{run_all} checks, {run} again, {nothing} {"), "Ctrl-G checks, R again, {nothing} {");
        assert_eq!(keyed(BINDINGS, "{run_all}"), "Ctrl-R");
    }

    /// Names of keys in a formatted string are not resolved, because it may contain untrusted text. Use `Text::then`
    /// instead.
    #[test]
    fn no_formatted_text_names_a_key() {
        let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/app")];
        let mut read = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder of sources") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let code = std::fs::read_to_string(&path).expect("a source");
                read += 1;
                for name in names() {
                    assert!(!code.contains(&format!("{{{{{name}}}}}")), "{} formats {{{name}}}", path.display());
                }
            }
        }
        assert!(read > 30, "only {read} sources were read");
    }

    #[test]
    fn a_key_is_shown_as_it_was_written() {
        for key in ["Alt-x", "Alt-X", "Ctrl-G", "Space", "Shift-Tab", "PgDn", "F12", "é", "Alt-Left"] {
            assert_eq!(parse(key).map(Chord::label).as_deref(), Ok(key));
        }
    }

    #[test]
    fn two_actions_can_exchange_their_keys() {
        assert!(rebound(&wanted(&[("watch", &["c"]), ("curl", &["w"])])).is_ok());
    }

    #[test]
    fn what_cannot_be_is_told_with_its_place() {
        for (lines, line, key, says) in [
            (&[("run", &["R"][..]), ("runn", &["F9"][..])][..], 1, None, "there is no action"),
            (&[("run", &[][..])], 0, None, "at least one key"),
            (&[("run", &["R", "Hyper-R"])], 0, Some(1), "is no key"),
            (&[("run", &["F13"])], 0, Some(0), "is no key"),
            (&[("run", &["q"])], 0, Some(0), "another meaning"),
            (&[("run", &["R"]), ("watch", &["R"])], 0, Some(0), "another meaning"),
            (&[("run", &["R", "R"])], 0, Some(1), "twice"),
            (&[("run_all", &["R"])], 0, Some(0), "is text in a field"),
            (&[("run_all", &["Ctrl-U"])], 0, Some(0), "another meaning"),
            (&[("back", &["Ctrl-I"])], 0, Some(0), "the same"),
            (&[("yes", &["n"])], 0, Some(0), "(A question): no"),
            (&[("write", &["q"])], 0, Some(0), "(Report preview): close"),
            (&[("new", &["D"])], 0, Some(0), "(Profiles): remove"),
            (&[("choose", &["k"])], 0, Some(0), "(Keeping the secret): move"),
            (&[("save", &["s"])], 0, Some(0), "is text in a field"),
            (&[("down", &["n"])], 0, Some(0), "(Profiles): a new set-up"),
        ] {
            let told = rebound(&wanted(lines)).expect_err(says);
            assert_eq!((told.line, told.key), (line, key), "{told:?}");
            assert!(told.message.contains(says), "{told:?}");
        }
    }
}
