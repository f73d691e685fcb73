//! Visible part of each pane. The layout computes it before a frame is drawn and sends it as a message, so that
//! paging, scrolling limits and the visible selection are exact.

/// Visible part of a list or text, in rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Viewport {
    /// First visible row.
    pub offset: u16,
    /// Visible rows.
    pub height: u16,
    /// Greatest useful offset.
    pub most: u16,
}

impl Viewport {
    /// Moves the window by rows, within its ends.
    pub(crate) fn scroll(&mut self, by: i64) {
        self.offset = i64::from(self.offset).saturating_add(by).clamp(0, i64::from(self.most)) as u16;
    }
}

/// The windows of all panes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Viewports {
    /// The guide's lines.
    pub checklist: Viewport,
    /// The four fields.
    pub credentials: Viewport,
    /// The list of checks.
    pub checks: Viewport,
    /// Details of the selected check.
    pub detail: Viewport,
    /// The log; only its height counts, the place is kept by line.
    pub log: Viewport,
    /// The open dialog.
    pub overlay: Viewport,
    /// The choice of a profile.
    pub picker: Viewport,
}
