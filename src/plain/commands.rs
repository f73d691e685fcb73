//! Commands between two runs: ticks, fixes, explanations, reports, values.

use std::sync::Arc;

use super::command_parser;
use super::command_parser::Command;
use super::{PlainSession, text_views};
use crate::app::{Format, ProfileList, Start, State};
use crate::domain::codes::Code;
use crate::domain::guide::EvidenceSource;
use crate::session::demo::Demo;
use crate::{headless, runtime};

impl PlainSession<'_> {
    /// Output of a command that starts no run.
    pub(super) fn answer(&mut self, command: Command, more: &str) -> String {
        match command {
            Command::Steps => {
                let steps = text_views::steps(&self.state(), more.parse().ok());
                if steps.is_empty() { format!("There is no step {more}.\n") } else { steps }
            }
            Command::Tick => self.tick(&more.to_ascii_uppercase()),
            Command::Fix => text_views::fixes(&self.state()),
            Command::Explain => {
                headless::explanation_pages(more, None).unwrap_or_else(|| format!("There is no code {more:?}."))
            }
            Command::Save => self.save(more),
            Command::Form => text_views::form(&self.state()),
            Command::Repair => self.repair(more) + "\n",
            _ => command_parser::list(self.demo.is_some()),
        }
    }

    fn tick(&mut self, fact: &str) -> String {
        let Some(line) = self.guide.line(fact) else {
            return format!("There is no line {fact}. Type steps to list them.\n");
        };
        let words = format!("{fact} {} = {}", line.label, line.expected);
        let makes =
            line.witness != EvidenceSource::Operator && self.demo.as_ref().is_some_and(Demo::starts_from_nothing);
        if self.ticks.remove(fact) {
            self.keep(false);
            return format!("No longer ticked: {words}\n");
        }
        self.ticks.insert(fact.to_owned());
        self.keep(false);
        let made = makes.then(|| self.repair(fact));
        let made = made.map(|made| format!("In the simulated Halo: {made}\n")).unwrap_or_default();
        format!("Ticked: {words}\n{made}")
    }

    /// Fixes a line, a code or a failed check in the simulated Halo.
    fn repair(&mut self, what: &str) -> String {
        let state = self.state();
        let Some(demo) = &self.demo else { return String::new() };
        let check = what.to_ascii_lowercase();
        let diagnoses = state.diagnoses_of(&check);
        let wanted: Vec<String> = match diagnoses.iter().find(|found| !found.code.is_of_vendor_side()) {
            Some(found) if demo.repair(found.code.id()).is_ok() => vec![found.code.id().to_owned()],
            Some(found) => found.facts.clone(),
            None if Code::from_id(&check).is_some() => vec![check],
            None => vec![what.to_ascii_uppercase()],
        };
        let done: Vec<String> =
            wanted.iter().map(|what| demo.repair(what).unwrap_or_else(|error| format!("{error}."))).collect();
        self.copy_from_demo();
        done.join(" ")
    }

    fn save(&mut self, form: &str) -> String {
        let format = match form.to_ascii_lowercase().as_str() {
            "markdown" | "m" => Format::Markdown,
            "json" | "j" => Format::Json,
            "html" | "h" => Format::Html,
            "admin" | "s" => Format::Admin,
            _ => return "Which format? Type save markdown, save json, save html or save admin.\n".into(),
        };
        let state = self.state();
        let Some(text) = state.rendered(format) else { return "There is no report yet. Type run.\n".into() };
        let origin = state.run.report.as_ref().map_or("", |report| report.target.resource_server.as_str());
        let host = origin.split("://").last().unwrap_or_default();
        match runtime::write_report(&self.session.paths, host, format, &text, &state.form.secret.secret()) {
            Ok(file) => format!("Written: {file}\n"),
            Err(reason) => format!("Not written: {reason}\n"),
        }
    }

    /// The interface's state for the same session, so that both faces use the same texts.
    pub(super) fn state(&self) -> State {
        let mut state = State::new(
            Start {
                guide: Arc::clone(&self.guide),
                typed: self.typed.clone(),
                secret: self.secret.as_ref().map(|(secret, _)| secret.duplicate()),
                secret_source: None,
                ticks: self.ticks.clone(),
                previous: self.previous.clone(),
                profile: self.session.settings.profile.value.clone(),
                demo: self.demo.as_ref().map(|demo| demo.scenario.clone()),
                ticks_build: false,
                markdown: headless::markdown_report,
                json: |report, _| headless::json_report(report),
                notes: Vec::new(),
                shelf: ProfileList::default(),
            },
            0,
        );
        if let Some(found) = self.found.clone() {
            state.show_run(found);
        }
        state
    }
}
