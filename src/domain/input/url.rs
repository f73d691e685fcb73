//! Addresses: the Resource Server, reduced to its origin, and the Authorisation Server given by hand.

use url::{Host, Url};

use super::characters::{folded, is_odd_hyphen, latin_look_alike, name_of};
use super::guid::whole_secrets;
use super::labels::pair;
use super::quotes::{tidy, trimmed};
use super::{ValueResult, hint, host_name, note, problem, recognise};
use crate::domain::codes::Code;
use crate::domain::connection::{Field, Note, Problem};
use crate::domain::secret_text::{Shape, shape};

const URL_FIX: &str = "Copy Resource Server from Configuration > Advanced > Integrations > HaloPSA API > API Details, e.g. https://company.halopsa.com/api.";

/// Reads the Resource Server and reduces it to its origin.
///
/// # Errors
/// Not an http(s) address, a variable or a placeholder, credentials in it, or plain http to a host that is not this
/// machine.
pub fn read_url(text: &str) -> ValueResult<String> {
    let field = Field::Url;
    let (text, mut notes) = alone(text);
    if text.is_empty() {
        return Err(problem(field, Code::InputMissing, "The Resource Server is empty.", URL_FIX));
    }
    let url = parse_http(field, &add_scheme(&text, &mut notes), &mut notes)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(problem(
            field,
            Code::InputUrlInvalid,
            "The address holds a user name or a password.",
            "Remove everything up to the @ sign. Nothing was sent.",
        ));
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(problem(
            field,
            Code::InputUrlInsecure,
            format!("http:// to {} would carry the client secret unencrypted.", host_of(&url)),
            "Use https://. Nothing was sent.",
        ));
    }
    let path = path_before_api(&url);
    if let Some(rest) = removed_part(&url, path.len()) {
        notes.push(note(field, format!("removed \"{rest}\" from the end")));
    }
    if !path.is_empty() {
        notes.push(hint(field, format!("\"{path}\" is asked first, then the address without it")));
    }
    Ok((url.origin().ascii_serialization(), notes))
}

/// Reads the Resource Server as [`read_url`] does, and keeps the path below which Halo may be.
///
/// # Errors
/// As [`read_url`].
pub fn read_base(text: &str) -> ValueResult<String> {
    let (origin, notes) = read_url(text)?;
    Ok((format!("{origin}{}", typed_path(text)), notes))
}

/// The path that was typed, without what belongs to the API itself; empty where there is none, or no address.
pub fn typed_path(text: &str) -> String {
    if read_url(text).is_err() {
        return String::new();
    }
    let mut notes = Vec::new();
    let url = parse_http(Field::Url, &add_scheme(&alone(text).0, &mut notes), &mut notes);
    url.map(|url| path_before_api(&url)).unwrap_or_default()
}

/// Longest path below which Halo is looked for, in bytes.
const LONGEST_PATH: usize = 100;

/// `/psa` of `/psa/api/authinfo`. Nothing of a path that may hold a secret: it would be sent and logged.
fn path_before_api(url: &Url) -> String {
    let mut path = String::new();
    for part in url.path().split('/').filter(|part| !part.is_empty()) {
        if ["api", "auth", "token", "authinfo"].iter().any(|own| part.eq_ignore_ascii_case(own)) {
            break;
        }
        let plain = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
        if !plain || part.len() > 40 || shape(part) != Shape::Other {
            return String::new();
        }
        path.push('/');
        path.push_str(part);
    }
    if path.len() > LONGEST_PATH { String::new() } else { path }
}

/// The address without its name, the brackets of a link, and typographic hyphens.
fn alone(text: &str) -> (String, Vec<Note>) {
    let (bare, mut notes) = tidy(Field::Url, text);
    let mut address = bare.to_string();
    if let Some(named) = pair(&address).filter(|pair| pair.label.is_some_and(|label| label.field == Field::Url)) {
        let value = trimmed(named.value).to_owned();
        // "server: 8443" is a host with its port.
        if !value.is_empty() && !value.starts_with(|c: char| c.is_ascii_digit()) {
            notes.push(note(Field::Url, "removed the name before it"));
            address = value;
        }
    }
    if let Some((_, link)) = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(')')?.split_once("](")) {
        notes.push(note(Field::Url, "took the address out of a link"));
        address = link.to_owned();
    }
    if address.contains(|c| is_odd_hyphen(c) || matches!(c, '\u{ff01}'..='\u{ff5e}')) {
        notes.push(note(Field::Url, "turned typographic characters into plain ones"));
        address = folded(&address).to_string();
    }
    (address, notes)
}

