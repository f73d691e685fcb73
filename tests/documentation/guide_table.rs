//! The table of the built-in guides in docs/guides.md is written from their files.

use halo_onboard::domain::guide::{Basis, Guide};
use halo_onboard::domain::guide_library;

const BEGIN: &str = "<!-- table of the built-in guides: written by a test -->\n";
const END: &str = "<!-- end of the table -->\n";

/// Facts of the lines that the source does not state, and "scopes" where their list is inferred.
fn inferred(guide: &Guide) -> String {
    let mut parts: Vec<&str> =
        guide.lines().filter(|line| line.basis == Basis::Inferred).map(|line| line.fact.as_str()).collect();
    if guide.application.scopes_basis == Basis::Inferred || guide.application.scopes_note.contains("inferred") {
        parts.push("scopes");
    }
    if parts.is_empty() { "nothing".into() } else { parts.join(" ") }
}

fn row(guide: &Guide) -> String {
    let source = match guide.pages.as_slice() {
        [] => guide.source.clone(),
        pages => pages
            .iter()
            .map(|page| format!("[{}]({})", page.title.replace('|', "\\|"), page.url))
            .collect::<Vec<_>>()
            .join("; "),
    };
    let read_on = if guide.read_on.is_empty() { "-" } else { &guide.read_on };
    let operator = guide.facts_with(halo_onboard::domain::guide::EvidenceSource::Operator).len();
    format!(
        "| `{}` | {} | {source} | {read_on} | {} | {} | {operator} | {} |\n",
        guide.id,
        guide.vendor,
        guide.application.scopes.join(" "),
        guide.lines().count(),
        inferred(guide)
    )
}

#[test]
fn the_table_of_guides_is_that_of_the_files() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/guides.md");
    let page = std::fs::read_to_string(path).expect("the page");
    let (before, rest) = page.split_once(BEGIN).expect("the beginning of the table");
    let (_, after) = rest.split_once(END).expect("the end of the table");
    let rows: String = guide_library::guides().iter().map(row).collect();
    let head = "| `--guide` | product | source | read on | scopes | lines | for you to confirm | inferred |\n|---|---|---|---|---|---|---|---|\n";
    let wanted = format!("{before}{BEGIN}{head}{rows}{END}{after}");
    if std::env::var_os("WRITE_DOCS").is_some() {
        std::fs::write(path, &wanted).expect("written");
        return;
    }
    assert_eq!(page, wanted, "WRITE_DOCS=1 cargo test --test documentation guide_table");
}
