//! Errors of the system's resolver.

use std::io;

/// `WSAHOST_NOT_FOUND` and `WSANO_DATA`: there is no such name, or it has no address.
const NO_SUCH_NAME: [i32; 2] = [11001, 11004];

/// Returns true if the error is the resolver's answer that there is no such name. Here every answer has a number.
pub fn says_no_such_name(error: &io::Error) -> bool {
    error.raw_os_error().is_some_and(|code| NO_SUCH_NAME.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_of_the_resolvers_errors_are_about_the_name() {
        for (code, answer) in [(11001, true), (11004, true), (11002, false), (11003, false), (10060, false)] {
            assert_eq!(says_no_such_name(&io::Error::from_raw_os_error(code)), answer, "{code}");
        }
    }
}
