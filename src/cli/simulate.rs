//! The command `simulate`: serves the simulated Halo for other programs or a second terminal.

use crate::session::async_runtime::block_on;
use std::sync::Arc;

use super::commands::SimulateArgs;
use crate::domain::connection::Typed;
use crate::exit_signals;
use crate::headless::OutputStreams;
use crate::session::command_error::CommandError;
use crate::session::demo;
use crate::session::demo::Demo;
use crate::session::setting_sources::Session;

/// Serves until a signal arrives and returns its exit status.
///
/// # Errors
/// The scenario is unknown, or the address cannot be bound.
pub fn run(args: &SimulateArgs, session: &Session, to: &mut OutputStreams) -> Result<u8, CommandError> {
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
