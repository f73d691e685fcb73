//! Evidence to checks, facts and diagnoses: one pure function.
//!
//! The rules follow docs/halo.md, "From evidence to verdict". Two laws: different broken states give different verdicts,
//! and what was not tested never counts as a pass.

mod agent_identity;
mod all_refused;
mod ambiguous_scopes;
mod check_results;
#[cfg(test)]
mod diagnosis_codes_tests;
#[cfg(test)]
mod diagnosis_texts_tests;
mod discovery_failure;
#[cfg(test)]
mod edge_cases;
mod evidence_view;
mod fact_states;
#[cfg(test)]
mod fact_texts_tests;
mod fixes;
mod judge;
mod permissions;
mod probe_findings;
mod sign_in;
mod tenant;
#[cfg(test)]
mod tenant_tests;
#[cfg(test)]
mod test_evidence;
#[cfg(test)]
mod tests;
mod token_failure;
pub mod vendor_side;

pub use evidence_view::Case;
pub use judge::{judge, refuse, scopes_in_question};
