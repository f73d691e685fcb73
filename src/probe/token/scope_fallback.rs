//! Order of the requested scopes: `all`, then the guide's list, then name by name and one token for the granted ones.

use std::collections::BTreeMap;

use super::scope_by_scope::{alone, is_refusal, judge};
use super::{Issued, Issuer};
use crate::domain::connection::ScopePlan;
use crate::domain::evidence::{Fault, ScopeAnswer};

/// Result of the requests.
pub(in crate::probe) struct TokenOutcome {
    pub outcome: Result<Issued, Fault>,
    /// Results of the requests for single scopes.
    pub single: BTreeMap<String, ScopeAnswer>,
}

impl From<Result<Issued, Fault>> for TokenOutcome {
    fn from(outcome: Result<Issued, Fault>) -> Self {
        Self { outcome, single: BTreeMap::new() }
    }
}

/// Gets the token of a run. `wanted` is the guide's list.
pub(in crate::probe) async fn request_token_with_fallback(
    issuer: &Issuer<'_>,
    plan: &ScopePlan,
    wanted: &[String],
) -> TokenOutcome {
    if let ScopePlan::Exact(scopes) = plan {
        return issuer.ask(scopes).await.into();
    }
    let all = vec!["all".to_owned()];
    match issuer.ask(&all).await {
        Err(fault) if is_refusal(&fault) && !wanted.is_empty() => {}
        outcome => return outcome.into(),
    }
    match issuer.ask(wanted).await {
        Err(fault) if is_refusal(&fault) && wanted.len() > 1 => name_by_name(issuer, wanted, fault).await,
        outcome => outcome.map(|issued| refused(issued, all)).into(),
    }
}

/// Requests each scope alone, concurrently, then one token for the granted ones.
async fn name_by_name(issuer: &Issuer<'_>, wanted: &[String], fault: Fault) -> TokenOutcome {
    let outcomes = alone(issuer, wanted).await;
    // This server has refused a scope, so it does not drop silently what it does not grant.
    let single = judge(wanted, &outcomes, true);
    if let Some(other) = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).find(|fault| !is_refusal(fault)) {
        // Not the scope's fault: nothing can be said of the others either.
        return TokenOutcome { outcome: Err(other.clone()), single };
    }
    let (granted, lacking): (Vec<String>, Vec<String>) =
        wanted.iter().cloned().partition(|scope| single.get(scope) == Some(&ScopeAnswer::Granted));
    let refused_ones = [vec!["all".to_owned()], lacking].concat();
    let only = outcomes.into_iter().zip(wanted).find(|(_, scope)| granted.first() == Some(scope));
    let outcome = match (granted.len(), only) {
        (0, _) => Err(fault.detail(format!("refused, each alone: {}", wanted.join(" ")))),
        (1, Some((issued, _))) => issued,
        _ => issuer.ask(&granted).await,
    };
    TokenOutcome { outcome: outcome.map(|issued| refused(issued, refused_ones)), single }
}

fn refused(mut issued: Issued, scopes: Vec<String>) -> Issued {
    issued.answer.value.refused = scopes;
    issued
}
