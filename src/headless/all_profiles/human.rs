//! Format `human` of many tenants: a row or a line for each, then the fixes, and one verdict line last.

use super::common_findings::{Finding, Findings, names};
use super::tenant_table::Table;
use super::totals::Counts;
use super::{Reporter, Tenant, Totals};
use crate::headless::formats::human::verdict_line;
use crate::headless::{Outcome, OutputStreams, OutputStyle};

/// Most profile names that are listed for one finding without `-v`.
const NAMED: usize = 8;

/// Reporter of `human`.
pub struct Human {
    look: OutputStyle,
    table: Option<Table>,
    findings: Findings,
}

impl Human {
    /// A reporter with this style.
    pub fn new(look: OutputStyle) -> Self {
        Self { look, table: None, findings: Findings::default() }
    }

    fn finding(&self, finding: &Finding, of: usize) -> String {
        let most = if self.look.verbose > 0 { usize::MAX } else { NAMED };
        let whose = format!("{} of {of}: {}", finding.profiles.len(), names(&finding.profiles, most));
        let mut out = self.look.finding(finding.severity, &format!("{} {whose}", finding.code.id()));
        let first = finding.profiles.first().map_or("", String::as_str);
        let told =
            if finding.profiles.len() > 1 { format!("{first}: {}", finding.summary) } else { finding.summary.clone() };
        out.push_str(&format!("\n{}\n", self.look.paragraph("  ", &told)));
        for (number, step) in finding.fix.iter().enumerate() {
            out.push_str(&format!("{}\n", self.look.paragraph(&format!("  {}. ", number + 1), step)));
        }
        out
    }
}

impl Reporter for Human {
    fn opened(&mut self, tenants: &[Tenant], to: &mut OutputStreams) {
        if self.look.quiet {
            return;
        }
        to.err.line(&format!("checking {} profiles", tenants.len()));
        // A row is for the eye; who listens, or reads a file, is better served by a sentence.
        if self.look.width.is_some() && !self.look.spoken {
            let table = Table::new(tenants, self.look);
            to.out.text(&table.head());
            self.table = Some(table);
        }
    }

    fn ended(&mut self, tenant: &Tenant, outcome: &Outcome, to: &mut OutputStreams) {
        self.findings.add(&tenant.name, outcome);
        match &self.table {
            _ if self.look.quiet => {}
            Some(table) => to.out.line(&table.row(tenant, &outcome.report)),
            None => to.out.line(&format!("{}: {}", tenant.name, verdict_line(self.look, &outcome.report))),
        }
    }

    fn closed(&mut self, totals: &Totals, to: &mut OutputStreams) {
        if !self.look.quiet {
            for finding in std::mem::take(&mut self.findings).sorted() {
                to.out.text(&format!("\n{}", self.finding(&finding, totals.counts.tenants)));
            }
            to.out.text("\n");
        }
        to.out.line(&total_line(self.look, totals));
    }
}

fn total_line(look: OutputStyle, totals: &Totals) -> String {
    let Counts { tenants, ready, ready_with_warnings, not_ready, undetermined } = totals.counts;
    let stopped = if totals.complete { "" } else { "; stopped before the end" };
    format!(
        "{}: of {tenants} profiles {ready} ready, {ready_with_warnings} ready with warnings, {not_ready} not ready, \
         {undetermined} without a verdict in {}.{} s{stopped}",
        look.verdict(totals.verdict),
        totals.duration_ms / 1000,
        totals.duration_ms % 1000 / 100,
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::headless::formats::document::tests::outcome;
    use crate::headless::output_streams::tests::kept;

    fn shown(look: OutputStyle) -> (String, String) {
        let (mut to, out, err) = kept();
        let checks: Arc<[String]> = ["token", "invoices"].map(str::to_owned).into();
        let tenants: Vec<Tenant> = (0..10)
            .map(|n| Tenant { name: format!("tenant-{n}"), checks: Arc::clone(&checks), ..Tenant::default() })
            .collect();
        let mut face = Human::new(look);
        let mut totals = Totals { duration_ms: 12_345, ..Totals::default() };
        face.opened(&tenants, &mut to);
        for tenant in tenants.iter().rev() {
            totals.add(&outcome());
            face.ended(tenant, &outcome(), &mut to);
        }
        face.closed(&totals, &mut to);
        (out.text(), err.text())
    }

    #[test]
    fn without_a_terminal_it_is_a_line_a_tenant_and_what_to_mend_once() {
        let (out, err) = shown(OutputStyle::default());
        for part in [
            "tenant-9: NOT READY: 1 passed, 0 warned, 1 failed, 0 skipped in 1.2 s (api.role_level)\n",
            "\nBLOCKS api.role_level 10 of 10: tenant-0, tenant-1, tenant-2, tenant-3, tenant-4, tenant-5, tenant-6, tenant-7 and 2 more\n",
            "\n  tenant-0: The role may not read",
            "\n  1. Configuration > Roles\n  2. Read Only\n",
        ] {
            assert!(out.contains(part), "{part:?} is missing in:\n{out}");
        }
        let last =
            "NOT READY: of 10 profiles 0 ready, 0 ready with warnings, 10 not ready, 0 without a verdict in 12.3 s\n";
        assert!(out.ends_with(last), "{out}");
        assert_eq!(err, "checking 10 profiles\n");
        assert!(shown(OutputStyle { verbose: 1, ..OutputStyle::default() }).0.contains("tenant-8, tenant-9\n"));
    }

    #[test]
    fn on_a_terminal_it_is_a_table_and_quiet_is_one_line() {
        let (out, _) = shown(OutputStyle { width: Some(80), ..OutputStyle::default() });
        assert!(out.contains("profile  toke invo result\ntenant-9 ok   FAIL api.role_level\n"), "{out}");
        let (out, err) = shown(OutputStyle { quiet: true, width: Some(80), ..OutputStyle::default() });
        assert_eq!((out.lines().count(), err.as_str()), (1, ""), "{out}");
    }
}
