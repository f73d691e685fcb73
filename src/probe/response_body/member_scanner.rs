//! One short text member of an object, found while the object streams: its text may be longer than what is kept of it.

use super::json_scanner::{Event, JsonScanner, ScanControl};

/// Looks for a member of the outermost object.
pub(in crate::probe) struct MemberScanner {
    scanner: JsonScanner,
    /// The member's name as written, with its quotation marks.
    key: &'static [u8],
    is_next: bool,
    value: Option<String>,
    done: bool,
}

impl MemberScanner {
    /// `key` with its quotation marks.
    pub(in crate::probe) fn new(key: &'static [u8]) -> Self {
        Self { scanner: JsonScanner::default(), key, is_next: false, value: None, done: false }
    }

    /// True when the member was found, or cannot be: the text is no JSON.
    pub(in crate::probe) fn is_done(&self) -> bool {
        self.done
    }

    /// The member, where it is a text.
    pub(in crate::probe) fn value(self) -> Option<String> {
        self.value
    }

    /// Reads the next piece.
    pub(in crate::probe) fn push(&mut self, piece: &[u8]) {
        let Self { scanner, key, is_next, value, done } = self;
        if *done {
            return;
        }
        let read = scanner.push(piece, |scanner, event| match event {
            Event::Key(name) if scanner.depth() == 1 => {
                *is_next = name == *key;
                if *is_next { ScanControl::Value } else { ScanControl::Skip }
            }
            Event::Scalar(text) if *is_next => {
                *value = serde_json::from_slice(text).ok();
                ScanControl::Stop
            }
            _ => {
                *is_next = false;
                ScanControl::Skip
            }
        });
        *done = !matches!(read, Ok(flow) if flow.is_continue());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_member_of_the_outermost_object_is_found_behind_whatever_stands_before_it() {
        let long = format!("{{\"error_description\":\"{}\",\"error\":\"invalid_client\"", "x\\\"".repeat(50_000));
        for (text, wanted, done) in [
            (long.as_str(), Some("invalid_client"), true),
            (r#"{"error":"invalid_scope","error":"no"}"#, Some("invalid_scope"), true),
            (r#"{"error":"a\u0062"}"#, Some("ab"), true),
            (r#"{"trace":{"error":"no"},"list":["error","no"],"error" : "yes""#, Some("yes"), true),
            (r#"{"error":{"code":"no"},"x":"no"}"#, None, false),
            (r#"{"error":1}"#, None, true),
            (r#"{"x":"error","y":"no"}"#, None, false),
            (r#"{"trace":"#, None, false),
            ("<html>", None, true),
        ] {
            for size in [1, 7, text.len()] {
                let mut scanner = MemberScanner::new(b"\"error\"");
                text.as_bytes().chunks(size).for_each(|piece| scanner.push(piece));
                assert_eq!(scanner.is_done(), done, "{text:.80} by {size}");
                assert_eq!(scanner.value().as_deref(), wanted, "{text:.80} by {size}");
            }
        }
    }
}
