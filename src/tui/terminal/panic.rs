//! A panic must not leave the terminal raw, nor print what it may quote.

use std::io::Write as _;
use std::panic::PanicHookInfo;
use std::sync::{Mutex, Once, PoisonError};
use std::thread::ThreadId;

use super::terminal_modes;

/// The thread that draws.
static OWNER: Mutex<Option<ThreadId>> = Mutex::new(None);

/// Makes this thread the owner, and puts the hook in place once.
pub(super) fn guard_this_thread() {
    static HOOK: Once = Once::new();
    *OWNER.lock().unwrap_or_else(PoisonError::into_inner) = Some(std::thread::current().id());
    HOOK.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| tell(info, &*previous)));
    });
}

fn tell(info: &PanicHookInfo<'_>, previous: &(dyn Fn(&PanicHookInfo<'_>) + Send + Sync)) {
    let owner = *OWNER.lock().unwrap_or_else(PoisonError::into_inner);
    if terminal_modes::is_taken() && owner != Some(std::thread::current().id()) {
        // A task's panic ends that check, not the program: it must not write over the screen.
        return;
    }
    terminal_modes::end_abruptly();
    terminal_modes::restore();
    // The payload may quote what a server sent or what was typed: only the place is told.
    let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let _ = writeln!(
        std::io::stderr(),
        "halo-onboard broke at {place}. This is a fault of the program, not of Halo and not yours.\n\
         Please report that place with the version (halo-onboard --version)."
    );
    if cfg!(debug_assertions) {
        previous(info);
    }
}
