//! Messages to the pure core: keys, run events and results of effects.

use super::action::Action;
use super::effect::RepairResult;
use super::initial_state::Start;
use super::profiles::ProfileSummary;
use super::run_state::RunId;
use super::viewport::Viewports;
use crate::domain::evidence::{ConnectionInfo, Discovery, Observation};
use crate::domain::profile::SecretStore;
use crate::domain::run_event::RunEvent;
use crate::secret::Secret;

/// A message.
pub enum Message {
    /// The interface's clock, in milliseconds since it began; comes first in every batch.
    Clock(u64),
    /// The layout computed the size of the viewports.
    Viewports(Viewports),
    /// The screen has another size.
    Resized,
    /// The operator asks for something.
    Act(Action),
    /// A key was pressed that means nothing here.
    Pressed,
    /// The operator types a character into a field.
    Type(char),
    /// The operator pastes a text; it may be the secret.
    Paste(Secret),
    /// Something happened in a run.
    Run {
        /// The run's number.
        run: RunId,
        /// The event.
        event: RunEvent,
    },
    /// A run's task broke.
    RunBroke {
        /// The run's number.
        run: RunId,
    },
    /// The answer to [`super::Effect::Discover`].
    Discovered {
        /// Number of the question.
        asked: u64,
        /// Details of the connection.
        link: Box<ConnectionInfo>,
        /// The response.
        outcome: Box<Observation<Discovery>>,
    },
    /// The discovery's task broke.
    DiscoveryBroke {
        /// Number of the question.
        asked: u64,
    },
    /// The simulated Halo was repaired: what was done, or why not.
    RepairResult {
        /// The checks to run again.
        checks: Vec<String>,
        /// Description of the change, or the error.
        outcome: Result<RepairResult, String>,
    },
    /// A report was written: the file's name, or why not.
    Exported(Result<String, String>),
    /// The program is ended from outside: keep what is worth keeping.
    Ending,
    /// The process is about to be stopped until `fg`.
    Suspending,
    /// The session could not be kept, and why.
    KeepFailed(String),
    /// The session could be kept again.
    KeptAgain,
    /// The interface has begun.
    Began,
    /// The saved profiles were read.
    LoadedProfiles {
        /// The profiles, in order.
        profiles: Vec<ProfileSummary>,
        /// The host of the set-up that has no name yet, when one was begun.
        unnamed: Option<String>,
        /// The places that can keep a secret on this system.
        ways: Vec<SecretStore>,
    },
    /// A session was opened, or the order failed.
    Opened {
        /// Number of the order.
        order: u64,
        /// The opened session, or the error.
        outcome: Result<Box<Start>, String>,
    },
    /// A profile was saved under this name, or why not.
    ProfileSaved {
        /// Number of the order.
        order: u64,
        /// The profile's name, or why not.
        outcome: Result<String, String>,
    },
    /// A profile was removed, or why not.
    ProfileRemoved(Result<String, String>),
    /// The secret was kept or forgotten, or that failed.
    SecretKept {
        /// The profile that it belongs to.
        profile: String,
        /// The requested place.
        keep: Option<SecretStore>,
        /// Description of the result, or the error.
        outcome: Result<String, String>,
    },
    /// Result of the command that prints the secret.
    Commanded {
        /// Number of the order that it answers.
        order: u64,
        /// The secret, or the error.
        outcome: Result<Secret, String>,
    },
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Clock(ms) => write!(f, "Clock({ms})"),
            Self::Viewports(room) => write!(f, "Room({room:?})"),
            Self::Resized => f.write_str("Resized"),
            Self::Act(action) => write!(f, "Act({action:?})"),
            Self::Pressed => f.write_str("Pressed"),
            // A typed character may be one of the secret's.
            Self::Type(_) => f.write_str("Type([hidden])"),
            Self::Paste(text) => write!(f, "Paste({text:?})"),
            Self::Run { run, event } => write!(f, "Run({run:?}, {event:?})"),
            Self::RunBroke { run } => write!(f, "RunBroke({run:?})"),
            Self::Discovered { asked, outcome, .. } => write!(f, "Discovered({asked}, {outcome:?})"),
            Self::DiscoveryBroke { asked } => write!(f, "DiscoveryBroke({asked})"),
            Self::RepairResult { checks, outcome } => write!(f, "Mended({checks:?}, {outcome:?})"),
            Self::Exported(outcome) => write!(f, "Exported({outcome:?})"),
            Self::Suspending => f.write_str("Suspending"),
            Self::Ending => f.write_str("Ending"),
            Self::KeepFailed(reason) => write!(f, "KeepFailed({reason})"),
            Self::KeptAgain => f.write_str("KeptAgain"),
            Self::Began => f.write_str("Began"),
            Self::LoadedProfiles { profiles, ways, .. } => write!(f, "Looked({profiles:?}, {ways:?})"),
            Self::Opened { order, outcome } => write!(f, "Opened({order}, {outcome:?})"),
            Self::ProfileSaved { order, outcome } => write!(f, "ProfileSaved({order}, {outcome:?})"),
            Self::ProfileRemoved(outcome) => write!(f, "ProfileRemoved({outcome:?})"),
            Self::SecretKept { profile, keep, outcome } => write!(f, "SecretKept({profile}, {keep:?}, {outcome:?})"),
            Self::Commanded { order, outcome } => write!(f, "Commanded({order}, {outcome:?})"),
        }
    }
}
