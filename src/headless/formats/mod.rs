//! TODO doc

pub(crate) mod document;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod jsonl;
pub(crate) mod junit;
pub(crate) mod markdown;
pub(crate) mod prometheus;
pub mod schema;
