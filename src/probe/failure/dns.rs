//! Failed name resolution: the resolver reported that the name does not exist, or did not answer.

use std::error::Error;
use std::io;

use super::Circumstances;
use crate::domain::codes::Code;
use crate::domain::evidence::Fault;
use crate::platform::name_resolution::says_no_such_name;

/// Texts of the C libraries for failures that are not about the name (`EAI_AGAIN`, `EAI_FAIL`, `EAI_MEMORY`). The
/// standard library passes on the text, always in English, but not the number.
const UNANSWERED: &[&str] = &[
    // glibc, macOS and the BSDs
    "temporary failure",
    "non-recoverable failure",
    "memory allocation failure",
    // musl
    "try again",
    "non-recoverable error",
    "out of memory",
];

/// The failure to resolve `name`, which is Halo's or the proxy's.
pub(super) fn fault(name: &str, causes: &[&(dyn Error + 'static)]) -> Fault {
    if is_unanswered(causes) {
        return unanswered(format!("this machine's name service gave no answer about {name}"));
    }
    Fault::new(Code::NetDns)
        .detail(format!("the name {name} does not resolve: this machine's resolver has no address for it"))
}

/// The failure of an exchange whose time was up while the resolver was being asked for `name`.
pub(super) fn timed_out(name: &str, seen: &Circumstances<'_>) -> Fault {
    let limit = super::time(seen.connect_limit);
    unanswered(format!("this machine's resolver did not answer within {limit} when it was asked for {name}"))
}

fn unanswered(detail: String) -> Fault {
    Fault::new(Code::NetDnsUnavailable).detail(detail)
}

/// True when the resolver said nothing about the name.
pub(super) fn is_unanswered(causes: &[&(dyn Error + 'static)]) -> bool {
    let reason = causes.last().map(|cause| cause.to_string().to_ascii_lowercase()).unwrap_or_default();
    // An error of the operating system (EAI_SYSTEM): its files or its sockets failed, before any name was looked for.
    let system = |cause: &&(dyn Error + 'static)| {
        let error = cause.downcast_ref::<io::Error>();
        error.is_some_and(|error| error.raw_os_error().is_some() && !says_no_such_name(error))
    };
    causes.iter().any(system) || UNANSWERED.iter().any(|words| reason.contains(words))
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::Arc;

    use reqwest::dns::{Name, Resolve, Resolving};

    use super::*;

    /// A resolver that fails as the standard library's does.
    struct FailingResolver(fn() -> io::Error);

    impl Resolve for FailingResolver {
        fn resolve(&self, _: Name) -> Resolving {
            let error = self.0();
            Box::pin(async move { Err(error.into()) })
        }
    }

    fn says(words: &'static str) -> io::Error {
        io::Error::other(format!("failed to lookup address information: {words}"))
    }

    /// A client cannot be made without; no connection comes about.
    fn tls() -> rustls::ClientConfig {
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth()
    }

    #[tokio::test]
    async fn only_an_answer_says_that_there_is_no_such_name() {
        let cases: &[(fn() -> io::Error, Code)] = &[
            (|| says("Temporary failure in name resolution"), Code::NetDnsUnavailable),
            (|| says("Non-recoverable failure in name resolution"), Code::NetDnsUnavailable),
            (|| says("Memory allocation failure"), Code::NetDnsUnavailable),
            (|| says("Try again"), Code::NetDnsUnavailable),
            (|| says("Non-recoverable error"), Code::NetDnsUnavailable),
            (|| rustix::io::Errno::MFILE.into(), Code::NetDnsUnavailable),
            (|| rustix::io::Errno::CONNREFUSED.into(), Code::NetDnsUnavailable),
            (|| says("Name or service not known"), Code::NetDns),
            (|| says("No address associated with hostname"), Code::NetDns),
            (|| says("nodename nor servname provided, or not known"), Code::NetDns),
            (|| says("Name does not resolve"), Code::NetDns),
        ];
        for (error, code) in cases {
            let shown = error().to_string();
            let client = reqwest::Client::builder().no_proxy().dns_resolver(Arc::new(FailingResolver(*error)));
            let client = client.tls_backend_preconfigured(tls()).build().expect("a client");
            let failed = client.get("http://acme.example").send().await.expect_err("no address");
            assert!(failed.is_dns(), "{failed:?}");
            let fault = fault("acme.example", &crate::probe::failure::error_chain::causes(&failed));
            assert_eq!(fault.code, *code, "{shown}");
            let detail = fault.detail.as_str();
            assert!(detail.contains("acme.example"), "{detail}");
        }
    }
}
