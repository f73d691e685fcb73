//! Limits on hosts: how many tenants run in parallel for one host, and how long a host that asked to wait is left alone.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::Tenant;

/// First wait for a server that limits without naming a time; it doubles each time.
const FIRST: Duration = Duration::from_secs(5);
/// Longest such wait: Halo's window is five minutes.
const LONGEST: Duration = Duration::from_secs(300);
/// Shortest wait, whatever a server says.
const SHORTEST: Duration = Duration::from_secs(1);

/// The hosts of one command.
pub struct Hosts {
    per_host: usize,
    patience: Duration,
    by_name: HashMap<String, Host>,
}

#[derive(Debug, Default)]
struct Host {
    running: usize,
    until: Option<Instant>,
    waited: Duration,
    /// Number of consecutive limits.
    times: u32,
    /// Wait that was longer than allowed.
    given_up: Option<Duration>,
}

/// Decision about a host that limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostDecision {
    /// Ask again after this time.
    Waits(Duration),
    /// Too long: do not ask again.
    TooLong,
}

impl Hosts {
    /// At most `per_host` tenants of one host in parallel; a host may make its tenants wait for `patience` in total.
    pub fn new(per_host: usize, patience: Duration) -> Self {
        Self { per_host, patience, by_name: HashMap::new() }
    }

    /// Returns true if a tenant may start.
    pub fn is_free(&self, tenant: &Tenant, now: Instant) -> bool {
        self.of(tenant).all(|host| host.running < self.per_host && host.until.is_none_or(|until| until <= now))
    }

