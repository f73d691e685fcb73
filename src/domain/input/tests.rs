//! Every kind of text in which a value arrives, and what it becomes.

use base64::Engine;
use proptest::prelude::*;

use super::*;
use crate::domain::codes::Code;

const ID: &str = "c9534241-dde9-4d04-9d45-32b1fbff22ed";
const TWO: &str = "5b21a3c4-0d6e-4f87-9a10-b2c3d4e5f607-18293a4b-5c6d-4e7f-8091-a2b3c4d5e6f7";
const OTHER: &str = "0a1b2c3d-1111-4222-8333-444455556666-99990000-aaaa-4bbb-8ccc-ddddeeeeffff";

/// Texts that hold the secret `s` without doubt.
fn holding(s: &str) -> Vec<String> {
    let folded = s.replace('-', "\u{2011}");
    let cut = s.find('-').unwrap_or(4) + 1;
    vec![
        format!("\u{feff}{s}"),
        format!("ï»¿{s}"),
        format!("\"{s}\""),
        format!("'{s}'"),
        format!("`{s}`"),
        format!("“{s}”"),
        format!("„{s}“"),
        format!("«{s}»"),
        format!("‘{s}’"),
        format!("“{s}\""),
        format!("\\\"{s}\\\""),
        format!("\"{s}\","),
        format!("'{s}';"),
        format!("{s}\u{200b}"),
        format!("\u{200e}{s}\u{200f}"),
        format!("\u{202a}{s}\u{202c}"),
        format!("{}\u{ad}{}", &s[..2], &s[2..]),
        format!("{}\u{2060}{}", &s[..2], &s[2..]),
        format!("{s}\u{e0041}"),
        format!("\u{a0}{s}\u{a0}"),
        format!("\u{3000}{s}\u{2003}"),
        format!("{s}\0"),
        format!("{s}\r"),
        format!("{s}\t"),
        format!("{s}\n\n"),
        format!("\x1b[1m{s}\x1b[0m"),
        format!("\x1b[38;5;10m{s}\x1b[m\x1b[K"),
        format!("\x1b[200~{s}\x1b[201~"),
        format!("\x1b]0;t\x07{s}"),
        format!("Client Secret: {s}"),
        format!("Client Secret (shown once): {s}"),
        format!("Client-Secret = {s}"),
        format!("secret={s}"),
        format!("Geheimer Clientschlüssel: {s}"),
        format!("HALO_CLIENT_SECRET={s}"),
        format!("export HALO_CLIENT_SECRET=\"{s}\""),
        format!("set HALO_CLIENT_SECRET={s}"),
        format!("$env:HALO_CLIENT_SECRET = \"{s}\""),
        format!("client_secret: \"{s}\""),
        format!("{{\"client_secret\": \"{s}\"}}"),
        format!("{{\"client_id\": \"{ID}\", \"client_secret\": \"{s}\"}}"),
        format!("{{\"data\": {{\"client_secret\": \"{s}\", \"n\": 1}}, \"id\": \"x\"}}"),
        format!("[{{\"clientSecret\":\"{s}\"}}]"),
        format!("{s}\nusername: laborcast\nurl: https://acme.halopsa.com"),
        format!("username: laborcast\npassword: {s}\n"),
        format!("# Halo\nHALO_URL=https://acme.halopsa.com\nHALO_CLIENT_ID={ID}\nHALO_CLIENT_SECRET='{s}'\n"),
        format!("grant_type=client_credentials&client_id={ID}&client_secret={s}"),
        format!("Client Secret\n{s}"),
        // With the known form alone these are sure.
        format!("\"{s}"),
        format!("{s}\""),
        format!("{s},"),
        format!("{s};"),
        format!("{s}."),
        format!("<{s}>"),
        format!("({s})"),
        format!("**{s}**"),
        format!("- {s}"),
        folded.clone(),
        s.replace('-', "\u{2013}"),
        s.replace('-', "\u{2212}"),
        s.replace('-', "\u{ff0d}"),
        s.replace('-', "\u{2012}"),
        s.replace('-', "\u{ad}"),
        s.replace('-', "%2D"),
        s.replace('-', "\\u002d"),
        s.replace('-', "\\-"),
        s.replace('-', "&#45;"),
        s.replace('-', "=2D"),
        format!("&quot;{s}&quot;"),
        format!("%22{s}%22"),
        s.chars()
            .map(|c| if c.is_ascii_digit() { char::from_u32(c as u32 + 0xfee0).unwrap_or(c) } else { c })
            .collect(),
        format!("{}\n{}", &s[..cut], &s[cut..]),
        format!("{} {}", &s[..4], &s[4..]),
        format!("{s}{s}"),
        format!("{s}\n{s}"),
        format!("curl -d grant_type=client_credentials -d 'client_secret={s}' https://acme.halopsa.com/auth/token"),
        format!("https://acme.halopsa.com/auth/token?client_secret={s}"),
        format!("HALO_CLIENT_SECRET={s}\nLABORCAST_CLIENT_SECRET={OTHER}"),
        format!("Hier ist das Secret für Halo: {s}, bitte löschen"),
        format!("<add key=\"ClientSecret\" value=\"{s}\" />"),
        format!("{ID}:{s}"),
        format!("b'{s}'"),
        format!("{}\u{202f}", folded),
    ]
}

