//! What can be asked for between two runs, by number or by word.

/// The commands, in the order of their numbers: word, what follows it, what it does.
const COMMANDS: [(&str, &str, &str); 12] = [
    ("run", "", "runs all checks"),
    ("again", "CHECK", "runs one check again, as in: again invoices"),
    ("watch", "SECONDS", "asks again for what is not ok, every 30 s or as in: watch 60, until nothing blocks"),
    ("values", "", "asks for the four values again"),
    ("steps", "NUMBER", "the checklist with what is proved; one step of it, as in: steps 2"),
    ("tick", "LINE", "ticks a line of the checklist, or takes the tick back, as in: tick B7"),
    ("fix", "", "what to mend, and where in Halo"),
    ("explain", "CODE", "what a code means, as in: explain api.role_level"),
    ("save", "FORM", "writes a report: markdown, json, html, or admin for whoever changes Halo"),
    ("form", "", "the values for the vendor's form, in its order"),
    ("help", "", "this list"),
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
    /// In the demo: put a line right in the simulated Halo.
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

/// Reads an answer: a command with what follows it; none when it is no command.
pub fn read(answer: &str, demo: bool) -> Option<(Command, &str)> {
    let (word, rest) = answer.trim().split_once(char::is_whitespace).unwrap_or((answer.trim(), ""));
    let (word, rest) = (word.to_ascii_lowercase(), rest.trim());
    let number = word.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let named = || COMMANDS.iter().position(|(known, ..)| *known == word || (word == "q" && *known == "quit"));
    match word.as_str() {
        "mend" if demo => Some((Command::Repair, rest)),
        "?" => Some((Command::Help, rest)),
        _ => Some((*ORDER.get(number.or_else(named)?)?, rest)),
    }
}

/// The list of commands, one a line.
pub fn list(demo: bool) -> String {
    let line = |(at, (word, more, does)): (usize, &(&str, &str, &str))| {
        format!("{}. {}: {does}.\n", at + 1, format!("{word} {more}").trim_end())
    };
    let mut text: String = COMMANDS.iter().enumerate().map(line).collect();
    if demo {
        text.push_str(
            "In the demo also mend LINE or mend CHECK: puts it right in the simulated Halo, as in: mend B7.\n",
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
            ("mend B7", None),
        ] {
            assert_eq!(read(answer, false), wanted, "{answer:?}");
        }
        assert_eq!(read("mend B7", true), Some((Command::Repair, "B7")));
    }

    #[test]
    fn every_command_stands_in_the_list_with_its_own_number() {
        let list = list(true);
        for (at, (word, ..)) in COMMANDS.iter().enumerate() {
            assert!(list.contains(&format!("{}. {word}", at + 1)), "{word}");
            assert_eq!(read(word, false), read(&(at + 1).to_string(), false), "{word}");
        }
        assert!(list.contains("mend LINE"));
    }
}
