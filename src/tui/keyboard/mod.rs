//! The keyboard: reads the terminal and returns events. Sleeps while there is no input.

#[cfg(any(windows, test))]
mod alt_graph;
#[cfg(unix)]
mod decoder;
#[cfg(unix)]
mod escape_sequence;
#[cfg(unix)]
mod paste;
#[cfg(all(test, unix))]
mod tests;

#[cfg_attr(unix, path = "terminal_keyboard.rs")]
#[cfg_attr(windows, path = "console_keyboard.rs")]
mod system_keyboard;

pub use system_keyboard::Keyboard;