#[test]
fn a_secret_of_the_known_form_is_found_in_everything_it_comes_with() {
    assert!(read_secret(TWO, ID).expect("the secret").1.is_empty(), "nothing to say");
    for text in holding(TWO) {
        let (secret, notes) = read_secret(&text, ID).unwrap_or_else(|problem| panic!("{text:?}: {}", problem.message));
        assert_eq!(secret.expose(), TWO, "{text:?}");
        assert!(!notes.is_empty() && notes.iter().all(|note| note.cleaned), "{text:?}: {notes:?}");
        says_nothing(&format!("{notes:?}"), TWO);
    }
}

#[test]
fn a_secret_of_another_form_is_found_where_its_place_is_sure() {
    const UNUSUAL: &str = "kJ8sQ2mZp0vXr4tYw7uBn1cD5fG9hL3e";
    let sure = holding(TWO).iter().position(|text| *text == format!("\"{TWO}")).expect("the place in the table");
    for text in holding(UNUSUAL).into_iter().take(sure) {
        let (secret, notes) = read_secret(&text, ID).unwrap_or_else(|problem| panic!("{text:?}: {}", problem.message));
        assert_eq!(secret.expose(), UNUSUAL, "{text:?}");
        assert_eq!(unusual_form(&notes), Some("32 characters; usually 73"), "{text:?}");
        assert!(notes.iter().any(|note| note.cleaned), "{text:?}: {notes:?}");
        says_nothing(&format!("{notes:?}"), UNUSUAL);
    }
    for text in ["another kind of secret", "a=b=c==", "p:w", "!x?9", "\"half", "ab,cd;", "äöü-long-enough"] {
        let (secret, notes) = read_secret(text, ID).unwrap_or_else(|problem| panic!("{text:?}: {}", problem.message));
        assert!(secret.expose() == text && unusual_form(&notes).is_some(), "{text:?}: {notes:?}");
    }
}

