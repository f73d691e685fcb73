//! Evidence to checks, facts and diagnoses: one pure function.

use super::code::Code;
use super::connection::{Connection, Note, Understood};
use super::evidence::Evidence;
use super::guide::Guide;
use super::report::{Judgement, Verdict};

/// Everything that a judgement rests on.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The guide.
    pub guide: &'a Guide,
    /// The values as understood.
    pub connection: &'a Connection,
    /// What was cleaned in them.
    pub notes: &'a [Note],
    /// What was seen so far.
    pub evidence: &'a Evidence,
    /// True when nothing more will be asked: what was not asked is then skipped, not awaited.
    pub finished: bool,
}

/// Judges the evidence.
pub fn judge(_case: Case<'_>) -> Judgement {
    Judgement { checks: vec![], facts: vec![], diagnoses: vec![], verdict: Verdict::Undetermined, code: Code::Ok }
}

/// The judgement of a form for which nothing is sent.
pub fn refuse(_guide: &Guide, _understood: &Understood) -> Judgement {
    Judgement { checks: vec![], facts: vec![], diagnoses: vec![], verdict: Verdict::NotReady, code: Code::InputMissing }
}

/// Scopes for which a token request of their own would tell what the evidence so far leaves open: is the application
/// short, or the role? Asked for once all probes have answered; empty when nothing is open.
pub fn scopes_in_question(_case: Case<'_>) -> Vec<String> {
    Vec::new()
}
