//! Binding of a kept secret to its connection: a keyring holds the address and the Client ID beside the secret, so that
//! a profile whose values were changed later does not send it elsewhere.

use zeroize::Zeroizing;

use crate::domain::secret_destination::{Destination, SourcedValue};
use crate::secret::Secret;

/// Start of the line before a bound secret. A secret has no line break.
const HEADER: &str = "halo-onboard: kept for ";

/// A secret together with what it is kept for, as a keyring holds it.
pub fn bind(secret: &Secret, kept_for: &Destination) -> Secret {
    let (url, client_id) = (kept_for.url.value.trim(), kept_for.client_id.value.trim());
    let mut text = Zeroizing::new(String::with_capacity(256 + url.len() + client_id.len() + secret.expose().len()));
    for part in [HEADER, url, " ", client_id, "\n", secret.expose()] {
        text.push_str(part);
    }
    Secret::new(std::mem::take(&mut *text))
}

/// Returns the secret that a keyring held, if it may be sent to the connection that its profile names now. A secret
/// without a binding belongs to its profile.
///
/// # Errors
/// The secret is kept for another address or Client ID; the sentence names both.
pub fn unbind(kept: &Secret, profile: &str, named: &Destination) -> Result<Secret, String> {
    let bound = kept.expose().strip_prefix(HEADER).and_then(|rest| rest.split_once('\n'));
    let Some((line, secret)) = bound else { return Ok(kept.duplicate()) };
    let (url, client_id) = line.split_once(' ').unwrap_or((line, ""));
    let source = "when it was kept";
    let kept_for = Destination { url: SourcedValue::new(url, source), client_id: SourcedValue::new(client_id, source) };
    match kept_for.permits(named) {
        Ok(()) => Ok(Secret::new(secret.to_owned())),
        Err(mismatch) => Err(format!("The secret kept for profile {profile} was not used: {mismatch}.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "c9534241-dde9-4d04-9d45-32b1fbff22ed";

    fn destination(url: &str, client_id: &str) -> Destination {
        Destination {
            url: SourcedValue::new(url, "profile acme"),
            client_id: SourcedValue::new(client_id, "profile acme"),
        }
    }

    #[test]
    fn a_kept_secret_goes_to_no_other_address_and_with_no_other_client_id() {
        let secret = Secret::new("the-secret-canary".into());
        let kept = bind(&secret, &destination("https://acme.example", ID));
        for (url, client_id, permitted) in [
            ("https://acme.example/api", ID, true),
            ("https://ACME.example:443", &ID.to_uppercase(), true),
            ("https://other.example", ID, false),
            ("https://acme.example", "00000000-0000-4000-8000-000000000001", false),
        ] {
            let found = unbind(&kept, "acme", &destination(url, client_id));
            assert_eq!(found.is_ok(), permitted, "{url} {client_id}");
            match found {
                Ok(found) => assert_eq!(found.expose(), secret.expose()),
                Err(why) => assert!(why.contains("acme") && !why.contains("canary"), "{why}"),
            }
        }
        let old = Secret::new("without a binding".into());
        assert_eq!(
            unbind(&old, "acme", &destination("https://x.example", ID)).expect("its profile's").expose(),
            old.expose()
        );
    }
}
