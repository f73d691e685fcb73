//! The real program, driven as a script would.

mod binary;
#[path = "../support/cast.rs"]
mod cast;
mod destinations;
mod documents;
mod endings;
mod full;
mod input;
mod noted;
mod pages;
mod profiles;
#[path = "../support/recording_host.rs"]
mod recording_host;
mod scenarios;
mod secrets;
mod terminal;
mod values;
