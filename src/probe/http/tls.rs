//! TLS: what is trusted, and hooks that note what a handshake shows. Verification is never weakened: each hook passes
//! the question on to the platform's verifier and only listens.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{
    ClientSessionMemoryCache, ClientSessionStore, Resumption, Tls12ClientSessionValue, Tls13ClientSessionValue,
};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, NamedGroup, SignatureScheme};

use super::phases;
use crate::probe::{NetworkOptions, SetupError};

/// Servers whose sessions are remembered.
const REMEMBERED: usize = 16;

/// The configuration, and whether this machine has any CA certificate at all.
pub(super) fn config(options: &NetworkOptions) -> Result<(ClientConfig, bool), SetupError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = verifier(options, &provider)?;
    let has_roots = verifier.is_some();
    let witness = Witness { inner: verifier, provider: Arc::clone(&provider) };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap_or_else(|error| unreachable!("ring offers every version: {error}"))
        // "dangerous" only because the type cannot know that the witness passes every question on.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(witness))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.resumption = Resumption::store(Arc::new(Sessions(ClientSessionMemoryCache::new(REMEMBERED))));
    Ok((config, has_roots))
}

/// The platform's verifier with the extra roots; none when this machine trusts nobody.
fn verifier(
    options: &NetworkOptions,
    provider: &Arc<CryptoProvider>,
) -> Result<Option<Arc<dyn ServerCertVerifier>>, SetupError> {
    let extra = extra_roots(options)?;
    let given = !extra.is_empty();
    match rustls_platform_verifier::Verifier::new_with_extra_roots(extra, Arc::clone(provider)) {
        Ok(verifier) => Ok(Some(Arc::new(verifier))),
        Err(error) if given => Err(bad_roots(options, error.to_string())),
        Err(_) => Ok(None),
    }
}

fn extra_roots(options: &NetworkOptions) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    let Some((_, pem)) = &options.extra_roots else {
        return Ok(Vec::new());
    };
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match read {
        Ok(found) if found.is_empty() => Err(bad_roots(options, "no certificate in it (PEM is expected)".into())),
        Ok(found) => Ok(found),
        Err(error) => Err(bad_roots(options, format!("not PEM certificates: {error}"))),
    }
}

fn bad_roots(options: &NetworkOptions, reason: String) -> SetupError {
    let path = options.extra_roots.as_ref().map(|(path, _)| path.clone()).unwrap_or_default();
    SetupError::BadRoots { path, reason }
}

/// Notes the certificate that a server shows, then lets the platform's verifier judge it.
#[derive(Debug)]
struct Witness {
    inner: Option<Arc<dyn ServerCertVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl Witness {
    fn judge(&self) -> Result<&Arc<dyn ServerCertVerifier>, Error> {
        self.inner.as_ref().ok_or(Error::InvalidCertificate(CertificateError::UnknownIssuer))
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(phases) = phases::current() {
            phases.certificate(leaf);
        }
        self.judge()?.verify_server_cert(leaf, intermediates, name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if let Some(phases) = phases::current() {
            phases.tls_version("TLS 1.2");
        }
        self.judge()?.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if let Some(phases) = phases::current() {
            phases.tls_version("TLS 1.3");
        }
        self.judge()?.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        match &self.inner {
            Some(inner) => inner.supported_verify_schemes(),
            None => self.provider.signature_verification_algorithms.supported_schemes(),
        }
    }
}

/// The usual session store. The question for a key exchange hint comes right before the first byte of TLS, which is the
/// one sign from outside that TCP is up.
#[derive(Debug)]
struct Sessions(ClientSessionMemoryCache);

impl ClientSessionStore for Sessions {
    fn set_kx_hint(&self, name: ServerName<'static>, group: NamedGroup) {
        self.0.set_kx_hint(name, group);
    }

    fn kx_hint(&self, name: &ServerName<'_>) -> Option<NamedGroup> {
        if let Some(phases) = phases::current() {
            phases.hello();
        }
        self.0.kx_hint(name)
    }

    fn set_tls12_session(&self, name: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.0.set_tls12_session(name, value);
    }

    fn tls12_session(&self, name: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.0.tls12_session(name)
    }

    fn remove_tls12_session(&self, name: &ServerName<'static>) {
        self.0.remove_tls12_session(name);
    }

    fn insert_tls13_ticket(&self, name: ServerName<'static>, value: Tls13ClientSessionValue) {
        self.0.insert_tls13_ticket(name, value);
    }

    fn take_tls13_ticket(&self, name: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.0.take_tls13_ticket(name)
    }
}
