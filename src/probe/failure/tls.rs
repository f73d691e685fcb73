//! Converts a TLS failure to a code with the details for its fix: names, dates, issuer, this machine's clock.

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, PeerIncompatible};

use super::{Circumstances, ExchangeStage};
use crate::domain::codes::Code;
use crate::domain::evidence::Fault;
use crate::probe::http::rfc3339;

/// Maximum number of certificate names in one sentence.
const NAMES: usize = 8;

/// Peer of a failed handshake.
#[derive(Clone, Copy)]
struct Peer<'a> {
    /// As it is named in a sentence.
    shown: &'a str,
    /// The name that its certificate must hold.
    name: &'a str,
}

/// The fault for a TLS error.
pub(super) fn fault(error: &Error, seen: &Circumstances<'_>) -> Fault {
    let (code, mut detail, fix) = told(error, Peer { shown: seen.host, name: super::name(seen.host) }, seen);
    // A proxy that inspects TLS shows a certificate of its own.
    if let Some(proxy) = &seen.proxy {
        detail.push_str(&format!("; reached through the proxy {proxy}"));
    }
    Fault { fix, ..Fault::new(code).detail(detail) }
}

/// The failure of TLS with a proxy that speaks it itself: the proxy is named, not the host behind it.
pub(super) fn at_proxy(error: &Error, proxy: &str, seen: &Circumstances<'_>) -> Fault {
    let address = proxy.split(' ').next().unwrap_or(proxy);
    let name = address.split_once("://").map_or(address, |(_, rest)| super::name(rest));
    let (code, detail, fix) = told(error, Peer { shown: &format!("the proxy {proxy}"), name }, seen);
    let host = seen.host;
    match code {
        Code::TlsUntrusted
        | Code::TlsExpired
        | Code::TlsNotYetValid
        | Code::TlsHostname
        | Code::TlsBadCertificate
        | Code::TlsNoRoots => {
            let fix = match code {
                Code::TlsUntrusted => {
                    Some("Ask the proxy's owner for its root certificate and give it with --ca-file.".to_owned())
                }
                Code::TlsHostname => {
                    Some("Use the name that the proxy's certificate is for in the proxy's address.".to_owned())
                }
                Code::TlsBadCertificate => Some("The proxy's owner must replace its certificate.".to_owned()),
                _ => None,
            };
            Fault { fix, ..Fault::new(code).detail(format!("{detail}; {host} was not reached")) }
        }
        _ => {
            let is_alert = matches!(error, Error::AlertReceived(_));
            let plain = "If the proxy speaks plain http, as most do, write http:// in front of its address.";
            let fix = if is_alert { fix } else { Some(plain.to_owned()) };
            Fault { fix, ..Fault::new(Code::NetProxy).detail(format!("{detail}, so {host} was not reached")) }
        }
    }
}

fn told(error: &Error, peer: Peer<'_>, seen: &Circumstances<'_>) -> (Code, String, Option<String>) {
    let shown = peer.shown;
    let (code, detail) = match error {
        Error::InvalidCertificate(reason) => certificate(reason, peer, seen),
        Error::NoCertificatesPresented => (Code::TlsBadCertificate, format!("{shown} shows no certificate")),
        Error::AlertReceived(alert) => {
            let (code, what, fix) = alert_received(*alert, peer);
            let alert = alert_name(*alert);
            return (code, format!("{what} (TLS alert {alert})"), fix.map(str::to_owned));
        }
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => (
            Code::TlsNotTls,
            format!(
                "{shown} answers, but not with TLS: plain HTTP or another service on this port, or a captive portal"
            ),
        ),
        Error::InvalidMessage(_) if seen.reached == ExchangeStage::Tcp => {
            (Code::TlsNotTls, format!("{shown} answers, but not with valid TLS"))
        }
        Error::PeerIncompatible(reason) => incompatible(reason, shown),
        Error::PeerSentOversizedRecord | Error::InvalidMessage(_) | Error::DecryptError => (
            Code::TlsHandshake,
            format!("the TLS handshake with {shown} failed: something altered or damaged what it sent"),
        ),
        Error::PeerMisbehaved(_) | Error::InappropriateMessage { .. } | Error::InappropriateHandshakeMessage { .. } => {
            (Code::TlsHandshake, format!("the TLS handshake with {shown} failed: it does not keep to the protocol"))
        }
        Error::NoApplicationProtocol => {
            (Code::TlsHandshake, format!("{shown} speaks neither HTTP/1.1 nor HTTP/2 on this port"))
        }
        _ => (Code::TlsHandshake, format!("the TLS handshake with {shown} failed")),
    };
    let fix = match (code, error) {
        (Code::TlsHandshake, Error::PeerIncompatible(_)) | (Code::TlsNotTls, _) => None,
        (Code::TlsHandshake, _) => Some(ALTERED.to_owned()),
        _ => None,
    };
    (code, detail, fix)
}

