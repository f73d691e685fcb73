//! What was typed, what is understood by it, and what is refused before anything is sent.

use url::{Host, Url};

use super::codes::Code;
use super::scope;
use super::secret_text::{Shape, looks_like_secret, shape};
use super::untrusted_text::UntrustedText;
use crate::secret::Secret;

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Resource Server.
    Url,
    /// Tenant.
    Tenant,
    /// Client ID.
    ClientId,
    /// Client Secret.
    Secret,
}

impl Field {
    /// All fields, in the order of the form.
    pub const ALL: [Field; 4] = [Field::Url, Field::Tenant, Field::ClientId, Field::Secret];

    /// The label, in Halo's words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Url => "Resource Server",
            Self::Tenant => "Tenant",
            Self::ClientId => "Client ID",
            Self::Secret => "Client Secret",
        }
    }
}

/// Something that was cleaned or is worth a look; it stops nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The field it is about.
    pub field: Field,
    /// True when the value was changed; false for a hint about a value that stays as it is.
    pub cleaned: bool,
    /// One sentence.
    pub text: String,
}

/// Something for which nothing will be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field it is about.
    pub field: Field,
    /// `input.*`.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub fix: String,
}

/// The non-secret values as they were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// Resource Server.
    pub url: String,
    /// Tenant.
    pub tenant: String,
    /// Client ID.
    pub client_id: String,
    /// `--scope`; automatic when empty.
    pub scope: String,
    /// `--auth-url`: the Authorisation Server as Halo shows it.
    pub auth_url: String,
    /// Origins that may get the secret besides the resource server's own.
    pub allowed_auth_origins: Vec<String>,
}

/// Which scopes to ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ScopePlan {
    /// `all`, then the guide's list, then name by name.
    #[default]
    Automatic,
    /// Just these.
    Exact(Vec<String>),
}

/// The values as understood: everything a run needs but the secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// Origin of the resource server, e.g. `https://acme.halopsa.com`.
    pub resource_server: String,
    /// Tenant as typed; none when the field was empty or said "Not set".
    pub tenant: Option<String>,
    /// Client ID.
    pub client_id: String,
    /// Scopes to ask for.
    pub scopes: ScopePlan,
    /// Authorisation server given by hand, without a slash at the end.
    pub auth_server: Option<String>,
    /// Origins that may get the secret besides the resource server's own.
    pub allowed_auth_origins: Vec<String>,
}

/// The outcome of reading the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Understood {
    /// The values, when nothing stands against a run.
    pub connection: Option<Connection>,
    /// What was cleaned.
    pub notes: Vec<Note>,
    /// What stands against a run.
    pub problems: Vec<Problem>,
}

/// Reads the whole form.
pub fn understand(typed: &Typed, secret: &Secret) -> Understood {
    let mut out = Understood::default();
    let url = out.take(read_url(&typed.url));
    let tenant = out.take(read_tenant(&typed.tenant)).flatten();
    let client_id = out.take(read_client_id(&typed.client_id));
    out.take(read_secret(secret, &typed.client_id));
    let auth_server =
        if typed.auth_url.trim().is_empty() { Some(None) } else { out.take(read_auth_url(&typed.auth_url)).map(Some) };
    if let (true, Some(resource_server), Some(client_id), Some(auth_server)) =
        (out.problems.is_empty(), url, client_id, auth_server)
    {
        let scopes = scope::split(&typed.scope);
        out.connection = Some(Connection {
            resource_server,
            tenant,
            client_id,
            scopes: if scopes.is_empty() { ScopePlan::Automatic } else { ScopePlan::Exact(scopes) },
            auth_server,
            allowed_auth_origins: typed.allowed_auth_origins.iter().map(|origin| canonical_origin(origin)).collect(),
        });
    }
    out
}

