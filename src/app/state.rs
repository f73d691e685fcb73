//! Everything that the interface knows.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::action::Context;
use super::dialog::Dialog;
use super::form::Form;
use super::initial_state::{Render, Start};
use super::log::{Entry, Log};
use super::profile_picker::ProfilePicker;
use super::profiles::{ProfileChoice, ProfileList};
use super::run_state::{PreviousRun, RunState};
use super::text_with_keys::Text;
use super::viewport::Viewports;
use crate::domain::codes::Code;
use crate::domain::connection::{Field, canonical_origin};
use crate::domain::evidence::{Discovery, Evidence, Fault};
use crate::domain::guide::{Guide, Line};
use crate::domain::report::{Judgement, Report};
use crate::domain::run_event::LogLevel;
use crate::domain::secret_destination::Destination;

/// Focus of the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// The guide's lines.
    Checklist,
    /// A field of the form.
    Field(Field),
    /// The list of checks.
    Checks,
    /// Details of the selected check.
    Detail,
    /// The log.
    Log,
}

/// State of the request to `/api/authinfo` for the typed address.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum DiscoveryState {
    /// Not asked.
    #[default]
    Nothing,
    /// Asked, no answer yet.
    Asking {
        /// Number of the question.
        asked: u64,
        /// The origin that is asked.
        origin: String,
    },
    /// It is a Halo.
    Halo {
        /// The origin that was asked.
        origin: String,
        /// The response.
        discovery: Discovery,
    },
    /// No usable answer.
    Failed {
        /// The origin that was asked.
        origin: String,
        /// Why.
        fault: Box<Fault>,
    },
}

impl DiscoveryState {
    /// The origin that was or is asked.
    pub fn origin(&self) -> Option<&str> {
        match self {
            Self::Nothing => None,
            Self::Asking { origin, .. } | Self::Halo { origin, .. } | Self::Failed { origin, .. } => Some(origin),
        }
    }

    /// The origin of the authorisation server, as this Halo names it, trusted or not.
    pub(crate) fn auth_origin(&self) -> Option<String> {
        match self {
            Self::Halo { discovery, .. } => Some(discovery.auth_origin.clone()).filter(|origin| !origin.is_empty()),
            Self::Failed { fault, .. } if fault.code == Code::DiscoveryForeignAuthUrl => {
                fault.target.as_ref().map(|target| canonical_origin(target.as_str()))
            }
            _ => None,
        }
    }

    /// The response of the Halo.
    pub fn discovery(&self) -> Option<&Discovery> {
        match self {
            Self::Halo { discovery, .. } => Some(discovery),
            _ => None,
        }
    }
}

/// Response of the address alone. The next run does not request it again.
pub(crate) struct DiscoveryAnswer {
    /// The origin that was asked.
    pub origin: String,
    /// Response time on the interface's clock.
    pub at_ms: u64,
    /// The connection and the discovery, nothing else.
    pub evidence: Evidence,
}

/// A different host as authorisation server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInHost {
    /// Origin of the host.
    pub origin: String,
    /// The resource server's origin.
    pub resource_server: String,
    /// The operator has accepted it: it may get the secret.
    pub accepted: bool,
}

/// The order to open a session, until its answer arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PendingOpen {
    /// Number of the order.
    pub order: u64,
    /// The choice being opened.
    pub choice: ProfileChoice,
    /// The checks are to run then.
    pub check: bool,
}

/// The watch: asks again for what is not green.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    /// Time of the next run, on the interface's clock.
    pub next_ms: u64,
}

/// So long the secret is remembered without a key, in milliseconds.
const FORGETS_AFTER_MS: u64 = 10 * 60_000;

