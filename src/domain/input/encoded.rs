//! Values that were encoded on their way: percent signs, HTML, backslashes, quoted-printable, base64, hexadecimal.

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::encoding;

/// From this many readable bytes on a text that decodes to them was encoded: by chance one in a million does.
const SURE: usize = 12;

/// Encoding of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoded {
    /// base64, the standard alphabet or the one for addresses.
    Base64,
    /// Two hexadecimal digits for each byte.
    Hexadecimal,
}

/// Detects a value that decodes to readable text. The decoded text is wiped.
pub fn encoded(text: &str) -> Option<Encoded> {
    let joined: Zeroizing<String> = Zeroizing::new(text.split_whitespace().collect());
    if readable(hexadecimal(&joined)) {
        return Some(Encoded::Hexadecimal);
    }
    readable(base64(&joined)).then_some(Encoded::Base64)
}

fn readable(bytes: Option<Zeroizing<Vec<u8>>>) -> bool {
    let Some(bytes) = bytes.filter(|bytes| bytes.len() >= SURE) else { return false };
    let text = encoding::decode(&bytes);
    text.is_some_and(|decoded| {
        let mut shown = decoded.text.chars().filter(|c| *c != '\u{feff}');
        shown.clone().count() >= SURE && shown.all(|c| (' '..='~').contains(&c) || matches!(c, '\r' | '\n' | '\t'))
    })
}

fn base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let bare = text.trim_end_matches('=');
    if !bare.is_ascii() {
        return None;
    }
    // The beginning of a longer text: what does not fill three bytes is left out.
    let whole = if bare.len() % 4 == 1 { &bare[..bare.len() - 1] } else { bare };
    let alphabet = if whole.contains(['-', '_']) { &base64::alphabet::URL_SAFE } else { &base64::alphabet::STANDARD };
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let mut bytes = Zeroizing::new(Vec::with_capacity(whole.len()));
    GeneralPurpose::new(alphabet, config).decode_vec(whole, &mut bytes).ok()?;
    Some(bytes)
}

fn hexadecimal(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
    if digits.len() % 2 == 1 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(digits.len() / 2));
    for two in digits.chunks_exact(2) {
        bytes.push(digit(two[0])? * 16 + digit(two[1])?);
    }
    Some(bytes)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Decodes `%2D`, `=2D`, `&#45;`, `&quot;` and backslashes; everything else stays.
pub fn without_codes(text: &str) -> Zeroizing<String> {
    let entities = without_entities(text);
    let quoted = by_hexadecimal(&entities, '=');
    let percent = by_hexadecimal(&quoted, '%');
    super::labels::unescaped(&percent)
}

/// Decodes one byte of ASCII for each `mark` with two hexadecimal digits; the mark at the end of a line joins two lines.
fn by_hexadecimal(text: &str, mark: char) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let byte = after.get(..2).filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let byte = byte.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(u8::is_ascii);
        rest = match byte.filter(|_| c == mark) {
            Some(byte) => {
                out.push(char::from(byte));
                &after[2..]
            }
            None if c == '=' && mark == '=' && after.starts_with("\r\n") => &after[2..],
            None if c == '=' && mark == '=' && after.starts_with('\n') => &after[1..],
            None => {
                out.push(c);
                after
            }
        };
    }
    out
}

fn without_entities(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        let entity = rest[start + 1..].split_once(';').and_then(|(name, after)| Some((entity(name)?, after)));
        rest = match entity {
            Some((c, after)) => {
                out.push(c);
                after
            }
            None => {
                out.push('&');
                &rest[start + 1..]
            }
        };
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    match name {
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "nbsp" => return Some(' '),
        "hyphen" | "dash" | "minus" | "ndash" => return Some('-'),
        _ => {}
    }
    let number = name.strip_prefix('#')?;
    let by_number = || match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => number.parse().ok(),
    };
    by_number().and_then(char::from_u32).filter(char::is_ascii)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

    const TWO: &str = "5b21a3c4-0d6e-4f87-9a10-b2c3d4e5f607-18293a4b-5c6d-4e7f-8091-a2b3c4d5e6f7";

    #[test]
    fn encoded_values_are_known_by_what_they_decode_to() {
        let wide: Vec<u8> = TWO.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let hex: String = TWO.bytes().map(|byte| format!("{byte:02x}")).collect();
        let folded = STANDARD.encode(TWO);
        let folded = format!("{}\n{}", &folded[..76], &folded[76..]);
        for (text, how) in [
            (STANDARD.encode(TWO), Some(Encoded::Base64)),
            (STANDARD_NO_PAD.encode(TWO), Some(Encoded::Base64)),
            (URL_SAFE.encode(format!("{TWO}\n")), Some(Encoded::Base64)),
            (URL_SAFE_NO_PAD.encode(TWO), Some(Encoded::Base64)),
            (STANDARD.encode("an unusual secret, long"), Some(Encoded::Base64)),
            (STANDARD.encode(STANDARD.encode(TWO)), Some(Encoded::Base64)),
            (STANDARD.encode(&wide), Some(Encoded::Base64)),
            (folded.clone(), Some(Encoded::Base64)),
            (folded[..75].to_owned(), Some(Encoded::Base64)),
            (hex.clone(), Some(Encoded::Hexadecimal)),
            (hex.to_ascii_uppercase(), Some(Encoded::Hexadecimal)),
            (TWO.to_owned(), None),
            ("c9534241dde94d049d4532b1fbff22ed".to_owned(), None),
            ("kJ8sQ2mZp0vXr4tYw7uBn1cD5fG9hL3e".to_owned(), None),
            ("short".to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(encoded(&text), how, "{text}");
        }
    }

    #[test]
    fn codes_are_decoded_and_other_text_stays() {
        for (text, left) in [
            ("a%2Db", "a-b"),
            ("a=2Db=\r\nc", "a-bc"),
            ("&#34;a&#x2d;b&#34;", "\"a-b\""),
            (r"a\u002db\-c", "a-b-c"),
            ("100 % of R&D; a=b", "100 % of R&D; a=b"),
        ] {
            assert_eq!(without_codes(text).as_str(), left);
        }
    }
}
