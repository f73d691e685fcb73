//! A check as a curl command to try by hand: runnable, and free of secrets. The secret and the token come from the
//! environment over standard input, where no process list shows them.

use jiff::civil::Date;
use url::form_urlencoded::byte_serialize;

use super::state::State;
use crate::domain::guide::Probe;

impl State {
    /// The command for a check; none for a check that sends nothing, or while there is no usable address.
    pub(crate) fn curl(&self, check: &str) -> Option<String> {
        let origin = self.form.origin()?;
        match check {
            "input" => None,
            "discovery" => Some(format!("curl -sS {}", quoted(&format!("{origin}/api/authinfo")))),
            "token" => Some(self.token_curl(&origin)),
            "identity" => Some(with_token(&format!("{origin}/api/Agent/me"))),
            probe => {
                let probe = self.guide.probe(probe)?;
                let asks = probe.rows_of.as_deref().map_or(Some(probe), |other| self.guide.probe(other))?;
                Some(with_token(&self.probe_url(&origin, asks)?))
            }
        }
    }

    fn token_curl(&self, origin: &str) -> String {
        let base = match self.found.discovery() {
            Some(found) if !found.auth_server.is_empty() => found.auth_server.clone(),
            _ if !self.form.auth_url.is_empty() => self.form.auth_url.trim_end_matches('/').to_owned(),
            _ => format!("{origin}/auth"),
        };
        let tenant = self.form.tenant.text().trim();
        let query = if tenant.is_empty() { String::new() } else { format!("?tenant={}", encoded(tenant)) };
        let scope = if self.form.scope.is_empty() { "all" } else { &self.form.scope };
        format!(
            "printf %s \"$HALO_CLIENT_SECRET\" | curl -sS {} -d grant_type=client_credentials --data-urlencode {} --data-urlencode {} --data-urlencode client_secret@-",
            quoted(&format!("{base}/token{query}")),
            quoted(&format!("client_id={}", self.curl_client_id())),
            quoted(&format!("scope={scope}")),
        )
    }

    /// The Client ID, unless it looks like the secret.
    fn curl_client_id(&self) -> &str {
        if self.form.swapped() { "CLIENT_ID" } else { self.form.client_id.text().trim() }
    }

    fn probe_url(&self, origin: &str, probe: &Probe) -> Option<String> {
        let endpoint = probe.endpoint.as_deref()?;
        let (day, next_day) = self.run_days();
        let query = probe.query.replace("{day}", &day).replace("{next_day}", &next_day);
        let query = if query.is_empty() { query } else { format!("?{query}") };
        Some(format!("{origin}/api/{endpoint}{query}"))
    }

    /// The day of the last run and the one after it; placeholders before the first.
    fn run_days(&self) -> (String, String) {
        let started = self.run.report.as_ref().and_then(|report| report.started_at.get(..10));
        let day: Option<Date> = started.and_then(|text| text.parse().ok());
        let next = day.and_then(|day| day.tomorrow().ok());
        match (day, next) {
            (Some(day), Some(next)) => (day.to_string(), next.to_string()),
            _ => ("YYYY-MM-DD".into(), "YYYY-MM-DD".into()),
        }
    }
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
