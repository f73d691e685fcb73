//! Incremental scanner of a list response: counts rows as the bytes arrive and keeps none of them, so that reading can stop as
//! soon as a probe knows what it needs, however large the list is and whatever comes before its rows.
//!
//! It follows the structure of JSON (strings, brackets, members) and the `agent_id` of each row. It is not a validator: a
//! response that is read to its end is judged by `row_counter`. Bytes that cannot be JSON stop it.

use crate::domain::evidence::Rows;

/// Deepest nesting that is followed.
const DEEPEST: usize = 128;
/// Longest member name that is compared, in bytes.
const LONGEST_NAME: usize = 32;
/// Longest `agent_id` that is read, in bytes.
const LONGEST_ID: usize = 20;
/// Halo's agent "Unassigned" in live data (see docs/halo.md).
const UNASSIGNED: i64 = 1;

/// Rows that a probe needs to see.
#[derive(Clone, Debug, Default)]
pub(super) struct WantedRows {
    /// Member that holds the list; `None` if the response itself is the list.
    pub list: Option<String>,
    /// A row without an agent is looked for.
    pub unassigned: bool,
    /// Rows of at least two agents are looked for: one of them is then another's.
    pub others: bool,
}

impl WantedRows {
    fn are_seen(&self, rows: &Rows) -> bool {
        let agents = rows.by_agent.keys().filter(|id| **id > UNASSIGNED).count();
        rows.count > 0 && (!self.unassigned || rows.by_agent.contains_key(&UNASSIGNED)) && (!self.others || agents >= 2)
    }
}

/// Use of the text that is being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Capture {
    Nothing,
    /// Name of a member of the root or of a row.
    Name,
    /// Value of `agent_id`.
    Agent,
}

/// State of the scan.
pub(super) struct RowScanner {
    wanted: WantedRows,
    rows: Rows,
    /// Open brackets, outermost first.
    open: Vec<u8>,
    in_string: bool,
    escaped: bool,
    /// The next string in the innermost object is a name.
    expects_name: bool,
    capture: Capture,
    text: Vec<u8>,
    /// Name of the current member of the root or of a row, in lower case.
    name: Vec<u8>,
    /// Depth of the list's own bracket while it is open.
    list_depth: Option<usize>,
    /// A value has begun in the current row position and was not counted yet.
    row_pending: bool,
    agent: Option<i64>,
    list_ended: bool,
    broken: bool,
}

impl RowScanner {
    pub(super) fn new(wanted: WantedRows) -> Self {
        Self {
            wanted,
            rows: Rows::default(),
            open: Vec::new(),
            in_string: false,
            escaped: false,
            expects_name: false,
            capture: Capture::Nothing,
            text: Vec::new(),
            name: Vec::new(),
            list_depth: None,
            row_pending: false,
            agent: None,
            list_ended: false,
            broken: false,
        }
    }