#[test]
fn what_is_no_secret_for_certain_stops_and_is_named() {
    let base64 = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let hex: String = TWO.bytes().map(|byte| format!("{byte:02x}")).collect();
    for (text, says) in [
        ("${HALO_CLIENT_SECRET}".to_owned(), "variable"),
        ("HALO_CLIENT_SECRET=${SECRET}".into(), "variable"),
        ("\"$HALO_CLIENT_SECRET\"".into(), "variable"),
        ("{{ .Values.secret }}".into(), "variable"),
        ("op://vault/halo/secret".into(), "1Password"),
        ("Client Secret: <your-secret>".into(), "placeholder"),
        ("REPLACE_ME".into(), "placeholder"),
        ("{\"client_secret\": null, \"client_secret\": \"\"}".into(), "JSON"),
        ("{\"client_id\": \"x\"}".into(), "JSON"),
        ("••••••".into(), "dots"),
        ("5b21a3c4-…-a2b3c4d5e6f7".into(), "masked"),
        ("********".into(), "stars"),
        (base64(TWO), "base64"),
        (base64(&format!("{TWO}\n")), "base64"),
        (format!("client_secret: {}", base64(TWO)), "base64"),
        (format!("\"{}\"", base64(TWO).trim_end_matches('=')), "base64"),
        (hex, "hex"),
        (ID.into(), "the Client ID"),
        (format!("{{{ID}}}"), "the Client ID"),
        (ID.to_ascii_uppercase(), "the Client ID"),
        (TWO[..60].into(), "60 characters of 73"),
        (TWO[10..].into(), "63 characters of 73"),
        (TWO[..20].into(), "20 characters of 73"),
        (format!("{TWO}\n{OTHER}"), "2 different secrets"),
        (format!("old: {TWO}\nnew: {TWO}x"), "old one"),
        (format!("# HALO_CLIENT_SECRET={TWO}\nx"), "comment"),
        (TWO.replace('a', "\u{430}"), "Cyrillic"),
        ("abc\u{2011}def-ghi".into(), "non-breaking hyphen"),
        ("abc\u{a0}def".into(), "non-breaking space"),
        ("ab\u{fffd}cd".into(), "could not be read"),
        ("https://x.example".into(), "address"),
        ("api@acme.example".into(), "e-mail"),
        ("/run/secrets/halo".into(), "file"),
        ("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln".into(), "JWT"),
        ("-----BEGIN PGP MESSAGE-----\nabc".into(), "encrypted"),
        ("first words\nsecond words".into(), "several lines"),
        (format!("Client ID: {ID}"), "Client ID"),
        ("<client_secret>abc</client_secret>".into(), "XML"),
    ] {
        let problem = read_secret(&text, ID).expect_err(&text);
        assert_eq!(problem.code, Code::InputSecretFormat, "{text:?}");
        assert!(problem.message.contains(says), "{text:?}: {}", problem.message);
        assert!(problem.fix.ends_with("Nothing was sent.") && !problem.fix.contains("Generate"), "{}", problem.fix);
        says_nothing(&format!("{problem:?}"), &text);
    }
    for text in ["", " \r\n", "\u{feff}", "\u{200b}\0", "Client Secret:"] {
        assert_eq!(read_secret(text, ID).expect_err(text).code, Code::InputMissing, "{text:?}");
    }
    let one = read_secret("0a1b2c3d-1111-4222-8333-444455556666", ID).expect("unusual").1;
    assert!(unusual_form(&one).is_some_and(|form| form.contains("one GUID alone")));
}

/// No eight characters in a row of a secret value stand in what is said of it.
fn says_nothing(said: &str, text: &str) {
    let letters: Vec<char> = text.chars().collect();
    for window in letters.windows(8) {
        let part: String = window.iter().collect();
        let digits = part.chars().filter(char::is_ascii_digit).count();
        assert!(digits < 2 || !said.contains(&part), "{part:?} of {text:?} stands in {said}");
    }
}

