//! From bytes to text. JSON is UTF-8; what is not is named, never guessed at.

use std::borrow::Cow;

use encoding_rs::Encoding;

/// Decodes a body. A byte order mark is dropped; single-byte encodings are honoured when the server names them.
///
/// # Errors
/// Which encoding it is in, or where it stops being UTF-8.
pub(in crate::probe) fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Result<Cow<'a, str>, String> {
    if let Some(name) = wide(bytes) {
        return Err(format!("it is {name}; JSON is UTF-8"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Some(named) = named(content_type) {
        let (text, broken) = named.decode_without_bom_handling(bytes);
        return if broken { Err(format!("it is not valid {}", named.name())) } else { Ok(text) };
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(error) => Err(format!("it is not valid UTF-8 at byte {}", error.valid_up_to())),
    }
}

/// UTF-16 and UTF-32, by their marks or by the zeros that ASCII leaves in them.
fn wide(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16"),
        [0, 0, 0, _, ..] => Some("UTF-32"),
        [0, second, ..] if *second != 0 => Some("UTF-16"),
        [first, 0, ..] if *first != 0 => Some("UTF-16"),
        _ => None,
    }
}

/// The encoding that the server names, where it is another than UTF-8 (labels as in the WHATWG standard: `iso-8859-1` means
/// windows-1252). A wide one is left to its own error above.
fn named(content_type: Option<&str>) -> Option<&'static Encoding> {
    let content_type = content_type?.to_ascii_lowercase();
    let (_, charset) = content_type.split_once("charset=")?;
    let charset = charset.split(';').next().unwrap_or_default().trim().trim_matches(['"', '\'']);
    let found = Encoding::for_label(charset.as_bytes())?;
    (found != encoding_rs::UTF_8 && found.is_ascii_compatible()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        let utf16: Vec<u8> = "{\"a\":1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, content_type, wanted) in [
            (&b"{}"[..], None, Ok("{}")),
            (b"\xef\xbb\xbf{}", None, Ok("{}")),
            (b"\xe4", Some("application/json; charset=ISO-8859-1"), Ok("\u{e4}")),
            (b"\xe4", Some("application/json; charset=\"windows-1252\"; x=y"), Ok("\u{e4}")),
            (b"O\x92Brien", Some("text/plain; charset=windows-1252"), Ok("O\u{2019}Brien")),
            (b"O\x92Brien", Some("text/plain; charset=iso-8859-1"), Ok("O\u{2019}Brien")),
            (b"\xb3", Some("text/plain; charset=iso-8859-2"), Ok("\u{142}")),
            (b"\x83\x65", Some("text/plain; charset=shift_jis"), Ok("\u{30c6}")),
            (b"caf\xc3\xa9", Some("text/plain; charset=no-such-thing"), Ok("caf\u{e9}")),
            (b"ab\xe4", Some("application/json; charset=utf-8"), Err("at byte 2")),
            (b"\xff\xfe{\0", None, Err("UTF-16")),
            (&utf16, None, Err("UTF-16")),
            (b"\xff\xfe\0\0{\0\0\0", None, Err("UTF-32")),
            (b"", None, Ok("")),
        ] {
            match (decode(bytes, content_type), wanted) {
                (Ok(found), Ok(wanted)) => assert_eq!(found, wanted),
                (Err(found), Err(wanted)) => assert!(found.contains(wanted), "{found}"),
                (found, wanted) => panic!("{bytes:?}: {found:?}, not {wanted:?}"),
            }
        }
    }
}