    /// Reads more of the response; returns true once everything wanted was seen.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> bool {
        for byte in bytes {
            if self.broken {
                return false;
            }
            self.step(*byte);
        }
        self.has_enough()
    }

    /// Returns true if everything wanted was seen in whole rows.
    pub(super) fn has_enough(&self) -> bool {
        !self.broken && self.wanted.are_seen(&self.rows)
    }

    /// Returns true if the bytes so far cannot be JSON.
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// The whole rows so far; `complete` only if the list has ended.
    pub(super) fn rows(&self) -> Rows {
        Rows { complete: self.list_ended, ..self.rows.clone() }
    }

    fn step(&mut self, byte: u8) {
        if self.in_string {
            return self.in_text(byte);
        }
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | 0xef | 0xbb | 0xbf => {}
            b'"' => self.string_begins(),
            b'{' | b'[' => self.opens(byte),
            b'}' | b']' => self.closes(byte),
            b',' => self.comma(),
            b':' => self.expects_name = false,
            b'0'..=b'9' | b'-' | b'+' | b'.' | b'a'..=b'z' | b'E' => self.plain(byte),
            _ => self.broken = true,
        }
    }

    fn in_text(&mut self, byte: u8) {
        if self.escaped {
            self.escaped = false;
        } else if byte == b'\\' {
            self.escaped = true;
        } else if byte == b'"' {
            self.in_string = false;
            self.string_ends();
            return;
        }
        let longest = if self.capture == Capture::Name { LONGEST_NAME } else { LONGEST_ID };
        if self.capture != Capture::Nothing && self.text.len() <= longest {
            self.text.push(byte.to_ascii_lowercase());
        }
    }

    /// Members of the root and of a row are looked at; deeper ones are not.
    fn is_watched(&self) -> bool {
        let depth = self.open.len();
        self.open.last() == Some(&b'{') && (depth == 1 || self.list_depth.is_some_and(|list| depth == list + 1))
    }

    fn string_begins(&mut self) {
        self.in_string = true;
        self.text.clear();
        self.value_begins();
        self.capture = match (self.is_watched(), self.expects_name) {
            (true, true) => Capture::Name,
            (true, false) if self.is_agent_value() => Capture::Agent,
            _ => Capture::Nothing,
        };
    }

    fn string_ends(&mut self) {
        match self.capture {
            Capture::Name => self.name.clone_from(&self.text),
            Capture::Agent => self.agent_ends(),
            Capture::Nothing => {}
        }
        self.capture = Capture::Nothing;
    }

    fn is_agent_value(&self) -> bool {
        let in_row = self.list_depth.is_some_and(|list| self.open.len() == list + 1);
        in_row && !self.expects_name && self.name == b"agent_id"
    }

    /// A byte of a number or of `true`, `false`, `null`.
    fn plain(&mut self, byte: u8) {
        self.value_begins();
        if self.is_agent_value() {
            if self.capture != Capture::Agent {
                self.text.clear();
                self.capture = Capture::Agent;
            }
            if self.text.len() <= LONGEST_ID {
                self.text.push(byte);
            }
        }
    }

    fn agent_ends(&mut self) {
        let text = std::str::from_utf8(&self.text).unwrap_or_default();
        self.agent = text.trim().parse().ok();
        self.capture = Capture::Nothing;
    }

    /// Marks a row as begun if this value is an element of the list.
    fn value_begins(&mut self) {
        if self.list_depth == Some(self.open.len()) {
            self.row_pending = true;
        }
    }

    fn opens(&mut self, byte: u8) {
        self.value_begins();
        let is_list = byte == b'['
            && self.list_depth.is_none()
            && !self.list_ended
            && match self.open.as_slice() {
                [] => true,
                [b'{'] => self.is_list_member(),
                _ => false,
            };
        if self.open.len() >= DEEPEST {
            self.broken = true;
            return;
        }
        self.open.push(byte);
        if is_list {
            self.list_depth = Some(self.open.len());
        }
        self.expects_name = byte == b'{';
        self.capture = Capture::Nothing;
    }

    fn is_list_member(&self) -> bool {
        self.wanted.list.as_ref().is_some_and(|list| self.name.eq_ignore_ascii_case(list.as_bytes()))
    }

    fn closes(&mut self, byte: u8) {
        if self.capture == Capture::Agent {
            self.agent_ends();
        }
        let matches = matches!((self.open.pop(), byte), (Some(b'{'), b'}') | (Some(b'['), b']'));
        if !matches {
            self.broken = true;
            return;
        }
        if byte == b']' && self.list_depth == Some(self.open.len() + 1) {
            self.row_ends();
            (self.list_depth, self.list_ended) = (None, true);
        } else if byte == b'}' && self.list_depth == Some(self.open.len()) {
            self.row_ends();
        }
        self.expects_name = false;
    }

    fn comma(&mut self) {
        if self.capture == Capture::Agent {
            self.agent_ends();
        }
        if self.list_depth == Some(self.open.len()) {
            self.row_ends();
        }
        self.expects_name = self.open.last() == Some(&b'{');
    }

    fn row_ends(&mut self) {
        if !self.row_pending {
            return;
        }
        self.row_pending = false;
        self.rows.count += 1;
        if let Some(agent) = self.agent.take() {
            *self.rows.by_agent.entry(agent).or_default() += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::response_body::read;
    use crate::probe::row_counter;

    fn scan(body: &[u8], list: Option<&str>, piece: usize) -> (usize, Vec<(i64, usize)>, bool, bool) {
        let wanted = WantedRows { list: list.map(str::to_owned), ..WantedRows::default() };
        let mut scanner = RowScanner::new(wanted);
        for piece in body.chunks(piece.max(1)) {
            scanner.feed(piece);
        }
        let rows = scanner.rows();
        (rows.count, rows.by_agent.into_iter().collect(), rows.complete, scanner.is_broken())
    }

    #[test]
    fn rows_are_counted_as_by_the_counter_however_the_bytes_are_cut() {
        for (body, list) in [
            (r#"[{"agent_id":1},{"agent_id":5}]"#, None),
            (r#"{"record_count":1,"tickets":[{"id":1,"agent_id":7}]}"#, Some("tickets")),
            (r#"{"columns":[{"x":1},{"x":2}],"tickets":[{}, {}]}"#, Some("tickets")),
            (r#"{"Tickets":[{"AGENT_ID":"7"},{"agent_id":null},{"agent_id":-3}]}"#, Some("tickets")),
            (r#"{"tickets":[],"after":[1,2]}"#, Some("tickets")),
            ("[]", Some("tickets")),
            (r#"[1,"two",null,[3],{"agent_id":{"deep":[1]}},{"x":{"agent_id":9},"agent_id":4}]"#, None),
            (r#"[{"note":"a [ { \" , agent_id\": 5 b","agent_id":8,"z":"\\"},{"a":[{"agent_id":1}]}]"#, None),
            (" [ { \"agent_id\" : 12 , \"x\" : 1 } , { } ] ", None),
        ] {
            let whole = read(body, row_counter::Answer { list }).expect("JSON").expect("a list");
            for piece in [1, 2, 3, 7, 1000] {
                let (count, by_agent, complete, broken) = scan(body.as_bytes(), list, piece);
                assert_eq!((count, broken, complete), (whole.count, false, true), "{body} by {piece}");
                assert_eq!(by_agent, whole.by_agent.clone().into_iter().collect::<Vec<_>>(), "{body} by {piece}");
            }
        }
    }

    #[test]
    fn what_is_no_list_counts_nothing_and_what_is_no_json_stops_it() {
        for (body, list, broken) in [
            ("<html><title>x</title>", None, true),
            ("[{\"a\":1},OOPS", None, true),
            (r#"{"tickets":null,"columns":[1,2]}"#, Some("tickets"), false),
            (r#"{"columns":[{"tickets":[1,2]}]}"#, Some("tickets"), false),
            ("]", None, true),
            ("[}", None, true),
        ] {
            let (count, _, _, is_broken) = scan(body.as_bytes(), list, 3);
            assert!(is_broken == broken && count <= 1, "{body}: {count} {is_broken}");
        }
        assert!(scan(&b"[".repeat(1000), None, 7).3, "nested too deep");
    }

    #[test]
    fn it_stops_when_each_wanted_sort_was_seen() {
        let wanted = WantedRows { list: None, unassigned: true, others: true };
        let mut scanner = RowScanner::new(wanted);
        assert!(!scanner.feed(b"[{\"agent_id\":1},"));
        assert!(!scanner.feed(b"{\"agent_id\":5},{\"agent_id\":5},"));
        assert!(!scanner.feed(b"{\"agent_id\":6"));
        assert!(scanner.feed(b"}"));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_survived(body: Vec<u8>, piece in 1_usize..9) {
            scan(&body, Some("tickets"), piece);
        }
    }
}
