//! Issued access tokens.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom, SystemRandom};

/// Identity of a token, fixed when it is issued. Levels of the role are evaluated at each call; Halo's own behaviour is
/// not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenSubject {
    /// An agent, by id.
    Agent(u32),
    /// A customer's user, or no one in particular: Login Type is not Agent.
    NotAnAgent,
    /// Login Type is Agent, but no agent is picked.
    Nobody,
}

/// Data of one token.
#[derive(Clone, Debug)]
pub(super) struct Issued {
    pub acts_as: TokenSubject,
    pub scopes: Vec<String>,
    /// True if the request named no scope: every call with such a token is refused.
    pub without_scope: bool,
}

/// All tokens that have been issued.
#[derive(Default)]
pub(super) struct IssuedTokens {
    issued: BTreeMap<String, (Instant, Issued)>,
    refresh: Vec<String>,
}

impl IssuedTokens {
    /// Issues a token with a lifetime in seconds.
    pub fn issue(&mut self, issued: Issued, life_s: u64) -> String {
        let token = token_text();
        self.issued.insert(token.clone(), (Instant::now() + Duration::from_secs(life_s), issued));
        token
    }

    /// Issues a refresh token. No client uses it here, but it is part of the response and must not leak either.
    pub fn issue_refresh(&mut self) -> String {
        let token = random(48);
        self.refresh.push(token.clone());
        token
    }

    /// Returns the data of a token that is known and not expired.
    pub fn live(&self, token: &str) -> Option<&Issued> {
        let (ends, issued) = self.issued.get(token)?;
        (Instant::now() < *ends).then_some(issued)
    }

    /// Returns every token, expired or not.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.issued.keys().chain(&self.refresh).map(String::as_str)
    }
}

/// Generates a text in the form of a JWT without content: whether Halo's access tokens are readable is not known, so
/// clients must not rely on it.
fn token_text() -> String {
    format!("eyJ{}.{}.{}", random(18), random(96), random(43))
}

/// Generates a URL-safe text from `bytes` random bytes.
pub(super) fn random(bytes: usize) -> String {
    let mut buffer = vec![0; bytes];
    SystemRandom::new().fill(&mut buffer).expect("the system has random numbers");
    URL_SAFE_NO_PAD.encode(buffer)
}
