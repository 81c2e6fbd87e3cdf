//! `eventwire encode`: lines of JSON, as `parse` writes them, turned into a stream.
//!
//! `parse` says with each event which last event ID is in force, a stream only where it changes. So the id of the line
//! before is remembered, and an id is written where it is another: what `parse` makes of the stream is what was read.
//!
//! A line that is wrong ends the run. Passing over it would lose an event without a trace in the stream, and the lines behind
//! it are hardly right.

mod compact;
mod lines;
mod record;

use std::io::{self, Write};

use eventwire::{EncodeError, Message, Pieces};

use crate::args::EncodeArgs;
use crate::failure::{Failure, Status, complain};
use crate::input::Source;
use crate::output::{self, Output};
use crate::progress::Progress;
use crate::size;
use lines::{Lines, Oversized};
use record::{Event, Record};

/// What is wrong with a line, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
struct Mistake {
    what: String,
    advice: &'static str,
}

/// Encodes what `options` name.
///
/// Fails if the input cannot be read, a line is wrong, or the output cannot be written. What was complete before is written
/// then.
pub(crate) fn run(options: &EncodeArgs) -> Result<Status, Failure> {
    let mut source = Source::open(&options.file, None)?;
    let mut lines = Lines::new(options.max_line_size);
    let mut writer = Writer::new(output::standard());
    let end = drive(&mut source, &mut lines, &mut writer);
    // What was complete is to be out, whatever ended the run; who closed the output wants to hear no more.
    if !matches!(end, Err(Failure::Output(_))) {
        writer.out.flush().map_err(Failure::Output)?;
    }
    let status = report(lines.oversized(), source.name(), options.max_line_size);
    end.map(|()| status)
}

fn drive<W: Write>(source: &mut Source, lines: &mut Lines, writer: &mut Writer<W>) -> Result<(), Failure> {
    let mut progress = Progress::of(source);
    let name = source.name().to_owned();
    loop {
        let read = source.read()?;
        let mut each =
            |number, line: &[u8]| writer.line(line).map_err(|stop| stop.into_failure(&name, number));
        if read.is_empty() {
            return lines.finish(&mut each);
        }
        lines.feed(read, &mut each)?;
        // The next line may take its time.
        writer.out.flush().map_err(Failure::Output)?;
        if let Some(progress) = &mut progress {
            progress.advance(read.len());
        }
    }
}

/// Says on standard error which lines were dropped, and gives the status of the run.
fn report(oversized: Oversized, name: &str, limit: usize) -> Status {
    let Oversized { count, first } = oversized;
    let limit = size::exact(limit);
    let what = match count {
        0 => return Status::Fine,
        1 => format!("1 line dropped, over {limit}, line {first}"),
        _ => format!("{count} lines dropped, over {limit}, the first is line {first}"),
    };
    complain(name, &what, "raise --max-line-size");
    Status::TooLarge
}

/// Writes the messages of lines.
#[derive(Debug)]
struct Writer<W> {
    out: Output<W>,
    /// The last event ID that the stream has set.
    last_event_id: String,
}

/// Why the run cannot go on behind a line.
#[derive(Debug)]
enum Stop {
    Mistake(Mistake),
    Output(io::Error),
}

impl From<Mistake> for Stop {
    fn from(mistake: Mistake) -> Self {
        Self::Mistake(mistake)
    }
}

impl Stop {
    fn into_failure(self, name: &str, number: u64) -> Failure {
        match self {
            Self::Output(error) => Failure::Output(error),
            Self::Mistake(Mistake { what, advice }) => {
                Failure::Line { name: name.to_owned(), number, what, advice }
            }
        }
    }
}

impl<W: Write> Writer<W> {
    fn new(out: Output<W>) -> Self {
        Self { out, last_event_id: String::new() }
    }

    /// Writes the message of a line. A blank line has none.
    fn line(&mut self, line: &[u8]) -> Result<(), Stop> {
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        match Record::read(line)? {
            Record::Event(event) => self.event(&event),
            Record::Retry(milliseconds) => self.message(&Message::new().retry(milliseconds)),
            Record::Comment(comment) => self.message(&Message::new().comment(&*comment)),
        }
    }

    fn event(&mut self, event: &Event<'_>) -> Result<(), Stop> {
        let Event { event_type, id, data } = event;
        let mut message = Message::new().data(&**data);
        // It is the type of events that have none (statement 42).
        if let Some(event_type) = event_type.as_deref().filter(|&event_type| event_type != "message") {
            message = message.event(event_type);
        }
        let new_id = id.as_deref().filter(|&id| id != self.last_event_id);
        if let Some(id) = new_id {
            message = message.id(id);
        }
        self.message(&message)?;
        if let Some(id) = new_id {
            id.clone_into(&mut self.last_event_id);
        }
        Ok(())
    }

    fn message(&mut self, message: &Message<'_>) -> Result<(), Stop> {
        let pieces = message.pieces().map_err(|error| refused(&error))?;
        self.write(&pieces).map_err(Stop::Output)
    }

    fn write(&mut self, pieces: &Pieces<'_>) -> io::Result<()> {
        pieces.iter().try_for_each(|piece| self.out.write_all(piece))?;
        self.out.end_line()
    }
}

fn refused(error: &EncodeError) -> Mistake {
    Mistake { what: error.to_string(), advice: "take it out, no stream can carry it there" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(lines: &[&str]) -> String {
        let mut bytes = Vec::new();
        let mut writer = Writer::new(Output::new(&mut bytes));
        for line in lines {
            writer.line(line.as_bytes()).unwrap();
        }
        writer.out.flush().unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn an_id_is_written_where_it_changes() {
        assert_eq!(
            encoded(&[
                r#"{"event":"message","id":"","data":"a"}"#,
                r#"{"event":"message","id":"1","data":"b"}"#,
                r#"{"event":"message","id":"1","data":"c"}"#,
                r#"{"data":"d"}"#,
                r#"{"event":"message","id":"1","data":"e"}"#,
                r#"{"event":"message","id":"","data":"f"}"#,
                r#"{"event":"message","id":"","data":"g"}"#,
            ]),
            "data: a\n\nid: 1\ndata: b\n\ndata: c\n\ndata: d\n\ndata: e\n\nid: \ndata: f\n\ndata: g\n\n"
        );
    }

    #[test]
    fn an_id_that_was_refused_is_not_remembered() {
        let mut bytes = Vec::new();
        let mut writer = Writer::new(Output::new(&mut bytes));
        let stop = writer.line(br#"{"id":"a\u0000","data":""}"#).unwrap_err();
        assert!(matches!(stop, Stop::Mistake(Mistake { what, .. }) if what.contains("NUL at byte 1")));
        assert_eq!(writer.last_event_id, "");
    }

    #[test]
    fn other_lines_are_messages_of_their_own() {
        assert_eq!(
            encoded(&[
                r#"{"retry":3000}"#,
                "  ",
                r#"{"comment":" a\nb"}"#,
                r#" { "data" : { "n" : 1.0 } } "#
            ]),
            "retry: 3000\n\n: a\n:b\n\ndata: {\"n\":1.0}\n\n"
        );
    }
}
