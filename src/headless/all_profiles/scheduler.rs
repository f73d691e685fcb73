//! Scheduler of many tenants: starts runs within the limits, collects outcomes, and stops in order.

use std::collections::VecDeque;
use std::future::pending;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until};
use url::Url;

use super::concurrency_limits::{HostDecision, Hosts};
use super::stderr_output::{Progress, StderrOutput};
use super::tenant_run;
use super::tenant_run::{Channels, TenantEvent, limit};
use super::{Fleet, Reporter, Totals};
use crate::domain::run_event::RunEvent;
use crate::headless::check_run::End;
use crate::headless::{Interrupt, Outcome, OutputStreams, OutputStyle, Refusal};

/// Total wait that a host may ask of its tenants if there is no deadline.
const PATIENCE: Duration = Duration::from_secs(300);
/// Maximum number of runs of one tenant.
const TRIES: u8 = 3;

/// Runs all tenants and returns the exit status.
pub async fn run(
    fleet: Fleet,
    look: OutputStyle,
    face: &mut dyn Reporter,
    to: &mut OutputStreams,
    interrupt: &mut Interrupt,
) -> u8 {
    let began = Instant::now();
    let deadline = fleet.deadline.and_then(|limit| began.checked_add(limit));
    let totals = Totals { shard: fleet.shard, ..Totals::default() };
    let mut drive = Drive::new(fleet, look);
    let mut show = FleetOutput { face, to, side: StderrOutput::new(look), totals };
    show.face.opened(&drive.fleet.tenants, show.to);
    let end = drive.follow(&mut show, interrupt, deadline).await;
    drive.stop(&mut show).await;
    show.side.wipe(show.to);
    show.totals.complete = matches!(end, End::Done);
    show.totals.duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    show.face.closed(&show.totals, show.to);
    match end {
        End::Signal(status) => status,
        End::Done | End::Deadline => show.totals.exit_status,
    }
}

/// Reporter and output of the results.
struct FleetOutput<'a> {
    face: &'a mut dyn Reporter,
    to: &'a mut OutputStreams,
    side: StderrOutput,
    totals: Totals,
}

/// Running and waiting tenants.
struct Drive {
    fleet: Fleet,
    hosts: Hosts,
    queue: VecDeque<usize>,
    tries: Vec<u8>,
    tasks: JoinSet<(usize, Outcome)>,
    wires: Channels,
    stop: watch::Sender<bool>,
    events: mpsc::UnboundedReceiver<TenantEvent>,
}

impl Drive {
    fn new(fleet: Fleet, look: OutputStyle) -> Self {
        let (told, events) = mpsc::unbounded_channel();
        let (stop, stops) = watch::channel(false);
        Self {
            hosts: Hosts::new(fleet.per_host, fleet.deadline.unwrap_or(PATIENCE)),
            queue: (0..fleet.tenants.len()).collect(),
            tries: vec![0; fleet.tenants.len()],
            tasks: JoinSet::new(),
            wires: Channels { told, stop: stops, look },
            stop,
            events,
            fleet,
        }
    }

