//! Details of one check, as sections of text: observation, meaning, fix.

use super::checks::{CheckRow, CheckState};
use super::connection_phases::link_words;
use super::state::State;
use super::text_with_keys::Text;
use crate::domain::codes::Code;
use crate::domain::evidence::{Evidence, Fault, Observation, ScopeAnswer};
use crate::domain::report::{Diagnosis, FactState, Severity, Status};

/// Kind of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DetailSection {
    /// The observation.
    Seen,
    /// Result of the token request for one scope alone.
    Observation,
    /// The meaning of the observation.
    Means,
    /// The fix, in Halo's words.
    Fix,
    /// Further findings.
    Also,
    /// The guide's lines that it is about.
    Rests,
    /// Result in the last good run.
    LastGoodResult,
    /// The stable word.
    Code,
    /// Durations of the phases.
    Time,
    /// The next key to press.
    Then,
}

impl DetailSection {
    /// The word in the margin, at most six letters.
    pub fn word(self) -> &'static str {
        match self {
            Self::Seen => "Seen",
            Self::Observation => "Asked",
            Self::Means => "Means",
            Self::Fix => "Fix",
            Self::Also => "Also",
            Self::Rests => "Lines",
            Self::LastGoodResult => "Before",
            Self::Code => "Code",
            Self::Time => "Time",
            Self::Then => "Then",
        }
    }
}

/// One section of a detail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Kind of the section.
    pub part: DetailSection,
    /// The paragraphs.
    pub texts: Vec<Text>,
}

impl State {
    /// Details of the selected check.
    pub fn detail(&self) -> Vec<Section> {
        match self.selected_check() {
            Some(row) => self.detail_of(&row),
            None => Vec::new(),
        }
    }

    fn detail_of(&self, row: &CheckRow) -> Vec<Section> {
        let mut sections = Vec::new();
        let mut put = |part, texts: Vec<Text>| {
            if !texts.is_empty() {
                sections.push(Section { part, texts });
            }
        };
        let found = |texts: Vec<String>| texts.into_iter().map(Text::from).collect();
        let diagnoses = self.diagnoses_of(&row.id);
        let main = diagnoses.first();
        put(DetailSection::Seen, found(self.seen(row)));
        put(DetailSection::Observation, found(self.single_scope_request(row)));
        put(DetailSection::Means, found(self.means(row, main.copied())));
        put(DetailSection::Fix, found(main.map(|diagnosis| diagnosis.fix.clone()).unwrap_or_default()));
        put(DetailSection::Then, self.then(row));
        put(DetailSection::Also, found(diagnoses.iter().skip(1).map(|diagnosis| also(diagnosis)).collect()));
        put(DetailSection::Rests, found(self.guide_lines_of(row)));
        put(DetailSection::LastGoodResult, found(self.before(row)));
        put(DetailSection::Time, found(self.time(row)));
        put(DetailSection::Code, found(row.code.map(|code| code.id().to_owned()).into_iter().collect()));
        sections
    }

    /// The diagnoses of a check, most severe first.
    pub(crate) fn diagnoses_of(&self, check: &str) -> Vec<&Diagnosis> {
        let diagnoses = self.judgement().map_or(&[][..], |judgement| &judgement.diagnoses);
        let mut about: Vec<&Diagnosis> =
            diagnoses.iter().filter(|diagnosis| diagnosis.checks.iter().any(|id| id == check)).collect();
        about.sort_by_key(|diagnosis| diagnosis.severity);
        about
    }

    /// The code of the selected check, once it has ended.
    pub(crate) fn explained(&self) -> Option<Code> {
        let row = self.selected_check()?;
        row.code.or((row.shown == CheckState::Passed).then_some(Code::Ok))
    }

