//! What an operator types or pastes into the form.

use halo_onboard::domain::connection::{
    Connection, Field, Typed, Understood, check_auth_url, is_loopback, read_auth_url, read_client_id, read_tenant,
    read_url, understand,
};
use halo_onboard::domain::input::tidy;
use halo_onboard::secret::Secret;
use rustls::pki_types::DnsName;
use url::Url;

use super::source::Source;
use super::{CANARY, holds_no_canary, is_clean};

/// Stands in the address as a password.
const PASSWORD: &str = "pw-4711-canary";

/// The form's values.
pub fn typed(bytes: &[u8]) {
    let mut source = Source::new(bytes);
    let secret = if source.flag() { CANARY.to_owned() } else { source.text() };
    let typed = Typed {
        url: source.text(),
        tenant: source.text(),
        client_id: source.text(),
        scope: source.text(),
        auth_url: source.text(),
        allowed_auth_origins: vec![source.text()],
    };
    let understood = understand(&typed, &Secret::new(secret));
    assert_eq!(understood.connection.is_some(), understood.problems.is_empty(), "{typed:?}");
    holds_no_canary(&format!("{understood:?}"));
    if let Understood { connection: Some(connection), .. } = &understood {
        usable(connection);
    }
    for text in [&typed.url, &typed.tenant, &typed.client_id, &typed.scope] {
        alone(text);
    }
    no_password(&typed.url);
}

/// What a run is made with is in its one spelling, and safe to send a secret to.
fn usable(connection: &Connection) {
    let server = &connection.resource_server;
    let url = Url::parse(server).unwrap_or_else(|error| panic!("{server}: {error}"));
    assert_eq!(&url.origin().ascii_serialization(), server);
    safe(&url);
    let (again, notes) = read_url(server).unwrap_or_else(|problem| panic!("{server}: {}", problem.message));
    assert!(again == *server && notes.is_empty(), "{server} becomes {again}: {notes:?}");
    if let Some(auth) = &connection.auth_server {
        let url = Url::parse(auth).unwrap_or_else(|error| panic!("{auth}: {error}"));
        safe(&url);
        assert_eq!(check_auth_url(&url, is_loopback(&url)).as_ref(), Ok(auth));
        assert!(!auth.ends_with('/') && !url.path().ends_with("/token"), "{auth}");
    }
    for word in connection.tenant.iter().chain([&connection.client_id]) {
        assert!(!word.is_empty() && word.len() <= 200 && !word.contains(char::is_whitespace), "{word:?}");
        is_clean(word);
    }
}

fn safe(url: &Url) {
    assert!(url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url)), "{url}");
    assert!(url.username().is_empty() && url.password().is_none() && url.host().is_some(), "{url}");
    assert!(url.query().is_none() && url.fragment().is_none(), "{url}");
    assert!(url.domain().is_none_or(|name| DnsName::try_from(name).is_ok()), "no certificate can name {url}");
}

/// One value in any field.
fn alone(text: &str) {
    for field in Field::ALL {
        let (clean, notes) = tidy(field, text);
        is_clean(&clean);
        assert_eq!(clean.trim(), clean.as_str());
        assert_eq!(clean.as_str() == text, notes.is_empty(), "{text:?} becomes {clean:?}: {notes:?}");
    }
    drop((read_url(text), read_auth_url(text), read_tenant(text), read_client_id(text)));
}

/// A password in the address is refused and never repeated.
fn no_password(host: &str) {
    let text = format!("https://user:{PASSWORD}@{host}");
    for read in [read_url(&text).map(|_| ()), read_auth_url(&text).map(|_| ())] {
        match read {
            Ok(()) => panic!("{text:?} is accepted"),
            Err(problem) => assert!(!format!("{problem:?}").contains(PASSWORD), "{problem:?}"),
        }
    }
}
