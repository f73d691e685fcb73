//! A child process together with everything that it starts.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid};

/// Source of empty input and sink for discarded output.
pub const NULL_DEVICE: &str = "/dev/null";

/// Whether the process shares the terminal with this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessGroup {
    /// The group of this process: it can read from the terminal.
    Shared,
    /// A group of its own: Ctrl-C does not reach it.
    Own,
}

/// A running child process. It is reaped by [`ChildProcess::wait`] only, so that its id cannot be reused before.
#[derive(Debug)]
pub struct ChildProcess {
    child: Child,
    group: ProcessGroup,
}

impl ChildProcess {
    /// Starts a process.
    ///
    /// # Errors
    /// As [`Command::spawn`].
    pub fn spawn(mut command: Command, group: ProcessGroup) -> io::Result<Self> {
        if group == ProcessGroup::Own {
            command.process_group(0);
        }
        Ok(Self { child: command.spawn()?, group })
    }

    /// The pipe from its standard output, once.
    pub fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// A function that returns when the process has ended, for another thread.
    pub fn exit_waiter(&self) -> impl FnOnce() + Send + 'static {
        let pid = Pid::from_raw(self.child.id().cast_signed());
        move || {
            if let Some(pid) = pid {
                let _ = waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT);
            }
        }
    }

    /// Ends the process and those that it has started: its own process group if it has one, otherwise its descendants.
    pub fn kill(&mut self) {
        let pid = Pid::from_raw(self.child.id().cast_signed());
        // Nothing is left to tell anybody when one has gone already.
        match (self.group, pid) {
            (ProcessGroup::Own, Some(group)) => drop(kill_process_group(group, Signal::KILL)),
            (ProcessGroup::Shared, _) => {
                for pid in descendants(self.child.id()) {
                    let _ = kill_process(pid, Signal::KILL);
                }
            }
            (ProcessGroup::Own, None) => {}
        }
        let _ = self.child.kill();
    }

    /// Waits for the end and returns how it ended.
    ///
    /// # Errors
    /// As [`Child::wait`].
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait()
    }
}

/// Returns the descendants of a process, if the system lists them.
fn descendants(parent: u32) -> Vec<Pid> {
    let mut found = Vec::new();
    let mut parents = vec![parent];
    while let Some(parent) = parents.pop() {
        let listed = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
        let children: Vec<u32> = listed.split_whitespace().filter_map(|number| number.parse().ok()).collect();
        found.extend(children.iter().filter_map(|number| Pid::from_raw(number.cast_signed())));
        parents.extend(children);
    }
    found
}

/// Returns the program to start for a name: the name itself, because the system searches `PATH`.
///
/// # Errors
/// None on this system.
pub fn find_program(name: &str) -> io::Result<PathBuf> {
    Ok(name.into())
}

/// Opens the null device for reading and writing.
///
/// # Errors
/// It is missing, as in some containers.
pub fn open_null_device() -> io::Result<File> {
    File::options().read(true).write(true).open(NULL_DEVICE)
}
