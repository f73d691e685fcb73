//! The tokio runtime of one command.

use super::command_error::CommandError;
use crate::domain::codes::Code;

/// Runs a future to completion. Blocking tasks that are still running then, such as a name lookup, are abandoned.
pub(crate) fn block_on<T, E: From<CommandError>>(future: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.map_err(|error| {
        CommandError::new(
            Code::LocalBug,
            format!("The async runtime cannot be started: {error}."),
            "Check whether this account may start more threads.",
        )
    })?;
    let done = runtime.block_on(future);
    runtime.shutdown_background();
    done
}