#[test]
fn client_ids_are_taken_out_of_their_spellings() {
    let bare = ID.replace('-', "");
    for text in [
        format!("{{{ID}}}"),
        format!("({ID})"),
        format!("[{ID}]"),
        format!("urn:uuid:{ID}"),
        format!("URN:UUID:{ID}"),
        format!("{ID}."),
        format!("{ID},"),
        format!("\"{ID}\""),
        format!("«{ID}»"),
        format!("Client ID: {ID}"),
        format!("HALO_CLIENT_ID={ID}"),
        format!("client_id={ID}&x=1"),
        format!("Client ID: {ID}\nTenant ID: 0a1b2c3d-1111-4222-8333-444455556666"),
        ID.replace('-', "\u{2011}"),
        ID.replace('-', "%2D"),
        format!("{}\n{}", &ID[..9], &ID[9..]),
        bare.clone(),
        format!("{{{bare}}}"),
        format!("\u{feff}{ID}\r\n"),
        format!("\x1b[1m{ID}\x1b[0m"),
        format!("Client ID (read-only): {ID}"),
    ] {
        let (id, notes) = read_client_id(&text).unwrap_or_else(|problem| panic!("{text:?}: {}", problem.message));
        assert_eq!(id, ID, "{text:?}");
        assert!(notes.iter().any(|note| note.cleaned), "{text:?}");
        assert!(read_client_id(&id).expect("again").1.is_empty());
    }
    for (text, says) in [
        (TWO.to_owned(), "the Client Secret"),
        (format!("\"{TWO}\""), "the Client Secret"),
        ("https://x.example".into(), "an address"),
        ("${HALO_CLIENT_ID}".into(), "variable"),
        ("<client-id>".into(), "placeholder"),
        ("your_client_id_here".into(), "placeholder"),
        ("00000000-0000-0000-0000-000000000000".into(), "placeholder"),
        ("********".into(), "masked"),
        (ID[..30].into(), "cut off"),
        ("api@acme.example".into(), "e-mail"),
        (ID.replace("dd", "d\u{430}"), "Cyrillic"),
        (format!("{ID} 0a1b2c3d-1111-4222-8333-444455556666"), "2 different GUIDs"),
        ("two words".into(), "does not look like"),
    ] {
        let problem = read_client_id(&text).expect_err(&text);
        assert_eq!(problem.code, Code::InputClientIdFormat, "{text:?}");
        assert!(problem.message.contains(says), "{text:?}: {}", problem.message);
    }
    let (id, notes) = read_client_id("laborcast").expect("another form is sent");
    assert!(id == "laborcast" && notes.iter().all(|note| !note.cleaned) && notes.len() == 1);
}

#[test]
fn tenants_are_one_word_or_none() {
    for none in ["", " ", "Not set", "none", "N/A", "(not set)", "\"Not set\"", "Tenant: Not set", "null"] {
        assert_eq!(read_tenant(none).expect("no problem").0, None, "{none:?}");
    }
    for text in [
        " acme\n",
        "\"acme\"",
        "Tenant: acme",
        "HALO_TENANT=acme",
        "\u{feff}acme",
        "acme\u{200b}",
        "«acme»",
        "Tenant ID: 'acme'",
    ] {
        let (tenant, notes) = read_tenant(text).expect(text);
        assert!(tenant.as_deref() == Some("acme") && !notes.is_empty(), "{text:?}: {tenant:?}");
    }
    for (text, says) in [
        ("https://acme.halopsa.com", "an address"),
        ("two words", "one word"),
        ("${HALO_TENANT}", "variable"),
        ("<tenant>", "placeholder"),
        ("your-tenant", "placeholder"),
        ("•••", "placeholder"),
        (TWO, "the Client Secret"),
        ("acm\u{435}", "Cyrillic"),
    ] {
        let problem = read_tenant(text).expect_err(text);
        assert!(problem.message.contains(says), "{text:?}: {}", problem.message);
    }
}

