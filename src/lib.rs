//! halo-onboard: connects Halo PSA to an API integration and proves the set-up live.
//!
//! The map of the program. Arrows point at what a module may use; `tests/layering.rs` holds them.
//!
//! ```text
//! main ─ cli ─┬─ tui ──┬─ app ───── domain ── secret
//!             │        └─ runtime ─┬─ app (Message, Effect)
//!             │                    ├─ probe ── domain
//!             │                    └─ store ── domain
//!             ├─ headless ── probe, domain
//!             ├─ sim          imports nothing of ours
//!             └─ config ── domain, secret
//! ```
//!
//! The way of one result: a socket answers in [`probe`], which reports an event; [`runtime`] puts it in
//! the queue; [`app`] folds it into its state; [`tui`] draws. Headless replaces the queue by a print.

#[cfg(not(unix))]
compile_error!("halo-onboard needs a Unix: terminal modes, signals, file modes and locks are used as Unix has them");

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub(crate) mod exit_signals;
pub mod headless;
pub mod plain;
pub mod probe;
pub mod process_hardening;
pub mod runtime;
pub mod secret;
pub mod session;
pub mod sim;
pub mod store;
pub mod tui;