impl Understood {
    fn take<T>(&mut self, read: Result<(T, Vec<Note>), Problem>) -> Option<T> {
        match read {
            Ok((value, notes)) => {
                self.notes.extend(notes);
                Some(value)
            }
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }
}

type Read<T> = Result<(T, Vec<Note>), Problem>;

fn note(field: Field, text: impl Into<String>) -> Note {
    Note { field, cleaned: true, text: text.into() }
}

fn hint(field: Field, text: impl Into<String>) -> Note {
    Note { field, cleaned: false, text: text.into() }
}

fn problem(field: Field, code: Code, message: impl Into<String>, fix: impl Into<String>) -> Problem {
    Problem { field, code, message: message.into(), fix: fix.into() }
}

/// Takes line breaks, invisible characters and surrounding blanks out of one pasted value, and says what it took.
pub fn tidy(field: Field, text: &str) -> (String, Vec<Note>) {
    let mut notes = Vec::new();
    let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    if visible.chars().count() < text.chars().filter(|c| !matches!(c, '\r' | '\n')).count() {
        notes.push(note(field, "removed invisible characters"));
    }
    if text.contains(['\r', '\n']) {
        notes.push(note(field, "removed a line break"));
    }
    let trimmed = visible.trim();
    let bare = trimmed.trim_matches(|c| matches!(c, '"' | '\'' | '`' | '<' | '>'));
    if trimmed.len() < visible.len() {
        notes.push(note(field, "removed blanks around it"));
    }
    if bare.len() < trimmed.len() {
        notes.push(note(field, "removed quotation marks"));
    }
    (bare.trim().to_owned(), notes)
}

/// A character that is not seen: pages and word processors put it into what is copied from them.
pub(super) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c as u32, 0xad | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xfeff | 0xe0000..=0xe007f)
}

const URL_FIX: &str = "Copy Resource Server from Configuration > Advanced > Integrations > HaloPSA API > API Details, e.g. https://company.halopsa.com/api.";

/// Reads the Resource Server and reduces it to its origin.
///
/// # Errors
/// Not an http(s) address, credentials in it, or plain http to a host that is not this machine.
pub fn read_url(text: &str) -> Read<String> {
    let field = Field::Url;
    let (text, mut notes) = tidy(field, text);
    if text.is_empty() {
        return Err(problem(field, Code::InputMissing, "The Resource Server is empty.", URL_FIX));
    }
    let with_scheme = add_scheme(&text, &mut notes);
    let url = parse_http(field, &with_scheme)?;
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
    if let Some(rest) = removed_part(&url) {
        notes.push(note(field, format!("removed \"{rest}\" from the end")));
    }
    Ok((url.origin().ascii_serialization(), notes))
}

fn add_scheme(text: &str, notes: &mut Vec<Note>) -> String {
    let mut rest = text.to_owned();
    // "https://https://host" is what a form with a fixed prefix leaves behind.
    while let Some(inner) = ["https://", "http://"].iter().find_map(|scheme| strip_prefix_ignore_case(&rest, scheme)) {
        if !["https://", "http://"].iter().any(|scheme| strip_prefix_ignore_case(inner, scheme).is_some()) {
            break;
        }
        rest = inner.to_owned();
        notes.push(note(Field::Url, "removed a doubled https://"));
    }
    if rest.contains("://") || strip_prefix_ignore_case(&rest, "mailto:").is_some() {
        return rest;
    }
    notes.push(note(Field::Url, "added https://"));
    format!("https://{}", rest.trim_start_matches('/'))
}

fn strip_prefix_ignore_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

fn parse_http(field: Field, text: &str) -> Result<Url, Problem> {
    let refuse = |message: String| problem(field, Code::InputUrlInvalid, message, URL_FIX);
    if text.chars().any(char::is_whitespace) {
        return Err(refuse("The address holds a blank.".into()));
    }
    let url = Url::parse(text).map_err(|error| refuse(format!("This is not an address: {error}.")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse(format!("{}: is not https.", url.scheme())));
    }
    match url.host() {
        Some(Host::Domain(name)) if !is_host_name(name) => Err(refuse(format!("{name} is not a host name."))),
        // A number alone is read as an address that nobody meant: 12345 as 0.0.48.57.
        Some(Host::Ipv4(address)) if !text.contains(&address.to_string()) => {
            Err(refuse(format!("This would be read as the address {address}, which is not what was typed.")))
        }
        Some(_) => Ok(url),
        None => Err(refuse("The address has no host name.".into())),
    }
}

