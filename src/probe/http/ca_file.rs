//! The certificates of a `--ca-file`, in whichever form the operator has them: PEM with other text around, with a byte
//! order mark, in UTF-16 or on one line; DER. What holds certificates in a form that is not read is named with the command
//! that converts it.

use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rustls::pki_types::CertificateDer;
use x509_parser::der_parser::asn1_rs::{Any, FromDer, Oid, Tag};
use x509_parser::prelude::X509Certificate;

use crate::domain::text_file;

/// PKCS#7 `signedData`.
const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
/// First bytes of a file of Java's `keytool`.
const JAVA_KEYSTORE: &[u8] = &[0xfe, 0xed, 0xfe, 0xed];

/// Reason why a file contains no certificate, and the fix.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CaFileError {
    pub reason: String,
    pub fix: String,
}

/// Reads all certificates of the file. `path` is only used in the advised commands.
///
/// # Errors
/// The file contains no certificate, a damaged one, or certificates in an unsupported format.
pub(super) fn read(path: &Path, bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, CaFileError> {
    if bytes.is_empty() {
        return Err(unusable("the file is empty", COPY_AGAIN));
    }
    if bytes.starts_with(JAVA_KEYSTORE) {
        let fix = convert("keytool -exportcert -rfc -alias NAME -keystore FILE -file FILE.pem", path);
        return Err(unusable("a Java keystore, not a file of certificates", &fix));
    }
    if bytes[0] == DER_SEQUENCE && (bytes[1..].first().is_some_and(|length| *length >= 0x80)) {
        return certificates(path, bytes, "DER");
    }
    let text = text_file::decode(bytes).map_err(|error| unusable(&format!("the file {error}"), COPY_AGAIN))?;
    pem(path, &text)
}

/// First byte of every file in DER.
const DER_SEQUENCE: u8 = 0x30;
const COPY_AGAIN: &str = "Give --ca-file the certificate of the authority, as PEM or DER. Nothing was sent.";

fn pem(path: &Path, text: &str) -> Result<Vec<CertificateDer<'static>>, CaFileError> {
    // From JSON or a variable, line ends arrive as two characters.
    let text = text.replace("\\r", "").replace("\\n", "\n");
    let (mut found, mut others) = (Vec::new(), Vec::new());
    let mut rest = text.as_str();
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let (label, after) = after.split_once("-----").unwrap_or((after, ""));
        let Some((body, after)) = after.split_once(&format!("-----END {label}-----")) else {
            let reason = format!("the block {label:.40} has no end: the file was cut short, or changed");
            return Err(unusable(&reason, COPY_AGAIN));
        };
        rest = after;
        match label {
            "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
                let der = base64(body).ok_or_else(|| {
                    unusable(&format!("certificate {} is damaged: it is not base64", found.len() + 1), COPY_AGAIN)
                })?;
                found.extend(certificates(path, &der, "PEM")?);
            }
            other => others.push(other),
        }
    }
    if !found.is_empty() {
        return Ok(found);
    }
    match others.first() {
        Some(label) => Err(no_certificate(path, label)),
        // A certificate without its first and last line.
        None => match base64(&text).filter(|der| der.first() == Some(&DER_SEQUENCE)) {
            Some(der) => certificates(path, &der, "DER"),
            None if text.trim_start().starts_with('<') => {
                Err(unusable("a web page, not a certificate: the download gave a page", COPY_AGAIN))
            }
            None => Err(unusable("no certificate in it", COPY_AGAIN)),
        },
    }
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    BASE64_STANDARD.decode(text).ok()
}

/// A file of blocks with this label and no certificate.
fn no_certificate(path: &Path, label: &str) -> CaFileError {
    match label {
        "PKCS7" | "CMS" => pkcs7(path, "PEM"),
        label if label.ends_with("PRIVATE KEY") => private_key(),
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => {
            unusable("a request for a certificate, not a certificate", COPY_AGAIN)
        }
        "X509 CRL" => unusable("a list of revoked certificates, not a certificate", COPY_AGAIN),
        label => unusable(&format!("no certificate in it, but {label:.40}"), COPY_AGAIN),
    }
}

