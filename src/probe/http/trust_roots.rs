//! Whom this machine trusts. Its certificates are hundreds of files: they are read when the first connection is made,
//! beside its round trips, and not before the first screen.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, Once, OnceLock, PoisonError};

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;

use super::ca_file::{self, CaFileError};
use super::certificate;
use crate::domain::evidence::CertificateTrust;
use crate::probe::{NetworkOptions, SetupError};

type Verifier = Arc<dyn ServerCertVerifier>;

/// The platform's verifier, with the roots that the operator added.
#[derive(Debug)]
pub(super) struct Roots {
    pub provider: Arc<CryptoProvider>,
    /// `None` if this machine has no trusted certificates.
    verifier: OnceLock<Option<Verifier>>,
    /// Certificates that the operator added.
    extra: Vec<CertificateDer<'static>>,
    /// The platform's verifier without them; built where there are some and a server was trusted.
    platform_alone: OnceLock<Option<Verifier>>,
    /// Leaf certificates that were trusted only with them, and how: a resumed session is not verified again.
    by_extra: Mutex<HashMap<Vec<u8>, NeedsExtra>>,
    aside: Once,
}

/// Most leaf certificates that are remembered.
const REMEMBERED: usize = 64;

/// What the certificates of the operator were needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NeedsExtra {
    /// As the authority.
    Authority,
    /// As an intermediate certificate that the server leaves out.
    Intermediate,
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
            let built = platform(extra.clone(), &provider).map_err(|_| {
                let fix = "Give --ca-file the certificate of the authority. Nothing was sent.".into();
                let reason = "a certificate in it cannot be used as an authority's".into();
                bad(options, CaFileError { reason, fix })
            })?;
            verifier.get_or_init(|| Some(built));
        }
        let (platform_alone, by_extra) = (OnceLock::new(), Mutex::default());
        Ok(Self { provider, verifier, extra, platform_alone, by_extra, aside: Once::new() })
    }

    /// Notes why a leaf certificate was trusted. `verify` asks a verifier about it, with further intermediate
    /// certificates. Asked only where the operator added certificates: otherwise the platform alone was the judge.
    pub(super) fn note_trust(
        &self,
        leaf: &CertificateDer<'_>,
        verify: impl Fn(&dyn ServerCertVerifier, &[CertificateDer<'static>]) -> bool,
    ) {
        if self.extra.is_empty() || self.remembered().contains_key(leaf.as_ref()) {
            return;
        }
        let platform = self.platform_alone.get_or_init(|| platform(Vec::new(), &self.provider).ok());
        let holds = |more: &[CertificateDer<'static>]| platform.as_ref().is_some_and(|judge| verify(&**judge, more));
        let needs = match holds(&[]) {
            true => return,
            false if holds(&self.extra) => NeedsExtra::Intermediate,
            false => NeedsExtra::Authority,
        };
        let mut remembered = self.remembered();
        if remembered.len() < REMEMBERED {
            remembered.insert(leaf.to_vec(), needs);
        }
    }

    /// Why a leaf certificate is trusted that was accepted.
    pub(super) fn trust_of(&self, leaf: &[u8]) -> CertificateTrust {
        let public_log = certificate::has_public_log_proof(leaf);
        match self.remembered().get(leaf) {
            Some(NeedsExtra::Authority) => CertificateTrust::CaFile { public_log },
            Some(NeedsExtra::Intermediate) => CertificateTrust::ChainCompletedByCaFile,
            None if public_log => CertificateTrust::PublicAuthority,
            None => CertificateTrust::NoPublicLog,
        }
    }

    fn remembered(&self) -> MutexGuard<'_, HashMap<Vec<u8>, NeedsExtra>> {
        self.by_extra.lock().unwrap_or_else(PoisonError::into_inner)
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

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, CustomExtension, IsCa, Issuer, KeyPair};
    use rustls::RootCertStore;
    use rustls::client::WebPkiServerVerifier;
    use rustls::pki_types::{ServerName, UnixTime};

    use super::*;

    fn authority(
        name: &str,
        by: Option<&Issuer<'static, KeyPair>>,
    ) -> (CertificateDer<'static>, Issuer<'static, KeyPair>) {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let made = match by {
            None => params.self_signed(&key),
            Some(issuer) => params.signed_by(&key, issuer),
        };
        (made.expect("a certificate").der().clone(), Issuer::new(params, key))
    }

    fn leaf(by: &Issuer<'static, KeyPair>, public_log: bool) -> CertificateDer<'static> {
        let mut params = CertificateParams::new(vec!["halo.example".into()]).expect("names");
        if public_log {
            let list = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 11129, 2, 4, 2], vec![4, 2, 0, 0]);
            params.custom_extensions.push(list);
        }
        params.signed_by(&KeyPair::generate().expect("a key"), by).expect("a certificate").der().clone()
    }

    /// Roots of a machine that trusts `platform`, with the certificates of a `--ca-file`.
    fn roots(platform: &CertificateDer<'static>, extra: &[CertificateDer<'static>]) -> Roots {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut store = RootCertStore::empty();
        store.add(platform.clone()).expect("a root");
        let built = WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(&provider)).build();
        let alone: Verifier = built.expect("a verifier");
        Roots {
            provider,
            verifier: OnceLock::new(),
            extra: extra.to_vec(),
            platform_alone: OnceLock::from(Some(alone)),
            by_extra: Mutex::default(),
            aside: Once::new(),
        }
    }

    #[test]
    fn why_a_certificate_is_trusted_is_found_by_asking_again_without_the_file() {
        let (root, root_issuer) = authority("Public root", None);
        let (middle, middle_issuer) = authority("Public intermediate", Some(&root_issuer));
        let (own, own_issuer) = authority("Company root", None);
        let name = ServerName::try_from("halo.example").expect("a name");
        for (leaf, sent, extra, wanted) in [
            (leaf(&middle_issuer, true), vec![middle.clone()], vec![], CertificateTrust::PublicAuthority),
            (leaf(&middle_issuer, true), vec![middle.clone()], vec![own.clone()], CertificateTrust::PublicAuthority),
            (leaf(&middle_issuer, false), vec![middle.clone()], vec![own.clone()], CertificateTrust::NoPublicLog),
            (leaf(&middle_issuer, true), vec![], vec![middle.clone()], CertificateTrust::ChainCompletedByCaFile),
            (leaf(&own_issuer, false), vec![], vec![own.clone()], CertificateTrust::CaFile { public_log: false }),
            (leaf(&own_issuer, true), vec![], vec![own.clone()], CertificateTrust::CaFile { public_log: true }),
        ] {
            let roots = roots(&root, &extra);
            roots.note_trust(&leaf, |judge, more| {
                let chain: Vec<CertificateDer<'_>> = sent.iter().chain(more).cloned().collect();
                judge.verify_server_cert(&leaf, &chain, &name, &[], UnixTime::now()).is_ok()
            });
            assert_eq!(roots.trust_of(&leaf), wanted);
        }
    }
}
