//! Token requests for one scope alone. They show whether the application lacks the scope or the role's level is too
//! low.

use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};

use super::{Issued, Issuer};
use crate::domain::codes::Code;
use crate::domain::evidence::{Fault, ScopeAnswer};
use crate::domain::scope::any_covers;
use crate::domain::untrusted_text::UntrustedText;
use crate::probe::run_log::IN_FLIGHT;

/// Requests each scope alone, concurrently, and judges the responses. `refuses` is true if this server has refused a
/// scope in this run: then it does not silently drop scopes.
pub(in crate::probe) async fn ask_alone(
    issuer: &Issuer<'_>,
    scopes: &[String],
    refuses: bool,
) -> BTreeMap<String, ScopeAnswer> {
    judge(scopes, &alone(issuer, scopes).await, refuses)
}

/// One request for each scope.
pub(super) async fn alone(issuer: &Issuer<'_>, scopes: &[String]) -> Vec<Result<Issued, Fault>> {
    // Made at once, so that no iterator with borrowed items is kept while they run.
    let requests: Vec<_> = scopes.iter().map(|scope| issuer.ask(std::slice::from_ref(scope))).collect();
    stream::iter(requests).buffered(IN_FLIGHT).collect().await
}

pub(super) fn is_refusal(fault: &Fault) -> bool {
    fault.code == Code::AuthInvalidScope
}

pub(super) fn judge(
    scopes: &[String],
    outcomes: &[Result<Issued, Fault>],
    refuses: bool,
) -> BTreeMap<String, ScopeAnswer> {
    let refuses = refuses || outcomes.iter().any(|outcome| outcome.as_ref().is_err_and(is_refusal));
    let answers = scopes.iter().zip(outcomes).filter_map(|(scope, outcome)| {
        let answer = match outcome {
            Ok(issued) => granted(scope, issued.answer.value.echo.as_deref(), refuses),
            Err(fault) if is_refusal(fault) => ScopeAnswer::Refused,
            Err(_) => return None,
        };
        Some((scope.clone(), answer))
    });
    answers.collect()
}

fn granted(scope: &str, echo: Option<&[UntrustedText]>, refuses: bool) -> ScopeAnswer {
    match echo {
        Some(echo) => {
            let echo: Vec<&str> = echo.iter().map(UntrustedText::as_str).collect();
            if any_covers(&echo, scope) { ScopeAnswer::Granted } else { ScopeAnswer::Refused }
        }
        None if refuses => ScopeAnswer::Granted,
        None => ScopeAnswer::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::evidence::{Answer, Grant, Timing};
    use crate::secret::Secret;

    fn token(echo: Option<&[&str]>) -> Result<Issued, Fault> {
        let echo = echo.map(|echo| echo.iter().map(|scope| UntrustedText::new(scope)).collect());
        let value = Grant { echo, ..Grant::default() };
        Ok(Issued {
            token: Secret::new(String::new()),
            answer: Answer { value, status: 200, timing: Timing::default() },
        })
    }

    fn refused() -> Result<Issued, Fault> {
        Err(Fault::new(Code::AuthInvalidScope))
    }

    #[test]
    fn what_counts_as_granted() {
        use ScopeAnswer::{Granted, Refused, Unclear};
        let scopes = ["read:tickets".to_owned(), "read:items".to_owned()];
        for (outcomes, refuses, wanted) in [
            (
                [token(Some(&["openid", "read:tickets"])), token(Some(&["openid"]))],
                false,
                [Some(Granted), Some(Refused)],
            ),
            ([token(Some(&["edit:tickets"])), token(Some(&["all"]))], false, [Some(Granted), Some(Granted)]),
            ([token(None), token(None)], false, [Some(Unclear), Some(Unclear)]),
            ([token(None), token(None)], true, [Some(Granted), Some(Granted)]),
            ([token(None), refused()], false, [Some(Granted), Some(Refused)]),
            ([Err(Fault::new(Code::HttpRateLimited)), token(None)], false, [None, Some(Unclear)]),
        ] {
            let answers = judge(&scopes, &outcomes, refuses);
            let found = [answers.get(&scopes[0]).copied(), answers.get(&scopes[1]).copied()];
            assert_eq!(found, wanted);
        }
    }
}
