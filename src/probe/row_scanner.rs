//! Reader of a list response. Counts rows as the bytes arrive and keeps none of them, so that reading can stop as
//! soon as a probe has what it needs, however large the list is and whatever precedes its rows. The contents of rows
//! are a customer's data: they are skipped and never become a value of the program.

use std::ops::ControlFlow;

use serde_json::Value;

use super::response_body::{
    Event, JsonScanner, JsonSyntaxError, NotJson, ScanControl, StreamDecoder, integer, too_deep,
};
use crate::domain::evidence::{Rows, UNASSIGNED};

/// Rows are counted up to this many bytes of text even where fewer would do, so that the count of a short list is exact.
const COUNTED: usize = 16 * 1024;

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
        let agents = rows.by_agent.keys().filter(|id| **id > UNASSIGNED).take(2).count();
        rows.count > 0 && (!self.unassigned || rows.by_agent.contains_key(&UNASSIGNED)) && (!self.others || agents >= 2)
    }
}

/// The reader of one response.
pub(super) struct RowScanner {
    decoder: StreamDecoder,
    json: JsonScanner,
    counter: Counter,
    /// Bytes of the response so far.
    received: usize,
    unreadable: Option<String>,
    stopped: bool,
}

impl RowScanner {
    pub(super) fn new(wanted: WantedRows, content_type: Option<&str>) -> Self {
        Self {
            decoder: StreamDecoder::new(content_type),
            json: JsonScanner::default(),
            counter: Counter::new(wanted),
            received: 0,
            unreadable: None,
            stopped: false,
        }
    }

    /// Reads more of the response.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.received = self.received.saturating_add(bytes.len());
        self.read_on(bytes, false);
    }

    /// Bytes of the response that came, after decompression.
    pub(super) fn received(&self) -> usize {
        self.received
    }

    /// True if everything wanted was seen in whole rows.
    pub(super) fn has_enough(&self) -> bool {
        self.counter.has_enough()
    }

    /// Returns true if nothing more is needed: enough rows were seen, or the text is not JSON.
    pub(super) fn is_done(&self) -> bool {
        self.stopped || self.unreadable.is_some()
    }

    /// The result. `ended` is true if the response was read to its end; otherwise the rows so far are returned, if
    /// there are any. `None` if there is no list.
    ///
    /// # Errors
    /// The text is not JSON, and did not show enough before that.
    pub(super) fn finish(mut self, ended: bool) -> Result<Option<Rows>, NotJson> {
        if ended && !self.is_done() {
            self.read_on(&[], true);
        }
        if ended && !self.is_done() && !self.json.end(|json, event| self.counter.on(json, &event)) {
            if self.json.is_blank() {
                return Err(NotJson::Empty);
            }
            let (line, column) = self.json.place();
            self.unreadable = Some(format!("it ends too early at line {line}, column {column}"));
        }
        match self.unreadable {
            Some(why) if !self.counter.has_enough() => Err(NotJson::Broken(why)),
            _ => Ok(self.counter.rows(ended)),
        }
    }

    fn read_on(&mut self, bytes: &[u8], last: bool) {
        let Self { decoder, json, counter, unreadable, stopped, .. } = self;
        if *stopped || unreadable.is_some() {
            return;
        }
        let mut broken = None;
        let decoded = decoder.push(bytes, last, |text| {
            match json.push(text, |json, event| counter.on(json, &event)) {
                Ok(ControlFlow::Continue(())) => return true,
                Ok(ControlFlow::Break(())) => *stopped = true,
                Err(why) => broken = Some(why),
            }
            false
        });
        *unreadable = match (decoded, broken) {
            (Err(why), _) => Some(why),
            (_, Some(JsonSyntaxError::At(line, column))) => {
                Some(format!("it is not valid JSON at line {line}, column {column}"))
            }
            (_, Some(JsonSyntaxError::TooDeep)) => Some(too_deep()),
            _ => None,
        };
    }
}

/// The list of a response that is being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    /// The response itself, or the member that was named.
    Wanted,
    /// Another member, which counts where the wanted one is missing.
    Other,
}