    /// The request of a check, without the address.
    pub(crate) fn request_of(&self, check: &str) -> String {
        match check {
            "discovery" => "GET /api/authinfo".into(),
            "token" => "POST /token".into(),
            "identity" => "GET /api/Agent/me".into(),
            probe => match self.guide.probe(probe).map(|probe| (&probe.endpoint, &probe.rows_of)) {
                Some((Some(endpoint), _)) => format!("GET /api/{endpoint}"),
                Some((None, Some(other))) => format!("the rows of {other}"),
                _ => String::new(),
            },
        }
    }

    fn seen(&self, row: &CheckRow) -> Vec<String> {
        let request = self.request_of(&row.id);
        match row.shown {
            CheckState::Waiting if request.is_empty() => return vec!["Checks the typed values; sends nothing.".into()],
            CheckState::Waiting => return vec![format!("Not sent yet: {request}")],
            CheckState::Running(_) => return vec![format!("{request}, no response yet")],
            _ => {}
        }
        let mut seen = Vec::new();
        let status = row.http_status.map(|status| format!("{status} {}", reason(status)).trim_end().to_owned());
        let took = row.took_ms.map(|ms| format!("{ms} ms"));
        let answer: Vec<String> = [status, took].into_iter().flatten().collect();
        if !request.is_empty() && !answer.is_empty() {
            seen.push(format!("{request}: {}", answer.join(", ")));
        }
        if row.id == "discovery" {
            seen.extend(self.connection_info().map(link_words).unwrap_or_default());
        }
        if let Some(fault) = self.run.evidence.as_ref().and_then(|evidence| fault_of(evidence, &row.id)) {
            let summary = self.diagnoses_of(&row.id).first().map_or("", |diagnosis| &diagnosis.summary);
            seen.extend(
                failure_details(fault).into_iter().filter(|(text, _)| !summary.contains(text)).map(|(_, words)| words),
            );
        }
        seen
    }

    /// Result of the token request for the check's scope alone, if it was sent. It shows whether the application
    /// lacks the scope or the role's level is too low.
    fn single_scope_request(&self, row: &CheckRow) -> Vec<String> {
        let judged = self.run.check(&self.form, &row.id).and(self.guide.probe(&row.id));
        let asked = judged.and_then(|probe| {
            let answer = self.run.evidence.as_ref()?.single_scopes.get(&probe.scope)?;
            Some((&probe.scope, answer))
        });
        let words = |answer| match answer {
            ScopeAnswer::Granted => "granted: the application has it",
            ScopeAnswer::Refused => "refused: the application lacks it",
            ScopeAnswer::Unclear => "a token came, but Halo does not name its scopes",
        };
        asked.map(|(scope, answer)| format!("a token for {scope} alone: {}", words(*answer))).into_iter().collect()
    }

    fn time(&self, row: &CheckRow) -> Vec<String> {
        let parts: Vec<String> = self
            .connection_segments_of(&row.id)
            .iter()
            .map(|part| format!("{} {} ms", part.name, part.took_ms))
            .collect();
        if parts.is_empty() { Vec::new() } else { vec![parts.join(", ")] }
    }

    fn means(&self, row: &CheckRow, main: Option<&Diagnosis>) -> Vec<String> {
        let judged = self
            .run
            .check(&self.form, &row.id)
            .filter(|_| !matches!(row.shown, CheckState::Waiting | CheckState::Running(_)));
        let summary = main.map(|diagnosis| &diagnosis.summary).or(judged.map(|check| &check.summary));
        summary.filter(|text| !text.is_empty()).cloned().into_iter().collect()
    }

    fn guide_lines_of(&self, row: &CheckRow) -> Vec<String> {
        let describe = |id: String| {
            let line = self.guide.line(&id)?;
            let found = self.fact(&id).map(|fact| (fact.state, fact.found.as_deref()));
            let state = match found {
                Some((FactState::Proved, _)) => ": proved".to_owned(),
                Some((FactState::Contradicted, Some(found))) => format!(": Halo says {found}"),
                Some((FactState::Contradicted, None)) => ": WRONG".to_owned(),
                Some((FactState::Unproved, _)) => ": not proved".to_owned(),
                _ => String::new(),
            };
            Some(format!("{id} {} = {}{state}", line.label, line.expected))
        };
        self.facts_of(&row.id).into_iter().filter_map(describe).collect()
    }

