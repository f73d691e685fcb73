//! The help page, read off the one table of keys.

use ratatui::style::Style;
use ratatui::text::Span;

use crate::app::{CheckState, Context, Focus, LineState, State};
use crate::tui::keymap::{Binding, KeyScope};
use crate::tui::text_layout::{Row, width, wrap};
use crate::tui::theme;
use crate::tui::theme::Theme;

/// From this width on the page has two columns.
const TWO: u16 = 100;
/// Below this width only the first key of each binding is named.
const NARROW: u16 = 50;
/// Cells of one entry of the legend: mark, word and meaning.
const LEGEND_CELLS: usize = 25;
/// The states of a check with their meanings, in at most 16 letters.
const CHECKS: [(CheckState, &str); 7] = [
    (CheckState::Passed, "passed"),
    (CheckState::Warned, "works, review"),
    (CheckState::Failed, "broken"),
    (CheckState::Running(0), "running"),
    (CheckState::Waiting, "not run yet"),
    (CheckState::Skipped, "not run"),
    (CheckState::Stopped, "cancelled"),
];
/// The states of a guide line with their meanings, in at most 14 letters.
const LINES: [(LineState, &str); 5] = [
    (LineState::Proved, "Halo shows it"),
    (LineState::Contradicted, "Halo differs"),
    (LineState::Ticked, "you ticked it"),
    (LineState::Operator, "not in the API"),
    (LineState::Todo, "not done yet"),
];
const NOTES: [&str; 4] = [
    "Letters are commands only outside text fields. In a field they are text; {help_typing} opens this page there.",
    "Copying uses OSC 52; in tmux: set -g set-clipboard on. If the paste is empty, the terminal ignored it: {plain} shows the text.",
    "The mouse is not captured: select text as usual. A secret on the screen can be recorded (script, tmux pipe-pane).",
    "Without a full screen: halo-onboard --plain, or halo-onboard check.",
];

/// Every row: first what the pane behind the page takes, then what all do.
pub fn rows(state: &State, cells: u16, theme: Theme) -> Vec<Row> {
    let here = if state.picker.is_some() { Context::Profiles } else { context(state.focus) };
    let sections = sections(here, theme.keys);
    let mut rows = if cells >= TWO { columns(&sections, cells) } else { column(&sections, cells) };
    rows.push(Row::text(""));
    rows.extend(legend(cells, theme));
    for note in NOTES {
        rows.push(Row::text(""));
        let lines = wrap(&theme.keyed(note), usize::from(cells).saturating_sub(2));
        rows.extend(lines.into_iter().map(|line| Row::text(format!(" {line}"))));
    }
    rows
}

/// The symbols and labels of checks and guide lines, with their meanings.
fn legend(cells: u16, theme: Theme) -> Vec<Row> {
    let checks = CHECKS.map(|(shown, meaning)| {
        (format!("{} {:<6}", theme.check(shown), shown.word()), theme::of_check(shown), meaning)
    });
    let lines = LINES
        .map(|(state, meaning)| (format!("{} {:<6}", theme.line(state), state.word()), theme::of_line(state), meaning));
    let mut rows = legend_rows("States of a check", &checks, cells);
    rows.push(Row::text(""));
    rows.extend(legend_rows("States of a guide line", &lines, cells));
    rows
}

/// One table of the legend, in as many columns as fit.
fn legend_rows(title: &str, entries: &[(String, Style, &str)], cells: u16) -> Vec<Row> {
    let columns = (usize::from(cells).saturating_sub(2) / LEGEND_CELLS).max(1);
    let mut rows = vec![Row::spans(None, vec![Span::styled(format!(" {title}"), theme::strong())])];
    for chunk in entries.chunks(columns) {
        let mut spans = vec![Span::raw("  ")];
        for (state, style, meaning) in chunk {
            let room = LEGEND_CELLS.saturating_sub(width(state) + 1);
            spans.extend([Span::styled(state.clone(), *style), Span::raw(format!(" {meaning:<room$}"))]);
        }
        rows.push(Row::spans(None, spans));
    }
    rows
}