/// The certificates of DER bytes, one after another. OpenSSL's trust settings behind one are left out.
fn certificates(path: &Path, der: &[u8], form: &str) -> Result<Vec<CertificateDer<'static>>, CaFileError> {
    let mut found = Vec::new();
    let mut rest = der;
    while !rest.is_empty() {
        match X509Certificate::from_der(rest) {
            Ok((after, _)) => {
                found.push(CertificateDer::from(rest[..rest.len() - after.len()].to_vec()));
                rest = after;
            }
            Err(_) if found.is_empty() => return Err(other_der(path, rest, form)),
            Err(_) => break,
        }
    }
    Ok(found)
}

/// Describes DER bytes that are not a certificate.
fn other_der(path: &Path, der: &[u8], form: &str) -> CaFileError {
    let damaged = || unusable(&format!("no certificate in it, or a damaged one ({form})"), COPY_AGAIN);
    let Ok((_, outer)) = Any::from_der(der) else { return damaged() };
    let Ok((rest, first)) = Any::from_der(outer.data) else { return damaged() };
    match first.tag() {
        Tag::Oid if Oid::try_from(first.clone()).is_ok_and(|oid| oid.to_id_string() == SIGNED_DATA) => {
            pkcs7(path, form)
        }
        Tag::Integer if first.data == [3] && Any::from_der(rest).is_ok_and(|(_, next)| next.tag() == Tag::Sequence) => {
            let fix = convert("openssl pkcs12 -in FILE -nokeys -out FILE.pem", path);
            unusable("a PKCS#12 file (.pfx, .p12), which may hold a private key", &fix)
        }
        Tag::Integer => private_key(),
        _ => damaged(),
    }
}

fn pkcs7(path: &Path, form: &str) -> CaFileError {
    let command = match form {
        "DER" => "openssl pkcs7 -inform DER -in FILE -print_certs -out FILE.pem",
        _ => "openssl pkcs7 -in FILE -print_certs -out FILE.pem",
    };
    unusable("a PKCS#7 file (.p7b), not a file of certificates", &convert(command, path))
}

fn private_key() -> CaFileError {
    unusable(
        "a private key, no certificate",
        "Give --ca-file the authority's certificate; no key is needed. Nothing was sent.",
    )
}

fn unusable(reason: &str, fix: &str) -> CaFileError {
    CaFileError { reason: reason.to_owned(), fix: fix.to_owned() }
}

/// Advice to run a command. `FILE` in it is replaced with the path.
fn convert(command: &str, path: &Path) -> String {
    let path = path.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    let in_shell = |name: &str| {
        if name.chars().all(plain) { name.to_owned() } else { format!("'{}'", name.replace('\'', r"'\''")) }
    };
    let pem = in_shell(&format!("{path}.pem"));
    let command = command.replace("FILE.pem", "\0").replace("FILE", &in_shell(&path)).replace('\0', &pem);
    format!("Convert it, and give --ca-file {pem}: {command}. Nothing was sent.")
}

#[cfg(test)]
mod tests {
    use rcgen::{CertifiedKey, generate_simple_self_signed};

    use super::*;

    struct Authority {
        pem: String,
        der: Vec<u8>,
        key: rcgen::KeyPair,
    }

