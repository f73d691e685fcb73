//! Runs identity and all probes concurrently, with one renewal of the token if it is not accepted.

use futures_util::{StreamExt, stream};
use url::Url;

use super::check_selection::dependants;
use super::http::Bearer;
use super::identity;
use super::list_probe::Api;
use super::run::{Run, guarded};
use super::run_log::IN_FLIGHT;
use super::token::{Issued, Issuer};
use crate::domain::codes::Code;
use crate::domain::evidence::{Identity, Observation, Rows};
use crate::domain::guide::{Probe, TicketVisibility};
use crate::domain::run_event::LogLevel;

/// One thing to ask with the token.
#[derive(Clone, Copy)]
enum Target<'a> {
    Identity,
    Probe(&'a Probe, &'a str),
}

/// Result of a request.
enum ProbeResult {
    Identity(Observation<Identity>),
    Rows(Observation<Rows>),
}

impl ProbeResult {
    fn is_unauthorised(&self) -> bool {
        let fault = match self {
            Self::Identity(asked) => asked.fault(),
            Self::Rows(asked) => asked.fault(),
        };
        // A 401 of something in front of Halo says nothing about the token.
        fault.is_some_and(|fault| fault.status == Some(401) && fault.code == Code::ApiForbidden)
    }
}

impl Run {
    /// Asks everything that needs the token.
    pub(super) async fn ask_all(&self, server: &Url, issuer: &Issuer<'_>, issued: Issued) {
        let origin = server.origin().ascii_serialization();
        let Some(bearer) = Bearer::new(&issued.token, &origin) else { return };
        let targets = self.targets(&issued.answer.value.refused);
        let refused = self.round(server, &bearer, targets, true).await;
        if refused.is_empty() {
            return;
        }
        // One more token, and everything that was refused once more.
        self.journal.allow_more(refused.len());
        let renewed = self.renew(issuer, &issued.answer.value.requested).await;
        match renewed.and_then(|issued| Bearer::new(&issued.token, &origin)) {
            Some(bearer) => self.again(server, &bearer, refused).await,
            None => self.keep(refused),
        }
    }

    fn targets(&self, refused: &[String]) -> Vec<Target<'_>> {
        let wanted = |probe: &&Probe| self.work.probes.contains(&probe.id) && !refused.contains(&probe.scope);
        let probes = self.plan.guide.probes.iter().filter(wanted);
        let probes = probes.filter_map(|probe| Some(Target::Probe(probe, probe.endpoint.as_deref()?)));
        self.work.identity.then_some(Target::Identity).into_iter().chain(probes).collect()
    }

    /// Requests the targets concurrently. If `hold` is true, targets with a 401 are returned instead of recorded.
    async fn round<'a>(
        &'a self,
        server: &Url,
        bearer: &Bearer,
        targets: Vec<Target<'a>>,
        hold: bool,
    ) -> Vec<(Target<'a>, ProbeResult)> {
        let api = Api { http: &self.http, journal: &self.journal, server, bearer };
        let ask = |(place, target)| async move {
            let seen = self.ask_one(api, target).await;
            if hold && seen.is_unauthorised() {
                return Some((place, target, seen));
            }
            self.store(target, seen);
            None
        };
        // Made at once, so that no iterator with borrowed items is kept while they run.
        let asked: Vec<_> = targets.into_iter().enumerate().map(ask).collect();
        let answered: Vec<_> = stream::iter(asked).buffer_unordered(IN_FLIGHT).collect().await;
        let mut held: Vec<_> = answered.into_iter().flatten().collect();
        // In the order of the guide, so that what is asked again does not depend on which answer came first.
        held.sort_by_key(|(place, ..)| *place);
        held.into_iter().map(|(_, target, seen)| (target, seen)).collect()
    }

    async fn ask_one(&self, api: Api<'_>, target: Target<'_>) -> ProbeResult {
        let check = check_of(target);
        self.begin(check);
        // Where no request is left, each says so as its own failure: what was not asked is no pass.
        match target {
            Target::Identity => ProbeResult::Identity(guarded(identity::ask(api)).await),
            Target::Probe(probe, endpoint) => {
                let others = || dependants(&self.plan.guide, &probe.id);
                others().for_each(|other| self.begin(&other.id));
                let sees: Vec<TicketVisibility> =
                    std::iter::once(probe).chain(others()).filter_map(|probe| probe.sees).collect();
                ProbeResult::Rows(guarded(api.rows(probe, endpoint, &sees)).await)
            }
        }
    }

    fn store(&self, target: Target<'_>, seen: ProbeResult) {
        match (target, seen) {
            (Target::Probe(probe, _), ProbeResult::Rows(rows)) => {
                for other in std::iter::once(probe).chain(dependants(&self.plan.guide, &probe.id)) {
                    let rows = rows.clone();
                    self.settle(&other.id, |evidence| {
                        evidence.probes.insert(other.id.clone(), rows);
                    });
                }
            }
            (_, ProbeResult::Identity(identity)) => {
                self.settle(identity::CHECK, |evidence| evidence.identity = identity)
            }
            (Target::Identity, ProbeResult::Rows(_)) => {}
        }
    }

    /// A token may have ended early, or not be known everywhere yet: one more is asked for, once in a run.
    async fn renew(&self, issuer: &Issuer<'_>, scopes: &[String]) -> Option<Issued> {
        self.journal.log(LogLevel::Warn, Some(super::token::CHECK), "401 with a fresh token: asking for one more");
        issuer.ask(scopes).await.ok()
    }

    /// Repeats the refused requests with the new token: one first, and the others only if that one is no longer
    /// refused.
    async fn again(&self, server: &Url, bearer: &Bearer, mut refused: Vec<(Target<'_>, ProbeResult)>) {
        let (first, seen) = refused.remove(0);
        // Its earlier answer is superseded by the new one.
        drop(seen);
        if let Some(held) = self.round(server, bearer, vec![first], true).await.pop() {
            self.keep(std::iter::once(held).chain(refused).collect());
            return;
        }
        let targets = refused.into_iter().map(|(target, _)| target).collect();
        self.round(server, bearer, targets, false).await;
    }

    fn keep(&self, refused: Vec<(Target<'_>, ProbeResult)>) {
        refused.into_iter().for_each(|(target, seen)| self.store(target, seen));
    }
}

fn check_of<'a>(target: Target<'a>) -> &'a str {
    match target {
        Target::Identity => identity::CHECK,
        Target::Probe(probe, _) => &probe.id,
    }
}
