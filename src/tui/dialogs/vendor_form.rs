//! The values for the vendor's form: what the whole set-up is for.

use ratatui::text::Span;

use crate::app::{FieldValue, State};
use crate::domain::report::Verdict;
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
    for text in after(state, theme) {
        rows.extend(
            wrap(&text, usize::from(cells).saturating_sub(2)).into_iter().map(|line| Row::text(format!(" {line}"))),
        );
    }
    rows
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
