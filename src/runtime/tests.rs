//! The runtime over engines that are told by hand.

use crate::app::Effect;
use crate::app::Format;
use crate::app::Message;
use crate::app::Repair;
use crate::app::RunId;
use crate::domain::connection::Typed;
use crate::domain::run_event::RunEvent;
use crate::domain::run_plan::RunPlan;
use crate::secret::Secret;
use crate::store::Paths;
use std::future::pending;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::*;
use crate::app::tests::fixtures::*;
use crate::app::{ProfileChoice, Progress, update};
use crate::domain::evidence::{ConnectionInfo, Discovery, Observation};
use crate::domain::profile::SecretStore as Place;
use crate::domain::run_event::Finished;
use crate::domain::run_plan::CheckSelection;

/// How a fake run goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    Ends,
    Hangs,
    Panics,
    PanicsAtOnce,
    PanicsWhenInterrupted,
}

struct FakeSession {
    manner: Manner,
    dropped: Arc<AtomicUsize>,
}

struct FakeRun {
    manner: Manner,
    report: Report,
    dropped: Arc<AtomicUsize>,
}

/// Counts when the future that holds it is dropped.
struct DropCounter(Arc<AtomicUsize>);

impl Drop for DropCounter {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Engine for FakeSession {
    fn prepare(&self, _order: RunPlan, report: Report) -> Arc<dyn Running> {
        assert!(self.manner != Manner::PanicsAtOnce, "canary");
        Arc::new(FakeRun { manner: self.manner, report, dropped: Arc::clone(&self.dropped) })
    }

    fn discover(&self, _resource_server: String) -> Pending<(ConnectionInfo, Observation<Discovery>)> {
        let manner = self.manner;
        Box::pin(async move {
            assert!(manner != Manner::Panics, "canary");
            (ConnectionInfo::default(), Observation::Cancelled)
        })
    }
}

impl Running for FakeRun {
    fn finish(self: Arc<Self>) -> Pending<Finished> {
        Box::pin(async move {
            let _counted = DropCounter(Arc::clone(&self.dropped));
            (self.report)(RunEvent::CheckStarted("token".into()));
            match self.manner {
                Manner::Hangs | Manner::PanicsWhenInterrupted => pending().await,
                Manner::Panics => panic!("canary"),
                Manner::Ends | Manner::PanicsAtOnce => self.interrupted(),
            }
        })
    }