/// The rows of a response: of the root if it is a list, else of the member that was named, else of the first member that is a
/// list (see docs/halo.md, "Reply shapes").
struct Counter {
    wanted: WantedRows,
    found: Option<Rows>,
    other: Option<Rows>,
    /// The list that is open, and the depth of its rows.
    list: Option<(List, usize)>,
    /// The member of the root that was named last.
    member: List,
    row_is_object: bool,
    /// The value that comes is an `agent_id`.
    expects_agent: bool,
    agent: Option<i64>,
}

impl Counter {
    fn new(wanted: WantedRows) -> Self {
        Self {
            wanted,
            found: None,
            other: None,
            list: None,
            member: List::Other,
            row_is_object: false,
            expects_agent: false,
            agent: None,
        }
    }

    fn has_enough(&self) -> bool {
        self.found.as_ref().is_some_and(|rows| self.wanted.are_seen(rows))
    }

    /// The rows so far. A list in place of the expected one counts only if the whole response has shown that the
    /// expected one is missing.
    fn rows(self, ended: bool) -> Option<Rows> {
        let seen = |rows: &Rows| ended || rows.count > 0;
        self.found.or(self.other.filter(|_| ended)).filter(seen)
    }

    fn on(&mut self, json: &JsonScanner, event: &Event<'_>) -> ScanControl {
        let depth = json.depth();
        match self.list {
            Some((_, rows)) if depth > rows + 1 => ScanControl::Skip,
            Some((list, rows)) => {
                let next = self.in_list(list, depth - (rows - 1), event);
                let is_row = depth == rows && matches!(event, Event::Close | Event::Scalar(_));
                if is_row && json.read() > COUNTED && self.has_enough() { ScanControl::Stop } else { next }
            }
            None => self.outside(depth, event),
        }
    }

    /// Handles an event in a list; `level` is 0 for the end of the list, 1 for a row, and 2 for the contents of a
    /// row.
    fn in_list(&mut self, list: List, level: usize, event: &Event<'_>) -> ScanControl {
        match (level, event) {
            (0, Event::Close) => {
                self.rows_of(list).complete = true;
                self.list = None;
            }
            (1, Event::OpenObject | Event::OpenList) => {
                (self.row_is_object, self.agent) = (*event == Event::OpenObject, None);
            }
            (1, Event::Close | Event::Scalar(_)) => {
                let agent = self.agent.take();
                self.rows_of(list).add(agent);
            }
            (2, Event::Key(key)) if self.row_is_object => {
                self.expects_agent = is_key(key, "agent_id");
                return if self.expects_agent { ScanControl::Value } else { ScanControl::Skip };
            }
            (2, value) if self.expects_agent => {
                self.agent = match value {
                    Event::Scalar(text) => serde_json::from_slice::<Value>(text).ok().as_ref().and_then(integer),
                    _ => None,
                };
                self.expects_agent = false;
            }
            _ => {}
        }
        ScanControl::Skip
    }

    fn outside(&mut self, depth: usize, event: &Event<'_>) -> ScanControl {
        match (depth, event) {
            (0, Event::OpenList) => self.begin(List::Wanted, depth),
            (1, Event::Key(key)) => {
                let is_wanted = self.wanted.list.as_ref().is_some_and(|list| is_key(key, list));
                self.member = if is_wanted { List::Wanted } else { List::Other };
                return ScanControl::Value;
            }
            (1, Event::OpenList) if self.member == List::Wanted || self.other.is_none() => {
                self.begin(self.member, depth)
            }
            // `null` is how a list without rows may be written.
            (1, Event::Scalar(b"null")) if self.member == List::Wanted => self.rows_of(List::Wanted).complete = true,
            (0, Event::Scalar(b"null")) if self.wanted.list.is_none() => self.rows_of(List::Wanted).complete = true,
            _ => {}
        }
        ScanControl::Skip
    }

    fn begin(&mut self, list: List, depth: usize) {
        self.list = Some((list, depth + 1));
        self.rows_of(list).complete = false;
    }

    fn rows_of(&mut self, list: List) -> &mut Rows {
        let rows = if list == List::Wanted { &mut self.found } else { &mut self.other };
        rows.get_or_insert_default()
    }
}

