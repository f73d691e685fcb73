//! Whom this machine trusts. Its certificates are hundreds of files: they are read when the first connection is made,
//! beside its round trips, and not before the first screen.

use std::sync::{Arc, Once, OnceLock};

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;

use super::ca_file::{self, CaFileError};
use crate::probe::{NetworkOptions, SetupError};

type Verifier = Arc<dyn ServerCertVerifier>;

/// The platform's verifier, with the roots that the operator added.
#[derive(Debug)]
pub(super) struct Roots {
    pub provider: Arc<CryptoProvider>,
    /// `None` if this machine has no trusted certificates.
    verifier: OnceLock<Option<Verifier>>,
    aside: Once,
}

impl Roots {
    /// Reads only the operator's additional certificates, so that an error in them is reported first.
    ///
    /// # Errors
    /// An unusable CA file.
    pub(super) fn new(options: &NetworkOptions, provider: Arc<CryptoProvider>) -> Result<Self, SetupError> {
        let verifier = OnceLock::new();
        let extra = extra(options)?;
        if !extra.is_empty() {
            let built = platform(extra, &provider).map_err(|_| {
                let fix = "Give --ca-file the certificate of the authority. Nothing was sent.".into();
                let reason = "a certificate in it cannot be used as an authority's".into();
                bad(options, CaFileError { reason, fix })
            })?;
            verifier.get_or_init(|| Some(built));
        }
        Ok(Self { provider, verifier, aside: Once::new() })
    }

    /// The verifier; waits until it is there.
    pub(super) fn verifier(&self) -> Option<&Verifier> {
        self.verifier.get_or_init(|| platform(Vec::new(), &self.provider).ok()).as_ref()
    }

    /// Reads the certificates once, on a thread of its own. They are needed only when a server shows its certificate.
    pub(super) fn read_aside(self: &Arc<Self>) {
        self.aside.call_once(|| {
            let roots = Arc::clone(self);
            // Without a thread they are read when they are asked for.
            drop(std::thread::Builder::new().name("roots".into()).spawn(move || {
                roots.verifier();
            }));
        });
    }
}

fn platform(extra: Vec<CertificateDer<'static>>, provider: &Arc<CryptoProvider>) -> Result<Verifier, rustls::Error> {
    Ok(Arc::new(rustls_platform_verifier::Verifier::new_with_extra_roots(extra, Arc::clone(provider))?))
}

fn extra(options: &NetworkOptions) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    match &options.extra_roots {
        Some((path, bytes)) => ca_file::read(path, bytes).map_err(|error| bad(options, error)),
        None => Ok(Vec::new()),
    }
}

fn bad(options: &NetworkOptions, CaFileError { reason, fix }: CaFileError) -> SetupError {
    let path = options.extra_roots.as_ref().map(|(path, _)| path.clone()).unwrap_or_default();
    SetupError::BadRoots { path, reason, fix }
}