    fn interrupted(&self) -> Finished {
        assert!(self.manner != Manner::PanicsWhenInterrupted, "canary");
        let guide = crate::domain::guide::Guide::built_in();
        finished(&guide, healthy(&guide))
    }
}

fn parts(manner: Manner, dropped: &Arc<AtomicUsize>) -> RuntimeParts {
    let engine = Arc::new(FakeSession { manner, dropped: Arc::clone(dropped) });
    let paths = Paths::at(PathBuf::from("/nowhere/config.toml"), PathBuf::from("/nowhere/state"));
    RuntimeParts { engine, commander: None, shelf: None, keeper: None, repair_fn: None, copier: None, paths }
}

fn order() -> Box<RunPlan> {
    Box::new(RunPlan {
        guide: Arc::new(crate::domain::guide::Guide::built_in()),
        connection: connection(),
        notes: Vec::new(),
        secret: Secret::new(SECRET.into()),
        selection: CheckSelection::All,
        previous: None,
    })
}

const LIMIT: Duration = Duration::from_secs(10);

async fn next(inbox: &mut UnboundedReceiver<Message>) -> Message {
    tokio::time::timeout(Duration::from_secs(10), inbox.recv()).await.expect("in time").expect("a message")
}

fn with(manner: Manner) -> (Runtime, UnboundedReceiver<Message>, Arc<AtomicUsize>) {
    let (post, inbox) = unbounded_channel();
    let dropped = Arc::default();
    (Runtime::new(parts(manner, &dropped), post), inbox, dropped)
}

#[tokio::test]
async fn a_run_posts_its_events_and_its_end() {
    let (mut runtime, mut inbox, _) = with(Manner::Ends);
    runtime.perform(Effect::StartRun { run: RunId(7), order: order() });
    assert!(matches!(next(&mut inbox).await, Message::Run { run: RunId(7), event: RunEvent::CheckStarted(_) }));
    assert!(matches!(next(&mut inbox).await, Message::Run { run: RunId(7), event: RunEvent::Finished(_) }));
}

#[tokio::test]
async fn once_it_is_quiet_a_cancelled_run_has_let_go_of_everything() {
    let (mut runtime, mut inbox, dropped) = with(Manner::Hangs);
    runtime.quiet().await;
    runtime.perform(Effect::StartRun { run: RunId(1), order: order() });
    next(&mut inbox).await;
    runtime.perform(Effect::CancelRun(RunId(1)));
    assert_eq!(dropped.load(Ordering::SeqCst), 0, "its task has had no turn yet");
    runtime.quiet().await;
    assert_eq!(dropped.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn cancelling_drops_the_run_and_posts_what_it_saw() {
    let (mut runtime, mut inbox, dropped) = with(Manner::Hangs);
    runtime.perform(Effect::StartRun { run: RunId(1), order: order() });
    next(&mut inbox).await;
    runtime.perform(Effect::CancelRun(RunId(2)));
    assert_eq!(dropped.load(Ordering::SeqCst), 0, "another run's number stops nothing");
    runtime.perform(Effect::CancelRun(RunId(1)));
    assert!(matches!(next(&mut inbox).await, Message::Run { run: RunId(1), event: RunEvent::Finished(_) }));
    assert_eq!(dropped.load(Ordering::SeqCst), 1, "the future is gone, and its requests with it");
}

#[tokio::test]
async fn what_breaks_posts_that_it_broke() {
    for manner in [Manner::Panics, Manner::PanicsAtOnce, Manner::PanicsWhenInterrupted] {
        let (mut runtime, mut inbox, _) = with(manner);
        runtime.perform(Effect::StartRun { run: RunId(1), order: order() });
        if manner != Manner::PanicsAtOnce {
            next(&mut inbox).await;
        }
        runtime.perform(Effect::CancelRun(RunId(1)));
        assert!(matches!(next(&mut inbox).await, Message::RunBroke { run: RunId(1) }));
    }
    let (mut runtime, mut inbox, _) = with(Manner::Panics);
    runtime.perform(Effect::Discover { asked: 3, resource_server: URL.into() });
    assert!(matches!(next(&mut inbox).await, Message::DiscoveryBroke { asked: 3 }));
}

#[tokio::test]
async fn leaving_ends_what_goes_on() {
    let (mut runtime, mut inbox, dropped) = with(Manner::Hangs);
    runtime.perform(Effect::StartRun { run: RunId(1), order: order() });
    next(&mut inbox).await;
    runtime.finish(LIMIT).await;
    while !matches!(next(&mut inbox).await, Message::Run { event: RunEvent::Finished(_), .. }) {}
    assert_eq!(dropped.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn the_newest_session_is_kept_before_the_end() {
    let (post, mut inbox) = unbounded_channel();
    let kept = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&kept);
    let keeper: SaveProgress = Arc::new(move |progress| {
        into.lock().expect("unpoisoned").push(progress.ticks.len());
        if progress.ticks.is_empty() { Err("disk full".into()) } else { Ok(()) }
    });
    let mut runtime = Runtime::new(RuntimeParts { keeper: Some(keeper), ..parts(Manner::Ends, &Arc::default()) }, post);
    let mut state = state(filled());
    runtime.perform(Effect::SaveProgress(Box::new(state.progress())));
    let Message::KeepFailed(reason) = next(&mut inbox).await else { panic!("it failed") };
    update(&mut state, Message::KeepFailed(reason));
    for _ in 0..50 {
        for effect in act(&mut state, crate::app::Action::Tick) {
            runtime.perform(effect);
        }
    }
    act(&mut state, crate::app::Action::Tick);
    runtime.perform(Effect::SaveProgress(Box::new(state.progress())));
    runtime.finish(LIMIT).await;
    assert_eq!(kept.lock().expect("unpoisoned").last(), Some(&1));
}

#[tokio::test]
async fn mending_goes_by_the_code_then_by_the_facts_and_copies_the_form_when_asked() {
    for (code, facts, copies_form, outcome) in [
        ("api.nothing_visible", &["B7"][..], false, Ok(("seen", false))),
        ("api.role_level", &["B7"], false, Ok(("B7 set", false))),
        ("api.role_level", &["A4", "B7", "B7"], true, Ok(("B7 set", true))),
        ("api.role_level", &["A4"], true, Err(())),
        ("api.shape", &[], false, Err(())),
    ] {
        let (post, mut inbox) = unbounded_channel();
        let repair_fn: RepairFn = Arc::new(|what| match what {
            "api.nothing_visible" => Ok("seen".into()),
            "B7" => Ok("B7 set".into()),
            _ => Err("no such part".into()),
        });
        let copier: CopyValuesFn = Arc::new(|| (Typed::default(), Secret::new(SECRET.into())));
        let parts =
            RuntimeParts { repair_fn: Some(repair_fn), copier: Some(copier), ..parts(Manner::Ends, &Arc::default()) };
        let facts = facts.iter().map(|fact| (*fact).to_owned()).collect();
        Runtime::new(parts, post).perform(Effect::Repair(Repair {
            code,
            facts,
            checks: vec!["x".into()],
            copies_form,
        }));
        let Message::RepairResult { outcome: told, checks } = next(&mut inbox).await else { panic!("no answer") };
        assert_eq!(checks, ["x"]);
        let told = told.as_ref().map(|mended| (mended.done.as_str(), mended.form.is_some())).map_err(|_| ());
        assert_eq!(told, outcome, "{code}");
    }
}

#[tokio::test]
async fn what_the_terminal_owner_must_do_comes_back() {
    let (mut runtime, _inbox, _) = with(Manner::Ends);
    for effect in
        [Effect::Bell, Effect::Quit, Effect::Redraw, Effect::Suspend, Effect::Clipboard(Secret::new("x".into()))]
    {
        assert!(runtime.perform(effect).is_some());
    }
    assert!(runtime.perform(Effect::CancelRun(RunId(1))).is_none());
}

/// A shelf of which each opened session keeps into its own list.
#[derive(Default)]
struct FakeProfileService {
    /// What was kept: which session, and how many ticks.
    kept: Arc<Mutex<Vec<(String, usize)>>>,
    /// Keeping a secret takes until this is told.
    slow: Option<Mutex<std::sync::mpsc::Receiver<()>>>,
}

impl FakeProfileService {
    fn keeper(&self, session: &str) -> SaveProgress {
        let (kept, session) = (Arc::clone(&self.kept), session.to_owned());
        Arc::new(move |progress| {
            kept.lock().expect("unpoisoned").push((session.clone(), progress.ticks.len()));
            Ok(())
        })
    }
}

impl ProfileService for FakeProfileService {
    fn look(&self) -> LoadedProfiles {
        panic!("canary")
    }

    fn open(self: Arc<Self>, choice: ProfileChoice) -> Pending<Result<OpenedSession, String>> {
        Box::pin(async move {
            assert!(choice != ProfileChoice::Demo, "canary");
            let keeper = Some(self.keeper(choice.label()));
            let parts = RuntimeParts { keeper, shelf: Some(self), ..parts(Manner::Hangs, &Arc::default()) };
            Ok(OpenedSession { start: empty(), parts })
        })
    }

    fn save(&self, name: &str, _progress: &Progress) -> Result<Option<SaveProgress>, String> {
        Ok(Some(self.keeper(name)))
    }

    fn remove(&self, name: &str) -> Result<String, String> {
        Err(format!("{name} stays"))
    }

    fn keep_secret(&self, profile: &str, keep: Option<Place>, secret: &Secret) -> Result<String, String> {
        if let Some(slow) = &self.slow {
            slow.lock().expect("unpoisoned").recv().expect("it goes on");
        }
        Ok(format!("{profile} {keep:?} {}", secret.chars()))
    }
}

#[tokio::test]
async fn each_session_is_kept_in_its_own_place() {
    let shelf = Arc::new(FakeProfileService::default());
    let keeper = Some(shelf.keeper("first"));
    let (post, mut inbox) = unbounded_channel();
    let shelved = Some(Arc::clone(&shelf) as Arc<dyn ProfileService>);
    let mut runtime =
        Runtime::new(RuntimeParts { keeper, shelf: shelved, ..parts(Manner::Hangs, &Arc::default()) }, post);
    let ticked = |count: usize| {
        let ticks = (0..count).map(|tick| tick.to_string()).collect();
        Effect::SaveProgress(Box::new(Progress { ticks, ..state(empty()).progress() }))
    };
    runtime.perform(ticked(1));
    runtime.perform(Effect::Open { order: 1, choice: ProfileChoice::Profile("second".into()) });
    assert!(matches!(next(&mut inbox).await, Message::Opened { order: 1, outcome: Ok(_) }));
    // Until it is settled, what is kept is the first session.
    runtime.perform(ticked(2));
    runtime.perform(Effect::Settle(1));
    runtime.perform(ticked(3));
    runtime.perform(Effect::SaveProfile {
        order: 2,
        name: "third".into(),
        progress: Box::new(state(empty()).progress()),
    });
    assert!(matches!(next(&mut inbox).await, Message::ProfileSaved { order: 2, outcome: Ok(name) } if name == "third"));
    runtime.perform(Effect::Settle(2));
    runtime.perform(ticked(4));
    runtime.perform(Effect::Settle(2));
    runtime.perform(ticked(5));
    runtime.finish(LIMIT).await;
    let kept = shelf.kept.lock().expect("unpoisoned").clone();
    for (session, last) in [("first", 2), ("second", 3), ("third", 5)] {
        let mine = kept.iter().filter(|(name, _)| name == session).map(|(_, ticks)| *ticks);
        assert_eq!(mine.max(), Some(last), "{session}: {kept:?}");
    }
}

#[tokio::test]
async fn what_breaks_on_the_shelf_is_told() {
    let (post, mut inbox) = unbounded_channel();
    let shelf = Some(Arc::new(FakeProfileService::default()) as Arc<dyn ProfileService>);
    let mut runtime = Runtime::new(RuntimeParts { shelf, ..parts(Manner::Ends, &Arc::default()) }, post);
    runtime.perform(Effect::Open { order: 1, choice: ProfileChoice::Demo });
    assert!(
        matches!(next(&mut inbox).await, Message::Opened { outcome: Err(reason), .. } if reason.contains("a bug in halo-onboard"))
    );
    runtime.perform(Effect::LookAtShelf);
    assert!(matches!(next(&mut inbox).await, Message::LoadedProfiles { profiles, .. } if profiles.is_empty()));
    runtime.perform(Effect::RemoveProfile("acme".into()));
    assert!(matches!(next(&mut inbox).await, Message::ProfileRemoved(Err(reason)) if reason == "acme stays"));
    let keep =
        Effect::KeepSecret { profile: "acme".into(), keep: Some(Place::User), secret: Secret::new("four".into()) };
    runtime.perform(keep);
    let Message::SecretKept { keep: Some(Place::User), outcome, .. } = next(&mut inbox).await else {
        panic!("no answer")
    };
    assert_eq!(outcome.as_deref(), Ok("acme Some(User) 4"));
}

#[tokio::test]
async fn a_failure_to_keep_is_told_once_and_so_is_its_end() {
    let (post, mut inbox) = unbounded_channel();
    let turn = Arc::new(AtomicUsize::new(0));
    let turns = Arc::clone(&turn);
    let keeper: SaveProgress = Arc::new(move |_| match turns.fetch_add(1, Ordering::SeqCst) {
        0..3 => Err("disk full".into()),
        _ => Ok(()),
    });
    let mut runtime = Runtime::new(RuntimeParts { keeper: Some(keeper), ..parts(Manner::Ends, &Arc::default()) }, post);
    for count in 1..=5 {
        runtime.perform(Effect::SaveProgress(Box::new(state(empty()).progress())));
        while turn.load(Ordering::SeqCst) < count {
            tokio::task::yield_now().await;
        }
    }
    runtime.finish(LIMIT).await;
    assert!(matches!(next(&mut inbox).await, Message::KeepFailed(reason) if reason == "disk full"));
    assert!(matches!(next(&mut inbox).await, Message::KeptAgain));
    assert!(inbox.try_recv().is_err(), "nothing twice");
}

/// A shelf whose keyring takes its time; it goes on once the sender is told.
fn slow_shelf() -> (RuntimeParts, std::sync::mpsc::Sender<()>) {
    let (go_on, slow) = std::sync::mpsc::channel();
    let shelf = FakeProfileService { slow: Some(Mutex::new(slow)), ..FakeProfileService::default() };
    (RuntimeParts { shelf: Some(Arc::new(shelf)), ..parts(Manner::Hangs, &Arc::default()) }, go_on)
}

fn keep_secret() -> Effect {
    Effect::KeepSecret { profile: "acme".into(), keep: Some(Place::User), secret: Secret::new("four".into()) }
}

#[tokio::test]
async fn a_secret_and_a_report_that_were_asked_for_are_written_before_the_end() {
    let ((parts, go_on), folder) = (slow_shelf(), tempfile::tempdir().expect("a folder"));
    let paths = Paths::at(folder.path().join("config.toml"), folder.path().join("state"));
    let (post, mut inbox) = unbounded_channel();
    let mut runtime = Runtime::new(RuntimeParts { paths, ..parts }, post);
    let secret = Secret::new(SECRET.into());
    runtime.perform(keep_secret());
    runtime.perform(Effect::Export { format: Format::Json, text: "{}".into(), host: "h".into(), secret });
    // The operator leaves at once; the keyring answers only then.
    let ended = tokio::spawn(runtime.finish(LIMIT));
    tokio::task::yield_now().await;
    go_on.send(()).expect("it waits");
    assert!(ended.await.expect("it ends").is_empty());
    let mut state = state(filled());
    let outcome = state.outcome_with(std::iter::from_fn(|| inbox.try_recv().ok()), &[]);
    assert_eq!(outcome.late, ["acme Some(User) 4"]);
    let [written] = &outcome.written[..] else { panic!("{outcome:?}") };
    assert_eq!(std::fs::read(written).expect("there"), b"{}");
}

#[tokio::test]
async fn what_cannot_be_written_is_told_at_the_end() {
    let (post, mut inbox) = unbounded_channel();
    let mut runtime = Runtime::new(parts(Manner::Hangs, &Arc::default()), post);
    let secret = Secret::new(SECRET.into());
    let text = format!("x{SECRET}x");
    runtime.perform(Effect::Export { format: Format::Json, text, host: "h".into(), secret });
    assert!(runtime.finish(LIMIT).await.is_empty());
    let mut state = state(filled());
    let outcome = state.outcome_with(std::iter::from_fn(|| inbox.try_recv().ok()), &["the report of h".into()]);
    assert!(outcome.written.is_empty());
    assert!(outcome.late[0].starts_with("NOT WRITTEN: the client secret was found"), "{:?}", outcome.late);
    assert_eq!(outcome.late[1], "NOT DONE in time: the report of h.");
    let (parts, go_on) = slow_shelf();
    let mut slow = Runtime::new(parts, unbounded_channel().0);
    slow.perform(keep_secret());
    let undone = slow.finish(Duration::from_millis(20)).await;
    assert_eq!(undone, ["the secret of acme, to be kept or forgotten"]);
    drop(go_on);
}
