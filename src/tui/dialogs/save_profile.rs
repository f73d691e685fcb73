//! Dialogs for saving a profile and for keeping its secret.

use ratatui::style::Style;
use ratatui::text::Span;

use crate::app::{State, TextField};
use crate::domain::profile::SecretStore;
use crate::tui::text_layout::{Row, tail, wrap};
use crate::tui::theme;
use crate::tui::theme::Theme;

/// Row of the name's field, from 0.
pub const NAME_ROW: u16 = 1;

/// The rows of the name's question.
pub fn name(field: &TextField, problem: Option<&str>, cells: u16, theme: Theme) -> Vec<Row> {
    let room = usize::from(cells).saturating_sub(3);
    let (from, _) = field.view(room.saturating_sub(1));
    let text = format!(" [{:<room$}]", tail(field.text(), from), room = room.saturating_sub(1));
    let mut rows = vec![Row::text(" Name:"), Row::spans(None, vec![Span::styled(text, theme::strong())])];
    if let Some(problem) = problem {
        rows.extend(paragraph(&format!("! {problem}"), cells, theme::doubtful()));
    }
    rows.push(Row::text(""));
    rows.extend(paragraph(&theme.keyed(NAME), cells, Style::new()));
    rows
}

/// The cursor's cell in the row of the name's field.
pub fn name_cursor(field: &TextField, cells: u16) -> u16 {
    let room = usize::from(cells).saturating_sub(4);
    let (_, at) = field.view(room);
    u16::try_from(at + 2).unwrap_or(u16::MAX).min(cells.saturating_sub(2))
}

const NAME: &str = "Saves the address, the tenant, the Client ID and an accepted sign-in host; never the secret. The next \
start offers this profile. {save} saves, {back} cancels.";

/// Rows of the question whether to keep the secret. The selected answer is marked.
pub fn keep(state: &State, at: usize, cells: u16, theme: Theme) -> Vec<Row> {
    let kept = state.shelf.secret.kept;
    let mut rows = paragraph(if kept.is_some() { AGAIN } else { GOOD }, cells, Style::new());
    rows.push(Row::text(""));
    let ways = state.shelf.secret.ways.iter().copied().map(Some);
    for (number, way) in std::iter::once(None).chain(ways).enumerate() {
        let mark = theme.choice(number == at);
        let here = if way.is_some() && way == kept { "  (now)" } else { "" };
        let style = if number == at { theme::strong() } else { Style::new() };
        let lines = wrap(&format!("{}{here}", words(way, kept)), usize::from(cells).saturating_sub(6));
        for (row, line) in lines.into_iter().enumerate() {
            let margin = if row == 0 { format!(" {mark} ") } else { "     ".into() };
            rows.push(Row::spans(Some(number), vec![Span::raw(margin), Span::styled(line, style)]));
        }
    }
    rows.push(Row::text(""));
    let keychain = state.shelf.secret.ways.contains(&SecretStore::Keychain);
    let other = if keychain { OTHER_THAN_THE_KEYCHAIN } else { OTHER };
    rows.extend(paragraph(&theme.keyed(other), cells, Style::new()));
    rows
}

fn words(way: Option<SecretStore>, kept: Option<SecretStore>) -> &'static str {
    match way {
        None if kept.is_some() => "forget it",
        None => "do not keep it",
        Some(SecretStore::Session) => "until this login ends, 12 hours at most (kernel keyring)",
        Some(SecretStore::User) => "12 hours, for your other logins here too (kernel keyring)",
        Some(SecretStore::Keychain) => "until you forget it, encrypted by the system (keychain)",
    }
}

const GOOD: &str = "Halo accepted this secret. Keep it, so that the next start does not ask for it?";
const AGAIN: &str = "The secret of this profile is kept. Where should it be kept from now on?";
const OTHER: &str = "It is never written to disk. To keep it longer, use a command that prints it: secret_command in the \
profile.\n{up} and {down} choose, {choose} confirms, {back} changes nothing.";

const OTHER_THAN_THE_KEYCHAIN: &str = "The program never writes it to a file. A command can print it instead: secret_command \
in the profile.\n{up} and {down} choose, {choose} confirms, {back} changes nothing.";

fn paragraph(text: &str, cells: u16, style: Style) -> Vec<Row> {
    let lines = wrap(text, usize::from(cells).saturating_sub(2));
    lines.into_iter().map(|line| Row::spans(None, vec![Span::styled(format!(" {line}"), style)])).collect()
}
