//! The command `guide new`: writes a guide file from answers or from the text of a vendor's page.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;

use crate::config::config_file::read_named;
use crate::domain::guide::Guide;
use crate::domain::guide_draft::{self, GuideDraft};
use crate::domain::untrusted_text::UntrustedText;
use crate::session::command_error::CommandError;
use crate::store::report_files;

/// Longest answer that is read, in bytes.
const LONGEST_ANSWER: u64 = 64 * 1024;

/// Asks what is not known, writes the file, and returns what was written and what to do next.
///
/// # Errors
/// The notes cannot be read, the product has no name, or the file exists already or cannot be written.
pub fn run(file: &Path, notes: Option<&Path>, product: Option<String>) -> Result<String, CommandError> {
    let mut draft = match notes {
        Some(notes) => guide_draft::from_notes(&read_named(notes)?),
        None => GuideDraft::default(),
    };
    draft.vendor = product.unwrap_or_default();
    draft.read_on = jiff::ZonedDateTime::now().strftime("%Y-%m-%d").to_string();
    if notes.is_none() || io::stdin().is_terminal() {
        ask(&mut draft, &mut io::stdin().lock(), &mut io::stderr()).map_err(|error| {
            CommandError::usage(
                format!("The answers cannot be read: {error}."),
                "Give --notes FILE and --product NAME.",
            )
        })?;
    }
    if draft.id().is_empty() {
        return Err(CommandError::usage("A guide needs the name of its product.", "Give it with --product NAME."));
    }
    let text = guide_draft::text(&draft);
    let guide = Guide::from_toml(&text).map_err(|error| {
        CommandError::usage(format!("No usable guide comes of this: {error}."), "Leave out a part, and add it by hand.")
    })?;
    report_files::create_named(file, text.as_bytes())?;
    Ok(summary(file, &guide))
}

/// Questions, each with its proposal; an empty answer or the end of input takes the proposal.
fn ask(draft: &mut GuideDraft, answers: &mut impl BufRead, to: &mut impl Write) -> io::Result<()> {
    let mut question = |text: &str, value: &mut String| -> io::Result<()> {
        let proposal = if value.is_empty() { String::new() } else { format!(" [{}]", shown(value)) };
        write!(to, "{text}{proposal}: ")?;
        to.flush()?;
        let answer = answer(answers)?.unwrap_or_default();
        if !answer.is_empty() {
            *value = answer;
        }
        Ok(())
    };
    question("Name of the product", &mut draft.vendor)?;
    question("Address of its page about HaloPSA", &mut draft.page_url)?;
    question("Where the values are entered in the product", &mut draft.form)?;
    question("Name of the agent; empty: any agent", &mut draft.agent)?;
    question("Name of the role; empty: permissions on the agent itself", &mut draft.role)?;
    question("Name of the API application; empty: the product's", &mut draft.application)?;
    let mut scopes = draft.scopes.join(" ");
    question("Scopes of the application; empty: inferred from the levels", &mut scopes)?;
    draft.scopes = crate::domain::scope::split(&scopes);
    ask_permissions(draft, answers, to)
}

/// Reads levels and switches, one a line, up to an empty line.
fn ask_permissions(draft: &mut GuideDraft, answers: &mut impl BufRead, to: &mut impl Write) -> io::Result<()> {
    for permission in &draft.permissions {
        writeln!(to, "  {} = {}", permission.label, permission.expected)?;
    }
    writeln!(to, "Levels and switches, one a line, as on the page (Tickets: Read Only). An empty line ends.")?;
    while let Some(line) = answer(answers)?.filter(|line| !line.is_empty()) {
        let found = guide_draft::permissions(&line);
        if found.is_empty() {
            writeln!(to, "  not recognised: {}", shown(&line))?;
        }
        draft.add_permissions(found);
    }
    Ok(())
}

/// One line of input without its end; `None` at the end of input.
fn answer(answers: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    if io::Read::take(&mut *answers, LONGEST_ANSWER).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    Ok(Some(String::from_utf8_lossy(&line).trim().to_owned()))
}

fn shown(text: &str) -> String {
    UntrustedText::new(text).as_str().to_owned()
}

fn summary(file: &Path, guide: &Guide) -> String {
    let inferred = guide.lines().filter(|line| !line.basis.is_stated()).count();
    let path = file.display();
    format!(
        "{path}: a draft for {} ({} facts, {inferred} of them inferred, {} probes, {} scopes).\n\
         Compare it with the vendor's page, then: halo-onboard --guide {path} --demo\n",
        shown(&guide.vendor),
        guide.lines().count(),
        guide.probes.len(),
        guide.application.scopes.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(mut draft: GuideDraft, answers: &str) -> (GuideDraft, String) {
        let mut said = Vec::new();
        ask(&mut draft, &mut answers.as_bytes(), &mut said).expect("read from memory");
        (draft, String::from_utf8(said).expect("text"))
    }

    #[test]
    fn answers_become_a_guide_and_empty_ones_keep_the_proposal() {
        let proposed = GuideDraft { agent: "Proposed".into(), ..GuideDraft::default() };
        let answers =
            "Desk\n\nDesk > Set-up\n\nDesk role\n\nread:tickets, read:customers\nTickets: Read Only\nnonsense\n\n";
        let (draft, said) = asked(proposed, answers);
        assert!(said.contains("[Proposed]") && said.contains("not recognised: nonsense"), "{said}");
        let guide = Guide::from_toml(&guide_draft::text(&draft)).expect("a guide");
        assert_eq!((guide.agent.name.as_str(), guide.role.name.as_str()), ("Proposed", "Desk role"));
        assert_eq!(guide.application.scopes, ["read:tickets", "read:customers"]);
        assert_eq!(guide.probes.len(), 1);
    }

    #[test]
    fn the_end_of_input_takes_every_proposal() {
        let (draft, _) = asked(GuideDraft { vendor: "Desk".into(), ..GuideDraft::default() }, "");
        assert_eq!((draft.vendor.as_str(), draft.permissions.len()), ("Desk", 0));
    }
}
