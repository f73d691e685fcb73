//! The readers of answers, for tests that throw bytes at them (`tests/properties`, `fuzz/`). The readers themselves are
//! private: in the program nothing may reach them that did not come through [`super::Http`] with its limits.

use jiff::Timestamp;
use url::Url;
use zeroize::Zeroizing;

use super::discovery::{self, Trust};
use super::http::{HttpResponse, ServerHeaders, http_date, retry_after};
use super::redaction::Redactor;
use super::row_scanner::{RowScanner, WantedRows};
use super::{identity, list_probe, token};
use crate::domain::evidence::{Discovery, Evidence, Fault, Grant, Identity, Observation, Rows, Timing};
use crate::domain::untrusted_text::UntrustedText;
use crate::secret::Secret;

/// An answer as a server may give it.
#[derive(Clone, Copy, Debug, Default)]
pub struct FuzzResponse<'a> {
    /// HTTP status.
    pub status: u16,
    /// Header `Content-Type`.
    pub content_type: Option<&'a str>,
    /// Header `Date`.
    pub date: Option<&'a str>,
    /// The body, after decompression.
    pub body: &'a [u8],
}

impl FuzzResponse<'_> {
    fn reply(&self) -> HttpResponse {
        HttpResponse {
            status: self.status,
            body: Zeroizing::new(self.body.to_vec()),
            rows: None,
            oauth_error: None,
            cut: None,
            content_type: self.content_type.map(str::to_owned),
            date: self.date.map(str::to_owned),
            retry_after: None,
            location: None,
            encoding: None,
            front: ServerHeaders::default(),
            timing: Timing::default(),
        }
    }
}

/// Redacts these secrets, as in a run.
fn hide(secrets: &[&str]) -> Redactor {
    let hide = Redactor::default();
    secrets.iter().for_each(|secret| hide.add(secret));
    hide
}

/// A failure as a run keeps it.
fn kept(fault: Fault, hide: &Redactor) -> Fault {
    let mut evidence = Evidence { discovery: Observation::Failed(fault), ..Evidence::default() };
    hide.clean(&mut evidence);
    match evidence.discovery {
        Observation::Failed(fault) => fault,
        _ => unreachable!("cleaning changes texts alone"),
    }
}

/// Foreign text as a run keeps it: without the secrets, filtered.
pub fn foreign(text: &str, secrets: &[&str]) -> UntrustedText {
    hide(secrets).foreign(text)
}

/// Parses a response of the token endpoint.
///
/// # Errors
/// The reason why there is no token.
pub fn token(given: FuzzResponse<'_>, url: &Url, scopes: &[String], secret: &str) -> Result<(Grant, Secret), Fault> {
    let hide = hide(&[secret]);
    let issued = token::read_reply(&given.reply(), url, scopes, &hide).map_err(|fault| kept(fault, &hide))?;
    Ok((issued.answer.value, issued.token))
}

/// Reads an answer of `/api/authinfo`.
///
/// # Errors
/// Why it names no place that the secret may go to.
pub fn discovery(
    given: FuzzResponse<'_>,
    server: &Url,
    by_hand: Option<&str>,
    allowed: &[String],
    secret: &str,
) -> Result<Discovery, Fault> {
    let hide = hide(&[secret]);
    let read = discovery::read(&given.reply(), server, &hide, Trust { by_hand, allowed });
    read.map(|answer| answer.value).map_err(|fault| kept(fault, &hide))
}

/// Parses a response of `/api/Agent/me`, and one of `/api/Roles/{id}` if claims are missing. Also returns the ids of
/// the roles that a run would request.
///
/// # Errors
/// The reason why it is not an agent's record.
pub fn identity(
    agent: FuzzResponse<'_>,
    role: FuzzResponse<'_>,
    secret: &str,
) -> Result<(Identity, Vec<String>), Fault> {
    let hide = hide(&[secret]);
    let (mut record, _) = identity::read(&agent.reply(), &hide).map_err(|fault| kept(fault, &hide))?;
    let ids = record.role_ids.clone();
    if record.lacks_claims() {
        identity::read_role(&role.reply(), &mut record, &hide);
    }
    Ok((record.finish(), ids))
}

/// Parses a response of a list endpoint whose rows may be in the member `list`.
///
/// # Errors
/// The reason why it is not a list.
pub fn rows(given: FuzzResponse<'_>, list: Option<&str>, secret: &str) -> Result<Rows, Fault> {
    let hide = hide(&[secret]);
    let wanted = WantedRows { list: list.map(str::to_owned), ..WantedRows::default() };
    let mut scanner = RowScanner::new(wanted, given.content_type);
    scanner.push(given.body);
    let reply = HttpResponse { rows: Some(scanner.finish(true)), ..given.reply() };
    list_probe::read(&reply, &hide).map(|answer| answer.value).map_err(|fault| kept(fault, &hide))
}

/// Reads a `Date` and a `Retry-After` header: seconds since 1970, and seconds to wait.
pub fn dates(date: &str, wait: &str) -> (Option<i64>, Option<u64>) {
    (http_date(date).map(Timestamp::as_second), retry_after(wait, Some(date), Timestamp::UNIX_EPOCH))
}
