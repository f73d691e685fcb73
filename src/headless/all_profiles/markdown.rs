//! Format `markdown` of many tenants: one table of profiles and checks, then the fixes.

use std::fmt::Write;

use super::common_findings::{Findings, names};
use super::totals::Counts;
use super::{Reporter, Tenant, Totals};
use crate::domain::report::{PROGRAM, Report, Severity, Status};
use crate::headless::formats::markdown::cell;
use crate::headless::{Outcome, OutputStreams};

/// Most profile names in one paragraph.
const NAMED: usize = 50;

/// Reporter of a document in the order of the profiles, written at the end; until then a short row of each tenant is kept.
#[derive(Default)]
pub struct Markdown {
    columns: Vec<String>,
    rows: Vec<(String, String)>,
    findings: Findings,
}

impl Markdown {
    fn row(&self, tenant: &Tenant, report: &Report) -> String {
        let mut row = format!("| {} | {} |", cell(&tenant.name), report.verdict.label());
        for column in &self.columns {
            let status = report.checks.iter().find(|check| check.id == *column).map(|check| check.status);
            let word = match status {
                Some(Status::Passed) => "ok",
                Some(Status::Warned) => "**warn**",
                Some(Status::Failed) => "**FAIL**",
                Some(Status::Skipped) => "skip",
                None => "",
            };
            // Writing to a String cannot fail.
            let _ = write!(row, " {word} |");
        }
        let _ = writeln!(row, " `{}` |", report.code.id());
        row
    }

    fn findings(&mut self, of: usize) -> String {
        let mut out = String::new();
        for finding in std::mem::take(&mut self.findings).sorted() {
            let severity = if finding.severity == Severity::Blocking { "Blocks" } else { "Warning" };
            let (code, number) = (finding.code.id(), finding.profiles.len());
            let _ = writeln!(
                out,
                "**{severity}: `{code}`**, {number} of {of}: {}\n",
                cell(&names(&finding.profiles, NAMED))
            );
            let _ = writeln!(out, "{}: {}\n", cell(&names(&finding.profiles, 1)), cell(&finding.summary));
            for (number, step) in finding.fix.iter().enumerate() {
                let _ = writeln!(out, "{}. {}", number + 1, cell(step));
            }
            out.push('\n');
        }
        if out.is_empty() { out } else { format!("## Fixes\n\n{out}") }
    }
}

impl Reporter for Markdown {
    fn opened(&mut self, tenants: &[Tenant], _: &mut OutputStreams) {
        for id in tenants.iter().flat_map(|tenant| tenant.checks.iter()) {
            if !self.columns.contains(id) {
                self.columns.push(id.clone());
            }
        }
    }

    fn ended(&mut self, tenant: &Tenant, outcome: &Outcome, _: &mut OutputStreams) {
        self.findings.add(&tenant.name, outcome);
        let row = self.row(tenant, &outcome.report);
        self.rows.push((tenant.name.clone(), row));
    }

    fn closed(&mut self, totals: &Totals, to: &mut OutputStreams) {
        let Counts { tenants, ready, ready_with_warnings, not_ready, undetermined } = totals.counts;
        self.rows.sort();
        let heads: String = self.columns.iter().map(|id| format!(" {} |", cell(id))).collect();
        let rows: String = self.rows.drain(..).map(|(_, row)| row).collect();
        let stopped = if totals.complete { "" } else { " Stopped before the end." };
        to.out.text(&format!(
            "# Halo check of {tenants} profiles: {}\n\n{ready} ready, {ready_with_warnings} ready with warnings, \
             {not_ready} not ready, {undetermined} without a verdict.{stopped}\n\n\
             | Profile | Result |{heads} Code |\n|---|---|{}---|\n{rows}\n",
            totals.verdict.label(),
            "---|".repeat(self.columns.len()),
        ));
        let findings = self.findings(tenants);
        to.out.text(&format!("{findings}Made by {PROGRAM}. It holds no secret.\n"));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::headless::formats::document::tests::outcome;
    use crate::headless::output_streams::tests::kept;

    #[test]
    fn one_table_in_the_order_of_the_profiles() {
        let (mut to, out, _) = kept();
        let checks: Arc<[String]> = ["token", "invoices"].map(str::to_owned).into();
        let tenants =
            ["b_b", "acme"].map(|name| Tenant { name: name.into(), checks: Arc::clone(&checks), ..Tenant::default() });
        let (mut face, mut totals) = (Markdown::default(), Totals { complete: false, ..Totals::default() });
        face.opened(&tenants, &mut to);
        for tenant in &tenants {
            totals.add(&outcome());
            face.ended(tenant, &outcome(), &mut to);
        }
        face.closed(&totals, &mut to);
        let text = out.text();
        for part in [
            "# Halo check of 2 profiles: NOT READY\n\n0 ready, 0 ready with warnings, 2 not ready",
            "Stopped before the end",
            "| Profile | Result | token | invoices | Code |\n|---|---|---|---|---|\n| acme | NOT READY | ok | **FAIL** |",
            "| b\\_b |",
            "**Blocks: `api.role_level`**, 2 of 2: acme, b\\_b\n",
            "\n1. Configuration > Roles\n",
        ] {
            assert!(text.contains(part), "{part:?} is missing in:\n{text}");
        }
    }
}
