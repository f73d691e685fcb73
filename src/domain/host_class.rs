//! Which networks a host name or an address belongs to, by its text alone: what only this machine or this network can
//! reach, and what may be public. Pure; nothing is resolved.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Networks that a name or an address belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostClass {
    /// This machine itself: 127.0.0.0/8, `::1`, `localhost`; and the unspecified address.
    Loopback,
    /// 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, and the old IPv6 site-local block.
    Private,
    /// 169.254.0.0/16 and `fe80::/10`: one network segment.
    LinkLocal,
    /// 100.64.0.0/10: behind a provider's address translation (CGNAT), and some VPNs.
    CarrierGradeNat,
    /// `fc00::/7`: the private addresses of IPv6.
    UniqueLocal,
    /// A name without a full stop.
    SingleLabel,
    /// A name below an ending that public DNS does not have.
    InternalSuffix(&'static str),
    /// May be reached from elsewhere, as far as its text tells.
    Public,
}

/// Endings of internal networks: reserved by a standard or withheld from public DNS.
const INTERNAL_SUFFIXES: &[&str] =
    &["local", "internal", "lan", "home.arpa", "corp", "home", "localdomain", "intranet", "private"];

impl HostClass {
    /// Classifies the host of an address: a name, an IPv4 address, or an IPv6 address with or without brackets.
    pub fn of_host(host: &str) -> Self {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.parse::<IpAddr>() {
            Ok(address) => Self::of_address(address),
            Err(_) => of_name(bare),
        }
    }

    /// Classifies an address. An IPv4 address inside an IPv6 one is classified as itself.
    pub fn of_address(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => of_v4(v4),
            IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or_else(|| of_v6(v6), of_v4),
        }
    }

    /// True for names and addresses that may be reached from elsewhere.
    pub fn is_public(self) -> bool {
        self == Self::Public
    }

    /// The class in words, for "is ...": `a private address`.
    pub fn label(self) -> String {
        match self {
            Self::Loopback => "this machine's own address".into(),
            Self::Private => "a private address".into(),
            Self::LinkLocal => "a link-local address".into(),
            Self::CarrierGradeNat => "a shared address (CGNAT)".into(),
            Self::UniqueLocal => "a private IPv6 address (ULA)".into(),
            Self::SingleLabel => "a name of this network only: it has no domain".into(),
            Self::InternalSuffix(suffix) => format!("an internal name: public DNS has no .{suffix}"),
            Self::Public => "a public name or address".into(),
        }
    }
}

fn of_v4(address: Ipv4Addr) -> HostClass {
    let [first, second, ..] = address.octets();
    match first {
        0 | 127 => HostClass::Loopback,
        100 if (64..128).contains(&second) => HostClass::CarrierGradeNat,
        _ if address.is_private() => HostClass::Private,
        _ if address.is_link_local() => HostClass::LinkLocal,
        _ => HostClass::Public,
    }
}

fn of_v6(address: Ipv6Addr) -> HostClass {
    match address.segments()[0] {
        _ if address.is_loopback() || address.is_unspecified() => HostClass::Loopback,
        0xfc00..=0xfdff => HostClass::UniqueLocal,
        0xfe80..=0xfebf => HostClass::LinkLocal,
        0xfec0..=0xfeff => HostClass::Private,
        _ => HostClass::Public,
    }
}

fn of_name(name: &str) -> HostClass {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let is_below = |suffix: &str| name.strip_suffix(suffix).is_some_and(|head| head.ends_with('.'));
    if name == "localhost" || is_below("localhost") {
        return HostClass::Loopback;
    }
    if !name.contains('.') {
        return HostClass::SingleLabel;
    }
    let found = INTERNAL_SUFFIXES.iter().find(|suffix| is_below(suffix));
    found.map_or(HostClass::Public, |suffix| HostClass::InternalSuffix(suffix))
}

#[cfg(test)]
mod tests {
    use super::HostClass::{self, *};

    #[test]
    fn names_and_addresses_belong_to_their_networks() {
        for (host, class) in [
            ("acme.halopsa.com", Public),
            ("acme.halopsa.com.", Public),
            ("local.example.com", Public),
            ("halo.notlocal", Public),
            ("halo.corporate", Public),
            ("8.8.8.8", Public),
            ("172.15.255.255", Public),
            ("172.32.0.0", Public),
            ("100.63.255.255", Public),
            ("100.128.0.0", Public),
            ("192.167.0.1", Public),
            ("169.253.0.1", Public),
            ("[2606:4700::1111]", Public),
            ("[::ffff:8.8.8.8]", Public),
            ("fbff::1", Public),
            ("localhost", Loopback),
            ("LOCALHOST.", Loopback),
            ("halo.localhost", Loopback),
            ("127.0.0.1", Loopback),
            ("127.255.255.254", Loopback),
            ("0.0.0.0", Loopback),
            ("::1", Loopback),
            ("[::]", Loopback),
            ("[::ffff:127.0.0.1]", Loopback),
            ("10.0.0.1", Private),
            ("172.16.0.0", Private),
            ("172.31.255.255", Private),
            ("192.168.0.1", Private),
            ("[::ffff:10.1.2.3]", Private),
            ("[fec0::1]", Private),
            ("169.254.169.254", LinkLocal),
            ("[fe80::1]", LinkLocal),
            ("[febf::1]", LinkLocal),
            ("100.64.0.0", CarrierGradeNat),
            ("100.127.255.255", CarrierGradeNat),
            ("[::ffff:100.64.1.1]", CarrierGradeNat),
            ("[fc00::1]", UniqueLocal),
            ("[fdff:1::2]", UniqueLocal),
            ("halo", SingleLabel),
            ("HALO.", SingleLabel),
            ("xn--hlo-0na", SingleLabel),
            ("corp", SingleLabel),
            ("halo.local", InternalSuffix("local")),
            ("Halo.IT.Local.", InternalSuffix("local")),
            ("halo.internal", InternalSuffix("internal")),
            ("halo.lan", InternalSuffix("lan")),
            ("halo.home.arpa", InternalSuffix("home.arpa")),
            ("halo.corp", InternalSuffix("corp")),
            ("halo.acme.corp", InternalSuffix("corp")),
            ("halo.home", InternalSuffix("home")),
            ("halo.localdomain", InternalSuffix("localdomain")),
            ("halo.intranet", InternalSuffix("intranet")),
            ("halo.private", InternalSuffix("private")),
            ("arpa.example", Public),
        ] {
            assert_eq!(HostClass::of_host(host), class, "{host}");
        }
    }
}
