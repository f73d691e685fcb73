//! Counts the rows of a list answer. What stands in them is a customer's data: it is skipped while it is read, and never
//! becomes a value of the program.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::domain::evidence::Rows;

/// Reads an answer: the root when it is a list, else the member `list`, else the first member that is a list. `None`
/// when there is no list at all. (See docs/halo.md, "Reply shapes".)
pub(super) struct Answer<'a> {
    pub list: Option<&'a str>,
}

impl<'de> DeserializeSeed<'de> for Answer<'_> {
    type Value = Option<Rows>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(Root(self))
    }
}

/// Visitor methods for everything that is neither list nor object.
macro_rules! nothing_else {
    ($value:expr) => {
        fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok($value)
        }
    };
}

struct Root<'a>(Answer<'a>);

impl<'de> Visitor<'de> for Root<'_> {
    type Value = Option<Rows>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, or an object that holds one")
    }

    nothing_else!(None);

    fn visit_seq<A: SeqAccess<'de>>(self, rows: A) -> Result<Self::Value, A::Error> {
        count(rows).map(Some)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let (mut named, mut first) = (None, None);
        self.lists(&mut members, &mut named, &mut first)?;
        Ok(named.or(first))
    }
}

impl Root<'_> {
    fn lists<'de, A: MapAccess<'de>>(
        &self,
        members: &mut A,
        named: &mut Option<Rows>,
        first: &mut Option<Rows>,
    ) -> Result<(), A::Error> {
        while let Some(key) = members.next_key::<String>()? {
            let is_named = self.0.list.is_some_and(|list| list.eq_ignore_ascii_case(&key));
            let Some(rows) = members.next_value_seed(Member)? else { continue };
            if is_named {
                *named = Some(rows);
            } else if first.is_none() {
                *first = Some(rows);
            }
        }
        Ok(())
    }
}

/// One member of the root: its rows when it is a list.
struct Member;

impl<'de> DeserializeSeed<'de> for Member {
    type Value = Option<Rows>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Member {
    type Value = Option<Rows>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    nothing_else!(None);

    fn visit_seq<A: SeqAccess<'de>>(self, rows: A) -> Result<Self::Value, A::Error> {
        count(rows).map(Some)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

fn count<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Rows, A::Error> {
    let mut rows = Rows { complete: true, count: 0, by_agent: BTreeMap::new() };
    while let Some(agent) = list.next_element_seed(Row)? {
        rows.count += 1;
        if let Some(agent) = agent {
            *rows.by_agent.entry(agent).or_default() += 1;
        }
    }
    Ok(rows)
}

/// One row: its `agent_id`, when it has one.
struct Row;

impl<'de> DeserializeSeed<'de> for Row {
    type Value = Option<i64>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Row {
    type Value = Option<i64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row")
    }

    nothing_else!(None);

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut agent = None;
        while let Some(is_agent) = members.next_key_seed(IsAgentId)? {
            if is_agent {
                agent = members.next_value_seed(Integer)?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(agent)
    }
}

/// Is this key `agent_id`? Compared while it is read, so that no key is kept.
struct IsAgentId;

impl<'de> DeserializeSeed<'de> for IsAgentId {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for IsAgentId {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<bool, E> {
        Ok(key.eq_ignore_ascii_case("agent_id"))
    }
}

/// An integer, or a text that is one.
struct Integer;

impl<'de> DeserializeSeed<'de> for Integer {
    type Value = Option<i64>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let value: serde_json::Value = serde::Deserialize::deserialize(deserializer)?;
        Ok(super::response_body::integer(&value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::response_body::read;

    fn rows(body: &str, list: Option<&str>) -> Option<(usize, Vec<(i64, usize)>)> {
        let rows = read(body, Answer { list }).expect("JSON")?;
        Some((rows.count, rows.by_agent.into_iter().collect()))
    }

    #[test]
    fn the_list_is_found_in_every_known_shape() {
        for (body, list, wanted) in [
            (r#"[{"agent_id":1},{"agent_id":5}]"#, None, Some((2, vec![(1, 1), (5, 1)]))),
            (r#"{"record_count":1,"tickets":[{"id":1,"agent_id":7}]}"#, Some("tickets"), Some((1, vec![(7, 1)]))),
            (r#"{"columns":[{"x":1},{"x":2}],"tickets":[{}]}"#, Some("tickets"), Some((1, vec![]))),
            (r#"{"Tickets":[{"AGENT_ID":"7"}]}"#, Some("tickets"), Some((1, vec![(7, 1)]))),
            (r#"{"record_count":2,"results":[{},{}]}"#, Some("tickets"), Some((2, vec![]))),
            (r#"{"record_count":0,"tickets":[]}"#, Some("tickets"), Some((0, vec![]))),
            ("[]", Some("tickets"), Some((0, vec![]))),
            (r#"[1,"two",null,[3],{"agent_id":{"deep":[1]}}]"#, None, Some((5, vec![]))),
            (r#"{"tickets":null,"record_count":3}"#, Some("tickets"), None),
            (r#"{"tickets":{"0":{}}}"#, Some("tickets"), None),
            ("{}", Some("tickets"), None),
            ("null", None, None),
            ("\"text\"", None, None),
            ("12", None, None),
        ] {
            assert_eq!(rows(body, list), wanted, "{body}");
        }
    }

    #[test]
    fn many_rows_are_counted() {
        let body = format!("[{}]", vec![r#"{"agent_id":1,"summary":"x \"[{\" y"}"#; 5000].join(","));
        assert_eq!(rows(&body, None), Some((5000, vec![(1, 5000)])));
    }
}
