//! Parser of the commands between two runs, by number or by word.

/// The commands in the order of their numbers: word, argument, help.
const COMMANDS: [(&str, &str, &str); 12] = [
    ("run", "", "run all checks"),
    ("again", "CHECK", "run one check again, for example: again invoices"),
    ("watch", "SECONDS", "repeat the checks that are not ok every 30 s (or: watch 60) until nothing blocks"),
    ("values", "", "enter the four values again"),
    ("steps", "NUMBER", "show the checklist, or one step of it: steps 2"),
    ("tick", "LINE", "tick a line of the checklist, or remove the tick: tick B7"),
    ("fix", "", "show the fixes, and where in Halo they are made"),
    ("explain", "CODE", "explain a code, for example: explain api.role_level"),
    ("save", "FORM", "write a report: markdown, json, html, or admin for the Halo administrator"),
    ("form", "", "show the values for the vendor's form, in its order"),
    ("help", "", "show this list"),
    ("quit", "", "ends"),
];

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Run,
    Again,
    Watch,
    Values,
    Steps,
    Tick,
    Fix,
    Explain,
    Save,
    Form,
    Help,
    Quit,
    /// In the demo: fix a line in the simulated Halo.
    Repair,
}

const ORDER: [Command; 12] = [
    Command::Run,
    Command::Again,
    Command::Watch,
    Command::Values,
    Command::Steps,
    Command::Tick,
    Command::Fix,
    Command::Explain,
    Command::Save,
    Command::Form,
    Command::Help,
    Command::Quit,
];

/// Parses an answer into a command and its argument; `None` if it is not a command.
pub fn read(answer: &str, demo: bool) -> Option<(Command, &str)> {
    let (word, rest) = answer.trim().split_once(char::is_whitespace).unwrap_or((answer.trim(), ""));
    let (word, rest) = (word.to_ascii_lowercase(), rest.trim());
    let number = word.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let named = || COMMANDS.iter().position(|(known, ..)| *known == word || (word == "q" && *known == "quit"));
    match word.as_str() {
        "repair" | "mend" if demo => Some((Command::Repair, rest)),
        "?" => Some((Command::Help, rest)),
        _ => Some((*ORDER.get(number.or_else(named)?)?, rest)),
    }
}

/// Help text: one command a line.
pub fn list(demo: bool) -> String {
    let line = |(at, (word, more, does)): (usize, &(&str, &str, &str))| {
        format!("{}. {}: {does}.\n", at + 1, format!("{word} {more}").trim_end())
    };
    let mut text: String = COMMANDS.iter().enumerate().map(line).collect();
    if demo {
        text.push_str(
            "In the demo also: repair LINE or repair CHECK fixes it in the simulated Halo, for example: repair B7.\n",
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_by_number_and_by_word() {
        for (answer, wanted) in [
            ("1", Some((Command::Run, ""))),
            ("again  invoices ", Some((Command::Again, "invoices"))),
            ("2 invoices", Some((Command::Again, "invoices"))),
            ("STEPS 2", Some((Command::Steps, "2"))),
            ("12", Some((Command::Quit, ""))),
            ("q", Some((Command::Quit, ""))),
            ("?", Some((Command::Help, ""))),
            ("0", None),
            ("13", None),
            ("", None),
            ("repair B7", None),
        ] {
            assert_eq!(read(answer, false), wanted, "{answer:?}");
        }
        assert_eq!(read("repair B7", true), Some((Command::Repair, "B7")));
    }

    #[test]
    fn every_command_stands_in_the_list_with_its_own_number() {
        let list = list(true);
        for (at, (word, ..)) in COMMANDS.iter().enumerate() {
            assert!(list.contains(&format!("{}. {word}", at + 1)), "{word}");
            assert_eq!(read(word, false), read(&(at + 1).to_string(), false), "{word}");
        }
        assert!(list.contains("repair LINE"));
    }
}
