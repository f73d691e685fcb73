//! What works on this machine and may not work from the vendor's servers: they use another network, other certificate
//! authorities and no proxy of ours. Notes; warnings where it will surely fail there. Nothing here changes an exit status
//! but with `--strict`.

use super::evidence_view::EvidenceView;
use super::fixes;
use crate::domain::codes::Code;
use crate::domain::evidence::{CertificateTrust, Discovery, Fault, Observation, ServerAccess};
use crate::domain::guide::{AddressPart, EvidenceSource, Guide, UsesDiscovery};
use crate::domain::host_class::HostClass;
use crate::domain::report::{Diagnosis, Severity};

/// Most addresses that a sentence names.
const MOST_ADDRESSES: usize = 3;

/// Every finding about the vendor's side, once a token has shown that this machine reaches both servers.
pub fn diagnoses(seen: &EvidenceView<'_>) -> Vec<Diagnosis> {
    let mut out: Vec<Diagnosis> = allow_list(seen).into_iter().collect();
    let evidence = seen.case.evidence;
    if evidence.token.value().is_none() {
        return out;
    }
    let guide = seen.case.guide;
    let servers = [evidence.link.access.as_ref(), evidence.auth_access.as_ref()];
    for access in servers.into_iter().flatten() {
        out.extend(of_server(guide, access));
    }
    out.extend(evidence.link.access.as_ref().and_then(|access| proxy(guide, access)));
    out.extend(auth_server(seen));
    out
}

/// Findings about an address that is not asked, by its text alone: a saved profile's.
pub fn of_address(guide: &Guide, origin: &str) -> Vec<Diagnosis> {
    of_server(guide, &ServerAccess { origin: origin.to_owned(), ..ServerAccess::default() })
}

fn of_server(guide: &Guide, access: &ServerAccess) -> Vec<Diagnosis> {
    [private_address(guide, access), certificate(guide, access), port(guide, access)].into_iter().flatten().collect()
}

fn note(guide: &Guide, code: Code, summary: String, fix: Vec<String>) -> Diagnosis {
    let facts = guide.facts_with(match code {
        Code::VendorAuthServer => EvidenceSource::ApiDetails,
        _ => EvidenceSource::FormUrl,
    });
    Diagnosis { code, severity: Severity::Note, summary, fix, facts, checks: vec!["discovery".into()] }
}

fn class_of(access: &ServerAccess) -> HostClass {
    HostClass::of_host(fixes::host_name(&access.origin))
}

/// The address is one that only this machine or this network can reach.
fn private_address(guide: &Guide, access: &ServerAccess) -> Option<Diagnosis> {
    let (vendor, host) = (&guide.vendor, fixes::host_name(&access.origin));
    let class = class_of(access);
    let here: Vec<String> = access
        .addresses
        .iter()
        .filter(|address| !HostClass::of_address(**address).is_public())
        .take(MOST_ADDRESSES)
        .map(|address| format!("{address} ({})", HostClass::of_address(*address).label()))
        .collect();
    let summary = match class {
        HostClass::Public if here.is_empty() => return None,
        HostClass::Public => format!(
            "{host} resolves to {} here: {vendor}'s servers may get another address for it, or none.",
            here.join(", ")
        ),
        class => format!("{host} is {}. {vendor}'s servers cannot reach it from the internet.", class.label()),
    };
    let reachable = match class {
        HostClass::Public => format!("Look {host} up from another network: it must have a public address there."),
        _ => format!("Enter a name in {} that public DNS has and that leads to this Halo.", guide.form),
    };
    let fix = vec![reachable, open_firewall(guide, host, port_of(access))];
    // A server on this machine is a tunnel or a test: which address the vendor will get is not known from it.
    let surely = !matches!(class, HostClass::Public | HostClass::Loopback);
    let severity = if surely { Severity::Warning } else { Severity::Note };
    Some(Diagnosis { severity, ..note(guide, Code::VendorPrivateAddress, summary, fix) })
}

