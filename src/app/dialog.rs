//! The dialogs that cover the panes and receive the keys.

use super::action::{Context, Format};
use super::guide_picker::GuideEntry;
use super::paste_parser::LabelledValues;
use super::profiles::ProfileChoice;
use super::text_field::TextField;
use crate::domain::codes::explain::Explanation;

/// An open dialog.
#[derive(Debug)]
pub enum Dialog {
    /// The keys.
    Help,
    /// Quit, although a typed secret is not proven?
    Quit,
    /// Question whether the secret may be sent to an authorisation server on another host.
    AcceptAuth {
        /// Origin of that server.
        origin: String,
        /// The resource server's origin.
        resource_server: String,
    },
    /// Fill the form from a paste?
    FillForm(LabelledValues),
    /// Copy the secret to the terminal's clipboard?
    CopySecret,
    /// Choice of a report format.
    Export,
    /// A report before it is written.
    Preview {
        /// Format of the report.
        format: Format,
        /// The whole text, as it will be written.
        text: String,
        /// The report as its reader sees it, if that differs from the text.
        read: Option<String>,
    },
    /// Explanation of a code.
    Explanation(&'static Explanation),
    /// Plain text to select by hand.
    Plain(String),
    /// The values for the vendor's form.
    Values,
    /// The name that the values are saved under.
    Name {
        /// The name as it is entered.
        field: Box<TextField>,
        /// Error about the name.
        problem: Option<String>,
    },
    /// Question whether and where to keep the secret.
    KeepSecret {
        /// Number of the selected answer, from 0: not at all.
        at: usize,
        /// The values for the vendor's form come back after it.
        values: bool,
    },
    /// Choice of a guide.
    Guides {
        /// Number of the selected entry, from 0.
        at: usize,
        /// The built-in guides.
        entries: Vec<GuideEntry>,
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
    /// Context that decides the meaning of keys.
    pub fn context(&self) -> Context {
        match self {
            Self::Help => Context::Help,
            Self::Quit | Self::Remove(_) | Self::Switch { .. } => Context::Question,
            Self::AcceptAuth { .. } | Self::FillForm(_) | Self::CopySecret => Context::AcceptServer,
            Self::Name { .. } => Context::Name,
            Self::KeepSecret { .. } => Context::KeepSecret,
            Self::Export => Context::Export,
            Self::Guides { .. } => Context::Guides,
            Self::Preview { .. } => Context::Preview,
            Self::Explanation(_) => Context::Explanation,
            Self::Plain(_) => Context::Plain,
            Self::Values => Context::Values,
        }
    }
}
