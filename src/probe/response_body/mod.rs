//! Reading the body of an answer: its encoding, whether it is a web page, and JSON of any shape without a panic.

mod charset;
mod error_message;
mod html;
mod json;
mod json_scanner;
mod member_scanner;

pub(super) use self::charset::{StreamDecoder, decode};
pub(super) use self::error_message::{Fields, integer, message, text_of, truth, words};
pub(super) use self::html::{looks_like_html, title};
pub(super) use self::json::{NotJson, members_at_start, object, too_deep};
pub(super) use self::json_scanner::{Event, JsonScanner, JsonSyntaxError, ScanControl};
pub(super) use self::member_scanner::MemberScanner;
