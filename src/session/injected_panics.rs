//! Injected panics, so that tests see what a user would see. Compiled with debug assertions only.
//!
//! `HALO_ONBOARD_BREAK` selects the panic: the id of a check, `loop` (the main loop, when a report is shown as
//! Markdown) or `save`.

use std::sync::Arc;

use crate::domain::run_plan::RunPlan;

use crate::app::Render;
use crate::domain::evidence::{ConnectionInfo, Discovery, Observation};
use crate::domain::run_event::RunEvent;
use crate::runtime::{Engine, Pending, Report, Running, SaveProgress};

/// Text of every payload: it must not appear on a screen or in a file.
const CANARY: &str = "canary: a payload may quote a secret";

fn what() -> Option<String> {
    super::setting_sources::variable("HALO_ONBOARD_BREAK")
}

/// Wraps an engine so that one check panics.
pub fn engine(engine: Arc<dyn Engine>) -> Arc<dyn Engine> {
    match what() {
        Some(check) => Arc::new(InjectedPanics { engine, check }),
        None => engine,
    }
}

/// Wraps a keeper so that it panics.
pub fn keeper(keeper: SaveProgress) -> SaveProgress {
    if what().as_deref() == Some("save") { Arc::new(|_| panic!("{CANARY}")) } else { keeper }
}

/// Wraps the rendering of a report so that it panics.
pub fn markdown(render: Render) -> Render {
    if what().as_deref() == Some("loop") { |_, _| panic!("{CANARY}") } else { render }
}

struct InjectedPanics {
    engine: Arc<dyn Engine>,
    check: String,
}

impl Engine for InjectedPanics {
    fn prepare(&self, order: RunPlan, report: Report) -> Arc<dyn Running> {
        let check = self.check.clone();
        self.engine.prepare(
            order,
            Box::new(move |event| {
                // Its requests are logged from the midst of that check: it breaks there.
                let mine = matches!(&event, RunEvent::Log(line) if line.check.as_ref() == Some(&check));
                report(event);
                assert!(!mine, "{CANARY}");
            }),
        )
    }

    fn discover(&self, resource_server: String) -> Pending<(ConnectionInfo, Observation<Discovery>)> {
        self.engine.discover(resource_server)
    }
}