/// The certificate is trusted here for a reason that holds on this machine alone.
fn certificate(guide: &Guide, access: &ServerAccess) -> Option<Diagnosis> {
    let (vendor, host) = (&guide.vendor, fixes::host_name(&access.origin));
    let issuer = if access.issuer.is_empty() { String::new() } else { format!(" (issuer {})", access.issuer.cut(80)) };
    let public = format!("Get {host} a certificate of a public authority, with its whole chain.");
    let own =
        format!("If that is not possible, ask {vendor}'s support whether their servers can trust your authority.");
    let found = |summary: String, fix: Vec<String>| note(guide, Code::VendorPrivateCa, summary, fix);
    match access.trust {
        CertificateTrust::CaFile { public_log: false } => {
            let summary = format!(
                "The certificate of {host} is trusted only because of --ca-file{issuer}. {vendor}'s servers do not have that file."
            );
            let surely = class_of(access) != HostClass::Loopback;
            let severity = if surely { Severity::Warning } else { Severity::Note };
            Some(Diagnosis { severity, ..found(summary, vec![public, own]) })
        }
        CertificateTrust::CaFile { public_log: true } => Some(found(
            format!(
                "The certificate of {host} is trusted only because of --ca-file{issuer}, although its issuer seems public: this machine's list of authorities may be old, and so may {vendor}'s."
            ),
            vec!["Update this machine's certificate authorities and run the check again without --ca-file.".into()],
        )),
        CertificateTrust::NoPublicLog => Some(found(
            format!(
                "This machine trusts the certificate of {host}{issuer}, but it shows no public log, as certificates of public authorities do. It may be of an authority that only your machines know, or of a firewall that decrypts."
            ),
            vec![
                format!(
                    "Run the check from another network. If the issuer differs there, {vendor}'s servers will see that one."
                ),
                public,
                own,
            ],
        )),
        CertificateTrust::ChainCompletedByCaFile => Some(note(
            guide,
            Code::VendorIncompleteChain,
            format!(
                "{host} leaves out an intermediate certificate{issuer}; only --ca-file completes the chain. {vendor}'s servers may refuse it."
            ),
            vec![
                format!(
                    "Have the web server of {host} send its whole chain, its own certificate and every intermediate one."
                ),
                "Run the check again without --ca-file: it then sees what others see.".into(),
            ],
        )),
        CertificateTrust::Unknown | CertificateTrust::PublicAuthority => None,
    }
}

/// Outgoing connections to other ports than 443 are often closed.
fn port(guide: &Guide, access: &ServerAccess) -> Option<Diagnosis> {
    let port = port_of(access);
    let host = fixes::host_name(&access.origin);
    let moot = port == 443 || !access.origin.starts_with("https://") || class_of(access) == HostClass::Loopback;
    (!moot).then(|| {
        let summary =
            format!("Halo is at port {port} of {host}. {}'s servers may open no connection but to 443.", guide.vendor);
        let fix = vec![
            format!(
                "Ask {}'s support whether their servers can connect to port {port}; or serve Halo at 443.",
                guide.vendor
            ),
            open_firewall(guide, host, port),
        ];
        note(guide, Code::VendorPort, summary, fix)
    })
}

/// A proxy resolved the name and made the connection: nothing is known of the way without it.
fn proxy(guide: &Guide, access: &ServerAccess) -> Option<Diagnosis> {
    let proxy = access.proxy.as_ref()?;
    let (vendor, host) = (&guide.vendor, fixes::host_name(&access.origin));
    let summary = format!(
        "{host} was reached through the proxy {proxy}, which looked up its address. {vendor}'s servers go another way, and this run shows nothing of it."
    );
    let fix = vec![
        "Run the check once from a machine that needs no proxy, outside this network.".into(),
        open_firewall(guide, host, port_of(access)),
    ];
    Some(note(guide, Code::VendorProxy, summary, fix))
}

