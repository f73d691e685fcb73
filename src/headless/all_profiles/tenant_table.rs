//! Table of tenants and checks: one row for each tenant, printed as results arrive.

use super::Tenant;
use crate::domain::report::{Report, Status, Verdict};
use crate::headless::OutputStyle;

/// Columns reserved for the result after the checks.
const RESULT: usize = 20;
/// Widest name column.
const NAMES: usize = 24;

/// Layout of the table for one width.
pub struct Table {
    look: OutputStyle,
    width: usize,
    names: usize,
    /// True if cells contain words; otherwise single characters, for lack of space.
    words: bool,
    /// Ids and headings of the columns.
    columns: Vec<(String, String)>,
}

impl Table {
    /// A table for these tenants. `input` has no column: if it fails, nothing was asked.
    pub fn new(tenants: &[Tenant], look: OutputStyle) -> Self {
        let width = look.width.unwrap_or(80);
        let longest = tenants.iter().map(|tenant| tenant.name.len()).max().unwrap_or(0);
        let mut ids: Vec<String> = Vec::new();
        for id in tenants.iter().flat_map(|tenant| tenant.checks.iter()).filter(|id| *id != "input") {
            if !ids.contains(id) {
                ids.push(id.clone());
            }
        }
        let names = longest.clamp(7, NAMES);
        let words = names + 1 + 5 * ids.len() + RESULT <= width;
        let heads = short(&ids, if words { 4 } else { 2 });
        Self { look, width, names, words, columns: ids.into_iter().zip(heads).collect() }
    }

    /// Heading lines above the rows.
    pub fn head(&self) -> String {
        let heads: Vec<String> = self.columns.iter().map(|(id, head)| format!("{head} {id}")).collect();
        let signs = if self.words { "" } else { "; ! warned, X failed, - not asked" };
        let legend = self.look.paragraph("", &format!("{}{signs}", heads.join(", ")));
        let cells: String = self.columns.iter().map(|(_, head)| self.padded(head)).collect();
        format!("{legend}\n{:<names$} {cells}result\n", "profile", names = self.names)
    }

    /// One row.
    pub fn row(&self, tenant: &Tenant, report: &Report) -> String {
        let status = |id: &String| report.checks.iter().find(|check| check.id == *id).map(|check| check.status);
        let cells: String = self.columns.iter().map(|(id, _)| self.cell(status(id))).collect();
        let taken = self.names + 1 + self.cell_width() * self.columns.len();
        let room = self.width.saturating_sub(taken).max(8);
        let result = self.look.verdict_of(report.verdict, &cut(result(report), room));
        format!("{:<names$} {cells}{result}", cut(&tenant.name, self.names), names = self.names)
    }

    fn cell(&self, status: Option<Status>) -> String {
        let Some(status) = status else { return self.padded("") };
        if self.words {
            return self.look.status(status);
        }
        let sign = match status {
            Status::Passed => "ok",
            Status::Warned => "!",
            Status::Failed => "X",
            Status::Skipped => "-",
        };
        self.look.status_of(status, &self.padded(sign))
    }

    fn padded(&self, text: &str) -> String {
        format!("{text:<width$}", width = self.cell_width())
    }

    fn cell_width(&self) -> usize {
        if self.words { 5 } else { 3 }
    }
}

/// Text of the result column: ready, or the reason why not.
fn result(report: &Report) -> &str {
    match report.verdict {
        Verdict::Ready | Verdict::ReadyWithWarnings => report.verdict.label(),
        Verdict::NotReady | Verdict::Undetermined => report.code.id(),
    }
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// Distinct headings of a given length: the first letters, or the first letter and a later one.
fn short(ids: &[String], letters: usize) -> Vec<String> {
    let mut heads: Vec<String> = Vec::new();
    for id in ids {
        let plain: Vec<char> = id.chars().filter(|c| c.is_alphanumeric()).collect();
        let first: String = plain.iter().take(letters - 1).collect();
        let later = plain.iter().skip(letters - 1).map(|c| format!("{first}{c}"));
        let numbered = (2..).map(|n| format!("{}{n}", cut(&first, letters - 1)));
        let head = later.chain(numbered).find(|head| !heads.contains(head)).unwrap_or_default();
        heads.push(head);
    }
    heads
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::headless::formats::document::tests::outcome;

    fn ids(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn tenant(name: &str, checks: &[&str]) -> Tenant {
        Tenant { name: name.into(), checks: Arc::from(ids(checks)), ..Tenant::default() }
    }

    #[test]
    fn heads_are_short_and_no_two_are_the_same() {
        let names = ["tickets", "timesheet-events", "timesheets", "token", "t", "tt"];
        assert_eq!(short(&ids(&names), 2), ["ti", "tm", "te", "to", "t2", "tt"]);
        assert_eq!(short(&ids(&names[..3]), 4), ["tick", "time", "tims"]);
    }

    #[test]
    fn a_row_fits_wide_and_narrow_terminals() {
        let tenants = [tenant("acme", &["input", "token", "invoices"]), tenant("other", &["token", "devices"])];
        let table = |width| Table::new(&tenants, OutputStyle { width: Some(width), ..OutputStyle::default() });
        assert_eq!(
            table(80).head(),
            "toke token, invo invoices, devi devices\nprofile toke invo devi result\n".to_owned()
        );
        assert_eq!(table(80).row(&tenants[0], &outcome().report), "acme    ok   FAIL      api.role_level");
        let narrow = table(38);
        assert!(narrow.head().contains("X failed") && narrow.head().ends_with("\nprofile to in de result\n"));
        assert_eq!(narrow.row(&tenants[0], &outcome().report), "acme    ok X     api.role_level");
        assert_eq!(table(28).row(&tenants[0], &outcome().report), "acme    ok X     api.role_le");
    }

    #[test]
    fn colour_only_repeats_what_the_words_say() {
        let tenants = [tenant("acme", &["token", "invoices"])];
        let look = OutputStyle { width: Some(80), color: true, ..OutputStyle::default() };
        let row = Table::new(&tenants, look).row(&tenants[0], &outcome().report);
        assert!(row.contains("\u{1b}[32mok   \u{1b}[0m") && row.ends_with("mapi.role_level\u{1b}[0m"), "{row:?}");
    }
}
