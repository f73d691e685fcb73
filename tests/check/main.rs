//! The real program, driven as a script would.

mod binary;
mod documents;
mod endings;
mod input;
mod pages;
mod profiles;
mod scenarios;
mod secrets;
mod terminal;