/// The authorisation server is not where a product looks for it that has the values of the form alone.
fn auth_server(seen: &EvidenceView<'_>) -> Option<Diagnosis> {
    let case = &seen.case;
    let (guide, vendor) = (case.guide, &case.guide.vendor);
    let discovery = case.evidence.discovery.value()?;
    let test = if guide.test_button.is_empty() { "the connection" } else { &guide.test_button };
    let support = format!("If {test} fails in {vendor}, tell its support this address.");
    let is_in_form = guide.lines().any(|line| line.value == Some(AddressPart::AuthorisationServer));
    let compare = format!("Compare Authorisation Server under {}. {support}", fixes::api_details(guide));
    let used = case.evidence.token.value()?.token_url.split('?').next().unwrap_or_default();
    let named = format!("{}/token", discovery.auth_server);
    let usual = format!("{}/auth", seen.base());
    let elsewhere = !discovery.issues_tokens_at(&case.connection.resource_server) && !discovery.auth_origin.is_empty();
    let uses = guide.vendor_side.uses_discovery;
    let (summary, fix, fails) = if !used.is_empty() && used != named {
        (format!("Tokens come from {used}; {named} is named as their address, but there is nothing."), compare, false)
    } else if is_in_form {
        return None;
    } else if discovery.given_by_hand && discovery.auth_server != usual {
        let summary = format!(
            "Halo does not say where tokens come from; {} was given by hand, and the form of {vendor} does not ask for it.",
            discovery.auth_server
        );
        (summary, support, uses == UsesDiscovery::Yes)
    } else if named_another(discovery) {
        let summary =
            format!("Halo names another authorisation server than {}, which was given by hand.", discovery.auth_server);
        (summary, compare, false)
    } else if elsewhere && uses != UsesDiscovery::Yes {
        let summary = format!(
            "The authorisation server is another host ({}), and the form of {vendor} does not ask for it.",
            discovery.auth_origin
        );
        (summary, support, uses == UsesDiscovery::No)
    } else {
        return None;
    };
    let severity = if fails { Severity::Warning } else { Severity::Note };
    Some(Diagnosis { severity, ..note(guide, Code::VendorAuthServer, summary, vec![fix]) })
}

fn named_another(discovery: &Discovery) -> bool {
    discovery.named.as_ref().is_some_and(|named| !named.is_empty())
}

/// Something refused this machine in front of Halo, as one does that goes by a list of addresses.
fn allow_list(seen: &EvidenceView<'_>) -> Option<Diagnosis> {
    let evidence = seen.case.evidence;
    let first = [
        ("discovery", evidence.discovery.fault()),
        ("token", evidence.token.fault()),
        ("identity", evidence.identity.fault()),
    ];
    let probes = evidence.probes.iter().map(|(id, asked)| (id.as_str(), Observation::fault(asked)));
    let (check, fault) =
        first.into_iter().chain(probes).find_map(|(id, fault)| Some((id, fault.filter(|f| refuses_address(f))?)))?;
    let guide = seen.case.guide;
    let host = fixes::host_name(&seen.case.connection.resource_server);
    let status = fault.status.unwrap_or_default();
    let summary = format!(
        "{host} refused this machine before Halo ({status}), as a list of permitted addresses does. {}'s servers come from other addresses.",
        guide.vendor
    );
    let port =
        port_of(&ServerAccess { origin: seen.case.connection.resource_server.clone(), ..ServerAccess::default() });
    let fix = vec![open_firewall(guide, host, port)];
    Some(Diagnosis { checks: vec![check.to_owned()], ..note(guide, Code::VendorAllowList, summary, fix) })
}

/// A refusal that may go by the address: no login page, no browser check, no filter of this network.
fn refuses_address(fault: &Fault) -> bool {
    fault.code == Code::HttpIntercepted && fault.status == Some(403) && !fixes::is_filter_of_this_network(fault) && {
        let by = fault.answered_by.as_ref().map(|by| by.cut(80)).unwrap_or_default();
        !["browser", "login", "sign-in", "authentication", "password"].iter().any(|mark| by.contains(mark))
    }
}

/// Whom to ask for which opening of the firewall.
fn open_firewall(guide: &Guide, host: &str, port: u16) -> String {
    let vendor = &guide.vendor;
    let addresses = match guide.vendor_side.addresses.as_str() {
        "" => format!("{vendor}'s support knows them"),
        page => format!("they are listed at {page}"),
    };
    format!(
        "Ask whoever runs the firewall in front of {host} to open port {port} for the addresses of {vendor}'s servers; {addresses}."
    )
}

fn port_of(access: &ServerAccess) -> u16 {
    url::Url::parse(&access.origin).ok().and_then(|url| url.port_or_known_default()).unwrap_or(443)
}

#[cfg(test)]
mod tests {
    use super::super::test_evidence::{answered, connection, grant, healthy};
    use super::super::{Case, judge};
    use super::*;
    use crate::domain::evidence::Evidence;
    use crate::domain::report::{Judgement, Verdict};
    use crate::domain::untrusted_text::UntrustedText;

