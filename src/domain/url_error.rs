//! Reasons why a text is not a valid address, in this program's words.

use url::ParseError;

/// The reason, as the rest of a sentence that begins with "it".
pub fn reason(error: ParseError) -> &'static str {
    match error {
        ParseError::EmptyHost => "has no host name",
        ParseError::InvalidPort => "has a port that is no number from 0 to 65535",
        ParseError::IdnaError | ParseError::InvalidDomainCharacter => {
            "has a host name with characters that no host name can have"
        }
        ParseError::InvalidIpv4Address => "has a host that looks like an IPv4 address and is none",
        ParseError::InvalidIpv6Address => "has a host that looks like an IPv6 address and is none",
        ParseError::RelativeUrlWithoutBase | ParseError::RelativeUrlWithCannotBeABaseBase => {
            "does not begin with a scheme such as https://"
        }
        ParseError::Overflow => "is too long",
        _ => "is not written as an address is",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_kind_of_mistake_has_a_reason() {
        for (text, wanted) in [
            ("https://", "has no host name"),
            ("https://a:99999", "has a port that is no number from 0 to 65535"),
            ("https://a b", "has a host name with characters that no host name can have"),
            ("https://1.2.3.999", "has a host that looks like an IPv4 address and is none"),
            ("https://[::g]", "has a host that looks like an IPv6 address and is none"),
            ("acme", "does not begin with a scheme such as https://"),
        ] {
            assert_eq!(super::reason(url::Url::parse(text).expect_err("no address")), wanted, "{text}");
        }
    }
}