/// Everything that the interface knows.
pub struct State {
    /// The guide.
    pub guide: Arc<Guide>,
    /// Milliseconds since the interface began.
    pub now_ms: u64,
    /// The four values.
    pub form: Form,
    /// The runs.
    pub run: RunState,
    /// The log.
    pub log: Log,
    /// Response of the address alone.
    pub found: DiscoveryState,
    /// Focus of the keyboard.
    pub focus: Focus,
    /// The open dialog.
    pub overlay: Option<Dialog>,
    /// The selected answer of a question about where a secret may go: yes.
    pub(crate) agrees: bool,
    /// The choice of a profile, while it covers the panes.
    pub picker: Option<ProfilePicker>,
    /// The saved profiles and the places for secrets.
    pub shelf: ProfileList,
    /// Sizes of the viewports.
    pub room: Viewports,
    /// The log covers the screen.
    pub log_zoomed: bool,
    /// Only checks that are not green are listed.
    pub only_failures: bool,
    /// Name of the profile.
    pub profile: Option<String>,
    /// The simulated Halo's scenario.
    pub demo: Option<String>,
    /// A line that is ticked is done in the simulated Halo as well.
    pub(crate) ticks_build: bool,
    /// The watch.
    pub watch: Option<Watch>,
    /// One sentence in place of the key hints, until the next key.
    pub notice: Option<Text>,
    pub(crate) ticks: BTreeSet<String>,
    /// Number of the selected guide line, from 0.
    pub(crate) line: usize,
    /// The selected check.
    pub(crate) check: Option<String>,
    /// True when the operator chose the selected check since the run began.
    pub(crate) chosen: bool,
    /// Line and check between which the operator last went.
    pub(crate) way: Option<(String, String)>,
    /// The last focus that was not the log.
    pub(crate) behind: Focus,
    /// Time of the last key.
    pub(crate) touched_ms: u64,
    /// The secret is shown until then.
    pub(crate) reveal_until_ms: Option<u64>,
    /// A second Ctrl-C quits until then.
    pub(crate) quit_until_ms: Option<u64>,
    /// True when the operator typed or pasted the secret.
    pub(crate) secret_typed: bool,
    /// Destination of the given secret, if it was not typed.
    pub(crate) bound: Option<Destination>,
    /// The address for which an authorisation server was given or accepted; empty where there was none yet.
    pub(crate) accepted_for: String,
    /// The secret's revision for which it was asked whether to keep it.
    pub(crate) keep_asked: Option<u64>,
    /// Order number of the secret command that is running.
    pub(crate) commanding: Option<u64>,
    /// Run the checks once the command has printed the secret.
    pub(crate) check_then: bool,
    pub(crate) asked: u64,
    /// Number of the last thing that was ordered to be opened or saved.
    pub(crate) order: u64,
    /// The session that is being opened, and whether its checks are to run then.
    pub(crate) opening: Option<PendingOpen>,
    /// Order number of the profile that is being saved.
    pub(crate) saving: Option<u64>,
    /// Response of the address alone, until a run uses it.
    pub(crate) answered: Option<DiscoveryAnswer>,
    pub(crate) written: Vec<String>,
    pub(crate) markdown: Render,
    pub(crate) json: Render,
    pub(crate) time_of_day_ms: u64,
}

impl State {
    /// Creates the state. `time_of_day_ms` is the local time in milliseconds since midnight; the times in the log
    /// derive from it.
    pub fn new(start: Start, time_of_day_ms: u64) -> Self {
        Self::at(start, time_of_day_ms, 0)
    }

    /// Creates the state of a session that is opened `now_ms` milliseconds after the interface started.
    pub(crate) fn at(start: Start, time_of_day_ms: u64, now_ms: u64) -> Self {
        let previous = start.previous.map(|previous| PreviousRun {
            at_ms: previous.at_ms.saturating_add(i64::try_from(now_ms).unwrap_or(i64::MAX)),
            ..previous
        });
        let accepted_for = start.typed.url.clone();
        let (form, too_long) = Form::new(start.typed, start.secret.as_ref(), start.secret_source);
        let focus = first_focus(&form);
        let mut state = Self {
            guide: start.guide,
            now_ms,
            form,
            run: RunState { previous, ..RunState::default() },
            log: Log::default(),
            found: DiscoveryState::Nothing,
            focus,
            overlay: None,
            agrees: false,
            picker: start.shelf.first.then(ProfilePicker::first),
            shelf: start.shelf,
            room: Viewports::default(),
            log_zoomed: false,
            only_failures: false,
            profile: start.profile,
            demo: start.demo,
            ticks_build: start.ticks_build,
            watch: None,
            notice: None,
            ticks: start.ticks,
            line: 0,
            check: None,
            chosen: false,
            way: None,
            behind: focus,
            touched_ms: now_ms,
            reveal_until_ms: None,
            quit_until_ms: None,
            secret_typed: false,
            bound: None,
            accepted_for,
            keep_asked: None,
            commanding: None,
            check_then: false,
            asked: 0,
            order: 0,
            opening: None,
            saving: None,
            answered: None,
            written: Vec::new(),
            markdown: start.markdown,
            json: start.json,
            time_of_day_ms,
        };
        WELCOME.iter().for_each(|line| state.note(LogLevel::Info, *line));
        state.bind_secret();
        state.tell_what_is_kept();
        if let Some(scenario) = &state.demo {
            let text = format!("demo: the simulated Halo of scenario {scenario}, on this machine");
            state.note(LogLevel::Info, text);
            if state.ticks_build {
                state.note(LogLevel::Info, "demo: ticking a line also sets it in the simulated Halo");
            }
        }
        for note in start.notes {
            state.note(LogLevel::Info, note);
        }
        if too_long {
            state.note(LogLevel::Error, "the secret is longer than 512 bytes and was not used");
        }
        state.settle();
        state
    }

