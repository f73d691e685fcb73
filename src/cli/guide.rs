//! The command `guide`: prints the checklist and validates guide files.

use std::fmt::Write;
use std::path::Path;

use super::commands::GuideFormat;
use crate::domain::guide::{BUILT_IN, Guide, Line, Step};
use crate::domain::guide_library;
use crate::domain::untrusted_text::UntrustedText;
use crate::session::command_error::CommandError;
use crate::session::setting_sources::{Session, guide_text, read_guide};

/// Returns the checklist in one of its formats.
///
/// # Errors
/// The guide file cannot be read.
pub fn print(session: &Session, format: GuideFormat) -> Result<String, CommandError> {
    match &session.settings.guide.value {
        Some(path) => show(path, format),
        None => Ok(formatted(&Guide::built_in(), BUILT_IN, format)),
    }
}

/// Returns the checklist of a built-in guide or a guide file.
///
/// # Errors
/// The guide cannot be read.
pub fn show(name: &Path, format: GuideFormat) -> Result<String, CommandError> {
    Ok(formatted(&read_guide(name)?, &guide_text(name)?, format))
}

fn formatted(guide: &Guide, toml: &str, format: GuideFormat) -> String {
    match format {
        GuideFormat::Text => text(guide),
        GuideFormat::Markdown => markdown(guide),
        // Strings, numbers and lists only: serialising them cannot fail.
        GuideFormat::Json => serde_json::to_string_pretty(guide).unwrap_or_default() + "\n",
        GuideFormat::Toml => toml.to_owned(),
    }
}

/// Reads a guide file and summarises its content.
///
/// # Errors
/// The file is invalid; the error names line and column.
pub fn validate(path: &Path) -> Result<String, CommandError> {
    let guide = read_guide(path)?;
    Ok(format!(
        "{}: a usable guide, {} ({} steps, {} facts, {} probes, {} scopes).\n",
        path.display(),
        shown(&guide.title),
        guide.steps.len(),
        guide.lines().count(),
        guide.probes.len(),
        guide.application.scopes.len()
    ))
}

/// Lists the built-in guides, one per line: the name for `--guide`, the product, and where the guide comes from.
pub fn list() -> String {
    let row = |guide: Guide| {
        let from = guide.pages.first().map_or_else(|| guide.source.clone(), |page| page.url.clone());
        format!("{:<28}{:<24}{from}\n", guide.id, guide.vendor)
    };
    guide_library::guides().into_iter().map(row).collect()
}

/// Filters a text of the guide for the terminal, because a guide may come from an untrusted source.
fn shown(text: &str) -> String {
    UntrustedText::new(text).as_str().to_owned()
}

/// Formats the checklist as plain text.
pub fn text(guide: &Guide) -> String {
    let mut out = format!("{}\nSource: {}\n", shown(&guide.title), shown(&guide.source));
    for page in &guide.pages {
        let _ = writeln!(out, "        {}", shown(&page.url));
    }
    if !guide.read_on.is_empty() {
        let _ =
            writeln!(out, "Read on {}. Lines marked (inferred) are not in the source's words.", shown(&guide.read_on));
    }
    for step in &guide.steps {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "\n{}  {}\n   In Halo: {}", shown(&step.id), shown(&step.title), path(guide, step));
        if !step.open.is_empty() {
            let _ = writeln!(out, "   First:   {}", shown(&step.open));
        }
        for line in &step.lines {
            let _ = writeln!(
                out,
                "   [ ] {:<4} {} = {}{}",
                shown(&line.fact),
                label(line),
                shown(&line.expected),
                basis(line)
            );
        }
        if !step.then.is_empty() {
            let _ = writeln!(out, "   Then:    {}", shown(&step.then));
        }
        if !step.hint.is_empty() {
            let _ = writeln!(out, "   Note:    {}", shown(&step.hint));
        }
    }
    let _ = writeln!(out, "\nPermissions to tick on the application: {}", scopes(guide));
    if !guide.application.scopes_note.is_empty() {
        let _ = writeln!(out, "  {}", shown(&guide.application.scopes_note));
    }
    out
}

fn markdown(guide: &Guide) -> String {
    let mut out = format!("# {}\n\nSource: {}\n", shown(&guide.title), shown(&guide.source));
    for step in &guide.steps {
        let _ = writeln!(out, "\n## {}. {}\n\nIn Halo: **{}**", shown(&step.id), shown(&step.title), path(guide, step));
        for (word, text) in [("First", &step.open), ("Then", &step.then), ("Note", &step.hint)] {
            if word == "Then" {
                out.push('\n');
                for line in &step.lines {
                    let _ = writeln!(out, "- [ ] {} {} = `{}`", shown(&line.fact), label(line), shown(&line.expected));
                }
            }
            if !text.is_empty() {
                let _ = writeln!(out, "\n{word}: {}", shown(text));
            }
        }
    }
    let _ = writeln!(out, "\n## Permissions of the application\n\n`{}`", scopes(guide));
    if !guide.application.scopes_note.is_empty() {
        let _ = writeln!(out, "\n{}", shown(&guide.application.scopes_note));
    }
    out
}

fn path(guide: &Guide, step: &Step) -> String {
    shown(&guide.screen(step.screen).join(" > "))
}

fn scopes(guide: &Guide) -> String {
    shown(&guide.application.scopes.join(" "))
}

fn basis(line: &Line) -> &'static str {
    if line.basis.is_stated() { "" } else { " (inferred)" }
}

fn label(line: &Line) -> String {
    if line.aliases.is_empty() {
        return shown(&line.label);
    }
    format!("{} (also called {})", shown(&line.label), shown(&line.aliases.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_stands_in_both_forms_under_its_path() {
        let guide = Guide::built_in();
        let (text, markdown) = (text(&guide), markdown(&guide));
        for line in guide.lines() {
            let row = format!("[ ] {:<4} {}", line.fact, label(line));
            assert!(text.contains(&row), "{row}");
            assert!(markdown.contains(&format!("- [ ] {} {}", line.fact, label(line))), "{}", line.fact);
        }
        for step in &guide.steps {
            assert!(text.contains(&path(&guide, step)) && markdown.contains(&path(&guide, step)));
        }
        assert!(text.contains("read:timesheets") && markdown.contains("read:timesheets"));
    }

    #[test]
    fn the_list_has_a_line_for_each_guide_and_its_source() {
        let list = list();
        assert_eq!(list.lines().count(), guide_library::FILES.len());
        let cipp = list.lines().find(|line| line.starts_with("cipp ")).expect("a line");
        assert!(cipp.contains("CIPP") && cipp.contains("https://docs.cipp.app/"), "{cipp}");
    }

    #[test]
    fn an_inferred_line_is_marked_and_a_stated_one_is_not() {
        let guide = Guide::from_toml(guide_library::text_of("limacharlie").expect("a guide")).expect("readable");
        let text = text(&guide);
        assert!(text.contains("Tickets Access Level = Read and Modify (inferred)"), "{text}");
        assert!(text.contains("Login Type = Agent\n") && text.contains("Read on 2026-11-28"), "{text}");
        assert!(!super::text(&Guide::built_in()).contains("(inferred)"));
    }

    #[test]
    fn a_guide_cannot_command_the_terminal() {
        let hostile = BUILT_IN.replacen("title = \"API-only agent\"", "title = \"\\u001b]52;c;eA==\\u0007\"", 1);
        let guide = Guide::from_toml(&hostile).expect("still a guide");
        for text in [text(&guide), markdown(&guide)] {
            assert!(!text.contains('\u{1b}') && text.contains("\\x1b]52"), "{text}");
        }
    }
}