    fn judged(evidence: &Evidence, uses_discovery: UsesDiscovery, page: &str) -> Judgement {
        let (mut guide, connection) = (Guide::built_in(), connection());
        guide.vendor_side.uses_discovery = uses_discovery;
        guide.vendor_side.addresses = page.into();
        judge(Case { guide: &guide, connection: &connection, notes: &[], evidence, finished: true })
    }

    fn reached(origin: &str, addresses: &[&str]) -> ServerAccess {
        ServerAccess {
            origin: origin.into(),
            addresses: addresses.iter().map(|address| address.parse().expect("an address")).collect(),
            issuer: UntrustedText::new("CN=Some CA"),
            trust: CertificateTrust::PublicAuthority,
            ..ServerAccess::default()
        }
    }

    fn found(access: ServerAccess) -> Vec<(&'static str, Severity)> {
        let mut evidence = healthy();
        evidence.link.access = Some(access);
        let judgement = judged(&evidence, UsesDiscovery::Unknown, "");
        let warns = judgement.diagnoses.iter().any(|found| found.severity == Severity::Warning);
        assert_eq!(judgement.verdict, if warns { Verdict::ReadyWithWarnings } else { Verdict::Ready });
        assert_eq!(judgement.exit_status(false), 0, "what works here is no failure");
        judgement.diagnoses.iter().map(|found| (found.code.id(), found.severity)).collect()
    }

    #[test]
    fn an_address_of_this_network_warns_where_its_text_tells_and_is_a_note_where_it_may_differ_outside() {
        use Severity::{Note, Warning};
        let private = "vendor.private_address";
        for (origin, addresses, wanted) in [
            ("https://acme.halopsa.com", &["203.0.113.1", "2606:4700::1"][..], &[][..]),
            ("https://acme.halopsa.com", &["203.0.113.1", "10.0.0.1"], &[(private, Note)]),
            ("https://acme.halopsa.com", &["::ffff:192.168.1.1"], &[(private, Note)]),
            ("https://acme.halopsa.com", &["100.64.0.1"], &[(private, Note)]),
            ("https://halo.corp", &["203.0.113.1"], &[(private, Warning)]),
            ("https://halo", &["10.0.0.1"], &[(private, Warning)]),
            ("https://10.0.0.1", &["10.0.0.1"], &[(private, Warning)]),
            ("https://[fd00::1]:8443", &["fd00::1"], &[(private, Warning), ("vendor.port", Note)]),
            ("https://127.0.0.1:8443", &["127.0.0.1"], &[(private, Note)]),
            ("http://localhost:8080", &["::1"], &[(private, Note)]),
            ("https://acme.halopsa.com:8443", &["203.0.113.1"], &[("vendor.port", Note)]),
        ] {
            assert_eq!(found(reached(origin, addresses)), wanted, "{origin} {addresses:?}");
        }
    }

    #[test]
    fn a_proxy_hides_the_address_and_is_named_itself() {
        let proxy = Some("http://proxy:3128 (HTTPS_PROXY)".to_owned());
        let access = ServerAccess { proxy, ..reached("https://acme.halopsa.com", &[]) };
        assert_eq!(found(access), [("vendor.proxy", Severity::Note)]);
    }

    #[test]
    fn each_reason_of_trust_has_its_own_finding() {
        use CertificateTrust::*;
        let private = "vendor.private_ca";
        for (trust, wanted) in [
            (Unknown, &[][..]),
            (PublicAuthority, &[]),
            (NoPublicLog, &[(private, Severity::Note)]),
            (CaFile { public_log: true }, &[(private, Severity::Note)]),
            (CaFile { public_log: false }, &[(private, Severity::Warning)]),
            (ChainCompletedByCaFile, &[("vendor.incomplete_chain", Severity::Note)]),
        ] {
            assert_eq!(found(ServerAccess { trust, ..reached("https://acme.halopsa.com", &[]) }), wanted, "{trust:?}");
        }
    }

