//! The token request.

use super::{oauth_error, request_body, token_response};
use crate::domain::codes::Code;
use crate::domain::evidence::{Answer, Fault, Grant, Observation};
use crate::probe::http::{Http, HttpRequest, HttpResponse, RequestKind};
use crate::probe::log_lines;
use crate::probe::redaction::Redactor;
use crate::probe::response_body;
use crate::probe::response_body::decode;
use crate::probe::response_errors;
use crate::probe::run_log::RunLog;
use crate::secret::Secret;
use url::Url;

/// The check's id.
pub(in crate::probe) const CHECK: &str = "token";
/// Most bytes of the answer.
const CAP: usize = 64 * 1024;

/// Parameters of all token requests of a run.
pub(in crate::probe) struct Issuer<'a> {
    pub http: &'a Http,
    pub journal: &'a RunLog,
    /// The token URL, with the tenant; its other form once that one has answered.
    pub url: Url,
    pub client_id: &'a str,
    pub secret: &'a Secret,
}

/// A token with what came beside it.
pub(in crate::probe) struct Issued {
    pub token: Secret,
    pub answer: Answer<Grant>,
}

/// The token URL of an authorisation server.
pub(in crate::probe) fn token_url(auth_server: &str, tenant: Option<&str>) -> Option<Url> {
    let mut url = Url::parse(&format!("{auth_server}/token")).ok()?;
    if let Some(tenant) = tenant {
        url.query_pairs_mut().append_pair("tenant", tenant);
    }
    Some(url)
}

impl Issuer<'_> {
    /// Asks for one token with these scopes, and logs it.
    pub(in crate::probe) async fn ask(&self, scopes: &[String]) -> Result<Issued, Fault> {
        // The form has refused this already; here it is held whatever the form did.
        if !self.http.is_private(&self.url) {
            let detail = format!(
                "{} would carry the client secret unencrypted; nothing was sent",
                self.url.origin().ascii_serialization()
            );
            return Err(Fault::new(Code::InputUrlInsecure).detail(detail));
        }
        let scope = scopes.join(" ");
        let form = request_body::form(self.client_id, self.secret, &scope);
        let ask =
            HttpRequest { check: CHECK, url: self.url.clone(), cap: CAP, scan: None, what: RequestKind::Post(form) };
        let result = match self.http.post(&ask, self.journal).await {
            Ok(reply) => read_reply(&reply, &self.url, scopes, &self.journal.hide),
            Err(failure) => Err(failure.fault),
        };
        let seen = format!("scope={scope}  client_secret=[hidden {}]", self.secret.fingerprint());
        let outcome = match &result {
            Ok(issued) => Observation::Answered(issued.answer.clone()),
            Err(fault) => Observation::Failed(fault.clone()),
        };
        let line = if result.is_ok() { ask.line() } else { format!("{}  {seen}", ask.line()) };
        log_lines::exchange(self.journal, CHECK, &line, &outcome, |grant: &Grant| format!("{seen}  {}", told(grant)));
        result
    }
}

/// Reads the answer of the token endpoint at `url`, which was asked for `scopes`.
pub(in crate::probe) fn read_reply(
    reply: &HttpResponse,
    url: &Url,
    scopes: &[String],
    hide: &Redactor,
) -> Result<Issued, Fault> {
    if let Some(fault) = response_errors::intercepted(reply, hide) {
        return Err(fault);
    }
    if !(200..300).contains(&reply.status) || response_errors::is_page(reply) {
        return Err(oauth_error::refusal(reply, hide));
    }
    if let Some(cut) = &reply.cut {
        return Err(Fault { status: Some(reply.status), ..cut.clone() });
    }
    let text = decode(&reply.body, reply.content_type.as_deref())
        .map_err(|why| response_errors::of(reply, Code::HttpBadJson).detail(why))?;
    let unusable = |why: String| response_errors::of(reply, Code::AuthBadTokenResponse).detail(why);
    let body = response_body::object(&text).map_err(|why| response_errors::unreadable(reply, why))?;
    let body = body.ok_or_else(|| unusable("it is JSON, but no object".into()))?;
    if !body.contains_key("access_token") && body.contains_key("error") {
        return Err(oauth_error::refusal(reply, hide));
    }
    let read = token_response::read(body, hide).map_err(unusable)?;
    let grant = Grant {
        requested: scopes.to_vec(),
        echo: read.echo,
        expires_in: read.expires_in,
        id_token: read.id_token,
        refused: Vec::new(),
        token_url: url.to_string(),
    };
    let answer = Answer { value: grant, status: reply.status, timing: reply.timing };
    Ok(Issued { token: read.token, answer })
}

fn told(grant: &Grant) -> String {
    match &grant.echo {
        None => "no scope echoed".to_owned(),
        Some(echo) => format!("granted {}", echo.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::token_url;

    #[test]
    fn the_tenant_is_encoded_into_the_query() {
        for (server, tenant, wanted) in [
            ("https://acme.example/auth", Some("acme"), "https://acme.example/auth/token?tenant=acme"),
            ("https://auth.example", None, "https://auth.example/token"),
            ("https://auth.example", Some("a&b=c#d"), "https://auth.example/token?tenant=a%26b%3Dc%23d"),
        ] {
            assert_eq!(token_url(server, tenant).expect("an address").as_str(), wanted);
        }
    }
}
