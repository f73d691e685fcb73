//! Reads `/api/Agent/me` and `/api/Roles/{id}`. Which members an instance fills is not known for sure, so each may be
//! missing or of another type, and is then unknown (see docs/halo.md, "Introspection").

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::domain::evidence::Identity;
use crate::domain::permission_levels::{short_name, switch};
use crate::domain::untrusted_text::UntrustedText;
use crate::probe::redaction::Redactor;
use crate::probe::response_body::{Fields, integer, text_of, truth};

/// Most entries that are kept of one list.
const KEPT: usize = 100;

type Claims = BTreeMap<String, Vec<UntrustedText>>;

/// What the agent's record shows, while roles may still be added.
#[derive(Default)]
pub(in crate::probe) struct Record {
    identity: Identity,
    claims: Claims,
    role_claims: Claims,
    /// Lists of customers and ticket types: `Some(true)` when one is not empty.
    customers: Option<bool>,
    ticket_types: Option<bool>,
    /// Ids of roles that the record only names.
    pub role_ids: Vec<String>,
}

impl Record {
    /// Reads the agent's record.
    pub(super) fn of_agent(body: &Map<String, Value>, hide: &Redactor) -> Self {
        let fields = Fields(body);
        let mut record = Self {
            identity: Identity {
                id: fields.get("id").and_then(integer),
                name: fields.text("name").filter(|name| !name.is_empty()).map(|name| hide.foreign(name)),
                api_only: fields.get("isapiagent").and_then(truth),
                disabled: fields.get("isdisabled").and_then(truth),
                administrator: fields.get("is_admin").and_then(truth),
                teams: names(fields, "teams", &["team_name", "name", "team"], hide),
                departments: fields.list("departments").map(Vec::len),
                default_team: fields.get("team").and_then(|team| default_team(team, hide)),
                ..Identity::default()
            },
            ..Self::default()
        };
        record.gather(fields, hide, false);
        record.roles(fields, hide);
        // An empty list beside roles that show none is one that this instance does not fill.
        record.identity.own_claims_shown = fields.list("claims").is_some() && !record.claims.is_empty();
        record
    }

    /// True when no claim was found, though there are roles to ask for.
    pub(in crate::probe) fn lacks_claims(&self) -> bool {
        self.claims.is_empty() && !self.role_ids.is_empty()
    }

    /// Notes that so many roles' own records were not read.
    pub(super) fn leave_unread(&mut self, roles: usize) {
        self.identity.roles_unread = roles;
    }

    /// Adds what a role's own record shows.
    pub(super) fn add_role(&mut self, body: &Map<String, Value>, hide: &Redactor) {
        let fields = Fields(body);
        self.gather(fields, hide, true);
        if let Some(name) = fields.text("name") {
            let name = hide.foreign(name);
            let roles = self.identity.roles.get_or_insert_default();
            if !roles.contains(&name) {
                roles.push(name);
            }
        }
    }

    /// The identity, once nothing more is to be added.
    pub(in crate::probe) fn finish(mut self) -> Identity {
        if self.identity.administrator != Some(true) {
            // "Not an administrator" needs every role; "an administrator" needs one.
            let of_roles = self.any("SA").filter(|on| *on || self.identity.roles_unread == 0);
            self.identity.administrator = of_roles.or(self.identity.administrator);
        }
        self.identity.customers_restricted = restricted(self.any("Fc"), self.customers);
        self.identity.ticket_types_restricted = restricted(self.any("Ft"), self.ticket_types);
        self.identity.claims = (!self.claims.is_empty()).then_some(self.claims);
        self.identity.role_claims = (!self.role_claims.is_empty()).then_some(self.role_claims);
        self.identity
    }

    /// Is the switch on anywhere? None when no claim holds it.
    fn any(&self, claim: &str) -> Option<bool> {
        let values = self.claims.get(claim)?.iter().filter_map(|value| switch(value.as_str()));
        values.reduce(|a, b| a || b)
    }

    /// Claims and restrictions, which stand in the agent's record and in a role's alike.
    fn gather(&mut self, fields: Fields<'_>, hide: &Redactor, of_role: bool) {
        for claim in fields.list("claims").into_iter().flatten().take(10 * KEPT) {
            let Value::Object(claim) = claim else { continue };
            let claim = Fields(claim);
            let name = claim.text("type").or_else(|| claim.text("claimtype"));
            let value = claim.get("value").or_else(|| claim.get("claimvalue")).and_then(text_of);
            if let (Some(name), Some(value)) = (name, value) {
                let (name, value) = (short_name(hide.foreign(name).as_str()).to_owned(), hide.foreign(&value));
                if of_role {
                    add(&mut self.role_claims, &name, &value);
                }
                add(&mut self.claims, &name, &value);
            }
        }
        for (list, found) in [("clients", &mut self.customers), ("tickettypes", &mut self.ticket_types)] {
            if let Some(list) = fields.list(list) {
                *found = Some(*found == Some(true) || !list.is_empty());
            }
        }
    }

