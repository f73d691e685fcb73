//! The only speaker of HTTP: discovery, token, identity, endpoints; every failure becomes a code.

use std::sync::Arc;

use crate::domain::connection::{Connection, Note};
use crate::domain::evidence::Evidence;
use crate::domain::guide::Guide;
use crate::secret::Secret;

/// What to run.
#[derive(Debug)]
pub struct Plan {
    /// The guide.
    pub guide: Arc<Guide>,
    /// The values as understood.
    pub connection: Connection,
    /// What was cleaned in them.
    pub notes: Vec<Note>,
    /// The client secret.
    pub secret: Secret,
    /// Which checks to run.
    pub selection: Selection,
    /// Evidence of an earlier run: a partial run starts from it.
    pub previous: Option<Evidence>,
}

/// Which checks to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// All of them.
    #[default]
    All,
    /// These, and what they need.
    Only(Vec<String>),
}
