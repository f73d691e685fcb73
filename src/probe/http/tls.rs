//! TLS: what is trusted, and hooks that note what a handshake shows. Verification is never weakened: each hook passes
//! the question on to the platform's verifier and only listens.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{
    ClientSessionMemoryCache, ClientSessionStore, Resumption, Tls12ClientSessionValue, Tls13ClientSessionValue,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, NamedGroup, SignatureScheme};

use super::connection_timings;
use super::trust_roots::Roots;

/// Servers whose sessions are remembered.
const REMEMBERED: usize = 16;

/// The configuration. It trusts whom `roots` trusts.
pub(super) fn config(roots: &Arc<Roots>) -> ClientConfig {
    let mut config = ClientConfig::builder_with_provider(Arc::clone(&roots.provider))
        .with_safe_default_protocol_versions()
        .unwrap_or_else(|error| unreachable!("ring offers every version: {error}"))
        // "dangerous" only because the type cannot know that the witness passes every question on.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(RecordingVerifier(Arc::clone(roots))))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.resumption = Resumption::store(Arc::new(Sessions(ClientSessionMemoryCache::new(REMEMBERED))));
    config
}

/// Notes the certificate that a server shows, then lets the platform's verifier judge it.
#[derive(Debug)]
struct RecordingVerifier(Arc<Roots>);

impl RecordingVerifier {
    fn judge(&self) -> Result<&Arc<dyn ServerCertVerifier>, Error> {
        self.0.verifier().ok_or(Error::InvalidCertificate(CertificateError::UnknownIssuer))
    }
}

impl ServerCertVerifier for RecordingVerifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(phases) = connection_timings::current() {
            phases.certificate(leaf);
        }
        let verified = self.judge()?.verify_server_cert(leaf, intermediates, name, ocsp, now)?;
        self.0.note_trust(leaf, |platform, more| {
            let chain: Vec<CertificateDer<'_>> = intermediates.iter().chain(more).cloned().collect();
            platform.verify_server_cert(leaf, &chain, name, ocsp, now).is_ok()
        });
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if let Some(phases) = connection_timings::current() {
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
        if let Some(phases) = connection_timings::current() {
            phases.tls_version("TLS 1.3");
        }
        self.judge()?.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        // The platform's verifier has the same; asking it here would read the certificates before the first byte.
        self.0.provider.signature_verification_algorithms.supported_schemes()
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
        if let Some(phases) = connection_timings::current() {
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
