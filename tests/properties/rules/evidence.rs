//! Evidence as no honest server would leave it.

use std::collections::BTreeMap;

use halo_onboard::domain::codes::Code;
use halo_onboard::domain::evidence::{
    Answer, Certificate, CertificateTrust, ConnectionInfo, Discovery, Evidence, Fault, Grant, IdToken, Identity,
    Observation, Rows, ScopeAnswer, ServerAccess, Timing,
};
use halo_onboard::domain::guide::Guide;
use halo_onboard::domain::untrusted_text::UntrustedText;

use super::source::Source;

const STATUSES: [u16; 12] = [200, 200, 204, 301, 400, 401, 403, 404, 429, 500, 503, 999];
const CLAIMS: [&str; 8] = ["Tx", "l9", "SA", "Ft", "Fc", "Ticket_Level", "", "xx"];

pub fn evidence(source: &mut Source<'_>, guide: &Guide) -> Evidence {
    Evidence {
        link: link(source),
        auth_access: maybe(source, access),
        discovery: asked(source, discovery),
        token: asked(source, grant),
        single_scopes: (0..source.below(4)).map(|_| (scope(source, guide), scope_answer(source))).collect(),
        identity: asked(source, identity),
        probes: (0..source.below(1 + 2 * guide.probes.len()))
            .map(|_| (probe(source, guide), asked(source, rows)))
            .collect(),
        requests: source.number() as u32,
    }
}

pub fn asked<'a, T>(source: &mut Source<'a>, value: impl FnOnce(&mut Source<'a>) -> T) -> Observation<T> {
    match source.byte() {
        0..=30 => Observation::NotAsked,
        31..=50 => Observation::Cancelled,
        51..=120 => Observation::Failed(fault(source)),
        _ => Observation::Answered(Answer {
            value: value(source),
            status: source.pick(&STATUSES),
            timing: timing(source),
        }),
    }
}

pub fn discovery(source: &mut Source<'_>) -> Discovery {
    Discovery {
        base: if source.flag() { String::new() } else { source.text() },
        named: maybe(source, foreign),
        guessed: source.flag(),
        auth_server: source.text(),
        auth_origin: if source.flag() { String::new() } else { source.text() },
        given_by_hand: source.flag(),
        tenant: maybe(source, foreign),
        has_no_tenant: source.flag(),
        clock_skew: maybe(source, Source::signed),
    }
}

pub fn link(source: &mut Source<'_>) -> ConnectionInfo {
    ConnectionInfo {
        addresses: texts(source).iter().map(|text| text.as_str().to_owned()).collect(),
        proxy: maybe(source, |source| foreign(source).as_str().to_owned()),
        tls_version: maybe(source, |_| "TLS 1.3".into()),
        http_version: maybe(source, |_| "HTTP/2".into()),
        certificate: maybe(source, |source| Certificate {
            subject: foreign(source),
            issuer: foreign(source),
            names: texts(source),
            not_before: "2026-01-01T00:00:00Z".into(),
            not_after: "2027-01-01T00:00:00Z".into(),
            days_left: source.signed(),
            fingerprint: "00".repeat(32),
        }),
        access: maybe(source, access),
    }
}

fn access(source: &mut Source<'_>) -> ServerAccess {
    const ORIGINS: [&str; 5] = ["", "https://halo.corp", "https://[fe80::1]:1", "http://127.0.0.1:80", "x"];
    ServerAccess {
        origin: if source.flag() { source.text() } else { source.pick(&ORIGINS).into() },
        addresses: (0..source.below(4)).map(|_| [source.byte(), source.byte(), 0, 1].into()).collect(),
        proxy: maybe(source, |source| foreign(source).as_str().to_owned()),
        trust: source.pick(&[
            CertificateTrust::Unknown,
            CertificateTrust::PublicAuthority,
            CertificateTrust::NoPublicLog,
            CertificateTrust::CaFile { public_log: false },
            CertificateTrust::ChainCompletedByCaFile,
        ]),
        issuer: foreign(source),
    }
}

fn grant(source: &mut Source<'_>) -> Grant {
    let scopes = |source: &mut Source<'_>| texts(source).iter().map(|scope| scope.as_str().to_owned()).collect();
    Grant {
        requested: scopes(source),
        echo: maybe(source, texts),
        expires_in: maybe(source, Source::number),
        id_token: maybe(source, |source| IdToken {
            name: maybe(source, foreign),
            agent_id: maybe(source, Source::signed),
        }),
        refused: scopes(source),
        token_url: "https://acme.example/auth/token".into(),
    }
}

fn identity(source: &mut Source<'_>) -> Identity {
    let claims = |source: &mut Source<'_>| -> BTreeMap<String, Vec<UntrustedText>> {
        (0..source.below(5)).map(|_| (source.pick(&CLAIMS).to_owned(), texts(source))).collect()
    };
    Identity {
        id: maybe(source, Source::signed),
        name: maybe(source, foreign),
        api_only: maybe(source, Source::flag),
        disabled: maybe(source, Source::flag),
        administrator: maybe(source, Source::flag),
        roles: maybe(source, texts),
        claims: maybe(source, claims),
        role_claims: maybe(source, claims),
        own_claims_shown: source.flag(),
        roles_unread: source.below(2),
        teams: maybe(source, texts),
        departments: maybe(source, |source| source.below(3)),
        default_team: maybe(source, foreign),
        customers_restricted: maybe(source, Source::flag),
        ticket_types_restricted: maybe(source, Source::flag),
    }
}

fn rows(source: &mut Source<'_>) -> Rows {
    let agents = (0..source.below(4)).map(|_| (source.signed(), source.below(9)));
    Rows { by_agent: agents.collect(), count: source.below(60), complete: source.flag() }
}

pub fn fault(source: &mut Source<'_>) -> Fault {
    Fault {
        status: maybe(source, |source| source.pick(&STATUSES)),
        detail: foreign(source),
        said: foreign(source),
        html: source.flag(),
        oauth_error: maybe(source, foreign),
        openiddict: maybe(source, |source| source.pick(&["ID2052", "ID2055", "ID2051"]).to_owned()),
        target: maybe(source, foreign),
        retry_after: maybe(source, Source::number),
        timing: timing(source),
        ..Fault::new(source.pick(Code::ALL))
    }
}

fn timing(source: &mut Source<'_>) -> Timing {
    let mut ms = || maybe(source, |source| source.number() as u32);
    Timing { dns: ms(), connect: ms(), tls: ms(), first_byte: ms(), total: ms() }
}

fn scope_answer(source: &mut Source<'_>) -> ScopeAnswer {
    source.pick(&[ScopeAnswer::Granted, ScopeAnswer::Refused, ScopeAnswer::Unclear])
}

fn scope(source: &mut Source<'_>, guide: &Guide) -> String {
    let known = &guide.application.scopes;
    if known.is_empty() || source.below(8) == 0 { source.text() } else { source.pick(known) }
}

pub fn probe(source: &mut Source<'_>, guide: &Guide) -> String {
    if guide.probes.is_empty() || source.below(16) == 15 {
        return source.text();
    }
    guide.probes[source.below(guide.probes.len())].id.clone()
}

fn texts(source: &mut Source<'_>) -> Vec<UntrustedText> {
    (0..source.below(4)).map(|_| foreign(source)).collect()
}

pub fn foreign(source: &mut Source<'_>) -> UntrustedText {
    UntrustedText::new(&source.text())
}

pub fn maybe<'a, T>(source: &mut Source<'a>, value: impl FnOnce(&mut Source<'a>) -> T) -> Option<T> {
    source.flag().then(|| value(source))
}
