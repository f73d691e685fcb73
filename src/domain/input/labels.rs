//! Values beside their names: `Client Secret: …`, `NAME=VALUE`, lines of a `.env` file, JSON, a form body.

use zeroize::Zeroizing;

use super::super::connection::Field;

/// A value with a name.
pub struct Pair<'a> {
    /// The field that the name means, if it is known.
    pub label: Option<Label>,
    /// The value, unchanged.
    pub value: &'a str,
}

/// A known name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// The field.
    pub field: Field,
    /// True when the name says the field itself, false for one that others use too: `password`, `id`.
    pub own: bool,
}

/// The field that a name means. Knows the names of Halo, password managers, scripts and other languages.
pub fn label(name: &str) -> Option<Label> {
    // "Client Secret (shown once)"
    let name = name.split(['(', '[']).next().unwrap_or_default();
    let plain = |c: char| c.is_alphanumeric() || " _-./\"'`*:".contains(c);
    if !name.chars().all(plain) {
        return None;
    }
    let letters: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let letters = ["export", "declarex", "set", "env"]
        .iter()
        .find_map(|word| letters.strip_prefix(word).filter(|rest| own(rest).is_some()))
        .unwrap_or(&letters);
    let known = |field, own| Some(Label { field, own });
    match (own(letters), letters) {
        (Some(field), _) => known(field, true),
        (None, "url" | "host" | "address" | "adresse" | "server") => known(Field::Url, false),
        (None, "id" | "username" | "user" | "login" | "appid" | "applicationid") => known(Field::ClientId, false),
        (
            None,
            "secret" | "password" | "pass" | "passwd" | "pw" | "passwort" | "kennwort" | "motdepasse" | "contraseña"
            | "wachtwoord" | "secretvalue" | "apisecret" | "applicationsecret" | "appsecret" | "secretkey"
            | "geheimnis",
        ) => known(Field::Secret, false),
        (None, other) if other.ends_with("clientsecret") => known(Field::Secret, false),
        (None, other) if other.ends_with("clientid") => known(Field::ClientId, false),
        _ => None,
    }
}

fn own(letters: &str) -> Option<Field> {
    Some(match letters {
        "resourceserver" | "halourl" | "haloresourceserver" | "resourceserverurl" | "ressourcenserver" => Field::Url,
        "tenant" | "tenantid" | "halotenant" | "halotenantid" => Field::Tenant,
        "clientid" | "haloclientid" | "halopsaclientid" | "clientkennung" | "idclient" | "iddecliente" => {
            Field::ClientId
        }
        "clientsecret"
        | "haloclientsecret"
        | "halopsaclientsecret"
        | "clientsecretvalue"
        | "clientgeheimnis"
        | "clientgeheim"
        | "geheimerclientschlüssel"
        | "secretclient"
        | "secretduclient"
        | "secretodecliente"
        | "secretodelcliente"
        | "segretoclient"
        | "clientsecretnew"
        | "newclientsecret" => Field::Secret,
        _ => return None,
    })
}

/// `label: value`, `label = value`, `label<TAB>value`, `set label=value`, `- label: value`; or a label alone, of which the
/// value is empty.
pub fn pair(line: &str) -> Option<Pair<'_>> {
    let line = line.trim();
    if let Some((name, value)) = cells(line).or_else(|| by_dash(line)) {
        return Some(Pair { label: label(name), value });
    }
    let line = line.strip_prefix("- ").unwrap_or(line).trim_start_matches(['>', '|', '*', '•']).trim_start();
    // An option of the program that takes the pair, as of docker or curl.
    let line = line.split_once(' ').filter(|(option, _)| option.starts_with('-')).map_or(line, |(_, rest)| rest);
    let line = line.strip_prefix("$env:").unwrap_or(line);
    if let Some(label) =
        label(line.trim_end_matches([':', '='])).filter(|_| line.ends_with([':', '=']) || !line.contains([':', '=']))
    {
        return Some(Pair { label: Some(label), value: "" });
    }
    if let Some((name, value)) = line.strip_prefix("setx ").and_then(|rest| rest.trim_start().split_once(' ')) {
        return Some(Pair { label: label(name), value: value.trim() });
    }
    let separator = |(at, c): (usize, char)| match c {
        '=' if line[at..].starts_with("=>") => Some((at, at + 2)),
        ':' | '=' => Some((at, at + 1)),
        '\t' => Some((at, at + 1)),
        '：' => Some((at, at + c.len_utf8())),
        _ => None,
    };
    let (end, start) = line.char_indices().find_map(separator)?;
    let name = line[..end].trim();
    let plain = !name.is_empty() && name.len() <= 60 && !name.contains("//");
    plain.then(|| Pair { label: label(name), value: line[start..].trim() })
}

/// `| label | value |`, a row of a table.
fn cells(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.strip_prefix('|')?.trim_end().trim_end_matches('|').split_once('|')?;
    label(name).map(|_| (name, value.trim()))
}

