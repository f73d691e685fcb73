//! Texts that stand in a value's place: masked displays, words such as "your-secret", one character over and over.

use zeroize::Zeroizing;

/// Returns true for dots, stars and blocks in place of hidden characters.
pub fn is_masked(text: &str) -> bool {
    let mask = |c: char| {
        matches!(
            c,
            '•' | '●'
                | '…'
                | '∙'
                | '⬤'
                | '◦'
                | '○'
                | '▪'
                | '■'
                | '█'
                | '◼'
                | '⁎'
                | '∗'
                | '✱'
                | '＊'
                | '⋆'
                | '⚫'
                | '·'
                | '﹡'
                | '★'
                | '▇'
                | '▒'
        )
    };
    let dots_or_stars = |c: char| matches!(c, '*' | '.');
    let dashes = |c: char| matches!(c, '-' | ' ' | '_');
    let only = text.chars().any(dots_or_stars) && text.chars().all(|c| dots_or_stars(c) || dashes(c));
    text.chars().any(mask) || only || text.contains("***") || text.contains("...")
}

/// Something that says "your value here".
pub fn is_placeholder(text: &str) -> bool {
    const WORDS: [&str; 58] = [
        "null",
        "none",
        "nil",
        "undefined",
        "nan",
        "na",
        "tbd",
        "todo",
        "fixme",
        "changeme",
        "changeit",
        "replaceme",
        "replacethis",
        "secret",
        "password",
        "passwort",
        "test",
        "example",
        "placeholder",
        "dummy",
        "redacted",
        "hidden",
        "masked",
        "protected",
        "sensitive",
        "sensitivevalue",
        "secretvalue",
        "unset",
        "notset",
        "empty",
        "default",
        "string",
        "text",
        "value",
        "foo",
        "bar",
        "foobar",
        "clientsecret",
        "haloclientsecret",
        "clientid",
        "haloclientid",
        "tenantid",
        "yoursecret",
        "mysecret",
        "theclientsecret",
        "true",
        "false",
        "knownafterapply",
        "notavailable",
        "missing",
        "unknown",
        "insert",
        "fill",
        "fillme",
        "fillmein",
        "setme",
        "keinwert",
        "nichtgesetzt",
    ];
    let mut letters = Zeroizing::new(String::with_capacity(text.len() * 2));
    letters.extend(text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase));
    let has = |parts: &[&str]| parts.iter().all(|part| letters.contains(part));
    let says = has(&["your", "secret"])
        || has(&["your", "client"])
        || has(&["your", "here"])
        || has(&["my", "client", "secret"])
        || has(&["replace", "me"])
        || has(&["replace", "with"])
        || has(&["change", "me"])
        || has(&["placeholder"])
        || has(&["secret", "here"])
        || has(&["insert", "here"])
        || has(&["paste", "here"])
        || has(&["enter", "secret"])
        || has(&["goes", "here"])
        || has(&["redacted"])
        || has(&["changeit"])
        || has(&["dein", "secret"])
        || has(&["ihr", "secret"])
        || has(&["ihr", "geheimnis"])
        || has(&["votre", "secret"])
        || has(&["notset"]);
    let bracketed = [('<', '>'), ('[', ']'), ('{', '}'), ('(', ')'), ('«', '»')].iter().any(|(open, close)| {
        let inner = text.strip_prefix(*open).and_then(|rest| rest.strip_suffix(*close));
        inner.is_some_and(|inner| {
            inner.chars().any(char::is_alphabetic)
                && inner
                    .chars()
                    .all(|c| c.is_alphabetic() || c.is_ascii_digit() || matches!(c, ' ' | '_' | '-' | '.' | ':' | '\''))
                && inner.len() <= 60
                && (*open == '<' || *open == '[' || inner.chars().filter(char::is_ascii_digit).count() < 3)
        })
    });
    WORDS.contains(&letters.as_str()) || says || bracketed || is_filler(text)
}

/// One character over and over, as in `xxxxxxxx-xxxx`, the zero GUID, or the digits in their order.
fn is_filler(text: &str) -> bool {
    let mut letters = text.chars().filter(|c| !matches!(c, '-' | ' ')).flat_map(char::to_lowercase);
    let Some(first) = letters.next() else { return text.len() >= 3 };
    let mut rest = letters.clone();
    let same = rest.clone().count() >= 2 && rest.all(|c| c == first);
    let joined: Zeroizing<String> = Zeroizing::new(std::iter::once(first).chain(letters).collect());
    let counts = "123456781234123412341234567890".starts_with(joined.get(..20).unwrap_or("-"))
        || joined.starts_with("0123456789abcdef0123");
    same || counts
}
