//! The JSON Schemas that ship: `check --print-schema`.

/// Schema of the report (`--format json`).
pub const REPORT: &str = include_str!("../../../schemas/report.v1.json");
/// Schema of one line of `--format jsonl`.
pub const EVENTS: &str = include_str!("../../../schemas/events.v1.json");

/// Schema of the report on many tenants (`--all-profiles --format json`); it holds the report's own.
pub const FLEET: &str = include_str!("../../../schemas/fleet.v1.json");

/// Violations of a schema by a value; empty if it is valid.
#[cfg(test)]
pub(crate) fn faults(schema: &str, value: &serde_json::Value) -> Vec<String> {
    let schema: serde_json::Value = serde_json::from_str(schema).expect("the schema is JSON");
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("the schema is valid");
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::codes::Code;
    use crate::headless::formats::document::tests::outcome;

    fn report() -> Value {
        serde_json::to_value(outcome().report).expect("JSON")
    }

    #[test]
    fn a_report_is_valid_and_so_is_its_line() {
        assert_eq!(faults(REPORT, &report()), Vec::<String>::new());
        let mut line = report();
        line["type"] = json!("report");
        assert_eq!(faults(REPORT, &line), Vec::<String>::new());
        assert_eq!(faults(EVENTS, &line), Vec::<String>::new());
    }

    #[test]
    fn the_schema_of_many_holds_that_of_one() {
        let [report, fleet] = [REPORT, FLEET].map(|text| serde_json::from_str::<Value>(text).expect("JSON"));
        assert_eq!(fleet["$defs"]["report"], report);
    }

    #[test]
    fn what_deviates_is_found() {
        type Change = fn(&mut Value);
        let change: [(&str, Change); 8] = [
            ("verdict", |r| r["verdict"] = json!("fine")),
            ("code", |r| r["code"] = json!("no.such_code")),
            ("check code", |r| r["checks"][0]["code"] = json!("no.such_code")),
            ("a missing null", |r| drop(r["facts"][0].as_object_mut().expect("object").remove("found"))),
            ("a missing target member", |r| drop(r["target"].as_object_mut().expect("object").remove("auth_server"))),
            ("time", |r| r["started_at"] = json!("2026-11-23T10:12:61")),
            ("a foreign member", |r| r["secret"] = json!("x")),
            ("a timing that is no number", |r| r["checks"][0]["timing_ms"]["total"] = json!("3 ms")),
        ];
        for (what, break_it) in change {
            let mut broken = report();
            break_it(&mut broken);
            assert!(!faults(REPORT, &broken).is_empty(), "{what} was not found");
        }
    }

    #[test]
    fn both_schemas_know_exactly_the_codes_of_the_table_and_one_form_of_a_check() {
        let all: Vec<&str> = Code::ALL.iter().map(|code| code.id()).collect();
        let [report, events] = [REPORT, EVENTS].map(|text| serde_json::from_str::<Value>(text).expect("JSON"));
        for schema in [&report, &events] {
            assert_eq!(schema["$defs"]["code"]["enum"], json!(all), "codes are listed in the order of the table");
        }
        let mut line = events["oneOf"][2]["properties"].clone();
        line.as_object_mut().expect("object").remove("type");
        assert_eq!(line, report["$defs"]["check"]["properties"]);
        assert_eq!(events["$defs"]["timing"], report["$defs"]["timing"]);
    }
}
