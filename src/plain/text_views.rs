//! Text views of the checklist, the fixes and the vendor's form, made from the interface's state.

use std::fmt::Write;

use crate::app::{FieldValue, LineState, State};
use crate::domain::guide::Step;
use crate::domain::report::{Diagnosis, Judgement, Severity};
use crate::domain::untrusted_text::UntrustedText;

/// The checklist, or one step of it.
pub fn steps(state: &State, only: Option<usize>) -> String {
    let all = state.guide.steps.len();
    let wanted = state.guide.steps.iter().enumerate().filter(|(at, _)| only.is_none_or(|only| only == at + 1));
    wanted.map(|(at, step)| self::step(state, step, at + 1, all)).collect()
}

fn step(state: &State, step: &Step, number: usize, all: usize) -> String {
    let (done, wrong, lines) = state.step_counts(step);
    let mut out = format!("Step {number} of {all}. {}. {done} of {lines} lines done", shown(&step.title));
    if wrong > 0 {
        out.push_str(&format!(", {wrong} wrong"));
    }
    out.push_str(".\n");
    // Writing to a String cannot fail.
    let _ = writeln!(out, "  In Halo: {}", shown(&state.guide.screen(step.screen).join(" > ")));
    let mut more = |word: &str, text: &str| {
        if !text.is_empty() {
            let _ = writeln!(out, "  {word}: {}", shown(text));
        }
    };
    more("First", &step.open);
    for line in &step.lines {
        let word = match state.line_state(line) {
            LineState::Operator => "for you to confirm",
            other => other.word(),
        };
        let says = state.line_says(line).map(|says| format!(". {says}")).unwrap_or_default();
        more(&format!("{} {word}", line.fact), &format!("{} = {}{says}", line.label, line.expected));
    }
    more("Then", &step.then);
    more("Note", &step.hint);
    out
}

/// The fixes, most severe first.
pub fn fixes(state: &State) -> String {
    let Some(judgement) = state.judgement() else { return "Nothing has been checked yet. Type run.\n".into() };
    let mut out = String::new();
    for found in &judgement.diagnoses {
        out.push_str(&finding(found));
        if let Some(check) = found.checks.first().filter(|_| found.severity != Severity::Note) {
            out.push_str(&format!("  Then: again {check}\n"));
        }
    }
    if out.is_empty() { "Nothing to fix.\n".into() } else { out }
}

/// One finding with its fixes.
fn finding(found: &Diagnosis) -> String {
    let severity = found.severity.label().to_uppercase();
    let mut out = format!("{severity}: {} ({})\n", shown(&found.summary), found.code.id());
    found.fix.iter().for_each(|step| out.push_str(&format!("  Fix: {}\n", shown(step))));
    out
}

/// The values for the vendor's form, in its order.
pub fn form(state: &State) -> String {
    let lines = state.form_values().into_iter().map(|value| match value.worth {
        FieldValue::Text(text) => format!("{}: {}\n", value.label, shown(&text)),
        FieldValue::Nothing => format!("{}: leave it empty\n", value.label),
        FieldValue::Secret => format!(
            "{}: the secret that you entered, {} characters, fingerprint {}; it is not shown\n",
            value.label,
            state.form.secret.chars(),
            state.form.secret.fingerprint().unwrap_or_default()
        ),
    });
    let ready = state.judgement().is_some_and(|judgement| judgement.exit_status(false) == 0);
    let mut out =
        if ready { String::new() } else { "The checks have not all passed: these may not work yet.\n".into() };
    out.extend(lines);
    for found in state.judgement().into_iter().flat_map(Judgement::vendor_side) {
        out.push_str(&finding(found));
    }
    out
}

/// Filters a guide's text for the terminal: a guide file may come from anyone.
pub fn shown(text: &str) -> String {
    UntrustedText::new(text).as_str().to_owned()
}
