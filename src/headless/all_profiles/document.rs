//! Machine formats of many tenants, written while results arrive: a report is dropped as soon as it is written.

use serde::Serialize;

use super::{Reporter, Tenant, Totals};
use crate::domain::report::{PROGRAM, Report};
use crate::headless::formats::{junit, prometheus};
use crate::headless::tenant_summary::TenantSummary;
use crate::headless::{Outcome, OutputStreams};

/// Name of the schema.
pub const SCHEMA: &str = "halo-onboard.fleet.v1";

/// Serialises strings, numbers and lists, which cannot fail.
fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Result of one tenant.
#[derive(Serialize)]
struct Row<'a> {
    profile: &'a str,
    exit_status: u8,
    report: &'a Report,
}

/// `json`: one JSON object, with a line for each tenant.
#[derive(Default)]
pub struct Json {
    tenants: usize,
}

impl Reporter for Json {
    fn opened(&mut self, _: &[Tenant], to: &mut OutputStreams) {
        let started_at = format!("{:.3}", jiff::Timestamp::now());
        let head = serde_json::json!({ "schema": SCHEMA, "program": PROGRAM, "started_at": started_at });
        to.out.text(&format!("{},\"tenants\":[\n", text(&head).trim_end_matches('}')));
    }

    fn ended(&mut self, tenant: &Tenant, outcome: &Outcome, to: &mut OutputStreams) {
        let row = Row { profile: &tenant.name, exit_status: outcome.exit, report: &outcome.report };
        let comma = if self.tenants == 0 { "" } else { "," };
        self.tenants += 1;
        // A line of its own at once: whoever reads along sees each result when it is there.
        to.out.line(&format!("{comma}{}", text(&row)));
    }

    fn closed(&mut self, totals: &Totals, to: &mut OutputStreams) {
        to.out.line(&format!("],{}", text(totals).trim_start_matches('{')));
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Line<'a> {
    Report {
        profile: &'a str,
        exit_status: u8,
        #[serde(flatten)]
        report: &'a Report,
    },
    Fleet {
        schema: &'a str,
        program: &'a str,
        #[serde(flatten)]
        totals: &'a Totals,
    },
}

/// `jsonl`: a report a line, and the totals last.
pub struct JsonLines;

impl Reporter for JsonLines {
    fn ended(&mut self, tenant: &Tenant, outcome: &Outcome, to: &mut OutputStreams) {
        let line = Line::Report { profile: &tenant.name, exit_status: outcome.exit, report: &outcome.report };
        to.out.line(&text(&line));
    }

    fn closed(&mut self, totals: &Totals, to: &mut OutputStreams) {
        to.out.line(&text(&Line::Fleet { schema: SCHEMA, program: PROGRAM, totals }));
    }
}

/// `junit`: a suite for each tenant.
pub struct Junit;

impl Reporter for Junit {
    fn opened(&mut self, _: &[Tenant], to: &mut OutputStreams) {
        to.out.text(junit::HEAD);
    }

    fn ended(&mut self, tenant: &Tenant, outcome: &Outcome, to: &mut OutputStreams) {
        to.out.text(&junit::suite(&outcome.report, &tenant.name));
    }

    fn closed(&mut self, _: &Totals, to: &mut OutputStreams) {
        to.out.text(junit::FOOT);
    }
}

/// `prometheus`: one exposition in the order of the profiles. A family holds the samples of all tenants, so summaries are kept.
#[derive(Default)]
pub struct Prometheus {
    digests: Vec<TenantSummary>,
}

impl Reporter for Prometheus {
    fn ended(&mut self, tenant: &Tenant, outcome: &Outcome, _: &mut OutputStreams) {
        self.digests.push(TenantSummary::of(outcome, Some(&tenant.name)));
    }

    fn closed(&mut self, _: &Totals, to: &mut OutputStreams) {
        self.digests.sort_by(|a, b| a.profile.cmp(&b.profile));
        prometheus::write(&self.digests, &mut to.out);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::headless::formats::document::tests::outcome;
    use crate::headless::formats::schema;
    use crate::headless::output_streams::tests::kept;

    fn written(face: &mut dyn Reporter, names: &[&str]) -> String {
        let (mut to, out, err) = kept();
        face.opened(&[], &mut to);
        let mut totals = Totals::default();
        for name in names {
            let tenant = Tenant { name: (*name).into(), ..Tenant::default() };
            totals.add(&outcome());
            face.ended(&tenant, &outcome(), &mut to);
        }
        face.closed(&totals, &mut to);
        assert_eq!(err.text(), "");
        out.text()
    }

    #[test]
    fn json_is_one_object_of_the_schema_however_many_there_are() {
        for names in [&[][..], &["acme"], &["acme", "beta"]] {
            let text = written(&mut Json::default(), names);
            let value: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
            assert_eq!(schema::faults(schema::FLEET, &value), Vec::<String>::new(), "{text}");
            assert_eq!(value["counts"]["not_ready"], names.len());
            let profiles: Vec<&Value> =
                value["tenants"].as_array().expect("a list").iter().map(|t| &t["profile"]).collect();
            assert_eq!(profiles, names.iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn each_line_is_a_report_or_the_totals() {
        let text = written(&mut JsonLines, &["acme", "beta"]);
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        for line in &lines {
            assert_eq!(schema::faults(schema::EVENTS, line), Vec::<String>::new(), "{line}");
        }
        for line in &lines[..2] {
            assert_eq!(schema::faults(schema::REPORT, line), Vec::<String>::new(), "{line}");
        }
        let kinds: Vec<&Value> = lines.iter().map(|line| &line["type"]).collect();
        assert_eq!(kinds, ["report", "report", "fleet"]);
    }

    #[test]
    fn junit_has_a_suite_a_tenant() {
        let text = written(&mut Junit, &["acme", "be<ta"]);
        assert!(text.starts_with("<?xml") && text.ends_with("</testsuites>\n"), "{text}");
        assert_eq!(text.matches("<testsuite name=").count(), 2, "{text}");
        assert!(text.contains("<testsuite name=\"be&lt;ta\""), "{text}");
    }

    #[test]
    fn prometheus_is_in_the_order_of_the_profiles() {
        let text = written(&mut Prometheus::default(), &["beta", "acme"]);
        let ready: Vec<&str> = text.lines().filter(|line| line.starts_with("halo_onboard_ready{")).collect();
        assert!(ready.len() == 2 && ready[0].contains("\"acme\"") && ready[1].contains("\"beta\""), "{ready:?}");
    }
}