/// Puts the scheme's colon and slashes right, removes a doubled one, adds a missing one.
fn add_scheme(text: &str, notes: &mut Vec<Note>) -> String {
    let (mut secure, mut rest, mut found) = (true, text, 0);
    while let Some((scheme_is_secure, separator, inner)) = scheme(rest) {
        found += 1;
        if separator != "://" {
            notes.push(note(Field::Url, format!("put the scheme right: \"{separator}\" stood in place of \"://\"")));
        }
        (secure, rest) = (scheme_is_secure, inner);
    }
    match found {
        0 if text.contains("://") || strip_prefix_ignore_case(text, "mailto:").is_some() => return text.to_owned(),
        0 => notes.push(note(Field::Url, "added https://")),
        1 => {}
        // "https://https://host" is what a form with a fixed prefix leaves behind.
        _ => notes.push(note(Field::Url, "removed a doubled https://")),
    }
    format!("{}://{}", if secure { "https" } else { "http" }, rest.trim_start_matches('/'))
}

/// A scheme at the start, however its colon and slashes are written: is it https, what stood there, what follows.
fn scheme(text: &str) -> Option<(bool, &str, &str)> {
    let (secure, rest) = ["https", "http"]
        .iter()
        .find_map(|name| strip_prefix_ignore_case(text, name).map(|rest| (*name == "https", rest)))?;
    let after = rest.trim_start_matches([':', ';', '/', '\\', ' ']);
    let separator = &rest[..rest.len() - after.len()];
    (separator.contains([':', ';', '/', '\\']) && !after.is_empty()).then_some((secure, separator, after))
}

fn strip_prefix_ignore_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

fn parse_http(field: Field, text: &str, notes: &mut Vec<Note>) -> Result<Url, Problem> {
    let refuse = |message: String| problem(field, Code::InputUrlInvalid, message, URL_FIX);
    if !whole_secrets(text).is_empty() {
        return Err(refuse("The address holds what looks like the Client Secret.".into()));
    }
    if has_placeholder(text) {
        return Err(refuse("The address is a placeholder, or holds a variable that nobody expanded.".into()));
    }
    if text.chars().any(char::is_whitespace) {
        return Err(refuse("The address holds a blank.".into()));
    }
    let mut url = Url::parse(text)
        .map_err(|error| refuse(format!("This is not an address: it {}.", crate::domain::url_error::reason(error))))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse(format!("{}: is not https.", url.scheme())));
    }
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_end_matches('.').to_owned();
    if bare.len() < host.len() && !bare.is_empty() && url.set_host(Some(&bare)).is_ok() {
        notes.push(note(field, "removed the full stop after the host name"));
    }
    other_alphabet(text, &url, notes)?;
    if let Some(reason) = url.domain().and_then(host_name::reason_against) {
        return Err(refuse(format!("The address {reason}.")));
    }
    match url.host() {
        // A number alone is read as an address that nobody meant: 12345 as 0.0.48.57.
        Some(Host::Ipv4(address)) if !text.contains(&address.to_string()) => {
            Err(refuse(format!("This would be read as the address {address}, which is not what was typed.")))
        }
        Some(_) => Ok(url),
        None => Err(refuse("The address has no host name.".into())),
    }
}