/// All keys of a table as a page of Markdown: each place with everything that holds there alone.
pub fn markdown(table: &'static [Binding]) -> String {
    let mut page = String::from(HEAD);
    let mut add = |title: &str, holds: &dyn Fn(KeyScope) -> bool| {
        let bindings: Vec<&Binding> = table.iter().filter(|binding| holds(binding.place)).collect();
        if bindings.is_empty() {
            return;
        }
        page.push_str(&format!("\n## {title}\n\n| key | what it does | name in `[keys]` |\n|---|---|---|\n"));
        for binding in bindings {
            let keys = quoted(binding);
            let name = if binding.name.is_empty() { String::new() } else { format!("`{}`", binding.name) };
            page.push_str(&format!("| {keys} | {} | {name} |\n", binding.help));
        }
    };
    add("Everywhere", &|place| matches!(place, KeyScope::Everywhere));
    add("In every pane and field", &|place| matches!(place, KeyScope::Panes));
    add("In every pane but the fields", &|place| matches!(place, KeyScope::Lists));
    add("While typing", &|place| matches!(place, KeyScope::Typing));
    for context in Context::ALL {
        add(words(context), &|place| own(place, context));
    }
    page
}

const HEAD: &str = "# Keys

Generated from the program's key table, which also drives the key decoder, the footer and the help page. `[keys]` in the configuration
assigns other keys to an action by its name; a name under several headings has the same keys under each.
";

/// Actions for daily work: heading, context, and the names of the actions in each row.
const DAILY: &[(&str, Context, &[&[&str]])] = &[
    (
        "anywhere",
        Context::Checklist,
        &[
            &["run_all"],
            &["next_pane", "previous_pane"],
            &["checklist", "credentials", "diagnostics", "log"],
            &["zoom_log"],
            &["back"],
            &["interrupt"],
            &["suspend"],
            &["redraw"],
            &["profiles"],
        ],
    ),
    (
        "in a field",
        Context::Secret,
        &[&["next_field", "previous_field"], &["reveal"], &["suggestion"], &["help_typing"]],
    ),
    ("in the checklist", Context::Checklist, &[&["tick"], &["guide_line"]]),
    (
        "on a check",
        Context::Checks,
        &[&["run"], &["mend"], &["watch"], &["explain"], &["guide_line"], &["only_failures"], &["curl"]],
    ),
    (
        "in any list",
        Context::Checks,
        &[&["send"], &["plain"], &["export"], &["values"], &["save_profile"], &["keep_secret"], &["help"], &["quit"]],
    ),
];

/// The keys of every day as a table of Markdown.
pub fn markdown_of_every_day(table: &'static [Binding]) -> String {
    let mut page = String::from("| where | key | what it does |\n|---|---|---|\n");
    for (place, context, rows) in DAILY {
        for (at, names) in rows.iter().enumerate() {
            let bindings = names.iter().filter_map(|name| {
                let mut named = table.iter().filter(|binding| binding.name == *name);
                named.clone().find(|binding| own(binding.place, *context)).or_else(|| named.next())
            });
            let (mut keys, mut helps): (Vec<String>, Vec<&str>) = (Vec::new(), Vec::new());
            for binding in bindings {
                keys.push(quoted(binding));
                if !helps.contains(&binding.help) {
                    helps.push(binding.help);
                }
            }
            let place = if at == 0 { place } else { "" };
            page.push_str(&format!("| {place} | {} | {} |\n", keys.join(" "), helps.join(", ")));
        }
    }
    page
}

fn quoted(binding: &Binding) -> String {
    binding.labels().split(' ').map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" ")
}

/// A heading with its bindings. Each binding appears under the first heading to which it belongs.
struct Section {
    title: String,
    bindings: Vec<&'static Binding>,
}

fn sections(here: Context, table: &'static [Binding]) -> Vec<Section> {
    let mut left: Vec<&Binding> = table.iter().collect();
    let mut take = |title: String, holds: &dyn Fn(KeyScope) -> bool| {
        let (bindings, others) = left.drain(..).partition(|binding| holds(binding.place));
        left = others;
        Section { title, bindings }
    };
    let mut sections = vec![
        take(format!("In this pane: {}", words(here)), &|place| own(place, here)),
        take("In every list".into(), &|place| matches!(place, KeyScope::Lists)),
        take("Everywhere".into(), &|place| matches!(place, KeyScope::Everywhere | KeyScope::Panes)),
        take("While typing".into(), &|place| matches!(place, KeyScope::Typing)),
    ];
    for other in Context::ALL {
        sections.push(take(words(other).into(), &|place| own(place, other)));
    }
    sections.retain(|section| !section.bindings.is_empty());
    sections
}

