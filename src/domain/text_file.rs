//! The text of a file, whichever system's editor or shell wrote it: UTF-8, or UTF-16 as PowerShell's `>` writes it, with
//! or without a byte order mark.

/// The bytes cannot be decoded unambiguously.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is neither UTF-8 nor UTF-16 text at line {line}")]
pub struct TextDecodeError {
    /// First line that cannot be read, from 1.
    pub line: usize,
}

/// Decodes the bytes of a file. A byte order mark is removed; line ends stay as they are.
///
/// # Errors
/// The bytes have another encoding, or are not text.
pub fn decode(bytes: &[u8]) -> Result<String, TextDecodeError> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        // TOML and PEM begin with an ASCII character, which UTF-8 never pairs with a NUL.
        [first, 0, ..] if *first != 0 => utf16(bytes, u16::from_le_bytes),
        [0, second, ..] if *second != 0 => utf16(bytes, u16::from_be_bytes),
        _ => utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)),
    }
}

fn utf8(bytes: &[u8]) -> Result<String, TextDecodeError> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        TextDecodeError { line: 1 + before.iter().filter(|byte| **byte == b'\n').count() }
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, TextDecodeError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    for character in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        text.push(character.map_err(|_| not_text_after(&text))?);
    }
    if rest.is_empty() { Ok(text) } else { Err(not_text_after(&text)) }
}

fn not_text_after(text: &str) -> TextDecodeError {
    TextDecodeError { line: 1 + text.matches('\n').count() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16_bytes(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn every_usual_encoding_gives_the_same_text() {
        let text = "version = 1\r\n# Zürich, 東京, 🚀\r\n";
        let marked = format!("\u{feff}{text}");
        for bytes in [
            text.as_bytes().to_vec(),
            marked.as_bytes().to_vec(),
            utf16_bytes(&marked, u16::to_le_bytes),
            utf16_bytes(&marked, u16::to_be_bytes),
            utf16_bytes(text, u16::to_le_bytes),
            utf16_bytes(text, u16::to_be_bytes),
        ] {
            assert_eq!(decode(&bytes).as_deref(), Ok(text), "{bytes:?}");
        }
        assert_eq!(decode(b"").as_deref(), Ok(""));
    }

    #[test]
    fn other_bytes_are_named_by_their_line() {
        let half = [&utf16_bytes("\u{feff}a\nb", u16::to_le_bytes)[..], &[0x41]].concat();
        let lone = [&utf16_bytes("\u{feff}a\n", u16::to_le_bytes)[..], &[0x00, 0xd8, 0x41, 0x00]].concat();
        for (bytes, line) in [(&b"one\ntwo \xfc\n"[..], 2), (b"\xff\xfa", 1), (&half, 2), (&lone, 2)] {
            assert_eq!(decode(bytes), Err(TextDecodeError { line }), "{bytes:?}");
        }
    }
}
