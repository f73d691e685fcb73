//! What lies over the panes and takes the keys.

use super::action::{Context, Format};
use super::paste_parser::LabelledValues;
use super::profiles::ProfileChoice;
use super::text_field::TextField;
use crate::domain::codes::explain::Explanation;

/// What lies over the panes.
#[derive(Debug)]
pub enum Dialog {
    /// The keys.
    Help,
    /// Quit, although a typed secret is not proven?
    Quit,
    /// May the secret go to this authorisation server on another host?
    AcceptAuth {
        /// Its origin.
        origin: String,
        /// The resource server's origin.
        resource_server: String,
    },
    /// Fill the form from a paste?
    FillForm(LabelledValues),
    /// Copy the secret to the terminal's clipboard?
    CopySecret,
    /// Which format?
    Export,
    /// A report before it is written.
    Preview {
        /// Its format.
        format: Format,
        /// The whole text, as it will be written.
        text: String,
        /// What its reader sees, where that is not the text itself.
        read: Option<String>,
    },
    /// What a code means.
    Explanation(&'static Explanation),
    /// Plain text to select by hand.
    Plain(String),
    /// The values for the vendor's form.
    Values,
    /// The name that the values are saved under.
    Name {
        /// The name as it is entered.
        field: Box<TextField>,
        /// What is wrong with it.
        problem: Option<String>,
    },
    /// Is the secret to be kept, and where?
    KeepSecret {
        /// Number of the selected answer, from 0: not at all.
        at: usize,
        /// The values for the vendor's form come back after it.
        values: bool,
    },
    /// Remove a profile?
    Remove(String),
    /// Open something else, although a typed secret is not proven?
    Switch {
        /// What.
        choice: ProfileChoice,
        /// The checks are to run then.
        check: bool,
    },
}

impl Dialog {
    /// What keys mean in it.
    pub fn context(&self) -> Context {
        match self {
            Self::Help => Context::Help,
            Self::Quit | Self::Remove(_) | Self::Switch { .. } => Context::Question,
            Self::AcceptAuth { .. } | Self::FillForm(_) | Self::CopySecret => Context::AcceptServer,
            Self::Name { .. } => Context::Name,
            Self::KeepSecret { .. } => Context::KeepSecret,
            Self::Export => Context::Export,
            Self::Preview { .. } => Context::Preview,
            Self::Explanation(_) => Context::Explanation,
            Self::Plain(_) => Context::Plain,
            Self::Values => Context::Values,
        }
    }
}