/// Compares a key as it is written, in any letter case.
fn is_key(written: &[u8], name: &str) -> bool {
    if written.contains(&b'\\') {
        return serde_json::from_slice::<String>(written).is_ok_and(|key| key.eq_ignore_ascii_case(name));
    }
    let bare = written.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    bare.is_some_and(|key| key.eq_ignore_ascii_case(name.as_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wanted(list: Option<&str>) -> WantedRows {
        WantedRows { list: list.map(str::to_owned), ..WantedRows::default() }
    }

    fn scan(body: &[u8], wanted: WantedRows, piece: usize, ended: bool) -> Result<Option<Rows>, NotJson> {
        let mut scanner = RowScanner::new(wanted, None);
        body.chunks(piece.max(1)).for_each(|piece| scanner.push(piece));
        scanner.finish(ended)
    }

    /// Count, rows by agent, and whether the list was read to its end.
    type Shown = (usize, Vec<(i64, usize)>, bool);

    fn shown(rows: Option<Rows>) -> Option<Shown> {
        rows.map(|rows| (rows.count, rows.by_agent.into_iter().collect(), rows.complete))
    }

    #[test]
    fn the_list_is_found_in_every_known_shape_however_the_bytes_are_cut() {
        let tickets = Some("tickets");
        for (body, list, count) in [
            (r#"[{"agent_id":1},{"agent_id":5}]"#, None, Some((2, vec![(1, 1), (5, 1)]))),
            (r#"{"record_count":1,"tickets":[{"id":1,"agent_id":7}]}"#, tickets, Some((1, vec![(7, 1)]))),
            (r#"{"columns":[{"x":1},{"x":2}],"tickets":[{}]}"#, tickets, Some((1, vec![]))),
            (
                r#"{"Tickets":[{"AGENT_ID":"7"},{"agent_id":null},{"agent_id":-3}]}"#,
                tickets,
                Some((3, vec![(-3, 1), (7, 1)])),
            ),
            (r#"{"\u0074ickets":[{"agent\u005fid":" 7 "}]}"#, tickets, Some((1, vec![(7, 1)]))),
            (r#"{"record_count":2,"results":[{},{}],"more":[1,2,3]}"#, tickets, Some((2, vec![]))),
            (r#"{"record_count":0,"tickets":[],"after":[1]}"#, tickets, Some((0, vec![]))),
            ("[]", tickets, Some((0, vec![]))),
            (r#"[1,"two",null,[3],{"agent_id":{"deep":[1]}}]"#, None, Some((5, vec![]))),
            (
                r#"[{"x":{"agent_id":9},"agent_id":4},{"a":[{"agent_id":1}]},[{"agent_id":2}]]"#,
                None,
                Some((3, vec![(4, 1)])),
            ),
            (r#"[{"note":"a [ { \" , agent_id\": 5 b","agent_id":8,"z":"\\"}]"#, None, Some((1, vec![(8, 1)]))),
            (r#"{"tickets":null,"record_count":3}"#, tickets, Some((0, vec![]))),
            (r#"{"columns":[{"x":1}],"tickets":null}"#, tickets, Some((0, vec![]))),
            ("null", None, Some((0, vec![]))),
            ("null", tickets, None),
            (r#"{"tickets":{"0":{}}}"#, tickets, None),
            (r#"{"a":{"tickets":[1,2]}}"#, tickets, None),
            ("{}", tickets, None),
            ("\"text\"", None, None),
            ("12", None, None),
        ] {
            for piece in [1, 2, 3, 7, 1000] {
                let found = shown(scan(body.as_bytes(), wanted(list), piece, true).expect("JSON"));
                assert_eq!(found, count.clone().map(|(n, agents)| (n, agents, true)), "{body} by {piece}");
            }
        }
    }

    #[test]
    fn what_is_no_json_is_told_unless_enough_was_seen_before() {
        for (body, list, why) in [
            ("", None, None),
            (" \n", None, None),
            ("[error] nothing is here", None, Some("it is not valid JSON at line 1, column 2")),
            (r#"{"tickets":["#, Some("tickets"), Some("it ends too early at line 1, column 12")),
            ("[] []", None, Some("it is not valid JSON at line 1, column 4")),
            ("{\"caf\u{e9}\":", None, Some("it ends too early at line 1, column 9")),
        ] {
            let wanted_why = why.map_or(NotJson::Empty, |why| NotJson::Broken(why.to_owned()));
            assert_eq!(scan(body.as_bytes(), wanted(list), 4, true), Err(wanted_why), "{body}");
        }
        assert!(
            matches!(scan(b"[{\"a\":1},\xff", wanted(None), 3, true), Ok(Some(rows)) if rows.count == 1 && !rows.complete)
        );
        assert!(
            matches!(scan(b"[\"\xff\"]", wanted(None), 3, true), Err(NotJson::Broken(why)) if why.ends_with("byte 2"))
        );
        assert!(
            matches!(scan(&b"[".repeat(999), wanted(None), 7, true), Err(NotJson::Broken(why)) if why.contains("deeper"))
        );
    }

    #[test]
    fn the_rows_of_a_response_that_was_cut_count_and_nothing_else_does() {
        let row = r#"{"agent_id":7,"note":"a [ { \" b"}"#;
        for (name, body, list, count) in [
            ("a list", format!("[{row},{row},{{\"agent_id\":8"), None, Some(2)),
            ("a member", format!("{{\"record_count\":9,\"tickets\":[{row},{{\"x\":\"y"), Some("tickets"), Some(1)),
            ("a whole member", format!("{{\"tickets\":[{row}],\"columns\":[{{\"x\""), Some("tickets"), Some(1)),
            ("another member", format!("{{\"columns\":[{row},{row}"), Some("tickets"), None),
            ("no whole row", "[{\"agent_id\":7".to_owned(), None, None),
            ("an empty list", "[".to_owned(), None, None),
            ("blanks", " ".repeat(50), None, None),
        ] {
            let found = scan(body.as_bytes(), wanted(list), 5, false).expect("JSON so far");
            assert_eq!(found.map(|rows| rows.count), count, "{name}");
        }
    }

    #[test]
    fn it_stops_at_the_row_that_shows_the_last_wanted_sort() {
        let long = |id: i64| format!("{{\"agent_id\":{id},\"note\":\"{}\"}},", "x".repeat(9000));
        let wanted = WantedRows { list: None, unassigned: true, others: true };
        for piece in [500, 8000, 1_000_000] {
            let mut scanner = RowScanner::new(wanted.clone(), None);
            let body = format!("[{}{}{}{}{}oops", long(1), long(5), long(5), long(6), long(7));
            for piece in body.as_bytes().chunks(piece) {
                scanner.push(piece);
            }
            assert!(scanner.is_done() && scanner.has_enough());
            assert_eq!(shown(scanner.finish(false).expect("JSON")), Some((4, vec![(1, 1), (5, 2), (6, 1)], false)));
        }
    }

    #[test]
    fn of_very_many_agents_some_are_kept_and_unassigned_always() {
        let body: Vec<String> = (2..5000).chain([1]).map(|id| format!("{{\"agent_id\":{id}}}")).collect();
        let wanted = WantedRows { unassigned: true, ..WantedRows::default() };
        let rows = scan(format!("[{}]", body.join(",")).as_bytes(), wanted, 999, true).expect("JSON").expect("a list");
        assert!(rows.count == 4999 && rows.by_agent.len() < 300 && rows.by_agent[&1] == 1, "{}", rows.by_agent.len());
    }

    proptest! {
        #[test]
        fn any_bytes_give_the_same_however_they_are_cut(body: Vec<u8>, piece in 1_usize..9, ended: bool) {
            let whole = scan(&body, wanted(Some("tickets")), body.len(), ended);
            prop_assert_eq!(whole, scan(&body, wanted(Some("tickets")), piece, ended));
        }

        #[test]
        fn rows_are_counted_as_the_library_would(
            ids in prop::collection::vec(prop::option::of(0..9_i64), 0..40), text in ".{0,9}", named: bool, piece in 1_usize..60
        ) {
            let rows: Vec<Value> = ids.iter().map(|id| match id {
                Some(id) => serde_json::json!({ text.clone(): [text, { "agent_id": 3 }], "agent_id": id }),
                None => serde_json::json!({ "note": text }),
            }).collect();
            let body = if named { serde_json::json!({ "columns": [text], "tickets": rows }) } else { rows.into() };
            let mut known = Rows { complete: true, ..Rows::default() };
            ids.iter().for_each(|id| known.add(*id));
            let found = scan(body.to_string().as_bytes(), wanted(Some("tickets")), piece, true);
            prop_assert_eq!(found, Ok(Some(known)));
        }
    }
}
