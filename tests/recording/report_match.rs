//! Compares the report of a run with that of its replay: equal but for times, numbers of rows and replaced names.

use halo_onboard::domain::report::Report;

/// What differs between the two.
pub fn differences(run: &Report, replay: &Report) -> Vec<String> {
    let mut found = Vec::new();
    let mut same = |what: String, one: String, two: String| {
        if one != two {
            found.push(format!("{what}: {one} / {two}"));
        }
    };
    same(
        "verdict".into(),
        format!("{:?} {:?}", run.verdict, run.code),
        format!("{:?} {:?}", replay.verdict, replay.code),
    );
    let scopes = |report: &Report| {
        let granted = report.target.scopes_granted.as_ref().map(Vec::len);
        format!("{} {granted:?} {}", report.target.scopes_requested.len(), report.target.tenant.is_some())
    };
    same("scopes".into(), scopes(run), scopes(replay));
    same("checks".into(), run.checks.len().to_string(), replay.checks.len().to_string());
    for (one, two) in run.checks.iter().zip(&replay.checks) {
        let exact = |check: &halo_onboard::domain::report::Check| {
            format!(
                "{} {:?} {:?} {:?} {} {:?}",
                check.id,
                check.stage,
                check.endpoint,
                check.status,
                check.code.id(),
                check.http_status
            )
        };
        same(format!("check {}", one.id), exact(one), exact(two));
    }
    for (one, two) in run.facts.iter().zip(&replay.facts) {
        let exact = |fact: &halo_onboard::domain::report::Fact| {
            format!("{} {} {} {:?} {}", fact.id, fact.label, fact.expected, fact.state, fact.found.is_some())
        };
        same(format!("fact {}", one.id), exact(one), exact(two));
    }
    let exact = |report: &Report| {
        let one = |found: &halo_onboard::domain::report::Diagnosis| {
            format!("{:?} {} {:?} {:?} {}", found.severity, found.code.id(), found.facts, found.checks, found.fix.len())
        };
        report.diagnoses.iter().map(one).collect::<Vec<_>>().join("; ")
    };
    same("diagnoses".into(), exact(run), exact(replay));
    for (what, one, two) in texts(run, replay) {
        if !fits(&one, &two) {
            found.push(format!("{what}:\n    {one}\n    {two}"));
        }
    }
    found
}

fn texts(run: &Report, replay: &Report) -> Vec<(String, String, String)> {
    let checks = run.checks.iter().zip(&replay.checks);
    let checks = checks.map(|(one, two)| (format!("check {}", one.id), one.summary.clone(), two.summary.clone()));
    let facts = run.facts.iter().zip(&replay.facts);
    let facts =
        facts.filter_map(|(one, two)| Some((format!("fact {}", one.id), one.found.clone()?, two.found.clone()?)));
    let diagnoses = run.diagnoses.iter().zip(&replay.diagnoses);
    let summaries =
        diagnoses.clone().map(|(one, two)| (one.code.id().to_owned(), one.summary.clone(), two.summary.clone()));
    let fixes = diagnoses.flat_map(|(one, two)| {
        let steps = one.fix.iter().zip(&two.fix);
        steps
            .map(|(first, second)| (format!("fix of {}", one.code.id()), first.clone(), second.clone()))
            .collect::<Vec<_>>()
    });
    checks.chain(facts).chain(summaries).chain(fixes).collect()
}

/// Does the run's text fit the replay's, where a replacement stands for any text and a number for any number?
pub fn fits(run: &str, replay: &str) -> bool {
    let literals = literals(&numberless(replay));
    let run = numberless(run);
    let (Some(first), Some(last)) = (literals.first(), literals.last()) else { return run == replay };
    if literals.len() == 1 {
        return run == *first;
    }
    let Some(mut rest) = run.strip_prefix(first.as_str()) else { return false };
    for literal in &literals[1..literals.len() - 1] {
        match rest.find(literal.as_str()) {
            Some(at) => rest = &rest[at + literal.len()..],
            None => return false,
        }
    }
    rest.ends_with(last.as_str())
}

/// Every number as `#`; "a row" as a number of rows.
fn numberless(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '0'..='9' if out.ends_with('#') => {}
            '0'..='9' => out.push('#'),
            c => out.push(c),
        }
    }
    out
}

/// The texts between the replacements.
fn literals(replay: &str) -> Vec<String> {
    // Hosts of this machine keep their kind, and so no brackets: they are replaced in both.
    const REPLACED: &[&str] = &[
        "#.#.#.#:#",
        // The Client ID of a replay.
        "#-#-#-#-#",
        "host-#.example",
        "path-#",
        "tenant-#",
        "what was noted about it is not in the recording",
    ];
    let mut text = replay.replace("text <of", "<of");
    for replaced in REPLACED {
        text = text.replace(replaced, "<>");
    }
    let mut out = Vec::new();
    let mut rest = text.as_str();
    while let Some(open) = rest.find('<') {
        let Some(close) = rest[open..].find('>').map(|at| open + at) else { break };
        out.push(rest[..open].to_owned());
        rest = &rest[close + 1..];
    }
    // A text that was cut in the middle of a replacement ends with it.
    match rest.find('<') {
        Some(open) => {
            out.push(rest[..open].to_owned());
            out.push(String::new());
        }
        None => out.push(rest.to_owned()),
    }
    out
}

#[test]
fn a_replacement_fits_any_text_and_nothing_else_does() {
    for (run, replay, wanted) in [
        ("signed in as Jane Doe, role API", "signed in as <other 1>, role API", true),
        ("signed in as Jane Doe, role API", "signed in as <other 1>, role XPI", false),
        ("http://127.0.0.1:4711/auth, tenant acme.", "http://127.0.0.1:8001/auth, tenant tenant-1.", true),
        ("7 rows visible", "4 rows visible", true),
        ("refused", "granted", false),
        ("it says: The client is unkn...", "it says: <message 17-32>", true),
        ("x", "x y", false),
    ] {
        assert_eq!(fits(run, replay), wanted, "{run} / {replay}");
    }
}
