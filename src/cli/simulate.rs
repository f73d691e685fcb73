//! The command `simulate`: serves the simulated Halo for other programs or a second terminal.

use crate::session::async_runtime::block_on;
use std::path::Path;
use std::sync::Arc;

use super::commands::SimulateArgs;
use super::replay;
use crate::domain::connection::Typed;
use crate::exit_signals;
use crate::headless::OutputStreams;
use crate::probe;
use crate::session::command_error::CommandError;
use crate::session::demo;
use crate::session::demo::Demo;
use crate::session::setting_sources::Session;
use crate::sim::{RecordedAnswer, RecordedServer};

/// Stands for the Client Secret where a recording is served: any is taken.
const MADE_UP: &str = "00000000-0000-4000-8000-000000000001-00000000-0000-4000-8000-000000000002";

/// Serves until a signal arrives and returns its exit status.
///
/// # Errors
/// The scenario is unknown, or the address cannot be bound.
pub fn run(args: &SimulateArgs, session: &Session, to: &mut OutputStreams) -> Result<u8, CommandError> {
    if let Some(path) = &args.replay {
        return replay_of(path, args, session, to);
    }
    let guide = session.guide()?;
    // `--demo=NAME simulate` means the same scenario.
    let name = args.scenario.as_deref().or(session.demo.as_deref()).unwrap_or_default();
    block_on(async {
        let interrupt = exit_signals::interrupt().map_err(|error| CommandError::no_signals(&error))?;
        let demo = Demo::start(Arc::clone(&guide), name, args.listen).await?;
        if let Some(origin) = &args.announce {
            demo.announce(origin);
        }
        to.out.text(&credentials(&demo));
        Ok(interrupt.await)
    })
}

/// Serves a recording until a signal arrives.
fn replay_of(path: &Path, args: &SimulateArgs, session: &Session, to: &mut OutputStreams) -> Result<u8, CommandError> {
    let recording = replay::read(path)?;
    let guide = replay::guide_of(&recording, session)?;
    block_on(async {
        let interrupt = exit_signals::interrupt().map_err(|error| CommandError::no_signals(&error))?;
        let answers = |origin: &str| {
            let served = probe::replay::served(&recording, &guide, origin).into_iter();
            let answer = |one: probe::replay::ServedExchange| RecordedAnswer {
                method: one.method,
                path: one.path,
                scopes: one.scopes,
                answer: one.answer,
            };
            served.map(answer).collect()
        };
        let server = RecordedServer::start(args.listen, answers).await.map_err(|error| {
            CommandError::usage(
                format!("The recording cannot be served on {}: {error}.", args.listen),
                "Use a free port of a loopback address, or leave out --listen.",
            )
        })?;
        let connection = probe::replay::connection(&recording);
        to.out.text(&format!(
            "# A recording, served on this machine: no Halo, and no secret of anybody's. It ends with this command.\n\
             HALO_URL=http://{}{}\nHALO_TENANT={}\nHALO_CLIENT_ID={}\nHALO_CLIENT_SECRET={MADE_UP}\n\
             # In another terminal: export these four, then run halo-onboard check\n",
            server.address(),
            connection.path,
            connection.tenant.unwrap_or_default(),
            connection.client_id,
        ));
        Ok(interrupt.await)
    })
}

/// Formats the credentials as lines for a shell.
fn credentials(demo: &Demo) -> String {
    let typed = demo.typed(&Typed::default());
    format!(
        "# Simulated Halo, scenario {}. It is not real: its secret is made up, and it ends with this command.\n\
         HALO_URL={}\nHALO_TENANT={}\nHALO_CLIENT_ID={}\nHALO_CLIENT_SECRET={}\n\
         # In another terminal: export these four, then run halo-onboard check\n",
        demo.scenario,
        typed.url,
        typed.tenant,
        typed.client_id,
        demo.secret().expose()
    )
}

/// Lists the scenarios.
pub fn list() -> String {
    demo::list()
}
