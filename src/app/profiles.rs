//! The saved profiles and the places that can keep a secret.

use crate::domain::profile::SecretStore;
use crate::domain::report::Verdict;
use crate::domain::secret_destination::Destination;

/// Saved data outside the open session.
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
    /// Start of this profile's interrupted run, for people.
    pub unfinished: Option<String>,
    /// Warnings such as a read-only, damaged or newer file. The first is shown immediately.
    pub warnings: Vec<String>,
    /// Sources and places of this profile's secret.
    pub secret: SecretPlaces,
}

/// Sources and places of a profile's secret.
#[derive(Clone, Debug, Default)]
pub struct SecretPlaces {
    /// Program of the command that prints it.
    pub command: Option<String>,
    /// The place that holds it now.
    pub kept: Option<SecretStore>,
    /// The places that can keep it on this system.
    pub ways: Vec<SecretStore>,
    /// Destination for which the given secret, or the output of the secret command, is meant. It is sent nowhere
    /// else.
    pub given_for: Destination,
    /// Destination for which the profile was saved. A secret for another destination is not kept with it.
    pub saved_for: Destination,
}

/// One profile as the start page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileSummary {
    /// Name of the profile.
    pub name: String,
    /// The host of its Resource Server.
    pub host: String,
    /// True if its saved progress has not been read yet. Only name and host are known.
    pub unread: bool,
    /// The last check; `None` if there was none.
    pub last: Option<LastCheck>,
    /// Source of its secret, for people.
    pub secret: String,
    /// Start of the interrupted run, for people.
    pub unfinished: Option<String>,
    /// Time of the last good run, for people.
    pub good: Option<String>,
    /// Differences between the last run and the last good one, one line each.
    pub changes: Vec<String>,
    /// Error of its saved data.
    pub trouble: Option<String>,
}

/// Result of a profile's last check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastCheck {
    /// Time, for people.
    pub when: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Number of failed checks.
    pub failed: usize,
}

/// A choice of the profile list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileChoice {
    /// A profile by its name.
    Profile(String),
    /// A set-up that has no name yet.
    New,
    /// The simulated Halo.
    Demo,
    /// A set-up that has no name yet, with another guide.
    Guide {
        /// Id of the built-in guide.
        id: String,
        /// The product that it connects.
        vendor: String,
        /// True for the simulated Halo.
        demo: bool,
    },
}

impl ProfileChoice {
    /// Label for people.
    pub fn label(&self) -> &str {
        match self {
            Self::Profile(name) => name,
            Self::New => "a new set-up",
            Self::Demo => "the demo",
            Self::Guide { vendor, .. } => vendor,
        }
    }
}