/// `label - value`.
fn by_dash(line: &str) -> Option<(&str, &str)> {
    let dashes = [" - ", " \u{2013} ", " \u{2014} "];
    let parts = dashes.iter().filter_map(|dash| line.split_once(dash));
    parts.into_iter().find(|(name, _)| label(name).is_some()).map(|(name, value)| (name, value.trim()))
}

/// The pairs of all lines. A label alone takes the next line that is none.
pub fn pairs(text: &str) -> Vec<Pair<'_>> {
    let mut found: Vec<Pair<'_>> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match (pair(line), found.last_mut()) {
            (Some(pair), _) => found.push(pair),
            (None, Some(last)) if last.value.is_empty() && last.label.is_some() => last.value = line,
            _ => {}
        }
    }
    found
}

/// The parts of `name=value&name=value`, also behind the `?` of an address.
pub fn form_body(text: &str) -> Vec<Pair<'_>> {
    let body = text.rsplit_once('?').map_or(text, |(_, body)| body);
    if !body.contains('=') || body.contains(char::is_whitespace) {
        return Vec::new();
    }
    let parts = body.split('&').filter_map(|part| part.split_once('='));
    parts.map(|(name, value)| Pair { label: label(name), value }).collect()
}

/// The members of objects, at any depth, of which name and value are quoted: JSON, JavaScript, Python.
pub fn members(text: &str) -> Vec<Pair<'_>> {
    let strings = quoted(text);
    let gap = |first: &std::ops::Range<usize>, second: &std::ops::Range<usize>| &text[first.end + 1..second.start - 1];
    let mut found = Vec::new();
    for pair in strings.windows(2) {
        if matches!(gap(&pair[0], &pair[1]).trim(), ":" | "=>" | "=") {
            found.push(Pair { label: label(&text[pair[0].clone()]), value: &text[pair[1].clone()] });
        }
    }
    found
}

/// Ranges of the contents of quoted strings.
fn quoted(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut open: Option<(usize, char)> = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match (open, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some((start, quote)), c) if c == quote => {
                found.push(start..at);
                open = None;
            }
            (None, '"' | '\'') => open = Some((at + 1, c)),
            _ => {}
        }
    }
    found
}

/// A quoted value without its escapes.
pub fn unescaped(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let code = |digits: usize| {
            after.get(1..=digits).and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32)
        };
        let (decoded, used) = match (c, after.chars().next()) {
            ('\\', Some('u')) if code(4).is_some() => (code(4), 5),
            ('\\', Some('x')) if code(2).is_some() => (code(2), 3),
            ('\\', Some('n')) => (Some('\n'), 1),
            ('\\', Some('r')) => (Some('\r'), 1),
            ('\\', Some('t')) => (Some('\t'), 1),
            ('\\', Some(other)) => (Some(other), other.len_utf8()),
            _ => (Some(c), 0),
        };
        out.extend(decoded);
        rest = &after[used..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Option<(Option<Field>, &str)> {
        pair(line).map(|pair| (pair.label.map(|label| label.field), pair.value))
    }

    #[test]
    fn names_are_known_in_their_spellings() {
        for (line, wanted) in [
            ("Client Secret: x", Some((Some(Field::Secret), "x"))),
            ("Client Secret (shown once): x", Some((Some(Field::Secret), "x"))),
            ("HALO_CLIENT_SECRET=x", Some((Some(Field::Secret), "x"))),
            ("export HALO_CLIENT_SECRET=\"x\"", Some((Some(Field::Secret), "\"x\""))),
            ("set HALO_CLIENT_SECRET=x", Some((Some(Field::Secret), "x"))),
            ("setx HALO_CLIENT_SECRET x", Some((Some(Field::Secret), "x"))),
            ("$env:HALO_CLIENT_SECRET = \"x\"", Some((Some(Field::Secret), "\"x\""))),
            ("- client_secret: x", Some((Some(Field::Secret), "x"))),
            ("LABORCAST_CLIENT_SECRET=x", Some((Some(Field::Secret), "x"))),
            ("Clé = x", Some((None, "x"))),
            ("client-id => x", Some((Some(Field::ClientId), "x"))),
            ("Tenant\tacme", Some((Some(Field::Tenant), "acme"))),
            ("Client Secret:", Some((Some(Field::Secret), ""))),
            ("Client Secret", Some((Some(Field::Secret), ""))),
            ("https://acme.halopsa.com", Some((None, "//acme.halopsa.com"))),
            ("a-plain-value", None),
        ] {
            assert_eq!(of(line), wanted, "{line}");
        }
    }

    #[test]
    fn members_are_found_at_any_depth() {
        let text = r#"{"data": {"client_id": "i", "client_secret": "s\u002d\"x"}, "n": 1}"#;
        let found: Vec<_> =
            members(text).into_iter().map(|p| (p.label.map(|l| l.field), unescaped(p.value).to_string())).collect();
        assert_eq!(found, [(Some(Field::ClientId), "i".to_owned()), (Some(Field::Secret), "s-\"x".to_owned())]);
        let body = form_body("https://h/token?grant_type=client_credentials&client_secret=s");
        assert_eq!(body.last().map(|pair| (pair.label.map(|l| l.field), pair.value)), Some((Some(Field::Secret), "s")));
    }
}
