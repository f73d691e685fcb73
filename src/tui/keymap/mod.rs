//! The key table. Decoding, the hints in the footer and the help page all use it.

pub mod custom_keys;
mod key_binding;
mod key_table;

pub use self::key_table::BINDINGS;
use key_binding::{ALT, CONTROL};
pub use key_binding::{Binding, Chord, KeyMeaning, KeyOutcome, KeyScope, bindings, meaning, meaning_in};