const ALTERED: &str = "Try again, and from another network: something between may alter the connection. If it stays, the server's owner must look at its TLS set-up.";
const CLIENT_CERTIFICATE: &str =
    "Halo itself asks for no client certificate: a gateway in front of it does. Ask its owner for an exemption.";
const SERVER: &str = "The server's owner must look at its log: the fault is on that side.";

fn incompatible(reason: &PeerIncompatible, shown: &str) -> (Code, String) {
    use PeerIncompatible as P;
    match reason {
        P::ServerDoesNotSupportTls12Or13 | P::ServerTlsVersionIsDisabledByOurConfig => {
            (Code::TlsVersion, format!("{shown} offers no TLS 1.2 or newer"))
        }
        _ => {
            (Code::TlsHandshake, format!("{shown} and this program have no TLS cipher suite or key exchange in common"))
        }
    }
}

/// Meaning of an alert at this stage: the server's reason to end the handshake.
fn alert_received(alert: AlertDescription, peer: Peer<'_>) -> (Code, String, Option<&'static str>) {
    use AlertDescription as A;
    let Peer { shown, name } = peer;
    match alert {
        A::ProtocolVersion => (Code::TlsVersion, format!("{shown} offers no TLS 1.2 or newer"), None),
        A::CertificateRequired | A::NoCertificate => {
            (Code::TlsClientCertRequired, format!("{shown} wants a client certificate"), None)
        }
        A::BadCertificate
        | A::UnsupportedCertificate
        | A::CertificateRevoked
        | A::CertificateExpired
        | A::CertificateUnknown
        | A::UnknownCA => (
            Code::TlsClientCertRequired,
            format!(
                "{shown} does not accept this program's lack of a client certificate, or something between does not accept the server's"
            ),
            Some(CLIENT_CERTIFICATE),
        ),
        A::AccessDenied => (
            Code::TlsHandshake,
            format!("{shown} does not let this machine or this connection in"),
            Some(
                "Ask whoever runs the server, or the gateway in front of it, to allow this machine's address; it may want a client certificate.",
            ),
        ),
        A::UnrecognisedName => (
            Code::TlsHandshake,
            format!("{shown} has no certificate for the name {name}"),
            Some(
                "Check the host name in the address. If it is right, the server's owner must put a site and a certificate for this name (SNI) in place.",
            ),
        ),
        A::HandshakeFailure | A::InsufficientSecurity => (
            Code::TlsHandshake,
            format!("{shown} and this program have no TLS settings in common that the server accepts"),
            None,
        ),
        A::NoApplicationProtocol => (
            Code::TlsHandshake,
            format!("{shown} speaks neither HTTP/1.1 nor HTTP/2 on this port"),
            Some("Check the port in the address: another service may use this one."),
        ),
        A::InternalError | A::UserCanceled | A::UnknownPSKIdentity | A::CertificateUnobtainable => {
            (Code::TlsHandshake, format!("{shown} broke off the TLS handshake for a reason of its own"), Some(SERVER))
        }
        A::InappropriateFallback
        | A::DecryptError
        | A::BadRecordMac
        | A::DecryptionFailed
        | A::RecordOverflow
        | A::DecodeError
        | A::UnexpectedMessage
        | A::IllegalParameter
        | A::MissingExtension
        | A::UnsupportedExtension => (
            Code::TlsHandshake,
            format!("{shown} could not read this program's part of the TLS handshake"),
            Some(ALTERED),
        ),
        _ => (Code::TlsHandshake, format!("{shown} ended the TLS handshake"), Some(SERVER)),
    }
}