    fn roles(&mut self, fields: Fields<'_>, hide: &Redactor) {
        let mut known: Option<Vec<UntrustedText>> = None;
        for role in fields.list("roles").into_iter().flatten().take(KEPT) {
            let names = known.get_or_insert_default();
            match role {
                Value::Object(role) => {
                    let role = Fields(role);
                    if let Some(name) = role.text("name") {
                        names.push(hide.foreign(name));
                    }
                    self.gather(role, hide, true);
                    self.role_ids.extend(role.get("id").and_then(id));
                }
                Value::String(text) if id(role).is_none() => names.push(hide.foreign(text)),
                other => self.role_ids.extend(id(other)),
            }
        }
        if known.is_none() && fields.list("roles").is_some() {
            known = Some(Vec::new());
        }
        self.identity.roles = known.or_else(|| self.role_list(fields, hide));
    }

    /// `role_list`: a text of names or ids with commas between them, or a list of such.
    fn role_list(&mut self, fields: Fields<'_>, hide: &Redactor) -> Option<Vec<UntrustedText>> {
        let parts: Vec<Value> = match fields.get("role_list")? {
            Value::String(text) => {
                text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Value::from).collect()
            }
            Value::Array(list) => list.clone(),
            _ => return None,
        };
        let (ids, names): (Vec<&Value>, Vec<&Value>) = parts.iter().take(KEPT).partition(|part| id(part).is_some());
        self.role_ids.extend(ids.into_iter().filter_map(id));
        Some(names.into_iter().filter_map(Value::as_str).map(|name| hide.foreign(name)).collect())
    }
}

fn add(claims: &mut Claims, name: &str, value: &UntrustedText) {
    let values = claims.entry(name.to_owned()).or_default();
    if values.len() < KEPT && !values.contains(value) {
        values.push(value.clone());
    }
}

/// "Allow use of all ..." wins over a list; a list that is not empty restricts.
fn restricted(allows_all: Option<bool>, listed: Option<bool>) -> Option<bool> {
    match allows_all {
        Some(all) => Some(!all),
        None => listed,
    }
}

fn names(fields: Fields<'_>, list: &str, keys: &[&str], hide: &Redactor) -> Option<Vec<UntrustedText>> {
    let list = fields.list(list)?;
    Some(list.iter().take(KEPT).filter_map(|entry| name_of(entry, keys, hide)).collect())
}

fn name_of(value: &Value, keys: &[&str], hide: &Redactor) -> Option<UntrustedText> {
    let name = match value {
        Value::String(text) => Some(text.as_str()),
        Value::Object(map) => keys.iter().find_map(|key| Fields(map).text(key)),
        _ => None,
    };
    name.filter(|name| !name.trim().is_empty()).map(|name| hide.foreign(name))
}

/// The default team; an empty text where the record's member holds none.
fn default_team(value: &Value, hide: &Redactor) -> Option<UntrustedText> {
    let none = value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
    if none { Some(UntrustedText::default()) } else { name_of(value, &["name", "team_name"], hide) }
}

