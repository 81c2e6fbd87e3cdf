//! `eventwire parse`: the loop that takes the input through the parser to a sink.

use std::io::{self, Write as _};

use eventwire::{Error, Input, Item, Parser};

use crate::args::ParseArgs;
use crate::events::EventWriter;
use crate::failure::{Failure, Status};
use crate::input::Source;
use crate::output;
use crate::progress::Progress;
use crate::report;
use crate::stats::Stats;

/// What is done with a stream's items.
pub(crate) trait Sink {
    /// Takes the next item.
    fn item(&mut self, item: &Item<'_>) -> io::Result<()>;

    /// Is told that something was dropped. The event before it ended `after` bytes into the stream: a place that,
    /// unlike how far the parser has read when it finds out, does not depend on how the input is cut.
    fn dropped(&mut self, error: Error, after: u64);

    /// Is told that all items which `read`, the latest piece of the stream, completed have been given. What is
    /// written by then must be out, because the next piece may take its time.
    fn end_read(&mut self, read: &[u8]) -> io::Result<()>;
}

/// Parses what `options` name, as they say.
///
/// Fails if the input cannot be read or the output not be written. What was complete before is written then,
/// and what was lost until then is said.
pub(crate) fn run(options: &ParseArgs) -> Result<Status, Failure> {
    let mut source = Source::open(&options.file, options.chunk_size)?;
    let mut parser = Parser::with_config(options.config());
    let (end, losses) = if options.stats {
        let mut stats = Stats::new();
        let end = drive(&mut source, &mut parser, options.chunk_size, &mut stats);
        let mut out = output::standard();
        report::write(&mut out, &stats, &parser).and_then(|()| out.flush()).map_err(Failure::Output)?;
        (end, *stats.losses())
    } else {
        let mut writer = EventWriter::new(output::standard(), options);
        let end = drive(&mut source, &mut parser, options.chunk_size, &mut writer);
        (end, *writer.losses())
    };
    // Who closed the output wants to hear no more.
    if let Err(failure @ Failure::Output(_)) = end {
        return Err(failure);
    }
    let status = losses.report(source.name(), options.limits.max_event_size);
    end.map(|()| status)
}

/// Feeds all of `source` to `sink`, in chunks of at most `chunk_size` bytes.
fn drive<S: Sink>(
    source: &mut Source,
    parser: &mut Parser,
    chunk_size: Option<usize>,
    sink: &mut S,
) -> Result<(), Failure> {
    let mut progress = Progress::of(source);
    let mut after = 0;
    loop {
        let read = source.read()?;
        if read.is_empty() {
            break;
        }
        for chunk in read.chunks(chunk_size.unwrap_or(read.len())) {
            feed(chunk, parser, &mut after, sink).map_err(Failure::Output)?;
        }
        sink.end_read(read).map_err(Failure::Output)?;
        if let Some(progress) = &mut progress {
            progress.advance(read.len());
        }
    }
    finish(parser, after, sink).map_err(Failure::Output)
}

fn feed<S: Sink>(chunk: &[u8], parser: &mut Parser, after: &mut u64, sink: &mut S) -> io::Result<()> {
    let mut input = Input::new(chunk);
    loop {
        match parser.next_item(&mut input) {
            Ok(Some(item)) => {
                if let Item::Event(event) = &item {
                    *after = event.span().end;
                }
                sink.item(&item)?;
            }
            Ok(None) => return Ok(()),
            Err(error) => sink.dropped(error, *after),
        }
    }
}

fn finish<S: Sink>(parser: &mut Parser, after: u64, sink: &mut S) -> io::Result<()> {
    match parser.finish() {
        Ok(Some(event)) => sink.item(&Item::Event(event))?,
        Ok(None) => {}
        Err(error) => sink.dropped(error, after),
    }
    sink.end_read(&[])
}
