//! Reading a body: never more than the cap, counted after decompression.

use reqwest::Response;
use zeroize::{Zeroize, Zeroizing};

use crate::probe::row_scanner::RowScanner;

/// Room that is made at once; a token answer fits, so that no copy of it is left behind by growing.
const ROOM: usize = 16 * 1024;

/// Why reading stopped.
pub(super) enum ReadBodyError {
    /// At the end.
    End,
    /// At the cap.
    Full,
    /// Everything that was looked for was seen; the rest was not read.
    Enough,
    /// At the end of a body that was scanned and not kept.
    Scanned,
    /// At an error.
    Broken(reqwest::Error),
}

/// Bytes of an answer, overwritten when they are no longer needed: they may hold a token or a customer's data.
pub(super) type Bytes = Zeroizing<Vec<u8>>;

/// Room for a body.
pub(super) fn room(cap: usize) -> Bytes {
    Zeroizing::new(Vec::with_capacity(cap.min(ROOM)))
}

/// A response of up to this many bytes is read to its end in any case, so that its connection can be used again.
const SMALL: usize = 16 * 1024;
/// Most bytes of a list that are scanned, after decompression.
const SCANNED: usize = 16 * 1024 * 1024;

/// Reads until the end, the cap or an error. Dropping the future keeps what was read so far in `into`. A scanner sees every
/// byte: reading stops when it has enough, and it goes on beyond the cap, where nothing is kept.
pub(super) async fn read(
    response: &mut Response,
    into: &mut Bytes,
    cap: usize,
    mut scanner: Option<&mut RowScanner>,
) -> ReadBodyError {
    let (mut received, mut is_kept) = (0_usize, true);
    loop {
        let chunk = match response.chunk().await {
            Ok(None) if is_kept => return ReadBodyError::End,
            Ok(None) => return ReadBodyError::Scanned,
            Ok(Some(chunk)) => chunk,
            Err(error) => return ReadBodyError::Broken(error),
        };
        received = received.saturating_add(chunk.len());
        if let Some(scanner) = &mut scanner
            && scanner.feed(&chunk)
            && received > SMALL
        {
            return ReadBodyError::Enough;
        }
        let fits = chunk.len().min(cap - into.len());
        if is_kept {
            into.extend_from_slice(&chunk[..fits]);
        }
        if is_kept && fits == chunk.len() {
            continue;
        }
        let goes_on = scanner.as_ref().is_some_and(|scanner| !scanner.is_broken());
        if !goes_on || received > SCANNED {
            return ReadBodyError::Full;
        }
        // From here on only the scanner sees the bytes.
        into.zeroize();
        is_kept = false;
    }
}
