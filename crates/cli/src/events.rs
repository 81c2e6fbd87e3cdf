//! Events written out as they come: lines of JSON, or the data alone.

use std::io::{self, Write};

use eventwire::{Error, Item};

use crate::args::ParseArgs;
use crate::json;
use crate::losses::Losses;
use crate::output::Output;
use crate::parse::Sink;
use crate::selection::Selection;

/// Writes events.
#[derive(Debug)]
pub(crate) struct EventWriter<'o, W: Write> {
    out: Output<W>,
    selection: Selection<'o>,
    losses: Losses,
}

impl<'o, W: Write> EventWriter<'o, W> {
    /// Writes to `out` what `options` ask for.
    pub(crate) fn new(out: Output<W>, options: &'o ParseArgs) -> Self {
        Self { out, selection: Selection::new(&options.selection), losses: Losses::default() }
    }

    /// What was lost.
    pub(crate) fn losses(&self) -> &Losses {
        &self.losses
    }
}

impl<W: Write> Sink for EventWriter<'_, W> {
    #[inline]
    fn item(&mut self, item: &Item<'_>) -> io::Result<()> {
        match item {
            Item::Event(event) => {
                let event_type = event.event_type();
                if self.selection.wants(event_type) {
                    let (id, data) = (event.last_event_id(), event.data());
                    self.selection.write_event(&mut self.out, event_type, id, data)?;
                }
            }
            Item::Retry(milliseconds) => json::write_retry(&mut self.out, *milliseconds)?,
            Item::Comment(comment) => json::write_comment(&mut self.out, comment)?,
            // Nothing else is asked for.
            _ => {}
        }
        self.out.end_line()
    }

    fn dropped(&mut self, error: Error, after: u64) {
        self.losses.note(error, after);
    }

    fn end_read(&mut self, _: &[u8]) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use eventwire::{Input, Parser};

    use super::*;
    use crate::args::{Cli, Command};

    /// Checks that every write brings whole lines.
    struct Lines {
        writes: usize,
        bytes: usize,
    }

    impl Write for &mut Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            assert!(bytes.ends_with(b"\n"), "{}", bytes.escape_ascii());
            self.writes += 1;
            self.bytes += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_are_not_torn() {
        for option in ["--json", "--data", "--comments"] {
            let Command::Parse(options) = Cli::parse_from(["eventwire", "parse", option]).command else {
                panic!("another subcommand")
            };
            let stream: String = (0..1_000).map(|n| format!(": c\ndata: {}\n\n", "x\"".repeat(n))).collect();
            let mut lines = Lines { writes: 0, bytes: 0 };
            let mut writer = EventWriter::new(Output::new(&mut lines), &options);
            let mut parser = Parser::with_config(options.config());
            let mut input = Input::new(stream.as_bytes());
            while let Some(item) = parser.next_item(&mut input).unwrap() {
                writer.item(&item).unwrap();
            }
            writer.end_read(stream.as_bytes()).unwrap();
            assert!(lines.bytes > 999_000, "{}", lines.bytes);
            assert!((10..100).contains(&lines.writes), "{}", lines.writes);
        }
    }
}