    fn before(&self, row: &CheckRow) -> Vec<String> {
        let Some(previous) = &self.run.previous else { return Vec::new() };
        let Some(before) = previous.check(&row.id) else { return Vec::new() };
        let code = match before.status {
            Status::Passed => String::new(),
            _ => format!(" {}", before.code.id()),
        };
        let took = before.took_ms.map(|ms| format!(", {ms} ms")).unwrap_or_default();
        let ago = previous.ago(self.now_ms);
        vec![format!("{}{code}{took} in the last good run, {ago}", before.status.word())]
    }

    fn then(&self, row: &CheckRow) -> Vec<Text> {
        if !row.shown.is_wrong() {
            return Vec::new();
        }
        let mend = if self.demo.is_some() { "; {mend} fixes it in the simulated Halo" } else { "" };
        vec![Text::from("press {run} to run again, {watch} to watch").then(mend)]
    }

    /// The selected check as plain text, to select by hand.
    pub(crate) fn check_as_text(&self) -> Option<String> {
        let row = self.selected_check()?;
        let mut text = format!("{} {}\n", row.shown.word(), row.title);
        for section in self.detail_of(&row).into_iter().filter(|section| section.part != DetailSection::Then) {
            for (at, paragraph) in section.texts.iter().enumerate() {
                let word = if at == 0 { section.part.word() } else { "" };
                text.push_str(&format!("{word:<7}{}\n", &**paragraph));
            }
        }
        if let Some(curl) = self.curl(&row.id) {
            text.push_str(&format!("\n{curl}\n"));
        }
        Some(text)
    }
}

fn also(diagnosis: &Diagnosis) -> String {
    let severity = match diagnosis.severity {
        Severity::Blocking => "",
        Severity::Warning => "warning: ",
        Severity::Note => "",
    };
    let fix = diagnosis.fix.join(" ");
    format!("{severity}{} {fix}", diagnosis.summary).trim_end().to_owned()
}

/// The fault of a check, if it failed.
fn fault_of<'a>(evidence: &'a Evidence, check: &str) -> Option<&'a Fault> {
    match check {
        "discovery" => evidence.discovery.fault(),
        "token" => evidence.token.fault(),
        "identity" => evidence.identity.fault(),
        probe => evidence.probes.get(probe).and_then(Observation::fault),
    }
}

/// Details of a fault besides its code. Each pair is the bare text and the sentence that contains it.
fn failure_details(fault: &Fault) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    if !fault.detail.is_empty() {
        texts.push((fault.detail.short(), fault.detail.short()));
    }
    if !fault.said.is_empty() {
        let what = if fault.html { "a web page" } else { "the server said" };
        texts.push((fault.said.short(), format!("{what}: \"{}\"", fault.said.short())));
    }
    if let Some(error) = &fault.oauth_error {
        texts.push((error.short(), format!("OAuth error: {}", error.short())));
    }
    texts
}

/// Reason phrase of a status that Halo uses.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    }
}

/// True for a code that no switch on Halo's screens fixes: the network, the server's answers, this program.
pub(crate) fn has_no_halo_setting(code: Code) -> bool {
    let elsewhere = ["net.", "tls.", "http.", "local.", "vendor."].iter().any(|prefix| code.id().starts_with(prefix));
    elsewhere
        || matches!(
            code,
            Code::ApiShape
                | Code::ApiMissing
                | Code::ApiBadRequest
                | Code::ApiModuleMissing
                | Code::AuthTokenRejected
                | Code::AuthClockSkew
                | Code::AuthBadTokenResponse
                | Code::AuthUnknown
                | Code::IdentityUnreadable
        )
}
