//! Initial data of the interface.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::profiles::ProfileList;
use super::run_state::PreviousRun;
use crate::domain::connection::Typed;
use crate::domain::guide::Guide;
use crate::domain::report::Report;
use crate::secret::Secret;

/// Initial data of the interface.
#[derive(Debug)]
pub struct Start {
    /// The guide.
    pub guide: Arc<Guide>,
    /// The values that are known already.
    pub typed: Typed,
    /// The secret, when it was given by other means than typing.
    pub secret: Option<Secret>,
    /// Source of the secret, e.g. `HALO_CLIENT_SECRET`; shown in the header.
    pub secret_source: Option<String>,
    /// Numbers of the facts that the operator ticked in an earlier session.
    pub ticks: BTreeSet<String>,
    /// The last good run.
    pub previous: Option<PreviousRun>,
    /// Name of the profile.
    pub profile: Option<String>,
    /// Name of the simulated Halo's scenario; `None` for a real Halo.
    pub demo: Option<String>,
    /// A line that is ticked is done in the simulated Halo as well: nothing has been made there yet.
    pub ticks_build: bool,
    /// Writes a report as Markdown.
    pub markdown: Render,
    /// Writes a report as JSON.
    pub json: Render,
    /// First lines of the log, e.g. which files were read.
    pub notes: Vec<String>,
    /// The saved profiles and the places for secrets.
    pub shelf: ProfileList,
}

impl Start {
    /// A session without any value.
    pub fn empty(guide: Arc<Guide>, markdown: Render, json: Render) -> Self {
        Self {
            guide,
            typed: Typed::default(),
            secret: None,
            secret_source: None,
            ticks: BTreeSet::new(),
            previous: None,
            profile: None,
            demo: None,
            ticks_build: false,
            markdown,
            json,
            notes: Vec::new(),
            shelf: ProfileList::default(),
        }
    }
}

/// Writes a report, with the simulated Halo's scenario when it is of one.
pub type Render = fn(&Report, Option<&str>) -> String;
