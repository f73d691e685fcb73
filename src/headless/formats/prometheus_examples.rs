//! The dashboard and the alert rules in `examples` use metrics, labels and values that the program writes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::prometheus::tests::{rendered, written};

const DASHBOARD: &str = include_str!("../../../examples/grafana/dashboard.json");
const RULES: &str = include_str!("../../../examples/prometheus/halo-onboard.rules.yml");
const PREFIX: &str = "halo_onboard_";

/// Values by label, by metric: what one tenant and what many write.
type Metrics = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

fn metrics() -> Metrics {
    let mut metrics = Metrics::new();
    for line in [rendered(), written(&["acme", "beta"])].iter().flat_map(|text| text.lines()) {
        if let Some(name) = line.strip_prefix("# TYPE ").and_then(|rest| rest.strip_suffix(" gauge")) {
            metrics.entry(name.to_owned()).or_default();
        } else if let Some((name, rest)) = line.split_once('{').filter(|_| !line.starts_with('#')) {
            let known = metrics.entry(name.to_owned()).or_default();
            let (labels, _) = rest.rsplit_once('}').expect("labels end");
            for (label, value) in matchers(labels) {
                known.entry(label).or_default().insert(value);
            }
        }
    }
    assert!(metrics.len() >= 15, "{metrics:?}");
    metrics
}

/// The names and the values of `a="x",b=~"y|z"`.
fn matchers(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('"') {
        let name = before.trim_start_matches([',', ' ']).trim_end_matches(['=', '~', '!', ' ']);
        let mut escaped = false;
        let end = after.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let (value, next) = after.split_at(end.expect("a value ends"));
        found.push((name.to_owned(), value.to_owned()));
        rest = &next[1..];
    }
    found
}

/// What an expression says wrongly about the metrics.
fn faults(expression: &str, metrics: &Metrics) -> Vec<String> {
    let mut faults = Vec::new();
    let mut labels: BTreeSet<&str> = BTreeSet::new();
    for (at, _) in expression.match_indices(PREFIX) {
        let rest = &expression[at..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        let Some(known) = metrics.get(name) else {
            faults.push(format!("{name} is no metric"));
            continue;
        };
        labels.extend(known.keys().map(String::as_str));
        let selector = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')).map_or("", |(inside, _)| inside);
        for (label, value) in matchers(selector) {
            match known.get(&label) {
                None => faults.push(format!("{name} has no label {label}")),
                Some(values) if matches!(label.as_str(), "verdict" | "status") => {
                    let unknown = value.split('|').filter(|value| !values.contains(*value));
                    faults.extend(unknown.map(|value| format!("{name} has no {label} {value}")));
                }
                Some(_) => {}
            }
        }
    }
    for (at, _) in expression.match_indices("by (") {
        let listed = expression[at + 4..].split(')').next().unwrap_or_default();
        let unknown = listed.split(',').map(str::trim).filter(|label| !labels.contains(label));
        faults.extend(unknown.map(|label| format!("no metric of {expression} has the label {label}")));
    }
    faults
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn dashboard() -> Value {
    serde_json::from_str(DASHBOARD).expect("the dashboard is JSON")
}

#[test]
fn each_panel_queries_what_the_program_writes() {
    let (dashboard, metrics) = (dashboard(), metrics());
    let mut shown = BTreeSet::new();
    for panel in list(&dashboard, "panels").iter().filter(|panel| panel["type"] != "row") {
        let title = text(panel, "title");
        assert!(!list(panel, "targets").is_empty() && !text(panel, "description").is_empty(), "{title}");
        for target in list(panel, "targets") {
            let expression = text(target, "expr");
            assert_eq!(faults(expression, &metrics), Vec::<String>::new(), "{title}");
            assert_eq!(target["datasource"]["uid"], "${datasource}", "{title}");
            shown.extend(metrics.keys().filter(|name| expression.contains(&format!("{name}{{"))));
            // A legend shows labels that the expression leaves.
            for (at, _) in text(target, "legendFormat").match_indices("{{") {
                let label = text(target, "legendFormat")[at + 2..].split('}').next().unwrap_or_default();
                assert!(expression.contains(label), "{title}: the legend names {label}");
            }
        }
    }
    assert_eq!(shown, metrics.keys().collect(), "the dashboard shows every metric");
    for variable in list(&dashboard["templating"], "list").iter().filter(|variable| variable["type"] == "query") {
        let inside = text(variable, "definition").strip_prefix("label_values(").and_then(|rest| rest.strip_suffix(')'));
        let (metric, label) = inside.and_then(|inside| inside.split_once(", ")).expect("label_values(METRIC, LABEL)");
        assert!(metrics.get(metric).is_some_and(|labels| labels.contains_key(label)), "{metric} {label}");
    }
}

#[test]
fn the_panels_are_numbered_and_none_covers_another() {
    let dashboard = dashboard();
    let mut numbers = BTreeSet::new();
    let mut cells = BTreeMap::new();
    for panel in list(&dashboard, "panels") {
        let title = text(panel, "title");
        assert!(numbers.insert(panel["id"].as_u64().expect("a number")), "{title}");
        let at = |name: &str| panel["gridPos"][name].as_u64().expect("a position");
        assert!(at("x") + at("w") <= 24 && at("h") > 0, "{title} is wider than the page");
        for x in at("x")..at("x") + at("w") {
            for y in at("y")..at("y") + at("h") {
                assert_eq!(cells.insert((x, y), title), None, "{title} covers another");
            }
        }
    }
}

#[test]
fn the_rules_query_what_the_program_writes() {
    assert_eq!(faults(RULES, &metrics()), Vec::<String>::new());
    assert!(RULES.matches(PREFIX).count() > 4);
}

#[test]
fn a_wrong_name_is_found() {
    let metrics = metrics();
    for (expression, fault) in [
        ("sum(halo_onboard_redy)", "halo_onboard_redy is no metric"),
        ("halo_onboard_ready{host=\"x\"}", "halo_onboard_ready has no label host"),
        ("halo_onboard_verdict{tenant=\"a\", verdict=~\"ready|maybe\"}", "halo_onboard_verdict has no verdict maybe"),
        ("sum by (profile, code) (halo_onboard_ready)", "has the label code"),
    ] {
        let found = faults(expression, &metrics);
        assert!(found.len() == 1 && found[0].contains(fault), "{expression}: {found:?}");
    }
}
