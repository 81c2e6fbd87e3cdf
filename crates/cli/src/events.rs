//! Events written out as they come: lines of JSON, or the data alone.

use std::io::{self, Write};

use eventwire::{Error, Event, Item};

use crate::args::ParseArgs;
use crate::json;
use crate::losses::Losses;
use crate::output::Output;
use crate::parse::Sink;

/// What is written of an event.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// A JSON object, data that is JSON being part of it if `embed`.
    Json { embed: bool },
    /// The data as it is, and this byte.
    Data { end: u8 },
}

/// Writes events.
#[derive(Debug)]
pub(crate) struct EventWriter<'o, W: Write> {
    out: Output<W>,
    form: Form,
    /// The types that are wanted; none means all.
    types: &'o [String],
    losses: Losses,
}

impl<'o, W: Write> EventWriter<'o, W> {
    /// Writes to `out` what `options` ask for.
    pub(crate) fn new(out: Output<W>, options: &'o ParseArgs) -> Self {
        let form = match (options.data, options.null) {
            (false, _) => Form::Json { embed: options.json },
            (true, false) => Form::Data { end: b'\n' },
            (true, true) => Form::Data { end: 0 },
        };
        Self { out, form, types: &options.events, losses: Losses::default() }
    }

    /// What was lost.
    pub(crate) fn losses(&self) -> &Losses {
        &self.losses
    }

    fn write(&mut self, event: &Event<'_>) -> io::Result<()> {
        if !self.wants(event.event_type()) {
            return Ok(());
        }
        match self.form {
            Form::Json { embed } => json::write_event(
                &mut self.out,
                event.event_type(),
                event.last_event_id(),
                event.data(),
                embed,
            ),
            Form::Data { end } => {
                self.out.write_all(event.data())?;
                self.out.write_all(&[end])
            }
        }
    }

    fn wants(&self, event_type: &[u8]) -> bool {
        self.types.is_empty() || self.types.iter().any(|wanted| wanted.as_bytes() == event_type)
    }
}

impl<W: Write> Sink for EventWriter<'_, W> {
    #[inline]
    fn item(&mut self, item: &Item<'_>) -> io::Result<()> {
        match item {
            Item::Event(event) => self.write(event)?,
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
