//! Reading a body: never more than the cap, counted after decompression.

use std::time::Duration;

use reqwest::Response;
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use crate::probe::response_body::MemberScanner;
use crate::probe::row_scanner::RowScanner;

/// Initial capacity of the buffer. A token response fits, so that growing leaves no copy of it.
const ROOM: usize = 16 * 1024;

/// Reason why reading stopped.
pub(super) enum ReadBodyError {
    /// At the end.
    End,
    /// At the cap.
    Full,
    /// A list has shown what was looked for, or is none; the rest was not read.
    Enough,
    /// At an error.
    Broken(reqwest::Error),
}

/// Bytes of a response. Overwritten after use, because they may contain a token or a customer's data.
pub(super) type Bytes = Zeroizing<Vec<u8>>;

/// Room for a body.
pub(super) fn room(cap: usize) -> Bytes {
    Zeroizing::new(Vec::with_capacity(cap.min(ROOM)))
}

/// Size of the kept start of a list response, to recognise a web page or an error in its place.
const LIST_HEAD: usize = 16 * 1024;
/// Most bytes of a list that are scanned, after decompression.
pub(super) const MOST_OF_A_LIST: usize = 16 * 1024 * 1024;
/// Most bytes of a refusal that are searched for its OAuth error code, after decompression.
const MOST_OF_A_REFUSAL: usize = 1024 * 1024;
/// Time limit for the rest of a list that has shown enough. If the rest is read, the connection can be reused.
const REST: Duration = Duration::from_millis(250);

/// Reads until the end, the cap or an error. Dropping the future keeps what was read so far in `into`.
pub(super) async fn read(response: &mut Response, into: &mut Bytes, cap: usize) -> ReadBodyError {
    loop {
        match response.chunk().await {
            Ok(None) => return ReadBodyError::End,
            Ok(Some(chunk)) => {
                if !keep(into, &chunk, cap) {
                    return ReadBodyError::Full;
                }
            }
            Err(error) => return ReadBodyError::Broken(error),
        }
    }
}

/// Reads a refusal of the token request: like [`read`], and beyond the cap up to the OAuth error code.
pub(super) async fn read_refusal(
    response: &mut Response,
    into: &mut Bytes,
    cap: usize,
    code: &mut MemberScanner,
) -> ReadBodyError {
    let (mut received, mut is_full) = (0, false);
    loop {
        match response.chunk().await {
            Ok(None) if is_full => return ReadBodyError::Full,
            Ok(None) => return ReadBodyError::End,
            Ok(Some(chunk)) => {
                is_full |= !keep(into, &chunk, cap);
                code.push(&chunk);
                received += chunk.len();
                if is_full && (code.is_done() || received > MOST_OF_A_REFUSAL) {
                    return ReadBodyError::Full;
                }
            }
            Err(error) => return ReadBodyError::Broken(error),
        }
    }
}

/// Reads a list: `scanner` sees every byte, and reading stops when it is done. Only the start is kept in `into`.
pub(super) async fn read_list(response: &mut Response, into: &mut Bytes, scanner: &mut RowScanner) -> ReadBodyError {
    let mut rest_until = None;
    loop {
        if rest_until.is_none() && scanner.has_enough() {
            rest_until = Some(Instant::now() + REST);
        }
        let chunk = match rest_until {
            None => response.chunk().await,
            Some(until) => match timeout_at(until, response.chunk()).await {
                Err(_) | Ok(Err(_)) => return ReadBodyError::Enough,
                Ok(chunk) => chunk,
            },
        };
        match chunk {
            Ok(None) => return ReadBodyError::End,
            Ok(Some(chunk)) => {
                let has_room = keep(into, &chunk, LIST_HEAD);
                scanner.push(&chunk);
                // A web page is read on for its title.
                if scanner.is_done() && !(has_room && into.trim_ascii_start().starts_with(b"<")) {
                    return ReadBodyError::Enough;
                }
                if scanner.received() > MOST_OF_A_LIST {
                    return ReadBodyError::Full;
                }
            }
            Err(error) => return ReadBodyError::Broken(error),
        }
    }
}

/// Keeps as much of the bytes as the cap allows; false when that is not all of them.
fn keep(into: &mut Bytes, chunk: &[u8], cap: usize) -> bool {
    let fits = chunk.len().min(cap - into.len());
    into.extend_from_slice(&chunk[..fits]);
    fits == chunk.len()
}