/// An address may hold more (quotation marks, braces), but no resolver knows a host of such a name.
fn is_host_name(name: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    name.chars().all(known)
}

fn removed_part(url: &Url) -> Option<String> {
    let mut rest = url.path().trim_end_matches('/').to_owned();
    if let Some(query) = url.query() {
        rest = format!("{rest}?{query}");
    }
    if let Some(fragment) = url.fragment() {
        rest = format!("{rest}#{fragment}");
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

/// The origin of an address in its one spelling; the text itself when it is no address.
pub fn canonical_origin(text: &str) -> String {
    Url::parse(text.trim()).map_or_else(|_| text.trim().to_owned(), |url| url.origin().ascii_serialization())
}

/// Reads the Authorisation Server given by hand: an https address, kept with its path, without `/token` at the end.
///
/// # Errors
/// As [`read_url`].
pub fn read_auth_url(text: &str) -> Read<String> {
    let (text, mut notes) = tidy(Field::Url, text);
    let url = parse_http(Field::Url, &add_scheme(&text, &mut notes))?;
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

/// An address that may be the authorisation server: no query, fragment, credentials; https unless `http_allowed`.
/// Gives it without a slash and without `/token` at the end.
///
/// # Errors
/// Why it may not, as the end of a sentence.
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
    if url.query().is_some() || url.fragment().is_some() {
        return Err("holds a query or a fragment".into());
    }
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix("/token").unwrap_or(path).trim_end_matches('/');
    Ok(format!("{}{path}", url.origin().ascii_serialization()))
}

/// Reads the tenant; "Not set", "none" and the like mean that there is none (self-hosted systems show "Not set").
///
/// # Errors
/// An address or a label in place of a tenant.
pub fn read_tenant(text: &str) -> Read<Option<String>> {
    let field = Field::Tenant;
    let (tenant, mut notes) = tidy(field, text);
    if tenant.is_empty() {
        return Ok((None, notes));
    }
    if ["none", "not set", "n/a", "na", "null", "-"].contains(&tenant.to_ascii_lowercase().as_str()) {
        notes.push(note(field, format!("\"{tenant}\" means that this Halo has no tenant")));
        return Ok((None, notes));
    }
    if tenant.contains("://") || tenant.chars().any(char::is_whitespace) || tenant.len() > 200 {
        let message =
            if tenant.contains("://") { "This is an address, not a tenant." } else { "A tenant is one word." };
        return Err(problem(
            field,
            Code::InputTenantMismatch,
            message,
            "Copy Tenant from API Details; leave it empty where Halo shows \"Not set\".",
        ));
    }
    Ok((Some(tenant), notes))
}

/// Are two tenants one? Both are cleaned as a typed one and as a server's text are, and case does not count in any script.
/// Requests name the tenant as it was typed.
pub fn same_tenant(one: &str, other: &str) -> bool {
    // Upper case first: it is what makes one of the sharp s and of both forms of the small sigma.
    let folded = |text: &str| UntrustedText::new(&tidy(Field::Tenant, text).0).as_str().to_uppercase().to_lowercase();
    folded(one) == folded(other)
}

const ID_FIX: &str =
    "Copy Client ID from Applications > View Applications, after Save: it may change when the application is saved.";

/// Reads the Client ID: a GUID on every system seen so far, so another form is noted and only a sure mistake refused.
///
/// # Errors
/// Empty, or the secret or an address in its place.
pub fn read_client_id(text: &str) -> Read<String> {
    let field = Field::ClientId;
    let (id, mut notes) = tidy(field, text);
    if id.is_empty() {
        return Err(problem(field, Code::InputMissing, "The Client ID is empty.", ID_FIX));
    }
    if looks_like_secret(&id) {
        return Err(problem(
            field,
            Code::InputClientIdFormat,
            "This looks like the Client Secret (two joined GUIDs), not the Client ID.",
            "Exchange Client ID and Client Secret. Nothing was sent.",
        ));
    }
    if id.contains("://") {
        return Err(problem(field, Code::InputClientIdFormat, "This is an address, not a Client ID.", ID_FIX));
    }
    if id.chars().any(char::is_whitespace) || id.len() > 200 {
        return Err(problem(field, Code::InputClientIdFormat, "This does not look like a Client ID.", ID_FIX));
    }
    if shape(&id) != Shape::Guid {
        notes.push(hint(field, "a Client ID is usually 36 characters, like 1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9"));
    }
    Ok((id, notes))
}

const SECRET_FIX: &str = "Edit the application, press Generate, copy the new Client Secret and Save: the old one ends at once. Nothing was sent.";

/// Looks at the secret's form. Only sure mistakes are refused; the rest is a hint.
///
/// # Errors
/// Empty, masked, the Client ID in its place, or cut off in the middle of its second GUID.
pub fn read_secret(secret: &Secret, client_id: &str) -> Read<()> {
    let field = Field::Secret;
    let text = secret.expose();
    let refuse = |message: &str| Err(problem(field, Code::InputSecretFormat, message, SECRET_FIX));
    if text.is_empty() {
        return Err(problem(
            field,
            Code::InputMissing,
            "The Client Secret is empty.",
            "Type or paste it; Halo shows it once. Generate makes a new one.",
        ));
    }
    if text.chars().all(|c| matches!(c, '*' | '•' | '●' | '.')) {
        return refuse("These are the dots that Halo shows in place of the secret.");
    }
    if text.contains("://") {
        let fix = "Paste the Client Secret here; the address belongs under Resource Server. Nothing was sent.";
        return Err(problem(field, Code::InputSecretFormat, "This is an address, not a secret.", fix));
    }
    if text.chars().any(|c| c.is_control()) {
        return refuse("The secret holds a control character or a line break in its middle.");
    }
    if text.eq_ignore_ascii_case(client_id.trim()) {
        return refuse("This is the Client ID, not the Client Secret.");
    }
    match shape(text) {
        Shape::CutOff => refuse(&format!("The secret was cut off: {} characters of 73.", text.chars().count())),
        Shape::TwoGuids => Ok(((), Vec::new())),
        Shape::Guid => Ok(((), vec![hint(field, "one GUID alone: a secret is usually two, joined (73 characters)")])),
        Shape::Other => Ok(((), vec![hint(field, format!("{} characters; usually 73", text.chars().count()))])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "c9534241-dde9-4d04-9d45-32b1fbff22ed";
    const TWO: &str = "5b21a3c4-0d6e-4f87-9a10-b2c3d4e5f607-18293a4b-5c6d-4e7f-8091-a2b3c4d5e6f7";

    #[test]
    fn urls_are_reduced_to_their_origin_and_say_what_went() {
        for (typed, origin, said) in [
            ("https://acme.halopsa.com", "https://acme.halopsa.com", ""),
            ("https://acme.halopsa.com/api/", "https://acme.halopsa.com", "removed \"/api\" from the end"),
            ("https://acme.halopsa.com/auth", "https://acme.halopsa.com", "removed \"/auth\" from the end"),
            ("acme.halopsa.com", "https://acme.halopsa.com", "added https://"),
            (" https://acme.halopsa.com/api\r\n", "https://acme.halopsa.com", "removed a line break"),
            ("https://https://acme.halopsa.com", "https://acme.halopsa.com", "removed a doubled https://"),
            (
                "HTTPS://ACME.HaloPSA.com:443/portal?x=1",
                "https://acme.halopsa.com",
                "removed \"/portal?x=1\" from the end",
            ),
            ("https://halo.lab.example:8443/api", "https://halo.lab.example:8443", "removed \"/api\" from the end"),
            ("http://127.0.0.1:8080/api", "http://127.0.0.1:8080", "removed \"/api\" from the end"),
            ("\"https://acme.halopsa.com\"", "https://acme.halopsa.com", "removed quotation marks"),
            ("acme.halopsa.com\u{200b}", "https://acme.halopsa.com", "removed invisible characters"),
        ] {
            let (found, notes) = read_url(typed).unwrap_or_else(|problem| panic!("{typed}: {}", problem.message));
            assert_eq!(found, origin, "{typed}");
            let notes: Vec<String> = notes.into_iter().map(|note| note.text).collect();
            assert!(
                said.is_empty() == notes.is_empty() && notes.iter().any(|n| n == said) != said.is_empty(),
                "{typed}: {notes:?}"
            );
        }
    }

    #[test]
    fn urls_that_would_harm_are_refused() {
        for (typed, code) in [
            ("", Code::InputMissing),
            ("   \n", Code::InputMissing),
            ("ftp://acme.halopsa.com", Code::InputUrlInvalid),
            ("https://user:pw@acme.halopsa.com", Code::InputUrlInvalid),
            ("https://", Code::InputUrlInvalid),
            ("my halo", Code::InputUrlInvalid),
            ("http://acme.halopsa.com", Code::InputUrlInsecure),
            ("http://127.0.0.1.evil.example", Code::InputUrlInsecure),
            ("https://\"acme.halopsa.com\"", Code::InputUrlInvalid),
            ("https://12345", Code::InputUrlInvalid),
        ] {
            let problem = read_url(typed).expect_err(typed);
            assert_eq!(problem.code, code, "{typed}");
            assert!(!problem.message.contains("pw"), "a password must not be repeated");
        }
    }

    #[test]
    fn not_set_is_no_tenant() {
        for none in ["", " ", "Not set", "none", "N/A"] {
            assert_eq!(read_tenant(none).expect("no problem").0, None, "{none:?}");
        }
        assert_eq!(read_tenant(" acme\n").expect("no problem").0, Some("acme".into()));
        assert!(read_tenant("https://acme.halopsa.com").is_err());
    }

    #[test]
    fn swapped_cut_and_masked_values_are_refused() {
        assert_eq!(read_client_id(TWO).expect_err("the secret").code, Code::InputClientIdFormat);
        let address = read_client_id("https://x.example").expect_err("an address");
        assert!(address.code == Code::InputClientIdFormat && address.message.contains("an address"), "{address:?}");
        for (secret, says) in [
            (ID, "the Client ID"),
            (&TWO[..60], "60 characters of 73"),
            ("••••••", "dots"),
            ("https://x.example", "address"),
        ] {
            let problem = read_secret(&Secret::new(secret.into()), ID).expect_err(secret);
            assert_eq!(problem.code, Code::InputSecretFormat);
            assert!(problem.message.contains(says), "{}", problem.message);
        }
        assert!(read_secret(&Secret::new(TWO.into()), ID).expect("fine").1.is_empty());
        assert!(!read_secret(&Secret::new("another kind of secret".into()), ID).expect("only a hint").1.is_empty());
    }

    #[test]
    fn auth_urls_are_checked_and_shortened() {
        let check = |text: &str| check_auth_url(&Url::parse(text).expect("an address"), false);
        assert_eq!(check("https://auth.example/auth/"), Ok("https://auth.example/auth".into()));
        assert_eq!(check("https://auth.example/token"), Ok("https://auth.example".into()));
        assert!(check("http://auth.example/auth").is_err());
        assert!(check("https://u@auth.example/auth").is_err());
        assert!(check("https://auth.example/auth?x=1").is_err());
    }

    #[test]
    fn tenants_are_compared_without_case_in_every_script() {
        for (one, other, same) in [
            ("acme", "ACME", true),
            ("M\u{dc}NCHEN", "m\u{fc}nchen", true),
            ("\u{39f}\u{394}\u{39f}\u{3a3}", "\u{3bf}\u{3b4}\u{3bf}\u{3c2}", true),
            ("stra\u{df}e", "STRASSE", true),
            (" acme\u{200b}\n", "\"acme\"", true),
            ("acme", "acme2", false),
            ("m\u{fc}nchen", "munchen", false),
        ] {
            assert_eq!((same_tenant(one, other), same_tenant(other, one)), (same, same), "{one:?} {other:?}");
        }
    }

    #[test]
    fn every_problem_of_a_form_is_told_at_once() {
        let understood = understand(&Typed::default(), &Secret::new(String::new()));
        let fields: Vec<Field> = understood.problems.iter().map(|problem| problem.field).collect();
        assert_eq!(fields, [Field::Url, Field::ClientId, Field::Secret]);
        assert!(understood.connection.is_none());
    }
}