#[test]
fn addresses_are_put_right_and_that_is_said() {
    for (typed, said) in [
        ("https://acme.halopsa.com./api", "full stop"),
        ("acme.halopsa.com.", "full stop"),
        ("https:/acme.halopsa.com", "put the scheme right"),
        ("https//acme.halopsa.com", "put the scheme right"),
        ("https:\\\\acme.halopsa.com\\api", "put the scheme right"),
        ("https:///acme.halopsa.com", "put the scheme right"),
        ("https;//acme.halopsa.com", "put the scheme right"),
        ("https:acme.halopsa.com", "put the scheme right"),
        ("HTTPS:/ACME.halopsa.com", "put the scheme right"),
        ("https://https:/acme.halopsa.com", "doubled"),
        ("https://http://https://acme.halopsa.com", "doubled"),
        ("Resource Server: https://acme.halopsa.com/api", "name before it"),
        ("HALO_URL=https://acme.halopsa.com", "name before it"),
        ("url: acme.halopsa.com", "name before it"),
        ("<https://acme.halopsa.com>", "quotation marks"),
        ("“https://acme.halopsa.com”,", "quotation marks"),
        ("[acme](https://acme.halopsa.com)", "out of a link"),
        ("\u{feff}https://acme.halopsa.com", "byte order mark"),
        ("https://acme.halopsa.com\u{200b}", "invisible"),
        ("https://acme.halo\u{ad}psa.com", "invisible"),
        ("https：//acme.halopsa.com", "plain ones"),
    ] {
        let (origin, notes) = read_url(typed).unwrap_or_else(|problem| panic!("{typed}: {}", problem.message));
        assert_eq!(origin, "https://acme.halopsa.com", "{typed}");
        assert!(notes.iter().any(|note| note.text.contains(said)), "{typed}: {notes:?}");
    }
    for typed in [
        "${HALO_URL}",
        "https://${HOST}/api",
        "https://<your-instance>.halopsa.com",
        "https://{tenant}.halopsa.com",
        "%HALO_URL%",
        "https://yourcompany.halopsa.com",
        "https://your-instance.halopsa.com/api",
        "null",
        "undefined",
        "$HALO_URL",
        "https://acm\u{435}.halopsa.com",
        "https://{{ host }}/",
        "ftp://x",
        "htps://acme.halopsa.com",
        "https://•••.halopsa.com",
    ] {
        assert_eq!(read_url(typed).expect_err(typed).code, Code::InputUrlInvalid, "{typed}");
    }
    let secret = read_url(&format!("https://acme.halopsa.com/?client_secret={TWO}")).expect_err("a secret in it");
    says_nothing(&format!("{secret:?}"), TWO);
    let query = read_url("https://acme.halopsa.com/?code=kJ8sQ2mZp0vXr4tYw7uBn1cD5fG9hL3e").expect("its origin").1;
    assert!(!format!("{query:?}").contains("kJ8sQ2mZ"));
}

/// A host name of so many characters, in parts as long as they may be, the last of them two letters.
fn name_of_length(length: usize) -> String {
    let mut name = String::from("de");
    while name.len() < length {
        let part = (length - name.len() - 1).min(63);
        // What remains needs a character besides its full stop.
        let part = if length - name.len() - 1 - part == 1 { part - 1 } else { part };
        name = format!("{}.{name}", "a".repeat(part));
    }
    name
}

#[test]
fn a_host_name_that_no_dns_can_hold_is_refused_before_anything_is_sent() {
    let label = |length: usize| "a".repeat(length);
    // Each umlaut and each plain letter is one character here; the form that is sent is "xn--" and more.
    let umlauts = |plain: usize| format!("ü{}", "a".repeat(plain));
    let sent = |name: &str| ::url::Url::parse(&format!("https://{name}")).expect("a URL").host_str().map(str::len);
    assert_eq!((sent(&umlauts(55)), sent(&umlauts(56))), (Some(63), Some(64)), "the table's lengths");
    for (host, says) in [
        (format!("{}.halopsa.com", label(63)), None),
        (format!("{}.halopsa.com", label(64)), Some("64 characters")),
        (format!("halo.{}.", label(63)), None),
        (format!("halo.{}.", label(64)), Some("64 characters")),
        (name_of_length(253), None),
        (format!("{}.", name_of_length(253)), None),
        (name_of_length(254), Some("254 characters")),
        (format!("{}.", name_of_length(254)), Some("254 characters")),
        (umlauts(55), None),
        (umlauts(56), Some("64 characters in plain letters")),
        ("acme..halopsa.com".into(), Some("between two full stops")),
        ("-acme.halopsa.com".into(), Some("hyphen")),
    ] {
        for typed in [format!("https://{host}/api"), host.clone(), format!("https://{host}:8443")] {
            for read in [read_url(&typed), read_auth_url(&typed)] {
                match (read, says) {
                    (Ok(_), None) => {}
                    (Err(problem), Some(part)) => {
                        assert_eq!(problem.code, Code::InputUrlInvalid, "{typed}");
                        assert!(problem.message.contains(part), "{typed}: {}", problem.message);
                    }
                    (read, _) => panic!("{typed}: {read:?}"),
                }
            }
        }
    }
    let named = ::url::Url::parse(&format!("https://{}/auth", name_of_length(254))).expect("a URL");
    let refused = check_auth_url(&named, false).expect_err("named by a server");
    assert!(refused.contains("254 characters"), "{refused}");
}

