//! Decodes bytes of unknown encoding to text.

use zeroize::Zeroizing;

use super::guid::whole_secrets;

/// Bytes read as text, without one line break at the end.
pub struct Decoded {
    /// The text.
    pub text: Zeroizing<String>,
    /// Description of the conversion, unless the text was UTF-8.
    pub note: Option<&'static str>,
}

/// Decodes UTF-8; UTF-16 and UTF-32 by their byte order mark, or by their zero bytes if every character is ASCII; and
/// Windows-1252 if that results in a Client Secret of the known form. `None` for anything else.
pub fn decode(bytes: &[u8]) -> Option<Decoded> {
    let wide = |note, text: Option<Zeroizing<String>>| text.map(|text| Decoded { text, note: Some(note) });
    let decoded = match bytes {
        [0xff, 0xfe, 0, 0, rest @ ..] => wide("read as UTF-32", utf32(rest, u32::from_le_bytes)),
        [0, 0, 0xfe, 0xff, rest @ ..] => wide("read as UTF-32", utf32(rest, u32::from_be_bytes)),
        [0xff, 0xfe, rest @ ..] => wide("read as UTF-16", utf16(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => wide("read as UTF-16", utf16(rest, u16::from_be_bytes)),
        _ if zeros_between(bytes, 1) => wide("read as UTF-16", utf16(bytes, u16::from_le_bytes)),
        _ if zeros_between(bytes, 0) => wide("read as UTF-16", utf16(bytes, u16::from_be_bytes)),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Some(Decoded { text: Zeroizing::new(text.to_owned()), note: None }),
            Err(_) => windows_1252(bytes),
        },
    }?;
    let Decoded { mut text, note } = decoded;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Some(Decoded { text, note })
}

/// True when every second byte from `first` on is zero and no other is, as in ASCII text written as UTF-16.
fn zeros_between(bytes: &[u8], first: usize) -> bool {
    let letters: Vec<bool> = bytes.iter().map(|byte| *byte != 0 && byte.is_ascii()).collect();
    bytes.len() >= 4
        && letters.iter().enumerate().all(|(at, letter)| *letter == (at % 2 != first))
        && bytes.iter().enumerate().all(|(at, byte)| (at % 2 == first) == (*byte == 0))
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<Zeroizing<String>> {
    // The zero byte of a line break that was read up to its other byte.
    let bytes = if bytes.len() % 2 == 1 && bytes.last() == Some(&0) { &bytes[..bytes.len() - 1] } else { bytes };
    if bytes.len() % 2 == 1 {
        return None;
    }
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2));
    for c in char::decode_utf16(units) {
        text.push(c.ok()?);
    }
    Some(text)
}

fn utf32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> Option<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len()));
    for four in bytes.chunks(4) {
        let four: [u8; 4] = four.try_into().ok()?;
        text.push(char::from_u32(unit(four))?);
    }
    Some(text)
}

/// The characters of Windows-1252 from 0x80 to 0x9f. An undefined byte maps to itself.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn windows_1252(bytes: &[u8]) -> Option<Decoded> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 3));
    for byte in bytes {
        text.push(match byte {
            0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
            other => char::from(*other),
        });
    }
    let sure = whole_secrets(&super::characters::folded(&text)).len() == 1;
    sure.then_some(Decoded { text, note: Some("read as Windows-1252") })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "5b21a3c4-0d6e-4f87-9a10-b2c3d4e5f607-18293a4b-5c6d-4e7f-8091-a2b3c4d5e6f7";

    fn wide(text: &str, mark: &[u8], unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        mark.iter().copied().chain(text.encode_utf16().flat_map(unit)).collect()
    }

    #[test]
    fn text_is_read_in_every_encoding_that_is_sure() {
        let line = format!("{TWO}\r\n");
        let le32: Vec<u8> =
            std::iter::once('\u{feff}').chain(TWO.chars()).flat_map(|c| (c as u32).to_le_bytes()).collect();
        let be32: Vec<u8> =
            std::iter::once('\u{feff}').chain(TWO.chars()).flat_map(|c| (c as u32).to_be_bytes()).collect();
        let mut cut = wide(TWO, &[], u16::to_be_bytes);
        cut.push(0);
        for (bytes, note) in [
            (line.clone().into_bytes(), None),
            (wide(&line, &[0xff, 0xfe], u16::to_le_bytes), Some("read as UTF-16")),
            (wide(&line, &[0xfe, 0xff], u16::to_be_bytes), Some("read as UTF-16")),
            (wide(&line, &[], u16::to_le_bytes), Some("read as UTF-16")),
            (wide(TWO, &[], u16::to_be_bytes), Some("read as UTF-16")),
            (cut, Some("read as UTF-16")),
            (le32, Some("read as UTF-32")),
            (be32, Some("read as UTF-32")),
        ] {
            let decoded = decode(&bytes).unwrap_or_else(|| panic!("{note:?}"));
            assert_eq!((decoded.text.as_str(), decoded.note), (TWO, note));
        }
        let quoted = [b"\x93".as_slice(), TWO.as_bytes(), b"\x94"].concat();
        assert_eq!(decode(&quoted).map(|decoded| decoded.note), Some(Some("read as Windows-1252")));
    }

    #[test]
    fn what_is_no_text_stays_none() {
        for bytes in [&b"\xff"[..], b"abc\xff\xfe", b"\xff\xfea\x00b", b"\xff\xfe\x00\xd8", b"\x80\x81\x82"] {
            assert!(decode(bytes).is_none(), "{bytes:?}");
        }
    }
}
