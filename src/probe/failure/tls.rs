//! What a TLS failure is called, with the particulars that let an operator mend it: names, dates, issuer, our clock.

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};

use super::{Circumstances, Reached};
use crate::domain::codes::Code;
use crate::domain::evidence::Fault;
use crate::probe::http::rfc3339;

/// Most names of a certificate that stand in one sentence.
const NAMES: usize = 8;

/// The failure that a TLS error tells of.
pub(super) fn fault(error: &Error, seen: &Circumstances<'_>) -> Fault {
    let host = seen.host;
    let (code, detail) = match error {
        Error::InvalidCertificate(reason) => certificate(reason, seen),
        Error::NoCertificatesPresented => (Code::TlsBadCertificate, format!("{host} shows no certificate")),
        Error::AlertReceived(alert) => alert_received(*alert, seen),
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            (Code::TlsNotTls, format!("{host} answers, but not with TLS: plain HTTP on this port, or a captive portal"))
        }
        Error::InvalidMessage(_) if seen.reached == Reached::Tcp => {
            (Code::TlsNotTls, format!("{host} answers, but not with TLS ({error})"))
        }
        Error::PeerIncompatible(rustls::PeerIncompatible::ServerDoesNotSupportTls12Or13) => {
            (Code::TlsVersion, format!("{host} offers no TLS 1.2 or newer"))
        }
        other => (Code::TlsHandshake, format!("the TLS handshake with {host} failed: {other}")),
    };
    // A proxy that inspects TLS shows a certificate of its own, and one that speaks TLS itself may be what failed.
    let through = seen.proxy.as_ref().map(|proxy| format!("; reached through the proxy {proxy}"));
    Fault::new(code).detail(detail + &through.unwrap_or_default())
}

fn alert_received(alert: AlertDescription, seen: &Circumstances<'_>) -> (Code, String) {
    let host = seen.host;
    match alert {
        AlertDescription::ProtocolVersion => (Code::TlsVersion, format!("{host} offers no TLS 1.2 or newer")),
        AlertDescription::CertificateRequired => {
            (Code::TlsClientCertRequired, format!("{host} wants a client certificate"))
        }
        other => (Code::TlsHandshake, format!("{host} ended the TLS handshake with the alert {other:?}")),
    }
}

fn certificate(reason: &CertificateError, seen: &Circumstances<'_>) -> (Code, String) {
    use CertificateError as E;
    let (code, what) = match reason {
        E::Expired | E::ExpiredContext { .. } => (Code::TlsExpired, expired(reason, seen)),
        E::NotValidYet | E::NotValidYetContext { .. } => (Code::TlsNotYetValid, not_yet_valid(reason, seen)),
        E::NotValidForName | E::NotValidForNameContext { .. } => (Code::TlsHostname, other_name(reason, seen)),
        E::UnknownIssuer if !seen.has_roots => (Code::TlsNoRoots, "this machine has no CA certificates".to_owned()),
        E::UnknownIssuer => (Code::TlsUntrusted, "this machine does not know who issued it".to_owned()),
        other => (Code::TlsBadCertificate, unacceptable(other)),
    };
    (code, format!("the certificate of {} cannot be trusted: {what}{}", seen.host, shown(seen)))
}

fn expired(reason: &CertificateError, seen: &Circumstances<'_>) -> String {
    let ended = match (reason, &seen.certificate) {
        (CertificateError::ExpiredContext { not_after, .. }, _) => rfc3339(not_after.as_secs().cast_signed()),
        (_, Some(certificate)) => certificate.not_after.clone(),
        _ => "an unknown date".into(),
    };
    let days = seen.certificate.as_ref().map(|c| format!(" ({} days ago)", -c.days_left)).unwrap_or_default();
    format!("it ended on {ended}{days}; this machine's clock says {:.0}", seen.now)
}

fn not_yet_valid(reason: &CertificateError, seen: &Circumstances<'_>) -> String {
    let begins = match (reason, &seen.certificate) {
        (CertificateError::NotValidYetContext { not_before, .. }, _) => rfc3339(not_before.as_secs().cast_signed()),
        (_, Some(certificate)) => certificate.not_before.clone(),
        _ => "an unknown date".into(),
    };
    format!("it is valid from {begins}; this machine's clock says {:.0}", seen.now)
}

fn other_name(reason: &CertificateError, seen: &Circumstances<'_>) -> String {
    let names: Vec<String> = match (&seen.certificate, reason) {
        (Some(certificate), _) if !certificate.names.is_empty() => {
            certificate.names.iter().map(|name| name.as_str().to_owned()).collect()
        }
        (_, CertificateError::NotValidForNameContext { presented, .. }) => presented.clone(),
        _ => Vec::new(),
    };
    let wanted = super::name(seen.host);
    if names.is_empty() {
        return format!("it names no host at all, so not {wanted} either");
    }
    let more = names.len().saturating_sub(NAMES);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("it is for {}{more}, not for {wanted}", names[..names.len().min(NAMES)].join(", "))
}

fn unacceptable(reason: &CertificateError) -> String {
    use CertificateError as E;
    let text = reason.to_string();
    match reason {
        E::Revoked => "it was withdrawn by its issuer".into(),
        _ if text.contains("CaUsedAsEndEntity") => {
            "it is the certificate of a certificate authority, used as a server's; trusting it does not help".into()
        }
        E::InvalidPurpose | E::InvalidPurposeContext { .. } => "it was not issued for servers".into(),
        _ if text.contains("EkuError") => "it was not issued for servers".into(),
        _ => text,
    }
}

fn shown(seen: &Circumstances<'_>) -> String {
    match &seen.certificate {
        None => String::new(),
        Some(c) => format!("; issuer {}; subject {}; SHA-256 {}", c.issuer.cut(120), c.subject.cut(120), c.fingerprint),
    }
}