#[test]
fn a_typed_path_is_a_place_where_halo_may_be() {
    for (typed, wanted) in [
        ("https://acme.halopsa.com", vec!["https://acme.halopsa.com"]),
        ("https://acme.halopsa.com/api/", vec!["https://acme.halopsa.com"]),
        ("https://acme.halopsa.com/API/AuthInfo", vec!["https://acme.halopsa.com"]),
        ("https://acme.halopsa.com/auth/token", vec!["https://acme.halopsa.com"]),
        ("https://it.example/psa", vec!["https://it.example/psa", "https://it.example"]),
        ("it.example/psa/api", vec!["https://it.example/psa", "https://it.example"]),
        ("https://it.example/a/psa/api/authinfo?x=1", vec!["https://it.example/a/psa", "https://it.example"]),
        ("HTTPS://IT.example:443/psa//API/Tickets/5", vec!["https://it.example/psa", "https://it.example"]),
        ("https://it.example/a/../psa/auth", vec!["https://it.example/psa", "https://it.example"]),
        // What may be a secret is neither sent nor logged as a path.
        ("https://it.example/c9534241-dde9-4d04-9d45-32b1fbff22ed/api", vec!["https://it.example"]),
        ("https://it.example/kJ8sQ2mZp0vXr4tYw7uBn1cD5fG9hL3ekJ8sQ2mZp0vXr4t", vec!["https://it.example"]),
        ("https://it.example/a%20b", vec!["https://it.example"]),
        ("https://it.example/a;b=c", vec!["https://it.example"]),
        ("nonsense here", vec![]),
    ] {
        let base = read_base(typed).ok().map(|(base, _)| base);
        let origin = read_url(typed).ok().map(|(origin, _)| origin);
        let mut asked: Vec<String> = base.into_iter().chain(origin).collect();
        asked.dedup();
        assert_eq!(asked, wanted, "{typed}");
    }
}

/// What may stand around a value, from the inside out.
const WRAPPERS: [(&str, &str); 16] = [
    ("\"", "\""),
    ("“", "”"),
    ("'", "',"),
    (" ", "\t"),
    ("", "\r\n"),
    ("\u{feff}", ""),
    ("", "\u{200b}"),
    ("\x1b[1m", "\x1b[0m"),
    ("\x1b[200~", "\x1b[201~"),
    ("Client Secret: ", ""),
    ("export HALO_CLIENT_SECRET=", ""),
    ("{\"client_secret\": \"", "\"}"),
    ("", "\nusername: x"),
    ("", ";"),
    ("\u{a0}", "\u{a0}"),
    ("", "\0"),
];

proptest! {
    #[test]
    fn a_known_secret_comes_out_of_any_combination(layers in proptest::collection::vec(0..WRAPPERS.len(), 0..6)) {
        let text = layers.iter().fold(TWO.to_owned(), |inner, at| format!("{}{inner}{}", WRAPPERS[*at].0, WRAPPERS[*at].1));
        let (secret, _) = read_secret(&text, ID).map_err(|problem| TestCaseError::fail(format!("{text:?}: {}", problem.message)))?;
        prop_assert_eq!(secret.expose(), TWO);
    }

    #[test]
    fn reading_never_panics_never_grows_and_changes_nothing_twice(text in "\\PC{0,60}|[ -~\\x00-\\x1f“”\u{200b}\u{feff}]{0,80}") {
        if let Ok((secret, _)) = read_secret(&text, ID) {
            prop_assert!(secret.expose().len() <= text.len());
            let again = read_secret(secret.expose(), ID);
            if let Ok((again, _)) = again {
                prop_assert_eq!(again.expose(), secret.expose());
            }
        }
        drop((read_client_id(&text), read_tenant(&text), read_url(&text), read_base(&text), typed_path(&text)));
        for field in Field::ALL {
            let (once, _) = tidy(field, &text);
            let (twice, notes) = tidy(field, &once);
            prop_assert!(once == twice && notes.is_empty() && once.len() <= text.len());
        }
    }

    #[test]
    fn bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        drop(decode(&bytes));
        is_only_a_part(&bytes);
    }
}
