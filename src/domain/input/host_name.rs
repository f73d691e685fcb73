//! Limits of DNS for host names. A certificate cannot be verified for a name beyond them.

/// Longest host name, in characters. A full stop at the end counts, as TLS libraries count it.
const LONGEST_NAME: usize = 253;
/// Longest part between two full stops, in characters.
const LONGEST_LABEL: usize = 63;

/// Reason why this is not a valid host name, as the rest of a sentence that begins with "it". Expects the name in
/// ASCII, as it is sent.
pub fn reason_against(name: &str) -> Option<String> {
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    // An address may hold more (quotation marks, braces), but no resolver knows a host of such a name.
    if !name.chars().all(known) {
        return Some(format!("has {name}, which is not a host name"));
    }
    let encoded = if name.split('.').any(|label| label.starts_with("xn--")) { " in plain letters" } else { "" };
    if name.len() > LONGEST_NAME {
        return Some(format!(
            "has a host name of {} characters{encoded}; a host name has at most {LONGEST_NAME}",
            name.len()
        ));
    }
    name.strip_suffix('.').unwrap_or(name).split('.').find_map(|label| match label.len() {
        0 => Some("has a host name with nothing between two full stops, or before the first".into()),
        length if length > LONGEST_LABEL => Some(format!(
            "has a part of {length} characters{encoded} in its host name; between full stops there are at most \
             {LONGEST_LABEL}"
        )),
        _ if label.starts_with('-') || label.ends_with('-') => {
            Some(format!("has \"{label}\" in its host name; no part of one begins or ends with a hyphen"))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::DnsName;

    use super::*;

    #[test]
    fn the_limits_of_dns_hold_to_the_character() {
        let labels = |lengths: &[usize]| lengths.iter().map(|length| "a".repeat(*length)).collect::<Vec<_>>().join(".");
        let encoded = |length: usize| format!("xn--{}.de", "a".repeat(length - 4));
        for (name, wanted) in [
            ("localhost".to_owned(), None),
            ("acme.halopsa.com".to_owned(), None),
            ("acme.halopsa.com.".to_owned(), None),
            ("_x.a--b.9.acme".to_owned(), None),
            (labels(&[63, 3]), None),
            (labels(&[3, 63]), None),
            (labels(&[64, 3]), Some("64 characters in its host name")),
            (labels(&[3, 64]), Some("at most 63")),
            (labels(&[63, 63, 63, 61]), None),
            (labels(&[63, 63, 63, 60]) + ".", None),
            (labels(&[63, 63, 63, 61]) + ".", Some("254 characters")),
            (labels(&[63, 63, 63, 62]), Some("254 characters; a host name has at most 253")),
            (encoded(63), None),
            (encoded(64), Some("64 characters in plain letters")),
            ("acme..com".to_owned(), Some("nothing between two full stops")),
            (".acme.com".to_owned(), Some("nothing between")),
            ("acme.com..".to_owned(), Some("nothing between")),
            ("-acme.com".to_owned(), Some("hyphen")),
            ("acme-.com".to_owned(), Some("hyphen")),
            ("acme.com-".to_owned(), Some("\"com-\"")),
            ("ac\"me.com".to_owned(), Some("ac\"me.com, which is not a host name")),
        ] {
            let reason = reason_against(&name);
            match wanted {
                None => assert_eq!(reason, None, "{name}"),
                Some(part) => assert!(reason.as_ref().is_some_and(|said| said.contains(part)), "{name}: {reason:?}"),
            }
            // No certificate can be checked against what is refused here, and against all that is not.
            assert_eq!(reason.is_none(), DnsName::try_from(name.as_str()).is_ok(), "{name}");
        }
    }
}
