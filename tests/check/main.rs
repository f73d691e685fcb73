//! The real program, driven as a script would.

mod binary;
#[path = "../support/cast.rs"]
mod cast;
mod documents;
mod endings;
mod full;
mod input;
mod noted;
mod pages;
mod profiles;
mod scenarios;
mod secrets;
mod terminal;