    /// The host of a tenant that will not be asked again, and the wait that it asked for.
    pub fn refuses<'a>(&self, tenant: &'a Tenant) -> Option<(&'a str, Duration)> {
        tenant.hosts.iter().find_map(|name| Some((name.as_str(), self.by_name.get(name)?.given_up?)))
    }

    /// Time at which the next of these may start, as far as that depends on a wait.
    pub fn next_start<'a>(&self, tenants: impl Iterator<Item = &'a Tenant>, now: Instant) -> Option<Instant> {
        let until = |tenant| self.of(tenant).filter_map(|host| host.until).max().filter(|until| *until > now);
        tenants.filter_map(until).min()
    }

    /// The host that others are waiting for, and for how long.
    pub fn waiting(&self, now: Instant) -> Option<(&str, Duration)> {
        let left = |host: &Host| host.until.map(|until| until.saturating_duration_since(now));
        let waiting = self.by_name.iter().filter_map(|(name, host)| Some((name.as_str(), left(host)?)));
        waiting.filter(|(_, left)| !left.is_zero()).max_by_key(|(_, left)| *left)
    }

    /// A tenant starts.
    pub fn enter(&mut self, tenant: &Tenant) {
        for name in &tenant.hosts {
            self.host(name).running += 1;
        }
    }

    /// A tenant has ended.
    pub fn leave(&mut self, tenant: &Tenant) {
        for name in &tenant.hosts {
            let host = self.host(name);
            host.running = host.running.saturating_sub(1);
        }
    }

    /// A tenant's run waits by itself: no other tenant of the same host starts until then.
    pub fn pause(&mut self, name: &str, wait: Duration, now: Instant) {
        let host = self.host(name);
        host.until = host.until.max(now.checked_add(wait));
    }

    /// A host limits; it asks to wait, or names no time.
    pub fn limits(&mut self, name: &str, asked: Option<Duration>, now: Instant) -> HostDecision {
        let patience = self.patience;
        let host = self.host(name);
        let doubled = FIRST.saturating_mul(2_u32.saturating_pow(host.times)).min(LONGEST);
        let wait = asked.unwrap_or(doubled).max(SHORTEST);
        host.times += 1;
        let from = host.until.map_or(now, |until| until.max(now));
        // Several of a host are told the same at about the same time: that is one wait.
        let more = now.checked_add(wait).map_or(wait, |until| until.saturating_duration_since(from));
        if host.given_up.is_some() || host.waited.saturating_add(more) > patience {
            host.given_up.get_or_insert(wait);
            return HostDecision::TooLong;
        }
        host.waited += more;
        host.until = Some(from + more);
        HostDecision::Waits(wait)
    }

    /// The hosts of a tenant answered normally.
    pub fn answers(&mut self, tenant: &Tenant) {
        for name in &tenant.hosts {
            self.host(name).times = 0;
        }
    }

    fn of<'a>(&'a self, tenant: &'a Tenant) -> impl Iterator<Item = &'a Host> {
        tenant.hosts.iter().filter_map(|name| self.by_name.get(name))
    }

    fn host(&mut self, name: &str) -> &mut Host {
        self.by_name.entry(name.to_owned()).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(hosts: &[&str]) -> Tenant {
        Tenant { hosts: hosts.iter().map(|host| (*host).to_owned()).collect(), ..Tenant::default() }
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn so_many_of_one_host_and_no_limit_on_others() {
        let now = Instant::now();
        let mut hosts = Hosts::new(2, seconds(300));
        let (a, b, both) = (tenant(&["a"]), tenant(&["b"]), tenant(&["b", "a"]));
        hosts.enter(&a);
        assert!(hosts.is_free(&a, now));
        hosts.enter(&a);
        assert!(!hosts.is_free(&a, now) && hosts.is_free(&b, now) && !hosts.is_free(&both, now));
        hosts.leave(&a);
        assert!(hosts.is_free(&a, now) && hosts.is_free(&both, now));
        assert!(hosts.is_free(&tenant(&[]), now), "what has no host is refused before anything is sent");
    }

    #[test]
    fn a_wait_holds_that_host_alone_until_it_is_over() {
        let now = Instant::now();
        let mut hosts = Hosts::new(2, seconds(300));
        let (a, b) = (tenant(&["a"]), tenant(&["b"]));
        assert_eq!(hosts.limits("a", Some(seconds(30)), now), HostDecision::Waits(seconds(30)));
        assert!(!hosts.is_free(&a, now + seconds(29)) && hosts.is_free(&b, now));
        assert!(hosts.is_free(&a, now + seconds(30)));
        assert_eq!(hosts.next_start([&a, &b].into_iter(), now), Some(now + seconds(30)));
        assert_eq!(hosts.waiting(now), Some(("a", seconds(30))));
        hosts.pause("a", seconds(10), now);
        assert_eq!(hosts.waiting(now), Some(("a", seconds(30))), "a shorter wait changes nothing");
    }

    #[test]
    fn waits_add_up_and_end_where_patience_ends() {
        let now = Instant::now();
        let mut hosts = Hosts::new(2, seconds(100));
        let a = tenant(&["a"]);
        assert_eq!(hosts.limits("a", Some(seconds(60)), now), HostDecision::Waits(seconds(60)));
        assert_eq!(hosts.limits("a", Some(seconds(60)), now), HostDecision::Waits(seconds(60)), "the same wait");
        assert!(hosts.refuses(&a).is_none());
        let later = now + seconds(61);
        assert_eq!(hosts.limits("a", Some(seconds(60)), later), HostDecision::TooLong);
        assert_eq!(hosts.refuses(&a), Some(("a", seconds(60))));
        assert_eq!(hosts.limits("a", Some(seconds(1)), later), HostDecision::TooLong, "it stays so");
        assert_eq!(hosts.limits("b", Some(Duration::MAX), later), HostDecision::TooLong);
    }

    #[test]
    fn without_a_word_from_the_server_waits_double_until_it_answers() {
        let mut now = Instant::now();
        let mut hosts = Hosts::new(2, seconds(1000));
        let mut waits = |hosts: &mut Hosts, asked: Option<u64>| {
            let hold = hosts.limits("a", asked.map(seconds), now);
            now += seconds(400);
            hold
        };
        for wanted in [5, 10, 20, 40] {
            assert_eq!(waits(&mut hosts, None), HostDecision::Waits(seconds(wanted)));
        }
        hosts.answers(&tenant(&["a"]));
        assert_eq!(waits(&mut hosts, None), HostDecision::Waits(seconds(5)));
        assert_eq!(waits(&mut hosts, Some(0)), HostDecision::Waits(seconds(1)), "never at once");
        for _ in 0..7 {
            waits(&mut hosts, None);
        }
        assert!(matches!(waits(&mut hosts, None), HostDecision::TooLong), "and never for ever");
    }
}