    #[test]
    fn another_authorisation_server_weighs_as_the_guide_knows_the_vendor() {
        use Severity::{Note, Warning};
        type Change = fn(&mut Discovery);
        let elsewhere: Change = |found| {
            found.auth_server = "https://auth.example/auth".into();
            found.auth_origin = "https://auth.example".into();
        };
        let by_hand: Change = |found| {
            found.auth_server = "https://acme.halopsa.com/sso".into();
            found.given_by_hand = true;
        };
        let usual_by_hand: Change = |found| found.given_by_hand = true;
        for (change, uses, wanted) in [
            (elsewhere, UsesDiscovery::Unknown, Some(Note)),
            (elsewhere, UsesDiscovery::No, Some(Warning)),
            (elsewhere, UsesDiscovery::Yes, None),
            (by_hand, UsesDiscovery::Unknown, Some(Note)),
            (by_hand, UsesDiscovery::Yes, Some(Warning)),
            (usual_by_hand, UsesDiscovery::Unknown, None),
        ] {
            let mut evidence = healthy();
            let mut found = evidence.discovery.value().cloned().expect("answered");
            change(&mut found);
            evidence.discovery = answered(found);
            let judgement = judged(&evidence, uses, "");
            let told = judgement.vendor_side().find(|found| found.code == Code::VendorAuthServer);
            assert_eq!(told.map(|found| found.severity), wanted, "{uses:?} {:#?}", judgement.diagnoses);
        }
        let mut evidence = healthy();
        grant(&mut evidence).token_url = "https://acme.halopsa.com/token?tenant=acme".into();
        let judgement = judged(&evidence, UsesDiscovery::Yes, "");
        assert_eq!(judgement.diagnoses[0].code, Code::VendorAuthServer);
        assert_eq!(judgement.checks[1].code, Code::Ok, "the check itself passed");
    }

    #[test]
    fn the_authorisation_servers_own_address_is_looked_at() {
        let mut evidence = healthy();
        evidence.link.access = Some(reached("https://acme.halopsa.com", &["203.0.113.1"]));
        evidence.auth_access = Some(reached("https://sso.acme.lan", &["10.0.0.9"]));
        let judgement = judged(&evidence, UsesDiscovery::Yes, "");
        assert!(judgement.diagnoses[0].summary.starts_with("sso.acme.lan is an internal name"), "{judgement:#?}");
    }

    #[test]
    fn a_refusal_before_halo_names_the_vendors_addresses_but_a_login_or_a_local_filter_does_not() {
        for (by, status, wanted) in [
            ("Cloudflare", 403, true),
            ("the web server IIS", 403, true),
            ("Cloudflare (it wants a browser)", 403, false),
            ("the web filter Zscaler", 403, false),
            ("a login page", 200, false),
            ("a web server that asks for Windows authentication", 401, false),
        ] {
            let fault = Fault {
                status: Some(status),
                answered_by: Some(UntrustedText::new(by)),
                ..Fault::new(Code::HttpIntercepted)
            };
            let evidence = Evidence { discovery: Observation::Failed(fault), ..Evidence::default() };
            let judgement = judged(&evidence, UsesDiscovery::Unknown, "https://vendor.example/addresses");
            let told = judgement.diagnoses.iter().find(|found| found.code == Code::VendorAllowList);
            assert_eq!(told.is_some(), wanted, "{by}");
            assert_eq!(judgement.code, Code::HttpIntercepted);
            let page =
                told.is_none_or(|found| found.fix[0].contains("they are listed at https://vendor.example/addresses"));
            assert!(page, "{told:#?}");
        }
    }

    #[test]
    fn without_a_token_nothing_is_said_of_the_vendors_side() {
        let mut evidence = healthy();
        evidence.link.access = Some(reached("https://halo.corp", &["10.0.0.1"]));
        evidence.token = Observation::Failed(Fault::new(Code::AuthInvalidClient));
        assert_eq!(judged(&evidence, UsesDiscovery::Unknown, "").vendor_side().count(), 0);
    }

    #[test]
    fn a_saved_address_is_classified_by_its_text() {
        let guide = Guide::built_in();
        let codes = |origin: &str| -> Vec<&'static str> {
            of_address(&guide, origin).iter().map(|found| found.code.id()).collect()
        };
        assert_eq!(codes("https://acme.halopsa.com"), [""; 0]);
        assert_eq!(codes("https://halo.corp:8443"), ["vendor.private_address", "vendor.port"]);
    }
}
