//! Entries of the choice of a guide.

use crate::domain::guide::Guide;
use crate::domain::{guide_library, scope};

/// A built-in guide, as the choice shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuideEntry {
    /// Id of the guide.
    pub id: String,
    /// The product that is connected to Halo.
    pub vendor: String,
    /// True if the integration asks for more than reading.
    pub writes: bool,
    /// Where the guide comes from.
    pub source: String,
    /// Day on which the source was read; empty if unknown.
    pub read_on: String,
}

impl GuideEntry {
    /// Every built-in guide; the default is the first.
    pub(crate) fn all() -> Vec<Self> {
        guide_library::guides().iter().map(Self::of).collect()
    }

    fn of(guide: &Guide) -> Self {
        Self {
            id: guide.id.clone(),
            vendor: guide.vendor.clone(),
            writes: !scope::only_reads(&guide.application.scopes),
            source: guide.pages.first().map_or_else(|| guide.source.clone(), |page| page.url.clone()),
            read_on: guide.read_on.clone(),
        }
    }
}