/// All sections below each other.
fn column(sections: &[Section], cells: u16) -> Vec<Row> {
    let mut rows = Vec::new();
    for section in sections {
        if !rows.is_empty() {
            rows.push(Row::text(""));
        }
        rows.extend(section_rows(section, cells));
    }
    rows
}

/// The sections in two columns of about the same length.
fn columns(sections: &[Section], cells: u16) -> Vec<Row> {
    let half = cells / 2;
    let lengths: Vec<usize> = sections.iter().map(|section| section_rows(section, half).len() + 1).collect();
    let all: usize = lengths.iter().sum();
    let above = |split: usize| lengths[..split].iter().sum::<usize>();
    let split = (0..=sections.len()).min_by_key(|split| above(*split).max(all - above(*split))).unwrap_or_default();
    let mut left = column(&sections[..split], half);
    let mut right = column(&sections[split..], half).into_iter();
    left.resize_with(left.len().max(right.len()), || Row::text(""));
    for row in &mut left {
        let gap = usize::from(half).saturating_sub(row.line.width());
        if let Some(beside) = right.next() {
            row.line.push_span(" ".repeat(gap));
            row.line.extend(beside.line.spans);
        }
    }
    left
}

/// Rows of a heading and its bindings. Bindings with the same text share a row.
fn section_rows(section: &Section, cells: u16) -> Vec<Row> {
    let mut entries: Vec<(String, &str)> = Vec::new();
    for binding in &section.bindings {
        let keys = if cells < NARROW { binding.label() } else { binding.labels() };
        match entries.iter_mut().find(|(_, help)| *help == binding.help) {
            Some((known, _)) => known.push_str(&format!(" {keys}")),
            None => entries.push((keys, binding.help)),
        }
    }
    let mut rows = vec![Row::spans(None, vec![Span::styled(format!(" {}", section.title), theme::strong())])];
    rows.extend(entries.iter().flat_map(|(keys, help)| entry_rows(keys, help, cells)));
    rows
}

fn entry_rows(keys: &str, help: &str, cells: u16) -> Vec<Row> {
    let column = if cells < NARROW { 11 } else { 18 };
    let mut keys = wrap(keys, column).into_iter();
    let mut helps = wrap(help, usize::from(cells).saturating_sub(column + 4)).into_iter();
    let mut rows = Vec::new();
    loop {
        let (key, help) = (keys.next(), helps.next());
        if key.is_none() && help.is_none() {
            return rows;
        }
        let key = key.unwrap_or_default();
        let gap = " ".repeat((column + 1).saturating_sub(width(&key)));
        let key = Span::styled(format!("  {key}{gap}"), theme::active());
        rows.push(Row::spans(None, vec![key, Span::raw(help.unwrap_or_default())]));
    }
}

/// Returns true if a binding names this context.
fn own(place: KeyScope, context: Context) -> bool {
    matches!(place, KeyScope::In(contexts) if contexts.contains(&context))
}

fn context(focus: Focus) -> Context {
    use crate::domain::connection::Field;
    match focus {
        Focus::Checklist => Context::Checklist,
        Focus::Field(Field::Secret) => Context::Secret,
        Focus::Field(_) => Context::Field,
        Focus::Checks => Context::Checks,
        Focus::Detail => Context::Detail,
        Focus::Log => Context::Log,
    }
}

/// A context by its name.
pub fn words(context: Context) -> &'static str {
    match context {
        Context::Checklist => "Checklist",
        Context::Field => "Credentials",
        Context::Secret => "Client Secret",
        Context::Checks => "Diagnostics",
        Context::Detail => "Check detail",
        Context::Log => "Log",
        Context::Search => "Search",
        Context::Help => "Help",
        Context::Question => "A question",
        Context::Export => "Report format",
        Context::Guides => "Guides",
        Context::Preview => "Report preview",
        Context::Explanation => "Code explanation",
        Context::Plain => "Plain text",
        Context::Values => "Values for the form",
        Context::Profiles => "Profiles",
        Context::Find => "Profile search",
        Context::Name => "Profile name",
        Context::KeepSecret => "Keeping the secret",
        Context::AcceptServer => "A question about sending the secret",
    }
}
