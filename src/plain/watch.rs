//! `watch`: repeats the checks that are not ok, reports changes, and ends once nothing blocks.

use std::time::Duration;

use super::{End, PlainSession};
use crate::app::{CheckRow, State};
use crate::domain::run_event::Finished;
use crate::domain::run_plan::CheckSelection;
use crate::headless;
use crate::headless::{Outcome, OutputStreams, Reporter, WatchSchedule};

/// Default and minimum seconds between two rounds: each round sends requests to Halo.
const USUAL: u64 = 30;
const FEWEST: u64 = 5;
const MOST: u64 = 3_600;
/// Number of rounds without a change after which a line says that the watch is still running.
const QUIET: u32 = 4;

/// Reporter of a round that prints nothing: changes are printed afterwards.
#[derive(Default)]
struct SilentReporter(Option<Finished>);

impl Reporter for SilentReporter {
    fn ended(&mut self, outcome: &Outcome, _to: &mut OutputStreams) {
        self.0 = Some(Finished { report: outcome.report.clone(), evidence: outcome.evidence.clone(), recording: None });
    }
}

/// Reason why a wait or a round ended.
enum Ended {
    ByItself,
    ByTheOperator,
}

impl PlainSession<'_> {
    /// Watches until nothing blocks, or until Enter or Ctrl-C.
    pub(super) async fn watch(&mut self, every: &str) -> Result<(), End> {
        let Some(pause) = seconds(every) else {
            self.to
                .out
                .line(&format!("How many seconds? From watch {FEWEST} to watch {MOST}; watch alone means {USUAL}."));
            return Ok(());
        };
        if self.found.is_none() {
            self.run_once(CheckSelection::All).await?;
        }
        if self.last == 0 {
            self.to.out.line("Nothing to watch: no check is blocking.");
            return Ok(());
        }
        let text =
            format!("Watching: the checks that are not ok run again every {pause} s. Press Enter or Ctrl-C to stop.");
        self.spared.redirect_ctrl_c(true);
        self.to.out.line(&text);
        let ended = self.rounds(Duration::from_secs(pause)).await;
        self.spared.redirect_ctrl_c(false);
        match ended? {
            Ended::ByTheOperator => self.to.out.line("The watch has ended."),
            // The bell is for whoever looks elsewhere meanwhile.
            Ended::ByItself => self.to.out.line("\u{7}The watch has ended: nothing blocks."),
        }
        Ok(())
    }

    async fn rounds(&mut self, pause: Duration) -> Result<Ended, End> {
        let mut quiet = 0;
        loop {
            if matches!(self.pause(pause).await?, Ended::ByTheOperator) {
                return Ok(Ended::ByTheOperator);
            }
            let before = self.state().all_checks();
            if matches!(self.round().await?, Ended::ByTheOperator) {
                return Ok(Ended::ByTheOperator);
            }
            let changes = changes(&before, &self.state().all_checks());
            quiet = if changes.is_empty() { quiet + 1 } else { 0 };
            changes.iter().for_each(|change| self.to.out.line(change));
            if self.last == 0 {
                return Ok(Ended::ByItself);
            }
            if quiet == QUIET {
                quiet = 0;
                self.to.out.line("Still watching: no change.");
            }
        }
    }

    /// Waits; a line that is entered ends the watch.
    async fn pause(&mut self, pause: Duration) -> Result<Ended, End> {
        let reading = self.reading.get_or_insert_with(super::read_ahead);
        tokio::select! {
            biased;
            status = &mut self.interrupt => Err(End::Left(status)),
            () = self.spared.redirected_ctrl_c() => Ok(Ended::ByTheOperator),
            line = reading => {
                self.reading = None;
                match line {
                    Ok(Ok(Some(_))) => Ok(Ended::ByTheOperator),
                    // Nobody is there any more.
                    _ => Err(End::Left(self.last)),
                }
            }
            () = tokio::time::sleep(pause) => Ok(Ended::ByItself),
        }
    }

    /// Repeats the checks that are not ok.
    async fn round(&mut self) -> Result<Ended, End> {
        let Ok(job) = self.job(open_checks(&self.state())) else { return Ok(Ended::ByTheOperator) };
        let mut face = SilentReporter::default();
        let run = headless::run(&job, WatchSchedule::default(), &mut face, self.to, &mut self.interrupt);
        let status = tokio::select! {
            biased;
            () = self.spared.redirected_ctrl_c() => return Ok(Ended::ByTheOperator),
            status = run => status,
        };
        if status > 128 {
            return Err(End::Left(status));
        }
        self.last = status;
        self.found = face.0.or(self.found.take());
        self.keep(false);
        Ok(Ended::ByItself)
    }
}

fn seconds(text: &str) -> Option<u64> {
    if text.is_empty() {
        return Some(USUAL);
    }
    text.parse().ok().filter(|seconds| (FEWEST..=MOST).contains(seconds))
}

/// The checks to repeat: single lists if only they are open, everything otherwise.
fn open_checks(state: &State) -> CheckSelection {
    let open: Vec<String> =
        state.all_checks().into_iter().filter(|row| !row.shown.is_green()).map(|row| row.id).collect();
    match open.iter().all(|id| state.guide.probe(id).is_some()) {
        true => super::with_identity(&state.guide, open),
        false => CheckSelection::All,
    }
}

/// A line for each check whose result has changed.
fn changes(before: &[CheckRow], after: &[CheckRow]) -> Vec<String> {
    let words = |row: &CheckRow| {
        let code = row.code.map(|code| format!(" {}", code.id())).unwrap_or_default();
        format!("{}{code}", row.shown.word())
    };
    let change = |row: &CheckRow| {
        let before = before.iter().find(|before| before.id == row.id)?;
        let (then, now) = (words(before), words(row));
        (then != now).then(|| format!("Changed: {}: {now}; before: {then}.", row.id))
    };
    after.iter().filter_map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{CheckState, Group};
    use crate::domain::codes::Code;

    #[test]
    fn the_pause_has_limits() {
        for (text, wanted) in
            [("", Some(30)), ("5", Some(5)), ("3600", Some(3600)), ("4", None), ("3601", None), ("soon", None)]
        {
            assert_eq!(seconds(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn a_change_is_told_with_what_was_before() {
        let row = |id: &str, shown, code| CheckRow {
            id: id.into(),
            group: Group::Permissions,
            title: id.into(),
            shown,
            code,
            http_status: None,
            took_ms: None,
        };
        let before =
            [row("items", CheckState::Passed, None), row("invoices", CheckState::Failed, Some(Code::ApiRoleLevel))];
        let after = [row("items", CheckState::Passed, None), row("invoices", CheckState::Passed, None)];
        assert_eq!(changes(&before, &after), ["Changed: invoices: ok; before: FAIL api.role_level."]);
        assert!(changes(&before, &before).is_empty());
    }
}
