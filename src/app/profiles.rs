//! What is kept outside a session, and what can be done with it: profiles, and ways to keep a secret.

use crate::domain::profile::SecretStore;
use crate::domain::report::Verdict;
use crate::domain::secret_destination::Destination;

/// What is kept outside this session.
#[derive(Clone, Debug, Default)]
pub struct ProfileList {
    /// The profiles, in order.
    pub profiles: Vec<ProfileSummary>,
    /// The host of the set-up that has no name yet, when one was begun.
    pub unnamed: Option<String>,
    /// The interface begins with the choice of a profile.
    pub first: bool,
    /// Profiles can be opened and saved.
    pub open: bool,
    /// The simulated Halo can be opened from here.
    pub demo: bool,
    /// When the run of this profile began that was interrupted, for people.
    pub unfinished: Option<String>,
    /// What the operator must be told: read-only, damaged, newer. The first is said at once.
    pub warnings: Vec<String>,
    /// Where the secret of this profile can come from and go to.
    pub secret: SecretPlaces,
}

/// Where the secret of a profile can come from and go to.
#[derive(Clone, Debug, Default)]
pub struct SecretPlaces {
    /// Program of the command that prints it.
    pub command: Option<String>,
    /// Where it is kept now.
    pub kept: Option<SecretStore>,
    /// Where it can be kept, as tried.
    pub ways: Vec<SecretStore>,
    /// What the secret that the session begins with, or that the command prints, was given for: it is sent nowhere else.
    pub given_for: Destination,
    /// What the profile was saved for: a secret for anything else is not kept with it.
    pub saved_for: Destination,
}

/// One profile as the start page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileSummary {
    /// Its name.
    pub name: String,
    /// The host of its Resource Server.
    pub host: String,
    /// What is kept of it has not been read yet: nothing but name and host is known.
    pub unread: bool,
    /// The last check; none when there was none.
    pub last: Option<LastCheck>,
    /// Where its secret comes from.
    pub secret: String,
    /// When the run began that was interrupted, for people.
    pub unfinished: Option<String>,
    /// When the last good run was, for people.
    pub good: Option<String>,
    /// What the last run showed otherwise than the last good one, a line each.
    pub changes: Vec<String>,
    /// What is wrong with what is kept of it.
    pub trouble: Option<String>,
}

/// How the last check of a profile ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastCheck {
    /// When, for people.
    pub when: String,
    /// The verdict.
    pub verdict: Verdict,
    /// How many checks failed.
    pub failed: usize,
}

/// What can be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileChoice {
    /// A profile by its name.
    Profile(String),
    /// A set-up that has no name yet.
    New,
    /// The simulated Halo.
    Demo,
}

impl ProfileChoice {
    /// For people.
    pub fn label(&self) -> &str {
        match self {
            Self::Profile(name) => name,
            Self::New => "a new set-up",
            Self::Demo => "the demo",
        }
    }
}
