//! The page of a code as plain text, for `explain` and for plain mode.

use super::super::text_style::fill;
use crate::domain::codes::explain::{Explanation, explanations};

/// The pages of a code, or of all codes that begin with `word` and a dot; `None` when there is none.
pub fn pages(word: &str, width: Option<usize>) -> Option<String> {
    let word = word.trim().trim_end_matches(['.', '*']).to_ascii_lowercase();
    let group = format!("{word}.");
    let fits = |entry: &&Explanation| entry.id == word || entry.id.starts_with(&group);
    let pages: Vec<String> = explanations().iter().filter(fits).map(|entry| page(entry, width)).collect();
    (!pages.is_empty()).then(|| pages.join("\n"))
}

/// The page of one code.
pub fn page(entry: &Explanation, width: Option<usize>) -> String {
    let mut out = format!("{}: {}\n\n", entry.id, entry.headline());
    for paragraph in entry.paragraphs() {
        out.push_str(&filled(&format!("{:<11}", paragraph.word), &paragraph.text, width));
    }
    out
}

fn filled(first: &str, text: &str, width: Option<usize>) -> String {
    let indent = " ".repeat(first.len());
    fill(first, &indent, text, width.unwrap_or(100).clamp(40, 100)) + "\n"
}
