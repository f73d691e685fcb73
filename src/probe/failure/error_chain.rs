//! Walks the causes of an error. `io::Error::source()` skips the error that it wraps, and rustls errors sit two of them
//! deep, so `get_ref()` is followed as well.

use std::error::Error;
use std::io;

/// More causes than any honest error has.
const DEEPEST: usize = 32;

type Cause<'a> = &'a (dyn Error + 'static);

/// The error and its causes, outermost first.
pub(super) fn causes<'a>(error: Cause<'a>) -> Vec<Cause<'a>> {
    std::iter::successors(Some(error), |error| next(*error)).take(DEEPEST).collect()
}

fn next<'a>(error: Cause<'a>) -> Option<Cause<'a>> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// The first cause of a type.
pub(super) fn find<'a, E: Error + 'static>(causes: &[Cause<'a>]) -> Option<&'a E> {
    causes.iter().find_map(|cause| cause.downcast_ref::<E>())
}

/// The first kind of an operating system's error that says more than "other".
pub(super) fn io_kind(causes: &[Cause<'_>]) -> Option<io::ErrorKind> {
    causes
        .iter()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .map(io::Error::kind)
        .find(|kind| !matches!(kind, io::ErrorKind::Other | io::ErrorKind::InvalidData))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_two_io_errors_deep_is_found() {
        let inner = rustls::Error::AlertReceived(rustls::AlertDescription::ProtocolVersion);
        let wrapped = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, inner));
        let causes = causes(&wrapped);
        assert!(find::<rustls::Error>(&causes).is_some());
        assert_eq!(io_kind(&causes), None);
    }

    #[test]
    fn the_telling_kind_is_found_behind_the_silent_one() {
        let wrapped = io::Error::other(io::Error::from(io::ErrorKind::ConnectionReset));
        assert_eq!(io_kind(&causes(&wrapped)), Some(io::ErrorKind::ConnectionReset));
    }
}
