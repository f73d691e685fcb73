//! Reading the body of an answer: its encoding, whether it is a web page, and JSON of any shape without a panic.

mod html;
mod json;
mod said;
mod text;

pub(super) use self::html::{looks_like_html, title};
pub(super) use self::json::{Unreadable, is_sound_start, members_at_start, object, read};
pub(super) use self::said::{Fields, integer, message, text_of, truth, words};
pub(super) use self::text::decode;
