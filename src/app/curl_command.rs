//! A check as a curl command to try by hand: runnable, and free of secrets. The secret and the token come from the
//! environment over standard input, where no process list shows them.

use url::form_urlencoded::byte_serialize;

use super::run_state::Staleness;
use super::state::State;
use crate::domain::connection::{Connection, ScopePlan};
use crate::domain::guide::Probe;
use crate::domain::run_event::Exchange;

impl State {
    /// The curl command of a check: the request of the last run if the values are unchanged. `None` for a check that
    /// sends nothing, or without a usable address.
    pub(crate) fn curl(&self, check: &str) -> Option<String> {
        let wanted = self.wanted()?;
        match check {
            "input" => None,
            "token" => {
                let (url, scope) = self.sent_for_token().unwrap_or_else(|| self.token_request(&wanted));
                Some(token_curl(&url, &self.curl_client_id(&wanted), &scope))
            }
            "discovery" => {
                let url = self.sent(check).unwrap_or_else(|| format!("{}/api/authinfo", wanted.resource_server));
                Some(format!("curl -sS {}", quoted(&url)))
            }
            "identity" => {
                let url = self.sent(check).unwrap_or_else(|| format!("{}/api/Agent/me", wanted.resource_server));
                Some(with_token(&url))
            }
            probe => {
                let asks = self.requested_probe(probe)?;
                let url = self.sent(&asks.id).or_else(|| probe_url(&wanted.resource_server, asks))?;
                Some(with_token(&url))
            }
        }
    }

    /// True when [`State::curl`] gives a command. The footer asks this for every frame, so nothing is read or written for it
    /// but the address.
    pub(crate) fn has_curl(&self, check: &str) -> bool {
        let has_request = match check {
            "input" => false,
            "token" | "discovery" | "identity" => true,
            probe => self
                .requested_probe(probe)
                .is_some_and(|asks| asks.endpoint.is_some() || self.exchanges_of(&asks.id).next().is_some()),
        };
        has_request && self.form.origin().is_some()
    }

    /// The probe whose request answers this one: itself, or the one whose rows it looks at.
    fn requested_probe(&self, id: &str) -> Option<&Probe> {
        let probe = self.guide.probe(id)?;
        probe.rows_of.as_deref().map_or(Some(probe), |other| self.guide.probe(other))
    }

    /// The values as a run would use them; with something missing, at least the address.
    fn wanted(&self) -> Option<Connection> {
        let understood = self.form.understood().connection;
        understood.or_else(|| {
            let tenant = self.form.tenant.text().trim();
            Some(Connection {
                resource_server: self.form.origin()?,
                tenant: (!tenant.is_empty()).then(|| tenant.to_owned()),
                client_id: self.form.client_id.text().trim().to_owned(),
                ..Connection::default()
            })
        })
    }

    /// The address that the last run asked first for a check.
    fn sent(&self, check: &str) -> Option<String> {
        self.exchanges_of(check).next().map(|exchange| exchange.url.clone())
    }

    /// Address and scopes of the token request that was answered with a token, else of the last one.
    fn sent_for_token(&self) -> Option<(String, String)> {
        let granted = self.exchanges_of("token").filter(|exchange| exchange.status == Some(200)).last();
        let sent = granted.or_else(|| self.exchanges_of("token").last())?;
        Some((sent.url.clone(), sent.scope.clone()?))
    }

    fn exchanges_of(&self, check: &str) -> impl Iterator<Item = &Exchange> {
        let holds = self.run.staleness(&self.form) == Staleness::Fresh;
        let of_check = move |exchange: &&Exchange| holds && exchange.check == check && !exchange.url.is_empty();
        self.run.exchanges.iter().filter(of_check)
    }

    fn token_request(&self, wanted: &Connection) -> (String, String) {
        let base = match self.found.discovery() {
            Some(found) if !found.auth_server.is_empty() => found.auth_server.clone(),
            _ => wanted.auth_server.clone().unwrap_or_else(|| format!("{}/auth", wanted.resource_server)),
        };
        let query = wanted.tenant.as_deref().map(|tenant| format!("?tenant={}", encoded(tenant))).unwrap_or_default();
        let scope = match &wanted.scopes {
            ScopePlan::Automatic => "all".to_owned(),
            ScopePlan::Exact(scopes) => scopes.join(" "),
        };
        (format!("{base}/token{query}"), scope)
    }

    /// The Client ID, unless it looks like the secret.
    fn curl_client_id(&self, wanted: &Connection) -> String {
        if self.form.has_secret_in_client_id() { "CLIENT_ID".into() } else { wanted.client_id.clone() }
    }
}

fn token_curl(url: &str, client_id: &str, scope: &str) -> String {
    format!(
        "printf %s \"$HALO_CLIENT_SECRET\" | curl -sS {} -d grant_type=client_credentials --data-urlencode {} --data-urlencode {} --data-urlencode client_secret@-",
        quoted(url),
        quoted(&format!("client_id={client_id}")),
        quoted(&format!("scope={scope}")),
    )
}

/// The address of a probe that has not been asked: days are left open, for a run chooses them by its clock.
fn probe_url(origin: &str, probe: &Probe) -> Option<String> {
    let endpoint = probe.endpoint.as_deref()?;
    let query = probe.query.replace("{day}", "YYYY-MM-DD").replace("{next_day}", "YYYY-MM-DD");
    let query = if query.is_empty() { query } else { format!("?{query}") };
    Some(format!("{origin}/api/{endpoint}{query}"))
}

fn with_token(url: &str) -> String {
    format!("printf 'header = \"Authorization: Bearer %s\"\\n' \"$HALO_TOKEN\" | curl -sS -K - {}", quoted(url))
}

/// One word for a POSIX shell, whatever it holds.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}
