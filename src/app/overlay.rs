//! What lies over the panes and takes the keys.

use super::action::{Context, Format};
use super::paste::Labelled;
use crate::domain::explain::Explanation;

/// What lies over the panes.
#[derive(Debug)]
pub enum Overlay {
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
    Fill(Labelled),
    /// Send the secret to the terminal's clipboard?
    SendSecret,
    /// Which format?
    Export,
    /// A report before it is written.
    Preview {
        /// Its format.
        format: Format,
        /// The whole text, as it will be written.
        text: String,
    },
    /// What a code means.
    Explanation(&'static Explanation),
    /// Plain text to select by hand.
    Plain(String),
    /// The values for the vendor's form.
    Values,
}

impl Overlay {
    /// What keys mean in it.
    pub fn context(&self) -> Context {
        match self {
            Self::Help => Context::Help,
            Self::Quit | Self::AcceptAuth { .. } | Self::Fill(_) | Self::SendSecret => Context::Question,
            Self::Export => Context::Export,
            Self::Preview { .. } => Context::Preview,
            Self::Explanation(_) => Context::Explanation,
            Self::Plain(_) => Context::Plain,
            Self::Values => Context::Values,
        }
    }
}
