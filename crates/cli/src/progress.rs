//! How far a large file has come, on one line of the terminal that is written over and over.

use std::io::{self, IsTerminal as _, Stderr, Write};
use std::time::{Duration, Instant};

use crate::input::Source;
use crate::size;

/// Files up to this size are done before anybody could read a line about them.
const LARGE: u64 = 64 << 20;

/// How often the line is written.
const INTERVAL: Duration = Duration::from_millis(200);

/// The line is filled up to this width, so that it covers the one before.
const WIDTH: usize = 50;

/// The progress line; taken away again when dropped.
#[derive(Debug)]
pub(crate) struct Progress<W: Write = Stderr> {
    terminal: W,
    total: u64,
    done: u64,
    started: Instant,
    shown: Option<Instant>,
}

impl Progress {
    /// Progress through `source`, if it is a large file and somebody looks at standard error. Where standard
    /// output goes to a terminal as well, the events themselves show how far we are.
    pub(crate) fn of(source: &Source) -> Option<Self> {
        let total = source.size().filter(|&size| size > LARGE)?;
        let visible = io::stderr().is_terminal() && !io::stdout().is_terminal();
        visible.then(|| Self::new(io::stderr(), total))
    }
}

impl<W: Write> Progress<W> {
    fn new(terminal: W, total: u64) -> Self {
        Self { terminal, total, done: 0, started: Instant::now(), shown: None }
    }

    /// Tells that so many bytes more have been read.
    pub(crate) fn advance(&mut self, bytes: usize) {
        self.done += bytes as u64;
        let now = Instant::now();
        if now.duration_since(self.shown.unwrap_or(self.started)) >= INTERVAL {
            self.shown = Some(now);
            self.show(now.duration_since(self.started));
        }
    }

    fn show(&mut self, elapsed: Duration) {
        // The file may have grown since it was opened.
        let percent = (self.done.saturating_mul(100) / self.total).min(100);
        let line = format!(
            "eventwire: {percent:3} % of {}, {}/s",
            size::rounded(self.total as f64),
            size::rounded(self.done as f64 / elapsed.as_secs_f64()),
        );
        self.write(&line);
    }

    /// Writes over the line. Whether that succeeds is nobody's concern.
    fn write(&mut self, line: &str) {
        let _ = write!(self.terminal, "\r{line:WIDTH$}\r");
    }
}

impl<W: Write> Drop for Progress<W> {
    fn drop(&mut self) {
        if self.shown.is_some() {
            self.write("");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_replaces_the_line_before() {
        let mut terminal = Vec::new();
        let mut progress = Progress::new(&mut terminal, 200_000_000);
        progress.done = 100_000_000;
        progress.show(Duration::from_millis(500));
        progress.done = 300_000_000;
        progress.show(Duration::from_secs(1));
        drop(progress);
        let lines: Vec<_> =
            str::from_utf8(&terminal).unwrap().split('\r').filter(|line| !line.is_empty()).collect();
        assert_eq!(lines[0].trim_end(), "eventwire:  50 % of 200 MB, 200 MB/s");
        assert_eq!(lines[1].trim_end(), "eventwire: 100 % of 200 MB, 300 MB/s");
        assert!(lines.iter().all(|line| line.len() == WIDTH));
    }

    #[test]
    fn what_is_quick_shows_nothing() {
        let mut terminal = Vec::new();
        let mut progress = Progress::new(&mut terminal, 100);
        progress.advance(50);
        progress.advance(50);
        drop(progress);
        assert!(terminal.is_empty());
    }
}