    fn authority() -> Authority {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["ca.example".to_owned()]).expect("made");
        Authority { pem: cert.pem(), der: cert.der().to_vec(), key: signing_key }
    }

    fn utf16(text: &str) -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    }

    fn sequence(parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        let length = u16::try_from(content.len()).expect("short").to_be_bytes();
        [&[DER_SEQUENCE, 0x82][..], &length, &content].concat()
    }

    #[test]
    fn certificates_are_read_in_whichever_form_they_come() {
        let ca = authority();
        let pem = &ca.pem;
        let trusted_der = [&ca.der[..], &sequence(&[&[0x0c, 1, b'x']])].concat();
        let trusted = format!(
            "-----BEGIN TRUSTED CERTIFICATE-----\n{}\n-----END TRUSTED CERTIFICATE-----\n",
            BASE64_STANDARD.encode(trusted_der)
        );
        let bare = BASE64_STANDARD.encode(&ca.der);
        for (name, bytes, count) in [
            ("PEM", pem.clone().into_bytes(), 1),
            ("DER", ca.der.clone(), 1),
            ("two in DER", [&ca.der[..], &ca.der].concat(), 2),
            ("byte order mark", format!("\u{feff}{pem}").into_bytes(), 1),
            ("UTF-16", utf16(pem), 1),
            ("CRLF", pem.replace('\n', "\r\n").into_bytes(), 1),
            ("CR", pem.replace('\n', "\r").into_bytes(), 1),
            ("text between", format!("subject=CN = ca, Zürich\n{pem}\n# second\nissuer=x\n{pem}bye").into_bytes(), 2),
            ("indented", pem.lines().map(|line| format!("    {line}\n")).collect::<String>().into_bytes(), 1),
            ("one line", pem.replace('\n', " ").into_bytes(), 1),
            ("line ends of JSON", pem.replace('\n', "\\n").into_bytes(), 1),
            ("TRUSTED", trusted.into_bytes(), 1),
            ("X509", pem.replace("CERTIFICATE", "X509 CERTIFICATE").into_bytes(), 1),
            ("without its lines", bare.into_bytes(), 1),
            ("with its key", format!("{}{pem}", ca.key.serialize_pem()).into_bytes(), 1),
        ] {
            let found = read(Path::new("ca"), &bytes).unwrap_or_else(|error| panic!("{name}: {error:?}"));
            assert_eq!(found.len(), count, "{name}");
            assert!(found.iter().all(|certificate| certificate.as_ref() == ca.der), "{name}");
        }
    }

    #[test]
    fn what_is_not_read_is_named_with_the_way_to_convert_it() {
        let ca = authority();
        let signed_data = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
        let p7b = sequence(&[&signed_data, &ca.der]);
        let p12 = sequence(&[&[0x02, 1, 3], &sequence(&[&ca.der])]);
        let block = |label: &str, der: &[u8]| {
            format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", BASE64_STANDARD.encode(der)).into_bytes()
        };
        for (bytes, reason, fix) in [
            (p7b.clone(), "PKCS#7", "openssl pkcs7 -inform DER -in 'my ca' -print_certs -out 'my ca.pem'"),
            (block("PKCS7", &p7b), "PKCS#7", "openssl pkcs7 -in 'my ca' -print_certs"),
            (p12, "PKCS#12", "openssl pkcs12 -in 'my ca' -nokeys"),
            (JAVA_KEYSTORE.to_vec(), "Java keystore", "keytool -exportcert"),
            (ca.key.serialize_pem().into_bytes(), "private key", "no key is needed"),
            (block("RSA PRIVATE KEY", b"x"), "private key", "no key is needed"),
            (ca.key.serialize_der(), "private key", "no key is needed"),
            (block("CERTIFICATE REQUEST", b"x"), "request", "PEM or DER"),
            (block("X509 CRL", b"x"), "revoked", "PEM or DER"),
            (block("CERTIFICATE", b"nonsense"), "damaged", "PEM or DER"),
            (ca.pem.replace("MII", "M*I").into_bytes(), "not base64", "PEM or DER"),
            (ca.pem.replace("-----END", "").into_bytes(), "has no end", "PEM or DER"),
            (ca.der[..ca.der.len() - 9].to_vec(), "damaged", "PEM or DER"),
            (b"<!doctype html><p>Sign in".to_vec(), "web page", "PEM or DER"),
            (b"hello".to_vec(), "no certificate", "PEM or DER"),
            (vec![0xff, 0xfa, 0x80], "neither UTF-8", "PEM or DER"),
            (Vec::new(), "empty", "PEM or DER"),
        ] {
            let error = read(Path::new("my ca"), &bytes).expect_err(reason);
            assert!(error.reason.contains(reason) && error.fix.contains(fix), "{reason}: {error:?}");
            assert!(error.fix.contains("Nothing was sent"), "{error:?}");
        }
    }
}
