//! The forms of the report, as programs read them.

use crate::program_output::{Run, closed_port};

fn run(format: &str, words: &str) -> crate::program_output::Done {
    Run::new(&format!("check --format {format} {words}")).connection(&closed_port()).done()
}

#[test]
fn every_line_of_jsonl_is_an_object_with_a_type_and_the_report_is_the_last() {
    let done = run("jsonl", "");
    let lines: Vec<serde_json::Value> =
        done.out.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect();
    assert!(lines.iter().all(|line| line["type"].is_string()), "{}", done.out);
    assert_eq!(lines.first().map(|line| &line["type"]), Some(&"started".into()));
    let report = lines.last().expect("a line");
    assert_eq!((&report["type"], &report["schema"]), (&"report".into(), &"halo-onboard.report.v1".into()));
    assert_eq!(report["code"], "net.refused");
}

#[test]
fn human_ends_with_one_verdict_line_and_machine_forms_hold_no_prose() {
    let human = run("human", "");
    let last = human.out.lines().last().unwrap_or_default();
    assert!(last.starts_with("NOT READY: ") && last.ends_with("(net.refused)"), "{}", human.out);
    assert!(human.out.starts_with("ok    input"), "{}", human.out);
    let quiet = run("human", "--quiet");
    assert_eq!((quiet.out.lines().count(), quiet.err.as_str()), (1, ""), "{quiet:?}");
    assert!(run("junit", "").out.starts_with("<?xml"), "no prose before the document");
    assert!(run("prometheus", "").out.lines().all(|line| line.starts_with("# ") || line.starts_with("halo_onboard_")));
    assert!(run("markdown", "").out.starts_with("# Halo check: NOT READY"));
}

#[test]
fn colour_is_for_terminals_unless_forced_and_never_against_no_color() {
    for (variables, colour) in [
        (&[][..], false),
        (&[("CLICOLOR_FORCE", "1")], true),
        (&[("CLICOLOR_FORCE", "0")], false),
        (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")], true),
    ] {
        let mut run = Run::new("check").connection(&closed_port());
        for (name, value) in variables {
            run = run.env(name, value);
        }
        assert_eq!(run.done().out.contains('\x1b'), colour, "{variables:?}");
    }
    let done = Run::new("check --no-color").connection(&closed_port()).env("CLICOLOR_FORCE", "1").done();
    assert!(!done.out.contains('\x1b'));
}
