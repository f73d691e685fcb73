//! Reads a server's certificate for display.

use jiff::Timestamp;
use x509_parser::extensions::GeneralName;
use x509_parser::oid_registry::OID_CT_LIST_SCT;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::domain::evidence::Certificate;
use crate::domain::untrusted_text::UntrustedText;

/// Most names that are kept of one certificate.
const NAMES: usize = 50;
const DAY: i64 = 86_400;

/// Reads a certificate; `now` is this machine's clock. `None` if it cannot be parsed.
pub(in crate::probe) fn read(der: &[u8], now: Timestamp) -> Option<Certificate> {
    let (_, parsed) = X509Certificate::from_der(der).ok()?;
    let ends = parsed.validity().not_after.timestamp();
    Some(Certificate {
        subject: UntrustedText::new(&parsed.subject().to_string()),
        issuer: UntrustedText::new(&parsed.issuer().to_string()),
        names: names(&parsed),
        not_before: rfc3339(parsed.validity().not_before.timestamp()),
        not_after: rfc3339(ends),
        days_left: (ends - now.as_second()).div_euclid(DAY),
        fingerprint: fingerprint(der),
    })
}

/// True if the certificate carries the proof of a public log (a list of signed timestamps, RFC 6962), as browsers demand
/// of every public authority.
pub(super) fn has_public_log_proof(der: &[u8]) -> bool {
    X509Certificate::from_der(der)
        .is_ok_and(|(_, parsed)| parsed.extensions().iter().any(|extension| extension.oid == OID_CT_LIST_SCT))
}

fn names(parsed: &X509Certificate<'_>) -> Vec<UntrustedText> {
    let Ok(Some(extension)) = parsed.subject_alternative_name() else {
        return Vec::new();
    };
    let shown = extension.value.general_names.iter().filter_map(|name| match name {
        GeneralName::DNSName(name) => Some(UntrustedText::new(name)),
        GeneralName::IPAddress(bytes) => ip(bytes).map(|text| UntrustedText::new(&text)),
        _ => None,
    });
    shown.take(NAMES).collect()
}

fn ip(bytes: &[u8]) -> Option<String> {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Some(std::net::Ipv4Addr::from(four).to_string());
    }
    <[u8; 16]>::try_from(bytes).ok().map(|sixteen| std::net::Ipv6Addr::from(sixteen).to_string())
}

/// Seconds since 1970 as RFC 3339; a date that no calendar holds is given as its number.
pub(in crate::probe) fn rfc3339(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |at| at.to_string())
}

fn fingerprint(der: &[u8]) -> String {
    use std::fmt::Write;
    let digest = ring::digest::digest(&ring::digest::SHA256, der);
    digest.as_ref().iter().fold(String::new(), |mut out, byte| {
        let written = write!(out, "{byte:02x}");
        debug_assert!(written.is_ok(), "writing to a String cannot fail");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_read_with_names_dates_and_fingerprint() {
        let key = rcgen::KeyPair::generate().expect("a key");
        let mut wanted = rcgen::CertificateParams::new(vec!["halo.example".into(), "127.0.0.1".into()]).expect("names");
        wanted.not_before = rcgen::date_time_ymd(2026, 1, 1);
        wanted.not_after = rcgen::date_time_ymd(2026, 12, 31);
        let made = wanted.self_signed(&key).expect("a certificate");
        let now: Timestamp = "2026-12-21T12:00:00Z".parse().expect("a time");
        let found = read(made.der(), now).expect("readable");
        assert_eq!(found.names, [UntrustedText::new("halo.example"), UntrustedText::new("127.0.0.1")]);
        assert_eq!((found.not_before.as_str(), found.days_left), ("2026-01-01T00:00:00Z", 9));
        assert_eq!(found.fingerprint.len(), 64);
        let late: Timestamp = "2027-01-01T00:00:01Z".parse().expect("a time");
        assert_eq!(read(made.der(), late).expect("readable").days_left, -2);
        assert_eq!(read(b"junk", now), None);
    }
}
