//! RunPlan of one run: the guide, the values, the secret and the checks to run.

use std::sync::Arc;

use super::connection::{Connection, Note};
use super::evidence::Evidence;
use super::guide::Guide;
use crate::secret::Secret;

/// Plan of one run. It does not change during the run.
#[derive(Debug)]
pub struct RunPlan {
    /// The guide.
    pub guide: Arc<Guide>,
    /// The values as understood.
    pub connection: Connection,
    /// Notes about cleaned values.
    pub notes: Vec<Note>,
    /// The client secret.
    pub secret: Secret,
    /// The checks to run.
    pub selection: CheckSelection,
    /// Evidence of an earlier run with the same connection: a partial run starts from it. A full run takes over
    /// discovery alone, and only from evidence that holds nothing else (the form has just asked).
    pub previous: Option<Evidence>,
}

impl RunPlan {
    /// Copies the plan for another run. The secret is copied too, which is why this is not `Clone`.
    pub fn duplicate(&self) -> Self {
        Self {
            guide: Arc::clone(&self.guide),
            connection: self.connection.clone(),
            notes: self.notes.clone(),
            secret: self.secret.duplicate(),
            selection: self.selection.clone(),
            previous: self.previous.clone(),
        }
    }
}

/// Selection of the checks to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CheckSelection {
    /// All of them.
    #[default]
    All,
    /// These, and what they need. Ids that no check has are ignored.
    Only(Vec<String>),
}

impl CheckSelection {
    /// Returns true if a check of this id was selected by itself.
    pub fn includes(&self, id: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(ids) => ids.iter().any(|selected| selected == id),
        }
    }
}
