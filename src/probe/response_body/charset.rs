//! From bytes to text. JSON is UTF-8; what is not is named, never guessed at.

use std::borrow::Cow;

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8};
use zeroize::Zeroizing;

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

/// Decodes a body that arrives in pieces, as [`decode`] does a whole one.
pub(in crate::probe) struct StreamDecoder {
    encoding: &'static Encoding,
    /// `None` until the first bytes have shown that the encoding is not a wide one.
    decoder: Option<Decoder>,
    start: Vec<u8>,
    out: Zeroizing<Vec<u8>>,
    /// Bytes of the body that were decoded so far.
    read: usize,
}

/// Number of bytes that show a wide encoding or a byte order mark.
const MARK: usize = 4;
/// Bytes that are decoded at a time.
const PIECE: usize = 8 * 1024;

impl StreamDecoder {
    pub(in crate::probe) fn new(content_type: Option<&str>) -> Self {
        Self {
            encoding: named(content_type).unwrap_or(UTF_8),
            decoder: None,
            start: Vec::with_capacity(MARK),
            out: Zeroizing::new(vec![0; PIECE]),
            read: 0,
        }
    }

    /// Decodes the next piece, and passes on the text in parts until `on` returns false. `last` is true for the end
    /// of the body.
    ///
    /// # Errors
    /// As of [`decode`].
    pub(in crate::probe) fn push(
        &mut self,
        mut piece: &[u8],
        last: bool,
        mut on: impl FnMut(&[u8]) -> bool,
    ) -> Result<(), String> {
        if self.decoder.is_none() {
            let taken = piece.len().min(MARK - self.start.len());
            self.start.extend_from_slice(&piece[..taken]);
            piece = &piece[taken..];
            if self.start.len() < MARK && !last {
                return Ok(());
            }
            if let Some(name) = wide(&self.start) {
                return Err(format!("it is {name}; JSON is UTF-8"));
            }
            self.decoder = Some(self.encoding.new_decoder_without_bom_handling());
            let start = std::mem::take(&mut self.start);
            let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start);
            self.read = start.len() - text.len();
            let is_all = piece.is_empty();
            if !self.decode(text, last && is_all, &mut on)? || is_all {
                return Ok(());
            }
        }
        self.decode(piece, last, &mut on).map(|_| ())
    }

    fn decode(&mut self, mut from: &[u8], last: bool, on: &mut impl FnMut(&[u8]) -> bool) -> Result<bool, String> {
        let Some(decoder) = &mut self.decoder else { return Ok(true) };
        loop {
            let (result, read, written) = decoder.decode_to_utf8_without_replacement(from, &mut self.out, last);
            (self.read, from) = (self.read + read, &from[read..]);
            if written > 0 && !on(&self.out[..written]) {
                return Ok(false);
            }
            match result {
                DecoderResult::InputEmpty => return Ok(true),
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(length, after) if self.encoding == UTF_8 => {
                    let at = self.read.saturating_sub(usize::from(length) + usize::from(after));
                    return Err(format!("it is not valid UTF-8 at byte {at}"));
                }
                DecoderResult::Malformed(..) => return Err(format!("it is not valid {}", self.encoding.name())),
            }
        }
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
    (found != UTF_8 && found.is_ascii_compatible()).then_some(found)
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
            for size in [1, 2, 5, 100] {
                let mut decoder = StreamDecoder::new(content_type);
                let mut text = Vec::new();
                let mut on = |part: &[u8]| {
                    text.extend_from_slice(part);
                    true
                };
                let pieces = bytes.chunks(size).try_for_each(|piece| decoder.push(piece, false, &mut on));
                let streamed = pieces.and_then(|()| decoder.push(&[], true, &mut on));
                let streamed = streamed.map(|()| String::from_utf8(text).expect("UTF-8"));
                let whole = decode(bytes, content_type).map(Cow::into_owned);
                // Where a wide text is too short for its mark, both say what they see.
                assert_eq!(streamed, whole, "{bytes:?} by {size}");
            }
            match (decode(bytes, content_type), wanted) {
                (Ok(found), Ok(wanted)) => assert_eq!(found, wanted),
                (Err(found), Err(wanted)) => assert!(found.contains(wanted), "{found}"),
                (found, wanted) => panic!("{bytes:?}: {found:?}, not {wanted:?}"),
            }
        }
    }
}
