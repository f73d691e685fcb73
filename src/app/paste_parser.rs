//! A paste that holds labels and values: a page of lines, JSON, a table, the query of an address. One paste can fill the whole
//! form.

use crate::domain::connection::Field;
use crate::domain::input::{self, Pair, pair, read_secret, tidy, unescaped};
use crate::domain::secret_text::{self, Kind, Shape, looks_like_secret, shape};
use crate::secret::Secret;

/// Values found beside their labels.
#[derive(Debug, Default)]
pub struct LabelledValues {
    /// Resource Server.
    pub url: Option<String>,
    /// Tenant.
    pub tenant: Option<String>,
    /// Client ID.
    pub client_id: Option<String>,
    /// Client Secret.
    pub secret: Option<Secret>,
}

impl LabelledValues {
    /// The fields that it would fill.
    pub fn fields(&self) -> Vec<Field> {
        let found = [self.url.is_some(), self.tenant.is_some(), self.client_id.is_some(), self.secret.is_some()];
        Field::ALL.into_iter().zip(found).filter(|(_, found)| *found).map(|(field, _)| field).collect()
    }

    /// A value other than the secret.
    pub fn text(&self, field: Field) -> Option<&str> {
        match field {
            Field::Url => self.url.as_deref(),
            Field::Tenant => self.tenant.as_deref(),
            Field::ClientId => self.client_id.as_deref(),
            Field::Secret => None,
        }
    }

    fn put(&mut self, field: Field, value: &str) {
        if field == Field::Secret
            && let Ok((secret, _)) = read_secret(value, "")
        {
            self.secret = Some(secret);
            return;
        }
        let value = tidy(field, value).0.as_str().to_owned();
        if value.is_empty() {
            return;
        }
        match field {
            Field::Url => self.url = Some(value),
            Field::Tenant => self.tenant = Some(value),
            Field::ClientId => self.client_id = Some(value),
            Field::Secret => self.secret = Some(Secret::new(value)),
        }
    }

    /// Moves a probable secret out of the visible fields. A secret behind a wrong label becomes the Client Secret if
    /// there is no other; a Client ID in the secret's field is swapped with it.
    fn hide_secrets(&mut self) {
        for field in [Field::Url, Field::Tenant, Field::ClientId] {
            let shown = match field {
                Field::Url => &mut self.url,
                Field::Tenant => &mut self.tenant,
                _ => &mut self.client_id,
            };
            let Some(hidden) = shown.take_if(|text| looks_like_secret(text)).map(alone) else { continue };
            match &self.secret {
                None => self.secret = Some(hidden),
                Some(other) if field == Field::ClientId && shape(other.expose()) == Shape::Guid => {
                    self.client_id = Some(other.expose().to_owned());
                    self.secret = Some(hidden);
                }
                Some(_) => {}
            }
        }
    }
}

/// The secret in a text, without the text around it if its bounds are certain.
fn alone(text: String) -> Secret {
    secret_within(&text).unwrap_or_else(|| Secret::new(text))
}

/// Reads a paste; none unless at least two labels are known.
pub fn labelled(text: &str) -> Option<LabelledValues> {
    [lines, members, parameters].into_iter().find_map(|read| {
        let mut found = read(text);
        found.hide_secrets();
        (found.fields().len() >= 2).then_some(found)
    })
}

/// The Client Secret in a longer text, if it is complete and the only one.
pub fn secret_within(text: &str) -> Option<Secret> {
    match &secret_text::find(text)[..] {
        [found] if found.kind == Kind::ClientSecret => {
            let value = tidy(Field::Secret, &text[found.place.clone()]).0;
            let value = value.trim_matches(['.', '-', '_']);
            (shape(value) == Shape::TwoGuids).then(|| Secret::new(value.to_owned()))
        }
        _ => None,
    }
}

/// A line for each value, a label alone before the line of its value, or a row of a table.
fn lines(text: &str) -> LabelledValues {
    let mut found = LabelledValues::default();
    let mut label_alone = None;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(Pair { label: Some(label), value }) = pair(line) {
            let value = value.trim_end_matches(',');
            label_alone = value.is_empty().then_some(label.field);
            found.put(label.field, value);
        } else if let Some(field) = label_alone.take() {
            found.put(field, line);
        }
    }
    found
}

/// Members of JSON and of what resembles it, also on one line.
fn members(text: &str) -> LabelledValues {
    let mut found = LabelledValues::default();
    for Pair { label, value } in input::members(text) {
        if let Some(label) = label {
            found.put(label.field, &unescaped(value));
        }
    }
    found
}