    async fn follow(
        &mut self,
        show: &mut FleetOutput<'_>,
        interrupt: &mut Interrupt,
        deadline: Option<Instant>,
    ) -> End {
        let second = Duration::from_secs(1);
        let mut ticks = interval_at(Instant::now() + second, second);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            self.begin(show);
            if self.tasks.is_empty() && self.queue.is_empty() {
                return End::Done;
            }
            let wake = self.wake();
            tokio::select! {
                biased;
                status = &mut *interrupt => return End::Signal(status),
                () = until(deadline) => return End::Deadline,
                Some((number, event)) = self.events.recv() => self.event(number, &event, show),
                Some(Ok((number, outcome))) = self.tasks.join_next() => self.ended(number, outcome, show),
                () = until(wake) => {}
                _ = ticks.tick() => {}
            }
            show.side.show(|| self.progress(&show.totals), show.to);
        }
    }

    /// Starts as many tenants as the limits allow.
    fn begin(&mut self, show: &mut FleetOutput<'_>) {
        self.redirect_ctrl_c(show);
        while self.tasks.len() < self.fleet.jobs {
            let now = Instant::now();
            let free = |number: &usize| self.hosts.is_free(&self.fleet.tenants[*number], now);
            let Some(number) = self.queue.iter().position(free).and_then(|at| self.queue.remove(at)) else { return };
            let tenant = &self.fleet.tenants[number];
            self.hosts.enter(tenant);
            self.tries[number] += 1;
            let task = tenant_run::run(number, tenant.clone(), (self.fleet.prepare)(number), self.wires.clone());
            self.tasks.spawn(async move { (number, task.await) });
        }
    }

    /// Reports the tenants whose host asks to wait too long.
    fn redirect_ctrl_c(&mut self, show: &mut FleetOutput<'_>) {
        let (fleet, hosts) = (&self.fleet, &self.hosts);
        self.queue.retain(|number| {
            let tenant = &fleet.tenants[*number];
            let refused = hosts.refuses(tenant).map(|(host, wait)| tenant_run::spared(host, wait));
            refused.is_none_or(|refusal| {
                show.result(fleet, *number, &tenant.broken(&refusal));
                false
            })
        });
    }

    /// Time at which the next wait ends, if a place is free.
    fn wake(&self) -> Option<Instant> {
        if self.tasks.len() >= self.fleet.jobs {
            return None;
        }
        self.hosts.next_start(self.queue.iter().map(|number| &self.fleet.tenants[*number]), Instant::now())
    }

    fn event(&mut self, number: usize, event: &RunEvent, show: &mut FleetOutput<'_>) {
        let tenant = &self.fleet.tenants[number];
        if let (RunEvent::Waiting { seconds, .. }, Some(host)) = (event, tenant.hosts.first()) {
            self.hosts.pause(host, Duration::from_secs(*seconds), Instant::now());
            show.side.say(&asks_to_wait(host, *seconds), show.to);
        }
        show.side.event(tenant, event, show.to);
    }

    fn ended(&mut self, number: usize, outcome: Outcome, show: &mut FleetOutput<'_>) {
        self.hosts.leave(&self.fleet.tenants[number]);
        if self.comes_again(number, &outcome, show) {
            self.queue.push_front(number);
        } else {
            show.result(&self.fleet, number, &outcome);
        }
    }

    /// Returns true if a server asked to wait and the wait is allowed.
    fn comes_again(&mut self, number: usize, outcome: &Outcome, show: &mut FleetOutput<'_>) -> bool {
        let tenant = &mut self.fleet.tenants[number];
        let Some(limit) = limit(&outcome.evidence) else {
            self.hosts.answers(tenant);
            return false;
        };
        let limiting = limit.auth.and_then(|auth| host_of(&auth)).or_else(|| tenant.hosts.first().cloned());
        let Some(host) = limiting else { return false };
        match self.hosts.limits(&host, limit.wait, Instant::now()) {
            HostDecision::TooLong => false,
            HostDecision::Waits(wait) => {
                let seconds = wait.as_secs();
                show.side.say(&asks_to_wait(&host, seconds), show.to);
                if !tenant.hosts.contains(&host) {
                    tenant.hosts.push(host);
                }
                self.tries[number] < TRIES
            }
        }
    }

    fn progress(&self, totals: &Totals) -> Progress {
        Progress {
            done: totals.counts.tenants,
            of: self.fleet.tenants.len(),
            running: self.tasks.len(),
            waiting: self.hosts.waiting(Instant::now()).map(|(host, left)| (host.to_owned(), left)),
        }
    }

    /// Cancels running checks and reports the latest known result for every tenant.
    async fn stop(&mut self, show: &mut FleetOutput<'_>) {
        // Nobody may be left who listens.
        let _ = self.stop.send(true);
        while let Some(ended) = self.tasks.join_next().await {
            if let Ok((number, outcome)) = ended {
                show.result(&self.fleet, number, &outcome);
            }
        }
        for number in std::mem::take(&mut self.queue) {
            let outcome = self.fleet.tenants[number].broken(&self.not_begun(number));
            show.result(&self.fleet, number, &outcome);
        }
    }

    fn not_begun(&self, number: usize) -> Refusal {
        match self.fleet.tenants[number].hosts.last() {
            Some(host) if self.tries[number] > 0 => tenant_run::waiting(host),
            _ => tenant_run::stopped("before its turn came"),
        }
    }
}

impl FleetOutput<'_> {
    fn result(&mut self, fleet: &Fleet, number: usize, outcome: &Outcome) {
        self.totals.add(outcome);
        self.side.wipe(self.to);
        self.face.ended(&fleet.tenants[number], outcome, self.to);
    }
}

async fn until(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => pending().await,
    }
}

/// Host and port of an origin: each has limits of its own.
pub fn host_of(origin: &str) -> Option<String> {
    let url = Url::parse(origin).ok()?;
    Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
}
/// The line about a host that limits requests.
fn asks_to_wait(host: &str, seconds: u64) -> String {
    format!("{host} asks to wait {seconds} s; nothing is wrong, the other tenants continue")
}
