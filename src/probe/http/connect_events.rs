//! Log lines about a connection while it is being made, so that a stall shows its phase.

use std::pin::pin;

use jiff::Timestamp;
use tokio::time::sleep;

use super::certificate;
use super::connection_timings::{Phases, Timestamps};
use super::exchange::PATIENCE;
use crate::domain::run_event::LogLevel;
use crate::probe::run_log::RunLog;

/// Receiver and subject of the log lines.
pub(super) struct LogTarget<'a> {
    pub journal: &'a RunLog,
    pub check: &'a str,
    /// Host and port that the request is for.
    pub host: &'a str,
    /// Host and port that the connection is made to: the host's, or the proxy's.
    pub dialled: &'a str,
}

/// Runs a request and logs its phases.
pub(super) async fn following<F: Future>(request: F, phases: &Phases, whom: &LogTarget<'_>) -> F::Output {
    let (mut request, mut patience) = (pin!(request), pin!(sleep(PATIENCE)));
    let (mut told, mut patient) = (0, true);
    loop {
        tokio::select! {
            biased;
            output = &mut request => {
                whom.tell(&phases.marks(), &mut told);
                return output;
            }
            () = phases.changed.notified() => whom.tell(&phases.marks(), &mut told),
            () = &mut patience, if patient => {
                patient = false;
                let text = format!("still waiting for {} ({} s)", whom.host, PATIENCE.as_secs());
                whom.journal.log(LogLevel::Info, Some(whom.check), text);
            }
        }
    }
}

impl LogTarget<'_> {
    /// Logs the phases that are not logged yet.
    fn tell(&self, marks: &Timestamps, told: &mut usize) {
        let lines = [self.dns(marks), self.tcp(marks), self.tls(marks)];
        for (at, line) in lines.into_iter().enumerate().skip(*told) {
            // In order: what is not known yet holds back what comes after it, unless it was left out.
            let Some(line) = line else {
                if at == 0 && (marks.hello.is_some() || marks.connected.is_some()) {
                    *told = 1;
                    continue;
                }
                return;
            };
            self.journal.log(LogLevel::Info, Some(self.check), line);
            *told = at + 1;
        }
    }

    fn dns(&self, marks: &Timestamps) -> Option<String> {
        let name = &marks.dns_name;
        Some(format!("dns   {name} -> {}  {} ms", marks.addresses.join(", "), marks.dns_ms()?))
    }

    fn tcp(&self, marks: &Timestamps) -> Option<String> {
        marks.hello.or(marks.connected)?;
        Some(format!("tcp   {} connected  {} ms", self.dialled, marks.connect_ms()?))
    }

    fn tls(&self, marks: &Timestamps) -> Option<String> {
        let took = marks.tls_ms()?;
        let certificate = marks.certificate.as_deref().and_then(|der| certificate::read(der, Timestamp::now()));
        let shown = certificate.map(|c| {
            let until = c.not_after.get(..10).unwrap_or(&c.not_after);
            format!(", subject {}, issuer {}, ends {until}", c.subject.cut(80), c.issuer.cut(80))
        });
        let version = marks.tls_version.unwrap_or("TLS, session resumed");
        Some(format!("tls   {version}{}  {took} ms", shown.unwrap_or_default()))
    }
}