/// A role's id, in a form that can stand in a path: a GUID, or a number.
fn id(value: &Value) -> Option<String> {
    let text = text_of(value).filter(|_| !value.is_boolean())?;
    let looks_like_guid = text.len() == 36 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let is_number = (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    (looks_like_guid || is_number).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "c9534241-dde9-4d04-9d45-32b1fbff22ed";

    fn record(body: &str) -> Record {
        let Ok(Value::Object(map)) = serde_json::from_str(body) else { panic!("{body}") };
        Record::of_agent(&map, &Redactor::default())
    }

    fn texts(list: &[UntrustedText]) -> Vec<&str> {
        list.iter().map(UntrustedText::as_str).collect()
    }

    #[test]
    fn a_full_record_is_read() {
        let record = record(&format!(
            r#"{{"id":26,"name":"Integration API","isapiagent":true,"isdisabled":false,"is_admin":false,"team":"",
            "roles":[{{"id":"{ROLE}","name":"API role","claims":[{{"type":"Tx","value":"1"}},{{"type":"SA","value":"false"}},
              {{"type":"Ft","value":"1"}}],"clients":[{{"id":3}}]}}],
            "claims":[{{"type":"Ticket_Level","value":2}},{{"type":"l9","value":"1"}}],
            "teams":[{{"team_id":1,"team_name":"Service"}},{{"team_name":"  "}},"Projects"],
            "departments":[{{"department_id":1}},{{"department_id":2}}]}}"#
        ));
        assert_eq!(record.role_ids, [ROLE]);
        assert!(!record.lacks_claims());
        let identity = record.finish();
        assert_eq!((identity.id, identity.api_only, identity.disabled), (Some(26), Some(true), Some(false)));
        assert_eq!(identity.administrator, Some(false));
        assert_eq!(texts(&identity.roles.expect("roles")), ["API role"]);
        let claims = identity.claims.expect("claims");
        assert_eq!(texts(&claims["Tx"]), ["2", "1"], "the long name is the same claim");
        assert_eq!(texts(&identity.teams.expect("teams")), ["Service", "Projects"]);
        assert_eq!((identity.departments, identity.default_team), (Some(2), Some(UntrustedText::default())));
        assert_eq!(identity.customers_restricted, Some(true));
        assert_eq!(identity.ticket_types_restricted, Some(false));
    }

    #[test]
    fn what_is_set_on_the_agent_itself_is_told_from_what_its_roles_give() {
        const TX: &str = r#"[{"type":"Tx","value":"1"}]"#;
        let read =
            |own: &str, of_role: &str| record(&format!(r#"{{"roles":[{{"id":"{ROLE}"{of_role}}}]{own}}}"#)).finish();
        let (own, role) = (format!(r#","claims":{TX}"#), format!(r#","claims":{TX}"#));
        for (name, own, role, shown, of_role) in [
            ("none set on the agent", r#","claims":[]"#, role.as_str(), true, true),
            ("some set on the agent", &own, "", true, false),
            ("both", &own, &role, true, true),
            ("no such member", "", &role, false, true),
            ("a list that is never filled", r#","claims":[]"#, "", false, false),
        ] {
            let identity = read(own, role);
            assert_eq!(identity.own_claims_shown, shown, "{name}");
            assert_eq!(identity.role_claims.is_some(), of_role, "{name}");
        }
    }

    #[test]
    fn members_that_are_missing_or_odd_are_unknown() {
        for body in [
            "{}",
            r#"{"id":null,"name":7,"isapiagent":"maybe","is_admin":[],"roles":{},"claims":"x","teams":3,"departments":1,"team":[],"clients":null}"#,
        ] {
            assert_eq!(record(body).finish(), Identity::default(), "{body}");
        }
    }

    #[test]
    fn roles_as_objects_ids_or_names() {
        for (body, roles, ids) in [
            (format!(r#"{{"roles":["{ROLE}",7]}}"#), Some(vec![]), vec![ROLE, "7"]),
            (r#"{"roles":["API role"]}"#.into(), Some(vec!["API role"]), vec![]),
            (r#"{"roles":[]}"#.into(), Some(vec![]), vec![]),
            (r#"{"role_list":"API role, Other"}"#.into(), Some(vec!["API role", "Other"]), vec![]),
            (format!(r#"{{"role_list":"{ROLE}"}}"#), Some(vec![]), vec![ROLE]),
            (r#"{"roles":[{"id":"../../admin","name":"x"}]}"#.into(), Some(vec!["x"]), vec![]),
        ] {
            let record = record(&body);
            assert_eq!(record.role_ids, ids, "{body}");
            let identity = record.finish();
            assert_eq!(identity.roles.as_deref().map(texts), roles, "{body}");
        }
    }

    #[test]
    fn a_roles_own_record_adds_name_and_claims() {
        let mut record = record(&format!(r#"{{"roles":["{ROLE}"]}}"#));
        assert!(record.lacks_claims());
        let Ok(Value::Object(role)) = serde_json::from_str(
            r#"{"name":"API role","claims":[{"type":"SA","value":"true"},{"type":"Fc","value":"0"}]}"#,
        ) else {
            panic!("JSON")
        };
        record.add_role(&role, &Redactor::default());
        let identity = record.finish();
        assert_eq!(texts(&identity.roles.expect("roles")), ["API role"]);
        assert_eq!((identity.administrator, identity.customers_restricted), (Some(true), Some(true)));
    }
}
