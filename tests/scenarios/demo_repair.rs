//! The whole loop, practised on every simulated Halo: check, read what fixes it, fix, check again.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use halo_onboard::app::{Action, Message, Motion, Start, State, update};
use halo_onboard::domain::connection::Typed;
use halo_onboard::domain::guide::{EvidenceSource, Guide};
use halo_onboard::probe::{Http, NetworkOptions, Proxy};
use halo_onboard::runtime::{HttpEngine, Runtime, RuntimeParts};
use halo_onboard::session::demo;
use halo_onboard::session::demo::Demo;
use halo_onboard::sim::Scenario;
use halo_onboard::store::Paths;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::fixtures;

/// Longest wait for one message.
const LIMIT: Duration = Duration::from_secs(60);
/// Most faults of one scenario.
const TURNS: usize = 8;

/// An operator at the interface, without a screen.
struct Practice {
    state: State,
    runtime: Runtime,
    inbox: UnboundedReceiver<Message>,
    ticked: usize,
}

impl Practice {
    async fn start(name: &str) -> Self {
        let guide = Arc::new(Guide::built_in());
        let demo = Demo::start(Arc::clone(&guide), name, demo::anywhere()).await;
        let demo = Arc::new(demo.unwrap_or_else(|_| panic!("{name} does not start")));
        let options = NetworkOptions {
            proxy: Proxy::Direct,
            exchange_limit: Duration::from_secs(3),
            simulated_access: Some(demo::simulated_access(&guide, name)),
            ..NetworkOptions::default()
        };
        let start = Start {
            typed: demo.typed(&Typed::default()),
            secret: Some(demo.secret()),
            demo: Some(name.into()),
            ticks_build: demo.starts_from_nothing(),
            ..fixtures::empty()
        };
        let copied = Arc::clone(&demo);
        let parts = RuntimeParts {
            engine: Arc::new(HttpEngine::new(Http::new(&options).expect("a client"))),
            keeper: None,
            commander: None,
            shelf: None,
            repair_fn: Some(Arc::new(move |what: &str| demo.repair(what))),
            copier: Some(Arc::new(move || (copied.typed(&Typed::default()), copied.secret()))),
            paths: Paths::at("/nowhere/config.toml".into(), "/nowhere/state".into()),
        };
        let (post, inbox) = unbounded_channel();
        Self { state: State::new(start, 0), runtime: Runtime::new(parts, post), inbox, ticked: 0 }
    }

    /// Presses a key and waits until nothing goes on.
    async fn act(&mut self, action: Action) {
        self.state.overlay = None;
        self.tell(Message::Act(action));
        // Whatever is done in the simulated Halo comes back as a message.
        let mut repairs = action == Action::Repair || (action == Action::Tick && self.builds());
        while repairs || self.state.run.active.is_some() {
            let message = tokio::time::timeout(LIMIT, self.inbox.recv()).await.expect("in time").expect("a message");
            repairs &= !matches!(message, Message::RepairResult { .. });
            self.tell(message);
        }
    }

    /// Is the selected line one that ticking makes?
    fn builds(&self) -> bool {
        let fact = self.state.guide.lines().nth(self.ticked).map(|line| line.witness);
        self.state.demo.as_deref() == Some("fresh") && fact.is_some_and(|witness| witness != EvidenceSource::Operator)
    }

    /// Ticks every line of the guide, from the first to the last.
    async fn tick_all(&mut self) {
        self.act(Action::Step(1)).await;
        self.act(Action::Move(Motion::First)).await;
        for _ in 0..self.state.guide.lines().count() {
            self.act(Action::Tick).await;
            self.ticked += 1;
            self.act(Action::Move(Motion::Down)).await;
        }
    }

    fn tell(&mut self, message: Message) {
        for effect in update(&mut self.state, message) {
            self.runtime.perform(effect);
        }
    }

    /// Goes to the first check that can be repaired.
    async fn find_fault(&mut self) -> bool {
        self.act(Action::Step(5)).await;
        self.act(Action::Move(Motion::First)).await;
        for _ in 0..self.state.listed_checks().len() {
            if self.state.offers(Action::Repair) {
                return true;
            }
            self.act(Action::Move(Motion::Down)).await;
        }
        false
    }

    /// Checks, and fixes until all is ready or fixing changes nothing; what was done on the way.
    async fn repair_all(&mut self) -> Vec<String> {
        self.act(Action::RunAll).await;
        let mut told = vec![self.state.outcome().line];
        for _ in 0..TURNS {
            if self.state.sign_in_host().is_some_and(|host| !host.accepted) {
                for action in [Action::SignInHost, Action::Move(Motion::Down), Action::Choose] {
                    self.tell(Message::Act(action));
                }
                self.act(Action::RunAll).await;
            } else if self.find_fault().await {
                self.act(Action::Repair).await;
            } else {
                break;
            }
            told.push(format!("{} -> {}", self.state.notice.as_deref().unwrap_or_default(), self.state.outcome().line));
        }
        told
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ticking_the_guide_builds_the_halo_and_what_the_guide_leaves_out_is_found() {
    let mut practice = Practice::start("fresh").await;
    practice.act(Action::RunAll).await;
    assert_eq!(practice.state.outcome().exit_status, 78, "nothing is made yet");
    practice.tick_all().await;
    practice.act(Action::RunAll).await;
    // The guide says nothing of the agent's teams, so an agent made by it sees no ticket.
    let outcome = practice.state.outcome();
    assert_eq!((outcome.exit_status, outcome.codes.as_slice()), (1, &["api.nothing_visible"][..]), "{}", outcome.line);
    let told = practice.repair_all().await;
    assert_eq!(practice.state.outcome().exit_status, 0, "{told:#?}");
}

/// What no switch on Halo's screens fixes: a gateway, another server, this machine's clock, the network.
const STAYS: &[&str] = &[
    "internal-name",
    "private-authority",
    "token-401",
    "clock-skew",
    "html-200",
    "not-halo",
    "redirect",
    "firewall",
    "login-gateway",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_scenario_is_repaired_to_the_end_or_says_that_it_cannot_be() {
    // A few at a time: what waits for a processor instead of an answer would be told as a server that does not answer.
    let practices = stream::iter(Scenario::list()).map(|(name, _)| {
        tokio::spawn(async move {
            let mut practice = Practice::start(&name).await;
            let told = practice.repair_all().await;
            (name, practice.state.outcome(), told)
        })
    });
    let mut practices = practices.buffer_unordered(8);
    while let Some(done) = practices.next().await {
        let (name, outcome, told) = done.expect("no panic");
        let ready = outcome.line.starts_with("READY: ") && outcome.exit_status == 0;
        assert_eq!(ready, !STAYS.contains(&name.as_str()), "{name}: {told:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_warning_about_the_vendors_side_offers_no_repair() {
    for name in ["internal-name", "private-authority"] {
        let mut practice = Practice::start(name).await;
        practice.act(Action::RunAll).await;
        let outcome = practice.state.outcome();
        assert!(outcome.line.starts_with("READY"), "{name}: {}", outcome.line);
        assert!(!practice.find_fault().await, "{name}: a repair is offered");
    }
}
