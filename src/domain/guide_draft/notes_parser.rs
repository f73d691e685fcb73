//! Reads the text of a vendor's page: names, scopes, levels and switches. Text that is not recognised is left out.

use super::features::{FEATURES, Feature, SWITCHES};
use super::{DraftPermission, GuideDraft};
use crate::domain::guide::Basis;
use crate::domain::permission_levels::switch;

/// Drafts a guide from the text of a page.
pub fn from_notes(text: &str) -> GuideDraft {
    let mut draft = GuideDraft { scopes: scopes(text), permissions: permissions(text), ..GuideDraft::default() };
    let lines: Vec<&str> = text.lines().map(bare).filter(|line| !line.is_empty()).collect();
    draft.page_title =
        lines.iter().find(|line| !line.contains("://")).map(|line| (*line).to_owned()).unwrap_or_default();
    draft.page_url = text.split_whitespace().find(|word| word.starts_with("https://")).unwrap_or_default().to_owned();
    for (at, line) in lines.iter().enumerate() {
        let next = lines.get(at + 1).copied();
        let name = |labels: &[&str]| labels.iter().find_map(|label| value_after(line, label, next)).map(str::to_owned);
        let fields: [(&mut String, &[&str]); 3] = [
            (&mut draft.agent, &["username", "agent name"]),
            (&mut draft.role, &["role name"]),
            (&mut draft.application, &["application name"]),
        ];
        for (field, labels) in fields {
            if field.is_empty() {
                *field = name(labels).unwrap_or_default();
            }
        }
    }
    draft
}

/// Scopes that a text names, each once, in its order.
pub fn scopes(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == ':')) {
        let word = word.trim_matches(':');
        let known = ["read:", "edit:", "admin:", "all:"];
        let scope = word.to_ascii_lowercase();
        if known.iter().any(|start| scope.len() > start.len() && scope.starts_with(start)) {
            // Halo writes this one with a capital.
            let scope = if scope == "editmine:timesheets" { "editMine:timesheets".to_owned() } else { scope };
            if !found.contains(&scope) {
                found.push(scope);
            }
        }
    }
    found
}

/// Levels and switches that a text names, each once, in its order.
pub fn permissions(text: &str) -> Vec<DraftPermission> {
    let lines: Vec<&str> = text.lines().map(bare).filter(|line| !line.is_empty()).collect();
    let mut found: Vec<DraftPermission> = Vec::new();
    let mut add = |permission: DraftPermission| {
        if !found.iter().any(|known| known.claim == permission.claim) {
            found.push(permission);
        }
    };
    for (at, line) in lines.iter().enumerate() {
        let next = lines.get(at + 1).copied();
        match permission(line, next) {
            Some(permission) => add(permission),
            // Several in one line, as in "Tickets: Read Only, Users: Read Only".
            None => {
                line.split([',', ';', '|', '\t']).filter_map(|part| permission(bare(part), None)).for_each(&mut add)
            }
        }
    }
    found
}

fn permission(line: &str, next: Option<&str>) -> Option<DraftPermission> {
    level_of(line, next).or_else(|| switch_of(line, next))
}

fn level_of(line: &str, next: Option<&str>) -> Option<DraftPermission> {
    let named = |feature: &&Feature| {
        let label = feature.label.to_ascii_lowercase();
        std::iter::once(label.as_str()).chain(feature.other_names.iter().copied()).find_map(|name| {
            let value = value_after(line, &format!("{name} access level"), next)
                .or_else(|| value_after(line, &format!("{name} access"), next))
                .or_else(|| value_after(line, name, next))?;
            feature.level(value).map(|_| value.to_owned())
        })
    };
    let feature = FEATURES.iter().find(|feature| named(feature).is_some())?;
    Some(DraftPermission {
        claim: feature.claim,
        label: format!("{} Access Level", feature.label),
        expected: named(&feature)?,
        basis: Basis::Stated,
    })
}

fn switch_of(line: &str, next: Option<&str>) -> Option<DraftPermission> {
    let (claim, label, value) = SWITCHES.iter().find_map(|(claim, label, other_names)| {
        let first = label.to_ascii_lowercase();
        let names = std::iter::once(first.as_str()).chain(other_names.iter().copied());
        let value = names.filter_map(|name| value_of_switch(line, name, next)).next()?;
        Some((*claim, *label, value))
    })?;
    let expected = if value.unwrap_or(true) { "Yes" } else { "No" };
    // A switch that is only named is taken as wanted.
    let basis = if value.is_some() { Basis::Stated } else { Basis::Inferred };
    Some(DraftPermission { claim, label: label.to_owned(), expected: expected.to_owned(), basis })
}

/// Value of a switch whose label starts the line; the inner value is `None` if only the label is there.
fn value_of_switch(line: &str, label: &str, next: Option<&str>) -> Option<Option<bool>> {
    let rest = rest_after(line, label)?;
    if !rest.is_empty() {
        return switch(rest).map(Some);
    }
    // The empty text is no value.
    Some(next.filter(|next| !next.is_empty()).and_then(switch))
}

/// Value behind a label that starts the line; the next line, if nothing else is on this one.
fn value_after<'a>(line: &'a str, label: &str, next: Option<&'a str>) -> Option<&'a str> {
    let rest = rest_after(line, label)?;
    if rest.is_empty() { next.filter(|next| !next.is_empty()) } else { Some(rest) }
}

/// Rest of a line that starts with this label (in lower case), without marks between label and value.
fn rest_after<'a>(line: &'a str, label: &str) -> Option<&'a str> {
    let (head, rest) = line.split_at_checked(label.len())?;
    if !head.eq_ignore_ascii_case(label) || rest.starts_with(|c: char| c.is_alphanumeric()) {
        return None;
    }
    let marks =
        |c: char| c.is_whitespace() || matches!(c, ':' | '=' | '-' | '–' | '—' | '>' | '→' | '|' | '"' | '`' | '*');
    Some(rest.trim_matches(marks).trim_end_matches('.'))
}

/// A line without the marks of a list or a table.
fn bare(line: &str) -> &str {
    line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '-' | '•' | '|' | '#' | '`' | '·'))
}