/// Refuses a name with single letters that only look Latin, because it leads to another host. Adds a note to a name
/// that is entirely in another alphabet.
fn other_alphabet(text: &str, url: &Url, notes: &mut Vec<Note>) -> Result<(), Problem> {
    let host = text.split("://").last().unwrap_or_default().split(['/', '?', '#']).next().unwrap_or_default();
    let odd = host.chars().find(|c| latin_look_alike(*c).is_some());
    if let Some(c) = odd.filter(|_| host.contains(|c: char| c.is_ascii_alphabetic())) {
        let message = format!("The host name holds {} that looks like a plain one.", name_of(c));
        return Err(problem(Field::Url, Code::InputUrlInvalid, message, URL_FIX));
    }
    if !host.is_ascii() {
        notes.push(hint(Field::Url, format!("the host name is {} in plain letters", host_of(url))));
    }
    Ok(())
}

/// An address in which something was to be put: a variable, angle brackets, "your-company".
fn has_placeholder(text: &str) -> bool {
    const NAMES: [&str; 14] = [
        "yourcompany",
        "yourinstance",
        "yourdomain",
        "yourtenant",
        "yourhalo",
        "yourhalourl",
        "yourserver",
        "yourname",
        "yoursubdomain",
        "null",
        "none",
        "undefined",
        "changeme",
        "replaceme",
    ];
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = rest.split(['/', ':', '?', '#']).next().unwrap_or_default();
    let first = host.split('.').next().unwrap_or_default();
    let letters: String = first.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    rest.contains(['<', '>', '{', '}'])
        || rest.contains("$(")
        || host.contains(['$', '*', '•', '…'])
        || (host.len() > 2 && host.starts_with('%') && host.ends_with('%'))
        || recognise::is_variable(rest)
        || NAMES.contains(&letters.as_str())
}

/// The rest of the path after its first `kept` bytes.
fn removed_part(url: &Url, kept: usize) -> Option<String> {
    let mut rest = url.path().get(kept..).unwrap_or_default().trim_end_matches('/').to_owned();
    // What follows may be a password or a key: only short words are shown.
    let shown = |text: &str| {
        if text.split(['=', '&', '/']).any(|word| word.len() > 12) { "...".into() } else { text.to_owned() }
    };
    if let Some(query) = url.query() {
        rest = format!("{rest}?{}", shown(query));
    }
    if let Some(fragment) = url.fragment() {
        rest = format!("{rest}#{}", shown(fragment));
    }
    let short: String = rest.chars().take(40).collect();
    (!rest.is_empty()).then_some(if short.len() < rest.len() { format!("{short}...") } else { short })
}

/// True when the address names this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

/// The origin of an address in canonical spelling; the text itself if it is not an address.
pub fn canonical_origin(text: &str) -> String {
    let text = tidy(Field::Url, text).0;
    Url::parse(&text).map_or_else(|_| text.to_string(), |url| url.origin().ascii_serialization())
}

/// Reads the Authorisation Server given by hand: an https address, kept with its path, without `/token` at the end.
///
/// # Errors
/// As [`read_url`].
pub fn read_auth_url(text: &str) -> ValueResult<String> {
    let (text, mut notes) = alone(text);
    let url = parse_http(Field::Url, &add_scheme(&text, &mut notes), &mut notes)?;
    let base = check_auth_url(&url, is_loopback(&url)).map_err(|reason| {
        problem(
            Field::Url,
            Code::InputUrlInvalid,
            format!("The Authorisation Server {reason}."),
            "Copy it from API Details. Nothing was sent.",
        )
    })?;
    Ok((base, notes))
}

/// Checks the address of an authorisation server: host name, no query, fragment or credentials; https unless
/// `http_allowed`. Returns it without a slash and without `/token` at the end.
///
/// # Errors
/// The reason, as the end of a sentence.
pub fn check_auth_url(url: &Url, http_allowed: bool) -> Result<String, String> {
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err("is not an https address".into());
    }
    if url.scheme() == "http" && !http_allowed {
        return Err("is plain http, less safe than the resource server".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a user name or a password".into());
    }
    if let Some(reason) = url.domain().and_then(host_name::reason_against) {
        return Err(reason);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("holds a query or a fragment".into());
    }
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix("/token").unwrap_or(path).trim_end_matches('/');
    Ok(format!("{}{path}", url.origin().ascii_serialization()))
}
