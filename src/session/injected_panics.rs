//! Panics on purpose, so that tests can see what a user would: builds without debug assertions have nothing of this.
//!
//! `HALO_ONBOARD_BREAK` names what breaks: a check by its id, `loop` (the main loop, when a report is shown as Markdown)
//! or `save`.

use std::sync::Arc;

use crate::app::{Render, RunOrder};
use crate::domain::evidence::{ConnectionInfo, Discovery, Observation};
use crate::domain::run_event::RunEvent;
use crate::runtime::{Engine, Keeper, Pending, Report, Running};

/// Stands in every payload: no screen and no file may show it.
const CANARY: &str = "canary: a payload may quote a secret";

fn what() -> Option<String> {
    super::setting_sources::variable("HALO_ONBOARD_BREAK")
}

/// An engine in which one check breaks.
pub fn engine(engine: Arc<dyn Engine>) -> Arc<dyn Engine> {
    match what() {
        Some(check) => Arc::new(InjectedPanics { engine, check }),
        None => engine,
    }
}

/// A keeper that breaks.
pub fn keeper(keeper: Keeper) -> Keeper {
    if what().as_deref() == Some("save") { Arc::new(|_| panic!("{CANARY}")) } else { keeper }
}

/// A report that breaks whoever shows it.
pub fn markdown(render: Render) -> Render {
    if what().as_deref() == Some("loop") { |_, _| panic!("{CANARY}") } else { render }
}

struct InjectedPanics {
    engine: Arc<dyn Engine>,
    check: String,
}

impl Engine for InjectedPanics {
    fn prepare(&self, order: RunOrder, report: Report) -> Arc<dyn Running> {
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
