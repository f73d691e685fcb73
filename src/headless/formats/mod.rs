//! The output formats of `check`: one file each, over the same report. `document` is what formats that write once share,
//! `schema` holds the JSON Schemas that ship. A new format is a file here and a line in `config::Format`.

pub(crate) mod document;
pub(crate) mod explanation;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod jsonl;
pub(crate) mod junit;
pub(crate) mod markdown;
pub(crate) mod prometheus;
#[cfg(test)]
mod prometheus_examples;
pub mod schema;
