//! The values for the vendor's form: what the whole set-up is for.

use ratatui::style::Style;
use ratatui::text::Span;

use crate::app::{FieldValue, State};
use crate::domain::report::{Judgement, Severity, Verdict};
use crate::tui::text_layout::{Row, cut, spread, width, wrap};
use crate::tui::theme;
use crate::tui::theme::Theme;

/// Below this width a value is shown under its label.
const NARROW: u16 = 60;

/// Says whether the values are proven.
pub fn title(state: &State) -> String {
    let proven = state.judgement().map(|judgement| judgement.verdict);
    let word = match proven {
        Some(Verdict::Ready | Verdict::ReadyWithWarnings) => "Done: enter these in",
        _ => "Not proven yet: values for",
    };
    format!("{word} {}", state.guide.form)
}

/// Every row.
pub fn rows(state: &State, cells: u16, theme: Theme) -> Vec<Row> {
    let values = state.form_values();
    let labels = values.iter().map(|value| width(&value.label)).max().unwrap_or_default();
    let room = usize::from(cells).saturating_sub(labels + 4);
    let mut rows = vec![Row::text("")];
    for (at, value) in values.iter().enumerate() {
        let number = format!("{} copy", at + 1);
        let text = match &value.worth {
            FieldValue::Text(text) => text.clone(),
            FieldValue::Nothing => "(empty)".into(),
            FieldValue::Secret => secret(state),
        };
        let number = if value.worth == FieldValue::Nothing { String::new() } else { number };
        if cells < NARROW {
            let label = format!(" {}", spread(&value.label, &number, usize::from(cells).saturating_sub(2), theme));
            rows.push(Row::spans(None, vec![Span::styled(label, theme::strong())]));
            rows.push(Row::text(format!("  {}", cut(&text, usize::from(cells).saturating_sub(3), theme))));
            continue;
        }
        let gap = labels - width(&value.label);
        rows.push(Row::spans(
            None,
            vec![
                Span::styled(format!(" {}{}  ", value.label, " ".repeat(gap)), theme::strong()),
                Span::raw(spread(&text, &number, room, theme)),
            ],
        ));
    }
    rows.push(Row::text(""));
    rows.extend(vendor_side(state, cells));
    for text in after(state, theme) {
        rows.extend(
            wrap(&text, usize::from(cells).saturating_sub(2)).into_iter().map(|line| Row::text(format!(" {line}"))),
        );
    }
    rows
}

/// What works here and may not work from the vendor's servers: it matters when the values are entered there.
fn vendor_side(state: &State, cells: u16) -> Vec<Row> {
    let mut rows = Vec::new();
    let room = usize::from(cells).saturating_sub(4);
    for found in state.judgement().into_iter().flat_map(Judgement::vendor_side) {
        let word = capitalised(found.severity.label());
        let text = format!("{word}: {} ({})", found.summary, found.code.id());
        rows.extend(
            wrap(&text, room + 2)
                .into_iter()
                .map(|line| Row::spans(None, vec![Span::styled(format!(" {line}"), severity_style(found.severity))])),
        );
        for step in &found.fix {
            rows.extend(
                wrap(step, room)
                    .into_iter()
                    .enumerate()
                    .map(|(at, line)| Row::text(format!(" {} {line}", if at == 0 { "-" } else { " " }))),
            );
        }
        rows.push(Row::text(""));
    }
    rows
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Note => theme::strong(),
        Severity::Warning | Severity::Blocking => theme::doubtful(),
    }
}

fn secret(state: &State) -> String {
    let print = state.form.secret.fingerprint().map(|print| format!(", fingerprint {print}")).unwrap_or_default();
    format!("(hidden{print})")
}

fn after(state: &State, theme: Theme) -> Vec<String> {
    let button = &state.guide.test_button;
    let test = if button.is_empty() { "test the connection".to_owned() } else { format!("press \"{button}\"") };
    vec![
        format!("Then {test} in {}.", state.guide.vendor),
        theme.keyed(
            "A number copies that value through the terminal (OSC 52), which may ignore it; the secret asks first. {export} writes a report.",
        ),
    ]
}
