//! What the program knows: the guide, the connection, the evidence, the verdict. Pure: no clock, no socket, no file.

pub mod access;
pub mod code;
pub mod connection;
pub mod destination;
pub mod event;
pub mod evidence;
pub mod explain;
pub mod foreign;
pub mod guide;
pub mod profile;
pub mod report;
pub mod request_budget;
pub mod scope;
pub mod secret_text;
pub mod text_file;
pub mod verdict;
