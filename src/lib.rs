//! halo-onboard: connects Halo PSA to an API integration and proves the set-up live.
//!
//! The map of the program. Arrows point at what a module may use; `tests/documentation/layering.rs` holds them.
//!
//! ```text
//! main ─ cli ─┬─ tui ────────┬─ runtime ─┬─ probe ── recording ── domain ── secret
//!             ├─ plain ──────┤           └─ store ── domain
//!             ├─ headless ── probe       ┌─ app ──── domain
//!             ├─ session ────┴───────────┴─ runtime, headless, probe, store, config, sim
//!             ├─ config ── domain, secret
//!             └─ sim          imports nothing of ours
//! ```
//!
//! [`platform`] imports nothing of ours either; all may use it but `domain`, `app` and `sim`, which are pure or separate.
//!
//! | to change | look in |
//! |---|---|
//! | a rule: what evidence means, which code, which fix | [`domain::verdict`] |
//! | a code and its explanation | `domain::codes` |
//! | how a typed or given value is understood | [`domain`] |
//! | a request, and how its failure is named | [`probe`] |
//! | what the interface does at a key | [`app`] (`action`, `update`), `tui::keymap` |
//! | how a screen looks | `tui::panes`, `tui::dialogs` |
//! | an output format of `check` | [`headless`] (`formats`) |
//! | the dialogue without a full screen | [`plain`] |
//! | where a setting, a profile or a secret comes from | [`session`] |
//! | what is kept on disk or in a keyring | [`store`] |
//! | what depends on the operating system | [`platform`] |
//! | what a recording keeps of a run, and what it replaces | [`recording`] |
//! | the simulated Halo, its scenarios and behaviours | [`sim`] |
//!
//! The three faces are `tui`, `headless` and `plain`. `plain` runs the checks and prints them as `headless` does.
//!
//! In one folder, some files use each other on purpose: stages of `probe` share the run, handlers in `app::update` call
//! each other, and the kinds of `domain::input` share their notes.
//!
//! Path of one exchange into a recording: `probe::exchange_capture` passes it to [`recording`], [`store`] writes the file,
//! and `probe::replay` answers a run from it.
//!
//! The path of one result: a socket answers in [`probe`], which reports an event; [`runtime`] puts it in
//! the queue; [`app`] folds it into its state; [`tui`] draws. Headless replaces the queue by a print.

#[cfg(not(any(unix, windows)))]
compile_error!("halo-onboard runs on Unix and Windows; another system needs a folder of its own in src/platform");

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub(crate) mod exit_signals;
pub mod headless;
pub mod plain;
pub mod platform;
pub mod probe;
pub mod process_hardening;
pub mod recording;
pub mod runtime;
pub mod secret;
pub mod session;
pub mod sim;
pub mod store;
pub mod tui;