/// The name of an alert in the TLS standards (RFC 8446, 6).
fn alert_name(alert: AlertDescription) -> String {
    use AlertDescription as A;
    let name = match alert {
        A::UnknownCA => "unknown_ca",
        A::UnrecognisedName => "unrecognized_name",
        A::UnknownPSKIdentity => "unknown_psk_identity",
        A::Unknown(number) => return number.to_string(),
        other => return snake_case(&format!("{other:?}")),
    };
    name.to_owned()
}

fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for (at, letter) in name.chars().enumerate() {
        if letter.is_ascii_uppercase() && at > 0 {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

fn certificate(reason: &CertificateError, peer: Peer<'_>, seen: &Circumstances<'_>) -> (Code, String) {
    use CertificateError as E;
    let (code, what) = match reason {
        E::Expired | E::ExpiredContext { .. } => (Code::TlsExpired, expired(reason, seen)),
        E::NotValidYet | E::NotValidYetContext { .. } => (Code::TlsNotYetValid, not_yet_valid(reason, seen)),
        E::NotValidForName | E::NotValidForNameContext { .. } => {
            (Code::TlsHostname, other_name(reason, peer.name, seen))
        }
        E::UnknownIssuer if !seen.has_roots => (Code::TlsNoRoots, "this machine has no CA certificates".to_owned()),
        E::UnknownIssuer => (Code::TlsUntrusted, "this machine does not know who issued it".to_owned()),
        other => (Code::TlsBadCertificate, unacceptable(other)),
    };
    (code, format!("the certificate of {} cannot be trusted: {what}{}", peer.shown, shown(seen)))
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

fn other_name(reason: &CertificateError, wanted: &str, seen: &Circumstances<'_>) -> String {
    let names: Vec<String> = match (&seen.certificate, reason) {
        (Some(certificate), _) if !certificate.names.is_empty() => {
            certificate.names.iter().map(|name| name.as_str().to_owned()).collect()
        }
        (_, CertificateError::NotValidForNameContext { presented, .. }) => presented.clone(),
        _ => Vec::new(),
    };
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
        E::BadEncoding => "it cannot be read".into(),
        E::BadSignature => "its signature is not its issuer's".into(),
        E::UnhandledCriticalExtension => "it holds a condition that this program does not know".into(),
        E::UnsupportedSignatureAlgorithmContext { .. } | E::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "it is signed in a way that is no longer accepted, such as SHA-1".into()
        }
        E::UnknownRevocationStatus | E::ExpiredRevocationList | E::ExpiredRevocationListContext { .. } => {
            "whether it was withdrawn cannot be told".into()
        }
        _ if text.contains("UnsupportedCertVersion") => "it is not of X.509 version 3".into(),
        _ if text.contains("NameConstraintViolation") => "its issuer may not issue for this name".into(),
        _ if text.contains("PathLenConstraintViolated") || text.contains("EndEntityUsedAsCa") => {
            "it was issued by a certificate that may not issue others".into()
        }
        _ => "it breaks a rule for server certificates".into(),
    }
}

fn shown(seen: &Circumstances<'_>) -> String {
    match &seen.certificate {
        None => String::new(),
        Some(c) => format!("; issuer {}; subject {}; SHA-256 {}", c.issuer.cut(120), c.subject.cut(120), c.fingerprint),
    }
}
