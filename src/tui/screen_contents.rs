//! The rows of every pane for one frame, wrapped once: both the viewports and the picture are made from them.

use ratatui::layout::Rect;

use super::dialogs;
use super::layout::{self, ScreenLayout, clamped, inner, window_around};
use super::panes::{check_detail, checklist, checks, credentials, profile_picker};
use super::text_layout::Row;
use super::theme::Theme;
use crate::app::{Dialog, State, Viewport, Viewports};

/// Where each pane stands, and all of its rows, the hidden ones included. A pane that is not shown has none. Nothing in
/// it depends on the viewports, so it stays valid when they change.
pub struct ScreenContents {
    /// The area that it was made for.
    pub area: Rect,
    pub(super) layout: ScreenLayout,
    pub(super) checklist: Vec<Row>,
    pub(super) credentials: Vec<Row>,
    pub(super) checks: Vec<Row>,
    pub(super) detail: Vec<Row>,
    pub(super) picker: Vec<Row>,
    pub(super) dialog: Vec<Row>,
}

impl ScreenContents {
    /// Works out the rows of every pane that has a place.
    pub fn new(area: Rect, state: &State, theme: Theme) -> Self {
        let layout = layout::plan(area, state);
        let rows = |pane: Option<Rect>, rows: &dyn Fn(Rect) -> Vec<Row>| {
            pane.map(|pane| rows(inner(pane))).unwrap_or_default()
        };
        let dialog = |over: &Dialog| dialogs::rows(state, over, dialogs::place(area, over).width, theme);
        Self {
            area,
            layout,
            checklist: rows(layout.checklist, &|pane| checklist::rows(state, pane.width, pane.height, theme)),
            credentials: rows(layout.credentials, &|pane| credentials::rows(state, pane.width, theme)),
            checks: rows(layout.checks, &|pane| checks::rows(state, pane.width, pane.height, theme)),
            detail: rows(layout.detail, &|pane| check_detail::rows(state, pane.width, theme)),
            picker: rows(layout.picker, &|pane| {
                let (list, _) = profile_picker::split(pane, state, theme);
                profile_picker::rows(state, list.width, theme)
            }),
            dialog: state.overlay.as_ref().map(dialog).unwrap_or_default(),
        }
    }

    /// Works out how much each pane has room for, so that the selected row is on the screen and no text is scrolled past
    /// its end.
    pub fn viewports(&self, state: &State, theme: Theme) -> Viewports {
        let (layout, old) = (&self.layout, state.room);
        let height = |pane: Rect| inner(pane).height;
        let window = |pane: Option<Rect>, rows: &[Row], selected: Option<usize>, old: Viewport| {
            pane.map_or_else(Viewport::default, |pane| window_around(rows, selected, height(pane), old))
        };
        let detail = |pane| clamped(self.detail.len(), height(pane), old.detail);
        let picker = |pane| {
            let (list, _) = profile_picker::split(inner(pane), state, theme);
            window_around(&self.picker, profile_picker::selected(state), list.height, old.picker)
        };
        Viewports {
            checklist: window(layout.checklist, &self.checklist, Some(checklist::selected(state)), old.checklist),
            credentials: window(layout.credentials, &self.credentials, credentials::selected(state), old.credentials),
            checks: window(layout.checks, &self.checks, checks::selected(state), old.checks),
            detail: layout.detail.map_or_else(Viewport::default, detail),
            picker: layout.picker.map_or_else(Viewport::default, picker),
            log: Viewport { height: layout.log.map_or(0, height), ..Viewport::default() },
            overlay: state.overlay.as_ref().map_or_else(Viewport::default, |over| self.dialog_viewport(state, over)),
        }
    }

    fn dialog_viewport(&self, state: &State, over: &Dialog) -> Viewport {
        let (height, old) = (dialogs::place(self.area, over).height, state.room.overlay);
        match over {
            Dialog::AcceptAuth { .. } | Dialog::FillForm(_) | Dialog::CopySecret => {
                window_around(&self.dialog, Some(state.agrees().into()), height, old)
            }
            Dialog::KeepSecret { at, .. } | Dialog::Guides { at, .. } => {
                window_around(&self.dialog, Some(*at), height, old)
            }
            _ => clamped(self.dialog.len(), height, old),
        }
    }
}
