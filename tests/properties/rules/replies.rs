//! Answers of a server, as bytes.

use halo_onboard::domain::connection::is_loopback;
use halo_onboard::domain::evidence::Fault;
use halo_onboard::domain::untrusted_text::UntrustedText;
use halo_onboard::probe::fuzz_targets;
use halo_onboard::probe::fuzz_targets::FuzzResponse;
use url::Url;

use super::source::Source;
use super::{CANARY, holds_no_canary, is_clean};

const STATUSES: [u16; 10] = [200, 200, 200, 201, 204, 400, 401, 403, 404, 500];
const TYPES: [Option<&str>; 6] = [
    Some("application/json"),
    None,
    Some("text/html; charset=utf-8"),
    Some("application/json; charset=iso-8859-1"),
    Some("application/json; charset=utf-16"),
    Some("charset="),
];

/// The first bytes choose the circumstances, the rest is the body, with the secret in place of each `@@`: servers repeat
/// what they were given.
fn given<'a>(bytes: &[u8], body: &'a mut Vec<u8>) -> (FuzzResponse<'a>, u8) {
    let mut source = Source::new(bytes);
    let status = source.pick(&STATUSES);
    let content_type = source.pick(&TYPES);
    let choice = source.byte();
    let mut rest = source.rest();
    while let Some(at) = rest.windows(2).position(|pair| pair == b"@@") {
        body.extend_from_slice(&rest[..at]);
        body.extend_from_slice(CANARY.as_bytes());
        rest = &rest[at + 2..];
    }
    body.extend_from_slice(rest);
    (FuzzResponse { status, content_type, date: Some("Sun, 06 Nov 1994 08:49:37 GMT"), body }, choice)
}

fn shown_is_safe(fault: &Fault) {
    holds_no_canary(&format!("{fault:?}"));
    let texts = [Some(&fault.detail), Some(&fault.said), fault.oauth_error.as_ref(), fault.target.as_ref()];
    texts.into_iter().flatten().for_each(|text| is_clean(text.as_str()));
}

/// The token endpoint.
pub fn token(bytes: &[u8]) {
    let mut body = Vec::new();
    let (given, _) = given(bytes, &mut body);
    let url = Url::parse("https://acme.example/auth/token?tenant=acme").expect("an address");
    match fuzz_targets::token(given, &url, &["all".into()], CANARY) {
        Err(fault) => shown_is_safe(&fault),
        Ok((grant, token)) => {
            let token = token.expose();
            assert!(!token.is_empty() && token.len() <= 16 * 1024 && token.bytes().all(|byte| byte.is_ascii_graphic()));
            assert!((200..300).contains(&given.status));
            assert!(grant.expires_in.is_none_or(|seconds| (60..=86_400).contains(&seconds)));
            holds_no_canary(&format!("{grant:?}"));
            let name = grant.id_token.iter().flat_map(|id_token| &id_token.name);
            for text in grant.echo.iter().flatten().chain(name) {
                is_clean(text.as_str());
                // A token within the mark that hides it always stands there.
                let telling = token.len() >= 6 && !"[hidden]".contains(token);
                assert!(!telling || !text.as_str().contains(token), "the token is in {text:?}");
            }
        }
    }
}

/// `/api/authinfo`.
pub fn authinfo(bytes: &[u8]) {
    let mut body = Vec::new();
    let (given, choice) = given(bytes, &mut body);
    let servers = ["https://acme.example", "http://127.0.0.1:8080", "https://10.0.0.5", "https://[::1]:8443"];
    let server = Url::parse(servers[usize::from(choice) % servers.len()]).expect("an address");
    let allowed = ["https://accepted.example".to_owned()];
    let by_hand = (choice & 0x80 != 0).then_some("https://by-hand.example/auth");
    match fuzz_targets::discovery(given, &server, by_hand, &allowed, CANARY) {
        Err(fault) => shown_is_safe(&fault),
        Ok(discovery) => {
            let url = Url::parse(&discovery.auth_server).expect("an address");
            let origin = url.origin().ascii_serialization();
            assert_eq!(origin, discovery.auth_origin);
            match by_hand {
                Some(by_hand) => assert_eq!(discovery.auth_server, by_hand),
                None => assert!(origin == server.origin().ascii_serialization() || allowed.contains(&origin), "{url}"),
            }
            assert!(url.scheme() == "https" || is_loopback(&url), "{url}");
            assert!(url.username().is_empty() && url.query().is_none() && url.fragment().is_none(), "{url}");
            holds_no_canary(&format!("{discovery:?}"));
            discovery.tenant.iter().for_each(|tenant| is_clean(tenant.as_str()));
        }
    }
}

/// `/api/Agent/me` and a role's record; a line of four dashes lies between the two.
pub fn agent(bytes: &[u8]) {
    let at = bytes.windows(4).position(|four| four == b"----");
    let (first, second) = at.map_or((bytes, &b""[..]), |at| (&bytes[..at], &bytes[at + 4..]));
    let (mut body, mut more) = (Vec::new(), Vec::new());
    let (agent, role) = (given(first, &mut body).0, given(second, &mut more).0);
    match fuzz_targets::identity(agent, role, CANARY) {
        Err(fault) => shown_is_safe(&fault),
        Ok((identity, ids)) => {
            holds_no_canary(&format!("{identity:?}"));
            assert!(ids.iter().all(|id| id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')), "{ids:?}");
            let lists = [&identity.roles, &identity.teams];
            let named = [&identity.name, &identity.default_team].into_iter().flatten();
            let claims = identity.claims.iter().flat_map(|claims| claims.values().flatten());
            let all: Vec<&UntrustedText> = lists.into_iter().flatten().flatten().chain(named).chain(claims).collect();
            all.into_iter().for_each(|text| is_clean(text.as_str()));
            identity.claims.iter().flat_map(|claims| claims.keys()).for_each(|name| is_clean(name));
        }
    }
}

/// The list endpoints.
pub fn list(bytes: &[u8]) {
    let mut body = Vec::new();
    let (given, choice) = given(bytes, &mut body);
    match fuzz_targets::rows(given, (choice & 1 == 0).then_some("tickets"), CANARY) {
        Err(fault) => shown_is_safe(&fault),
        Ok(rows) => {
            assert!(rows.count <= body.len(), "more rows than bytes");
            assert!(rows.by_agent.values().sum::<usize>() <= rows.count);
        }
    }
}
