//! The operator's own keys: the same table with other chords. Text fields and questions keep theirs, so that typing stays
//! typing.

use crossterm::event::{KeyCode, KeyModifiers};

use super::keys::{BINDINGS, Binding, Chord, Does, Place};
use crate::app::{Action, Context, Motion, Pane};

/// The actions that may have other keys, by the names that stand in the configuration.
pub const NAMES: &[(&str, Action)] = &[
    ("help", Action::Help),
    ("quit", Action::Quit),
    ("back", Action::Back),
    ("interrupt", Action::Interrupt),
    ("suspend", Action::Suspend),
    ("redraw", Action::Redraw),
    ("next_pane", Action::NextPane),
    ("previous_pane", Action::PreviousPane),
    ("checklist", Action::GoTo(Pane::Checklist)),
    ("credentials", Action::GoTo(Pane::Credentials)),
    ("diagnostics", Action::GoTo(Pane::Checks)),
    ("log", Action::GoTo(Pane::Log)),
    ("zoom_log", Action::ZoomLog),
    ("next_step", Action::NextStep),
    ("previous_step", Action::PreviousStep),
    ("up", Action::Move(Motion::Up)),
    ("down", Action::Move(Motion::Down)),
    ("page_up", Action::Move(Motion::PageUp)),
    ("page_down", Action::Move(Motion::PageDown)),
    ("first", Action::Move(Motion::First)),
    ("last", Action::Move(Motion::Last)),
    ("run_all", Action::RunAll),
    ("run", Action::RunSelected),
    ("watch", Action::Watch),
    ("mend", Action::Mend),
    ("only_failures", Action::OnlyFailures),
    ("guide_line", Action::Follow),
    ("tick", Action::Tick),
    ("explain", Action::Explain),
    ("send", Action::Send),
    ("plain", Action::Plain),
    ("curl", Action::Curl),
    ("export", Action::Export),
    ("values", Action::Values),
    ("save_profile", Action::SaveProfile),
    ("keep_secret", Action::KeepSecret),
    ("profiles", Action::Profiles),
    ("search", Action::Search),
    ("follow_log", Action::Tail),
    ("log_level", Action::Level),
];

/// One line of `[keys]`.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The action's name.
    pub action: &'a str,
    /// Its keys.
    pub keys: Vec<&'a str>,
}

/// What is wrong with `[keys]`, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Which line, from 0.
    pub line: usize,
    /// Which key of it, from 0; none when it is the action's name.
    pub key: Option<usize>,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// The table with these keys in place of its own. It lives as long as the program: it is made once.
///
/// # Errors
/// The first line with an unknown action, an unusable key, or a key that has another meaning in the same place.
pub fn rebound(wanted: &[Wanted<'_>]) -> Result<&'static [Binding], Wrong> {
    let mut table = BINDINGS.to_vec();
    let mut changed = vec![None; table.len()];
    for (line, wish) in wanted.iter().enumerate() {
        let chords = chords(line, wish)?;
        let action = action(wish.action).ok_or_else(|| wrong(line, None, unknown(wish.action)))?;
        let chords: &'static [Chord] = Vec::leak(chords);
        for (at, binding) in table.iter_mut().enumerate().filter(|(_, binding)| is_free(binding, action)) {
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

/// The names and keys of the table as it is built in, for the example of the configuration.
pub fn defaults() -> Vec<(&'static str, Vec<String>)> {
    let labels = |action| {
        let binding = BINDINGS.iter().find(|binding| is_free(binding, action));
        binding.map_or_else(Vec::new, |binding| binding.chords.iter().map(|chord| chord.label()).collect())
    };
    NAMES.iter().map(|(name, action)| (*name, labels(*action))).collect()
}

/// A text in which `{name}` stands for an action's first key.
pub fn keyed(table: &[Binding], text: &str) -> String {
    let mut parts = text.split('{');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let known = part.split_once('}').and_then(|(name, rest)| Some((action(name)?, rest)));
        let label = known.and_then(|(action, rest)| {
            let binding = table.iter().find(|binding| is_free(binding, action))?;
            Some((binding.label(), rest))
        });
        match label {
            Some((label, rest)) => out.push_str(&(label + rest)),
            None => out.push_str(&format!("{{{part}")),
        }
    }
    out
}

fn action(name: &str) -> Option<Action> {
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, action)| *action)
}

/// May this binding of the action have other keys? Those of overlays and of text fields may not.
fn is_free(binding: &Binding, action: Action) -> bool {
    let in_panes = match binding.place {
        Place::Everywhere | Place::Panes | Place::Lists => true,
        Place::Typing => false,
        Place::In(contexts) => contexts.iter().any(|context| context.is_list()),
    };
    in_panes && matches!(binding.does, Does::Act(does) if does == action)
}

fn wrong(line: usize, key: Option<usize>, message: String) -> Wrong {
    Wrong { line, key, message }
}

fn unknown(name: &str) -> String {
    let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
    format!("there is no action {name:?}; there are: {}", names.join(", "))
}

fn chords(line: usize, wish: &Wanted<'_>) -> Result<Vec<Chord>, Wrong> {
    if wish.keys.is_empty() {
        return Err(wrong(line, None, format!("{} needs at least one key", wish.action)));
    }
    let parse = |(at, text): (usize, &&str)| parse(text).map_err(|message| wrong(line, Some(at), message));
    wish.keys.iter().enumerate().map(parse).collect()
}

/// Looks for another meaning of a changed binding's keys, and for letters that are text where it holds.
fn look(table: &[Binding], at: usize, line: usize) -> Result<(), Wrong> {
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
                let message = format!("{} has another meaning in the same place: {}", chord.label(), other.help);
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
    use super::*;

    fn wanted<'a>(lines: &[(&'a str, &[&'a str])]) -> Vec<Wanted<'a>> {
        lines.iter().map(|(action, keys)| Wanted { action, keys: keys.to_vec() }).collect()
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
        let same: Vec<Wanted<'_>> = defaults
            .iter()
            .map(|(action, keys)| Wanted { action, keys: keys.iter().map(String::as_str).collect() })
            .collect();
        rebound(&same).expect("the defaults clash with nothing");
    }

    #[test]
    fn every_binding_of_the_panes_can_have_other_keys() {
        for binding in BINDINGS {
            let Does::Act(action) = binding.does else { continue };
            let named = NAMES.iter().any(|(_, known)| *known == action);
            assert!(named || !is_free(binding, action), "{action:?} has no name in the configuration");
        }
    }

    #[test]
    fn other_keys_take_the_place_of_the_first() {
        let table = rebound(&wanted(&[("run", &["R", "F9"]), ("run_all", &["Ctrl-G"])])).expect("they are free");
        assert_eq!(keyed(table, "{run_all} checks, {run} again, {nothing} {"), "Ctrl-G checks, R again, {nothing} {");
        assert_eq!(keyed(BINDINGS, "{run_all}"), "Ctrl-R");
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
        ] {
            let told = rebound(&wanted(lines)).expect_err(says);
            assert_eq!((told.line, told.key), (line, key), "{told:?}");
            assert!(told.message.contains(says), "{told:?}");
        }
    }
}
