//! Recognition of secrets in texts, and the spellings in which a known secret can appear. The single rule and the
//! single list for fields, search text, saved values, reports and server text.

mod find_secrets;
mod spellings;

pub use self::spellings::{find_spelling, holds_part, spellings};
pub use find_secrets::{FoundSecret, Kind, Shape, find, hide, looks_like_secret, shape};
