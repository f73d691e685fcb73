//! Standard output and standard error. A closed pipe is not an error: later output is discarded, and the run ends with
//! its own verdict.

use std::io::{self, ErrorKind, Write};

/// A writer that ignores a closed pipe and remembers any other failure.
pub struct OutputStream {
    inner: Box<dyn Write + Send>,
    closed: bool,
    failure: Option<io::Error>,
}

impl OutputStream {
    /// Wraps a writer.
    pub fn new(inner: impl Write + Send + 'static) -> Self {
        Self { inner: Box::new(inner), closed: false, failure: None }
    }

    /// Writes a whole text and flushes.
    pub fn text(&mut self, text: &str) {
        if self.closed || self.failure.is_some() {
            return;
        }
        match self.inner.write_all(text.as_bytes()).and_then(|()| self.inner.flush()) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::BrokenPipe => self.closed = true,
            Err(error) => self.failure = Some(error),
        }
    }

    /// Writes a line.
    pub fn line(&mut self, line: &str) {
        self.text(&format!("{line}\n"));
    }

    /// Returns true if the reader has closed the pipe.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// The first write error other than a closed pipe.
    pub fn take_failure(&mut self) -> Option<io::Error> {
        self.failure.take()
    }
}

/// The two output streams of a command.
pub struct OutputStreams {
    /// Results: standard output.
    pub out: OutputStream,
    /// Everything else: standard error.
    pub err: OutputStream,
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// A writer whose content a test can inspect.
    #[derive(Clone, Default)]
    pub struct CapturedOutput(Arc<Mutex<Vec<u8>>>);

    impl CapturedOutput {
        pub fn text(&self) -> String {
            String::from_utf8(self.0.lock().expect("no writer panicked").clone()).expect("text")
        }
    }

    impl Write for CapturedOutput {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no writer panicked").extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    pub fn kept() -> (OutputStreams, CapturedOutput, CapturedOutput) {
        let (out, err) = (CapturedOutput::default(), CapturedOutput::default());
        (OutputStreams { out: OutputStream::new(out.clone()), err: OutputStream::new(err.clone()) }, out, err)
    }

    struct FailingWriter(ErrorKind);

    impl Write for FailingWriter {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_quiet_and_a_full_disk_is_not() {
        let mut pipe = OutputStream::new(FailingWriter(ErrorKind::BrokenPipe));
        pipe.line("x");
        assert!(pipe.is_closed() && pipe.take_failure().is_none());
        let mut disk = OutputStream::new(FailingWriter(ErrorKind::StorageFull));
        disk.line("x");
        assert!(!disk.is_closed() && disk.take_failure().is_some());
    }
}
