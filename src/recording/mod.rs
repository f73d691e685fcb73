//! Recording of a run: what was exchanged with the servers, as shapes without values, and the way back from a recording to
//! the run that it holds.
//!
//! Pure: no file, no socket, no clock. `probe` hands every exchange over as it happened; [`Recorder`] turns it into a shape
//! at once, so that no value of a server outlives its exchange. Text in angle brackets in a recording is a
//! replacement; everything else is on the [closed list](closed_list).
//!
//! ```text
//! probe ── Recorder ─┬─ json_shape   JSON bodies: member names, types, lengths, and the values of the closed list
//!                    ├─ replacer     names, ids, addresses and texts; the same value gets the same replacement
//!                    └─ format       the file ─┬─ reader ── placeholder: back to values for a replay
//!                                              └─ doubts: what it tells of Halo that was not known
//! ```

pub mod closed_list;
pub mod doubts;
mod fault_shape;
mod format;
mod json_shape;
mod layout;
mod placeholder;
mod reader;
mod recorder;
mod replacer;
mod url_shape;

pub use format::{
    BodyShape, ConnectionShape, ExchangeShape, FailureShape, LinkShape, NoteShape, Recording, ResponseShape, RowsShape,
    RunEnd, SCHEMA, VerdictShape,
};
pub use placeholder::{
    GuideNames, least, object as placeholder_object, text as placeholder_text, value as placeholder_value,
};
pub use reader::{LONGEST, RecordingError, read};
pub use recorder::{BodyContent, CapturedExchange, CapturedResponse, Recorder};
