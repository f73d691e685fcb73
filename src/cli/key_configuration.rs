//! Key bindings of a session: `[keys]` of the configuration merged with the interface's table.

use std::path::Path;

use crate::config::KeyTable;
use crate::config::config_file::{FileError, invalid};
use crate::session::command_error::CommandError;
use crate::session::setting_sources::Session;
use crate::tui::keymap::custom_keys::{CustomBinding, rebound};
use crate::tui::keymap::{BINDINGS, Binding};

/// Returns the key bindings of a session.
///
/// # Errors
/// As [`table`].
pub fn of_session(session: &Session) -> Result<&'static [Binding], CommandError> {
    let Ok(path) = session.paths.config_file() else { return Ok(BINDINGS) };
    Ok(table(path, &session.config_text, &session.keys)?)
}

/// Merges the operator's keys with the default table.
///
/// # Errors
/// An action is unknown, or a key is invalid or already used; with line and column.
pub fn table(path: &Path, text: &str, keys: &KeyTable) -> Result<&'static [Binding], FileError> {
    if keys.is_empty() {
        return Ok(BINDINGS);
    }
    let wanted: Vec<CustomBinding<'_>> = keys
        .iter()
        .map(|(action, keys)| CustomBinding {
            action: action.get_ref(),
            keys: keys.iter().map(|key| key.get_ref().as_str()).collect(),
        })
        .collect();
    rebound(&wanted).map_err(|wrong| {
        let line = keys.iter().nth(wrong.line);
        let offset = line.map_or(0, |(action, keys)| {
            wrong.key.and_then(|at| keys.get(at)).map_or(action.span().start, |key| key.span().start)
        });
        invalid(path, text, offset, wrong.message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::config_file::parse;
    use crate::tui::keymap::custom_keys::defaults;

    fn error(text: &str) -> String {
        let path = Path::new("c.toml");
        let file = parse(path, text).expect(text);
        table(path, text, &file.keys).expect_err(text).to_string()
    }

    #[test]
    fn what_is_wrong_has_its_line_and_column() {
        for (text, place, says) in [
            ("[keys]\nrunn = [\"R\"]\n", "line 2, column 1", "there is no action \"runn\"; there are: as_html"),
            (
                "[keys]\nrun = [\"R\", \"q\"]\n",
                "line 2, column 13",
                "another meaning in the same place (Diagnostics): quit",
            ),
            ("[keys]\nrun = [\"R\"]\n\nwatch = [\"R\"]\n", "column", "another meaning"),
            ("[keys]\nrun = []\n", "line 2, column 1", "at least one key"),
        ] {
            let told = error(text);
            assert!(told.starts_with("c.toml, ") && told.contains(place) && told.contains(says), "{text:?}: {told}");
        }
        assert!(parse(Path::new("c.toml"), "[keys]\nrun = \"R\"\n").is_err(), "one key alone is no list");
    }

    #[test]
    fn the_example_shows_every_action_with_the_keys_that_hold() {
        let example = include_str!("../../config.example.toml");
        let file = parse(Path::new("config.example.toml"), example).expect("the example parses");
        let shown: Vec<(String, Vec<String>)> = file
            .keys
            .iter()
            .map(|(action, keys)| (action.get_ref().clone(), keys.iter().map(|key| key.get_ref().clone()).collect()))
            .collect();
        let mut held: Vec<(String, Vec<String>)> =
            defaults().into_iter().map(|(name, keys)| (name.to_owned(), keys)).collect();
        held.sort();
        assert_eq!(shown, held);
    }
}
