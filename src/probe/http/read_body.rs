//! Reading a body: never more than the cap, counted after decompression.

use reqwest::Response;
use zeroize::Zeroizing;

/// Room that is made at once; a token answer fits, so that no copy of it is left behind by growing.
const ROOM: usize = 16 * 1024;

/// Why reading stopped.
pub(super) enum ReadBodyError {
    /// At the end.
    End,
    /// At the cap.
    Full,
    /// At an error.
    Broken(reqwest::Error),
}

/// Bytes of an answer, overwritten when they are no longer needed: they may hold a token or a customer's data.
pub(super) type Bytes = Zeroizing<Vec<u8>>;

/// Room for a body.
pub(super) fn room(cap: usize) -> Bytes {
    Zeroizing::new(Vec::with_capacity(cap.min(ROOM)))
}

/// Reads until the end, the cap or an error. Dropping the future keeps what was read so far in `into`.
pub(super) async fn read(response: &mut Response, into: &mut Bytes, cap: usize) -> ReadBodyError {
    loop {
        match response.chunk().await {
            Ok(None) => return ReadBodyError::End,
            Ok(Some(chunk)) => {
                let fits = chunk.len().min(cap - into.len());
                into.extend_from_slice(&chunk[..fits]);
                if fits < chunk.len() {
                    return ReadBodyError::Full;
                }
            }
            Err(error) => return ReadBodyError::Broken(error),
        }
    }
}
