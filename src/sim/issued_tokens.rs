//! The access tokens that are out.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom, SystemRandom};

/// Whom a token acts as: settled when it is issued. Levels of the role are looked up at each call; how Halo does it is
/// not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ActsAs {
    /// An agent, by id.
    Agent(u32),
    /// A customer's user, or no one in particular: Login Type is not Agent.
    NotAnAgent,
    /// Login Type is Agent, but no agent is picked.
    Nobody,
}

/// What is known of one token.
#[derive(Clone, Debug)]
pub(super) struct Issued {
    pub acts_as: ActsAs,
    pub scopes: Vec<String>,
    /// The request named no scope: every call with such a token is refused.
    pub without_scope: bool,
}

/// All tokens that were ever issued.
#[derive(Default)]
pub(super) struct IssuedTokens {
    issued: BTreeMap<String, (Instant, Issued)>,
    refresh: Vec<String>,
}

impl IssuedTokens {
    /// Issues a token that lives for so many seconds.
    pub fn issue(&mut self, issued: Issued, life_s: u64) -> String {
        let token = token_text();
        self.issued.insert(token.clone(), (Instant::now() + Duration::from_secs(life_s), issued));
        token
    }

    /// A refresh token: nobody needs it here, but it comes with the reply and must not go astray either.
    pub fn issue_refresh(&mut self) -> String {
        let token = random(48);
        self.refresh.push(token.clone());
        token
    }

    /// A token that is known and not expired.
    pub fn live(&self, token: &str) -> Option<&Issued> {
        let (ends, issued) = self.issued.get(token)?;
        (Instant::now() < *ends).then_some(issued)
    }

    /// Every token, dead or alive.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.issued.keys().chain(&self.refresh).map(String::as_str)
    }
}

/// Looks like a JWT, says nothing: whether Halo's access tokens can be read is not known, so nobody may rely on it.
fn token_text() -> String {
    format!("eyJ{}.{}.{}", random(18), random(96), random(43))
}

/// Unguessable text of `bytes` random bytes, fit for an address.
pub(super) fn random(bytes: usize) -> String {
    let mut buffer = vec![0; bytes];
    SystemRandom::new().fill(&mut buffer).expect("the system has random numbers");
    URL_SAFE_NO_PAD.encode(buffer)
}
