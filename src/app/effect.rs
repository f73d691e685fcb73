//! Effects: the work that the pure core requests.

use super::action::Format;
use super::exit_summary::Progress;
use super::profiles::ProfileChoice;
use super::run_state::RunId;
use crate::domain::connection::Typed;
use crate::domain::profile::SecretStore;
use crate::domain::run_plan::RunPlan;
use crate::secret::Secret;

/// Part of the simulated Halo to repair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// The diagnosis's code, which the simulated Halo may know how to fix as a whole.
    pub code: &'static str,
    /// Numbers of the facts that are put right otherwise.
    pub facts: Vec<String>,
    /// The checks to run again.
    pub checks: Vec<String>,
    /// True if the form's values may have changed and must be copied again.
    pub copies_form: bool,
}

/// Result of a repair of the simulated Halo.
#[derive(Debug)]
pub struct RepairResult {
    /// Description of the change, in Halo's words.
    pub done: String,
    /// The values of the form, where they were to be copied again.
    pub form: Option<(Typed, Secret)>,
}

/// Something to be done.
#[derive(Debug)]
pub enum Effect {
    /// Start a run; its events come back as [`super::Message::Run`].
    StartRun {
        /// Number of the run.
        run: RunId,
        /// The plan.
        order: Box<RunPlan>,
    },
    /// Stop a run; what it saw comes back as its last event.
    CancelRun(RunId),
    /// Ask `/api/authinfo` alone; comes back as [`super::Message::Discovered`].
    Discover {
        /// Number of the question.
        asked: u64,
        /// The resource server's origin.
        resource_server: String,
    },
    /// Keep what is worth keeping of this session.
    SaveProgress(Box<Progress>),
    /// Look at what is kept of all profiles; comes back as [`super::Message::LoadedProfiles`].
    LookAtShelf,
    /// Open something else than this session; comes back as [`super::Message::Opened`].
    Open {
        /// Number of the order, never used again.
        order: u64,
        /// What to open.
        choice: ProfileChoice,
    },
    /// Makes the session of this order number the active one.
    Settle(u64),
    /// Save the values as a profile; comes back as [`super::Message::ProfileSaved`].
    SaveProfile {
        /// Number of the order, never used again.
        order: u64,
        /// Name of the profile.
        name: String,
        /// The values, and what else is kept with it.
        progress: Box<Progress>,
    },
    /// Remove a profile and all that is kept of it; comes back as [`super::Message::ProfileRemoved`].
    RemoveProfile(String),
    /// Keep the secret of a profile, or forget it; comes back as [`super::Message::SecretKept`].
    KeepSecret {
        /// The profile.
        profile: String,
        /// Where; none to forget it.
        keep: Option<SecretStore>,
        /// The secret.
        secret: Secret,
    },
    /// Give the terminal to the command that prints the secret; the result is [`super::Message::Commanded`].
    AskCommand {
        /// Number of the order, never used again.
        order: u64,
    },
    /// Write a report into a new file, unless the secret is found in it.
    Export {
        /// Format of the report.
        format: Format,
        /// The whole text.
        text: String,
        /// The host, for the file's name.
        host: String,
        /// The secret that the text must not contain.
        secret: Secret,
    },
    /// Put something right in the simulated Halo; comes back as [`super::Message::RepairResult`].
    Repair(Repair),
    /// Copy a text to the terminal's clipboard (OSC 52). It may be the secret.
    Clipboard(Secret),
    /// Ring the terminal's bell.
    Bell,
    /// Redraws the whole screen.
    Redraw,
    /// Give the terminal back and stop the process until `fg`, where that can be; [`super::Message::Suspending`] comes
    /// before.
    Suspend,
    /// End the interface.
    Quit,
}
