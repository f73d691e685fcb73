//! The requests to end the process, under the names and numbers of Unix signals on every system.

/// A request to end the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndSignal {
    /// SIGHUP; on Windows a closed console or the end of the login.
    HangUp,
    /// SIGINT; on Windows Ctrl-C.
    Interrupt,
    /// SIGQUIT; on Windows Ctrl-Break.
    Quit,
    /// SIGTERM; on Windows the shutdown of the machine.
    Terminate,
}

impl EndSignal {
    /// The signal's number on Unix.
    pub fn number(self) -> u8 {
        match self {
            Self::HangUp => 1,
            Self::Interrupt => 2,
            Self::Quit => 3,
            Self::Terminate => 15,
        }
    }

    /// The exit status of a process that ended because of this signal: 128 plus the number.
    pub fn exit_status(self) -> u8 {
        128 + self.number()
    }

    /// True for the two that a keyboard sends. While a child process has the terminal, they are meant for the child.
    pub fn is_from_keyboard(self) -> bool {
        matches!(self, Self::Interrupt | Self::Quit)
    }
}

#[cfg(test)]
mod tests {
    use super::EndSignal::{HangUp, Interrupt, Quit, Terminate};

    #[test]
    fn exit_statuses_are_those_that_the_documentation_states() {
        let statuses = [HangUp, Interrupt, Quit, Terminate].map(super::EndSignal::exit_status);
        assert_eq!(statuses, [129, 130, 131, 143]);
    }
}