/// `name=value&name=value`: the body of a token request, or the query of an address, which is the Resource Server then.
/// Also several `NAME=VALUE` on one line.
fn parameters(text: &str) -> LabelledValues {
    let mut found = LabelledValues::default();
    for part in text.split(|c: char| matches!(c, '&' | '?' | ';') || c.is_whitespace()) {
        let part = part.trim_matches(['"', '\'', '`']);
        match part.split_once('=') {
            Some((name, value)) => {
                if let Some(label) = input::label(name) {
                    found.put(label.field, value.trim_matches(['"', '\'']));
                }
            }
            None if part.starts_with("https://") => found.put(Field::Url, part),
            None => {}
        }
    }
    // An address with a tenant in its query is an address.
    if found.client_id.is_none() && found.secret.is_none() { LabelledValues::default() } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_labels_are_understood() {
        for text in [
            "Resource Server: https://acme.halopsa.com/api\nTenant: acme\nClient ID: 1b2c\nClient Secret: s3",
            "Resource Server\thttps://acme.halopsa.com/api\r\nTenant\tacme\r\nClient ID\t1b2c\r\nClient Secret\ts3\r\n",
            "Resource Server\nhttps://acme.halopsa.com/api\nTenant\nacme\nClient ID\n1b2c\nClient Secret\ns3\n",
            "\"url\": \"https://acme.halopsa.com/api\",\n\"tenant\": \"acme\",\n\"client_id\": \"1b2c\",\n\"secret\": \"s3\"",
            "export HALO_URL=https://acme.halopsa.com/api\nHALO_TENANT=acme\nHALO_CLIENT_ID='1b2c'\nHALO_CLIENT_SECRET=\"s3\"",
        ] {
            let found = labelled(text).expect(text);
            assert_eq!(found.url.as_deref(), Some("https://acme.halopsa.com/api"), "{text}");
            assert_eq!(found.tenant.as_deref(), Some("acme"), "{text}");
            assert_eq!(found.client_id.as_deref(), Some("1b2c"), "{text}");
            assert_eq!(found.secret.as_ref().map(Secret::expose), Some("s3"), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_pages_of_labels() {
        for text in [
            "https://acme.halopsa.com/api",
            "https://acme.halopsa.com/auth?tenant=acme",
            "Tenant: acme",
            "one\ntwo\nthree",
            "",
            "note: x\nother: y",
            "\"note\": \"client_id\", \"x\": \"tenant\"",
            "| a | b |\n| c | d |",
        ] {
            assert!(labelled(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_secret_behind_a_wrong_label_is_shown_in_no_field() {
        let two = "5b21a3c4-0d6e-4f87-9a10-b2c3d4e5f607-18293a4b-5c6d-4e7f-8091-a2b3c4d5e6f7";
        let id = "c9534241-dde9-4d04-9d45-32b1fbff22ed";
        for (text, client_id) in [
            (format!("Client ID: {two}\nClient Secret: {id}"), Some(id)),
            (format!("Client ID: {two}\nTenant: acme"), None),
            (format!("URL: https://acme.example/?s={two}\nTenant: acme\nClient Secret: {two}"), None),
            (format!("Tenant: \"{two}\"\nClient ID: {id}"), Some(id)),
        ] {
            let found = labelled(&text).expect("labels");
            let shown = format!("{:?}", [Field::Url, Field::Tenant, Field::ClientId].map(|field| found.text(field)));
            assert!(!shown.contains(&two[..36]) && !format!("{found:?}").contains(&two[..36]), "{shown}");
            assert_eq!(found.client_id.as_deref(), client_id, "{text}");
            assert_eq!(found.secret.as_ref().map(Secret::expose), Some(two), "{text}");
        }
    }

    #[test]
    fn json_tables_and_addresses_are_understood() {
        let two = "5b21a3c4-0d6e-4f87-9a10-b2c3d4e5f607-18293a4b-5c6d-4e7f-8091-a2b3c4d5e6f7";
        let id = "c9534241-dde9-4d04-9d45-32b1fbff22ed";
        for text in [
            format!("{{\"url\":\"https://acme.halopsa.com\",\"client_id\":\"{id}\",\"client_secret\":\"{two}\"}}"),
            format!("{{ \"data\": {{\"clientId\": \"{id}\", \"n\": 1, \"clientSecret\": \"{two}\"}} }}"),
            format!("| Client ID | {id} |\n| Client Secret | {two} |\n"),
            format!("| Name | Value |\n|---|---|\n| Client ID | `{id}` |\n| Client Secret | `{two}` |"),
            format!("Client ID - {id}\nClient Secret - {two}\n"),
            format!("Client ID \u{2013} {id}\nClient Secret \u{2014} {two}"),
            format!("https://acme.halopsa.com/auth/token?client_id={id}&client_secret={two}"),
            format!("grant_type=client_credentials&client_id={id}&client_secret={two}&scope=all"),
            format!("curl https://acme.halopsa.com/auth/token -d 'client_id={id}' -d 'client_secret={two}'"),
            format!("HALO_CLIENT_ID={id} HALO_CLIENT_SECRET={two}"),
            format!("HALO_CLIENT_ID=\"{id}\" HALO_CLIENT_SECRET=\"{two}\""),
        ] {
            let found = labelled(&text).expect(&text);
            assert_eq!(found.secret.as_ref().map(Secret::expose), Some(two), "{text}");
            assert_eq!(found.client_id.as_deref(), Some(id), "{text}");
            assert!(found.url.as_deref().is_none_or(|url| url.starts_with("https://acme.halopsa.com")), "{found:?}");
            assert!(!format!("{found:?}").contains(&two[..36]), "{text}");
        }
    }

    #[test]
    fn the_only_secret_of_a_text_is_found() {
        let two = "5b21a3c4-0d6e-4f87-9a10-b2c3d4e5f607-18293a4b-5c6d-4e7f-8091-a2b3c4d5e6f7";
        for text in [format!("{two}."), format!("The secret is {two}, keep it."), format!("({two})\n")] {
            assert_eq!(secret_within(&text).as_ref().map(Secret::expose), Some(two), "{text}");
        }
        for text in [two[..50].to_owned(), format!("{two} {two}"), "acme".into(), "eyJh.eyJh.c2ln".into()] {
            assert!(secret_within(&text).is_none(), "{text}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let found = labelled("tenant: a\nsecret: canary-4711").expect("two labels");
        assert!(!format!("{found:?}").contains("canary"));
    }
}
