//! A complete request and its target.

use bytes::Bytes;
use hyper::{HeaderMap, Method, header};
use url::form_urlencoded;

use super::endpoints::{Endpoint, Resource};

/// A request.
pub(super) struct IncomingRequest {
    pub method: Method,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// Target of a request, from its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    AuthInfo,
    Token,
    /// `/api/Agent/me`, or by id.
    Agent(AgentId),
    Roles,
    Role(String),
    List(Resource),
    Nothing,
}

/// Selector of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AgentId {
    Me,
    Number(u32),
}

impl IncomingRequest {
    /// Returns the target of the path below the prefix. Halo's names are not case sensitive; a trailing slash makes a
    /// different path.
    pub fn target(&self, prefix: &str, token_path: &str) -> Target {
        let path = self.path.to_ascii_lowercase();
        let Some(path) = path.strip_prefix(&prefix.to_ascii_lowercase()) else { return Target::Nothing };
        if path == token_path {
            return Target::Token;
        }
        let Some(rest) = path.strip_prefix("/api/") else { return Target::Nothing };
        match rest.split_once('/') {
            None if rest == "authinfo" => Target::AuthInfo,
            None if rest == "roles" => Target::Roles,
            None => Resource::by_name(rest).map_or(Target::Nothing, Target::List),
            Some(("agent", "me")) => Target::Agent(AgentId::Me),
            Some(("agent", id)) => id.parse().map_or(Target::Nothing, |id| Target::Agent(AgentId::Number(id))),
            Some(("roles", id)) if !id.is_empty() && !id.contains('/') => Target::Role(id.to_owned()),
            Some(_) => Target::Nothing,
        }
    }

    /// Returns a query parameter; names are not case sensitive.
    pub fn query(&self, name: &str) -> Option<String> {
        find(self.query.as_bytes(), |key| key.eq_ignore_ascii_case(name))
    }

    /// Returns a numeric query parameter; other values count as absent.
    pub fn query_number(&self, name: &str) -> Option<usize> {
        self.query(name)?.parse().ok()
    }

    /// Returns a field of the form in the body.
    pub fn field(&self, name: &str) -> Option<String> {
        find(&self.body, |key| key == name)
    }

    /// Returns true if the body is declared as a form.
    pub fn is_form(&self) -> bool {
        self.header(&header::CONTENT_TYPE).is_some_and(|value| {
            let kind = value.split(';').next().unwrap_or_default().trim();
            kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
    }

    /// Returns the access token, if there is one.
    pub fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header(&header::AUTHORIZATION)?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    pub fn header(&self, name: &header::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Target {
    /// Returns the endpoint of this target; `None` for an unknown path.
    pub fn endpoint(&self) -> Option<Endpoint> {
        match self {
            Self::AuthInfo => Some(Endpoint::AuthInfo),
            Self::Token => Some(Endpoint::Token),
            Self::Agent(_) => Some(Endpoint::Agent),
            Self::Roles | Self::Role(_) => Some(Endpoint::Roles),
            Self::List(resource) => Some(Endpoint::List(*resource)),
            Self::Nothing => None,
        }
    }
}

fn find(encoded: &[u8], is: impl Fn(&str) -> bool) -> Option<String> {
    form_urlencoded::parse(encoded).find(|(key, _)| is(key)).map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_targets() {
        for (path, target) in [
            ("/api/authinfo", Target::AuthInfo),
            ("/API/AuthInfo", Target::AuthInfo),
            ("/auth/token", Target::Token),
            ("/auth/token/", Target::Nothing),
            ("/token", Target::Nothing),
            ("/api/agent/ME", Target::Agent(AgentId::Me)),
            ("/api/Agent/27", Target::Agent(AgentId::Number(27))),
            ("/api/Agent/x", Target::Nothing),
            ("/api/Agent", Target::Nothing),
            ("/api/roles", Target::Roles),
            ("/api/Roles/abc", Target::Role("abc".into())),
            ("/api/Roles/", Target::Nothing),
            ("/api/clientcontract", Target::List(Resource::ClientContract)),
            ("/api/Tickets/1", Target::Nothing),
            ("/Tickets", Target::Nothing),
            ("/", Target::Nothing),
        ] {
            let call = IncomingRequest {
                method: Method::GET,
                path: path.into(),
                query: String::new(),
                headers: HeaderMap::new(),
                body: Bytes::new(),
            };
            assert_eq!(call.target("", "/auth/token"), target, "{path}");
        }
    }
}