    /// Context that decides the meaning of keys.
    pub fn context(&self) -> Context {
        if let Some(overlay) = &self.overlay {
            return overlay.context();
        }
        if let Some(picker) = &self.picker {
            return if picker.find.is_some() { Context::Find } else { Context::Profiles };
        }
        if self.log.search.is_some() {
            return Context::Search;
        }
        match self.focus {
            Focus::Checklist => Context::Checklist,
            Focus::Field(Field::Secret) => Context::Secret,
            Focus::Field(_) => Context::Field,
            Focus::Checks => Context::Checks,
            Focus::Detail => Context::Detail,
            Focus::Log => Context::Log,
        }
    }

    /// Time at which the secret is forgotten if no key is pressed, on the interface's clock. `None` while a run or
    /// the watch needs it, and in the demo.
    pub fn forgets_at_ms(&self) -> Option<u64> {
        let needed = self.run.active.is_some() || self.watch.is_some() || self.demo.is_some();
        (!needed && !self.form.secret.is_empty()).then_some(self.touched_ms + FORGETS_AFTER_MS)
    }

    /// True while something is counted in seconds: the clock must then come once a second.
    pub fn needs_clock(&self) -> bool {
        self.run.active.is_some()
            || self.watch.is_some()
            || self.reveal_until_ms.is_some()
            || self.quit_until_ms.is_some()
    }

    /// The last focus that was not the log: what the log was opened from.
    pub fn behind(&self) -> Focus {
        self.behind
    }

    /// True while a text is typed: in a field, a search or a name.
    pub fn is_typing(&self) -> bool {
        self.context().is_text()
    }

    /// The selected answer of a question about where a secret may go: yes.
    pub fn agrees(&self) -> bool {
        self.agrees
    }

    /// Number of the selected guide line, from 0.
    pub fn line_number(&self) -> usize {
        self.line
    }

    /// Id of the selected check.
    pub fn check_id(&self) -> Option<&str> {
        self.check.as_deref()
    }

    /// True while the secret is shown.
    pub fn revealed(&self) -> bool {
        self.reveal_until_ms.is_some()
    }

    /// The selected guide line.
    pub fn selected_line(&self) -> Option<&Line> {
        self.guide.lines().nth(self.line)
    }

    /// Returns true if the operator ticked this fact.
    pub fn ticked(&self, fact: &str) -> bool {
        self.ticks.contains(fact)
    }

    /// The judgement, as long as it speaks of the values in the form.
    pub fn judgement(&self) -> Option<&Judgement> {
        self.run.judgement(&self.form)
    }

    /// The report of the run that is shown. One of an earlier run, or of other values, is not given out for it.
    pub fn current_report(&self) -> Option<&Report> {
        self.run.current_report(&self.form)
    }

    /// The clock time of a moment, in milliseconds since midnight.
    pub(crate) fn time_of_day(&self, at_ms: u64) -> u64 {
        (self.time_of_day_ms + at_ms) % 86_400_000
    }

    /// Writes a line into the log.
    pub(crate) fn note(&mut self, level: LogLevel, text: impl Into<Text>) {
        let at_ms = self.time_of_day(self.now_ms);
        self.log.push(Entry { at_ms, level, text: text.into() });
    }

    /// Says something in place of the key hints, and in the log.
    pub(crate) fn say(&mut self, text: impl Into<Text>) {
        let text = text.into();
        self.note(LogLevel::Info, text.clone());
        self.notice = Some(text);
    }

    /// The authorisation server's tenant as reported by the Halo at the typed address.
    pub(crate) fn halo_tenant(&self) -> Option<String> {
        let discovery = self.found.discovery()?;
        (self.form.origin().as_deref() == self.found.origin()).then_some(())?;
        discovery.tenant.as_ref().map(|tenant| tenant.as_str().to_owned())
    }

    /// Recomputes the remarks on the fields.
    pub(crate) fn refresh_form(&mut self) {
        let tenant = self.halo_tenant();
        self.form.refresh(tenant.as_deref());
    }
}

/// The first lines of every log, each short enough for 80 columns.
const WELCOME: [&str; 3] = [
    "1 Do the checklist in Halo: {tick} ticks a line",
    "2 {credentials} opens the form: enter the four values from Halo",
    "3 {run_all} runs all checks: no secret is sent before that",
];

/// A form that lacks only the secret begins in its field, a full one at the checks, any other at the checklist.
fn first_focus(form: &Form) -> Focus {
    let missing = |field: &Field| form.is_empty(*field);
    if [Field::Url, Field::ClientId].iter().any(missing) {
        Focus::Checklist
    } else if missing(&Field::Secret) {
        Focus::Field(Field::Secret)
    } else {
        Focus::Checks
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("now_ms", &self.now_ms)
            .field("focus", &self.focus)
            .field("overlay", &self.overlay)
            .field("form", &self.form)
            .field("run", &self.run)
            .field("check", &self.check)
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}
