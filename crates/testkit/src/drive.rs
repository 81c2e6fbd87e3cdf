//! Runs the engine over a stream in chunks and writes down, or compares, all that can be observed of it.
//!
//! The one module of this crate that uses the engine.

use crate::chunking::Chunking;
use crate::lines;
use crate::outcome::{Event, Fault, Item, Outcome};
use crate::settings::{self, Settings, Start};
use crate::tokens;
use eventwire::{
    Carry, Config, Eof, Error, Field, Input, Items, Overflow, Parser, SliceCarry, Token, Tokenizer, Utf8,
};

/// The engine's configuration for these settings; the capacity is no part of it.
pub fn config(settings: &Settings) -> Config {
    let mut items = Items::NONE;
    for (wanted, kind) in [
        (settings.items.retry, Items::RETRY),
        (settings.items.comments, Items::COMMENTS),
        (settings.items.unknown, Items::UNKNOWN),
    ] {
        if wanted {
            items = items | kind;
        }
    }
    Config::new()
        .max_event_size(settings.max_event_size)
        .overflow(match settings.overflow {
            settings::Overflow::Error => Overflow::Error,
            settings::Overflow::Skip => Overflow::Skip,
        })
        .utf8(match settings.utf8 {
            settings::Utf8::Raw => Utf8::Raw,
            settings::Utf8::Replace => Utf8::Replace,
            settings::Utf8::Strict => Utf8::Strict,
        })
        .eof(match settings.eof {
            settings::Eof::Discard => Eof::Discard,
            settings::Eof::Dispatch => Eof::Dispatch,
        })
        .items(items)
}

/// What a new parser makes of a stream that arrives in these chunks, its end included: with a `SliceCarry` of
/// the settings' capacity, or a `VecCarry` without one.
#[must_use]
pub fn parse(stream: &[u8], chunking: &Chunking, settings: &Settings, start: &Start) -> Outcome {
    let mut outcome = Outcome::default();
    with_parser(settings, start, &mut Recorder { chunks: (stream, chunking), outcome: &mut outcome });
    outcome
}

/// Whether a new parser makes just this of the stream: as [`parse`], but without writing it down.
#[must_use]
pub fn agrees(
    stream: &[u8],
    chunking: &Chunking,
    settings: &Settings,
    start: &Start,
    expected: &Outcome,
) -> bool {
    let mut comparer = Comparer { chunks: (stream, chunking), expected, agrees: false };
    with_parser(settings, start, &mut comparer);
    comparer.agrees
}

/// What this parser makes of one more stream; `reset` is the caller's part.
pub fn parse_with<C: Carry>(parser: &mut Parser<C>, stream: &[u8], chunking: &Chunking) -> Outcome {
    let mut outcome = Outcome::default();
    Recorder { chunks: (stream, chunking), outcome: &mut outcome }.run(parser);
    outcome
}

/// Something to do with a parser whatever its carry.
trait Job {
    fn run<C: Carry>(&mut self, parser: &mut Parser<C>);
}

fn with_parser(settings: &Settings, start: &Start, job: &mut impl Job) {
    match settings.capacity {
        None => job.run(&mut started(Parser::with_config(config(settings)), start)),
        Some(capacity) => {
            // What a caller's memory holds before must not matter.
            let mut memory = vec![0xA5; capacity];
            job.run(&mut started(Parser::with_carry(config(settings), SliceCarry::new(&mut memory)), start));
        }
    }
}

/// The parser, knowing what `start` says.
///
/// # Panics
///
/// If the last event ID to start with is not a valid one.
pub fn started<C: Carry>(mut parser: Parser<C>, start: &Start) -> Parser<C> {
    if let Some(milliseconds) = start.retry {
        let line = format!("retry: {milliseconds}\n");
        let mut input = Input::new(line.as_bytes());
        while parser.next_item(&mut input).expect("a retry line is never an error").is_some() {}
        parser.reset();
    }
    if !start.last_event_id.is_empty() {
        parser.set_last_event_id(&start.last_event_id).expect("the last event ID to start with is valid");
    }
    parser
}

/// Feeds the chunks, and gives what comes of them to `sink`, which says whether to go on.
fn run<C: Carry>(
    parser: &mut Parser<C>,
    (stream, chunking): (&[u8], &Chunking),
    mut sink: impl FnMut(Result<eventwire::Item<'_>, Error>) -> bool,
) -> bool {
    let mut fed = 0;
    for chunk in chunking.chunks(stream) {
        let mut input = Input::new(chunk);
        loop {
            let go_on = match parser.next_item(&mut input) {
                Ok(None) => break,
                Ok(Some(item)) => sink(Ok(item)),
                Err(error) => sink(Err(error)),
            };
            if !go_on {
                return false;
            }
            assert_eq!(parser.position(), fed + input.consumed() as u64, "the position is what was consumed");
        }
        assert_eq!(input.remaining(), 0, "an answer of None leaves nothing of the chunk");
        fed += chunk.len() as u64;
        assert_eq!(parser.position(), fed, "the position is what was fed");
    }
    match parser.finish() {
        Ok(None) => true,
        Ok(Some(event)) => sink(Ok(eventwire::Item::Event(event))),
        Err(error) => sink(Err(error)),
    }
}

struct Recorder<'a> {
    chunks: (&'a [u8], &'a Chunking),
    outcome: &'a mut Outcome,
}

impl Job for Recorder<'_> {
    fn run<C: Carry>(&mut self, parser: &mut Parser<C>) {
        let items = &mut self.outcome.items;
        run(parser, self.chunks, |observed| {
            items.push(owned(observed));
            true
        });
        self.outcome.last_event_id = parser.last_event_id().to_vec();
        self.outcome.retry = parser.retry();
        self.outcome.position = parser.position();
        self.outcome.skipped = parser.skipped();
    }
}

struct Comparer<'a> {
    chunks: (&'a [u8], &'a Chunking),
    expected: &'a Outcome,
    agrees: bool,
}

impl Job for Comparer<'_> {
    fn run<C: Carry>(&mut self, parser: &mut Parser<C>) {
        let Outcome { items, last_event_id, retry, position, skipped } = self.expected;
        let mut rest = items.iter();
        let agrees = run(parser, self.chunks, |observed| {
            rest.next().is_some_and(|expected| equal(&observed, expected))
        });
        self.agrees = agrees
            && rest.next().is_none()
            && parser.last_event_id() == last_event_id
            && parser.retry() == *retry
            && parser.position() == *position
            && parser.skipped() == *skipped;
    }
}

/// What was observed, written down.
///
/// # Panics
///
/// If no stream can be the cause of it.
pub fn owned(observed: Result<eventwire::Item<'_>, Error>) -> Item {
    match observed {
        Ok(eventwire::Item::Event(event)) => Item::Event(Event {
            event_type: event.event_type().to_vec(),
            data: event.data().to_vec(),
            last_event_id: event.last_event_id().to_vec(),
            id: event.id().map(<[u8]>::to_vec),
            span: event.span(),
        }),
        Ok(eventwire::Item::Retry(milliseconds)) => Item::Retry(milliseconds),
        Ok(eventwire::Item::Comment(text)) => Item::Comment(text.to_vec()),
        Ok(eventwire::Item::Unknown { name, value }) => {
            Item::Unknown { name: name.to_vec(), value: value.to_vec() }
        }
        Ok(other) => panic!("an item that the kit does not know: {other:?}"),
        Err(error) => Item::Error(fault(error)),
    }
}

fn equal(observed: &Result<eventwire::Item<'_>, Error>, expected: &Item) -> bool {
    match (observed, expected) {
        (Ok(eventwire::Item::Event(event)), Item::Event(expected)) => {
            event.event_type() == expected.event_type
                && event.data() == expected.data
                && event.last_event_id() == expected.last_event_id
                && event.id() == expected.id.as_deref()
                && event.span() == expected.span
        }
        (Ok(eventwire::Item::Retry(milliseconds)), Item::Retry(expected)) => milliseconds == expected,
        (Ok(eventwire::Item::Comment(text)), Item::Comment(expected)) => text == expected,
        (Ok(eventwire::Item::Unknown { name, value }), Item::Unknown { name: expected, value: text }) => {
            name == expected && value == text
        }
        (Err(error), Item::Error(expected)) => fault(*error) == *expected,
        _ => false,
    }
}

fn fault(error: Error) -> Fault {
    match error {
        Error::EventTooLarge => Fault::EventTooLarge,
        Error::ItemTooLarge => Fault::ItemTooLarge,
        Error::InvalidUtf8 => Fault::InvalidUtf8,
        other => panic!("a stream does not cause {other:?}"),
    }
}

/// The engine's tokens of a stream in chunks, their pieces joined, as [`tokens::tokens`] gives them.
#[must_use]
pub fn tokens(stream: &[u8], chunking: &Chunking) -> Vec<tokens::Token> {
    let mut tokenizer = Tokenizer::new();
    let mut out = Vec::new();
    let mut open: Option<(lines::Field, Vec<u8>)> = None;
    for chunk in chunking.chunks(stream) {
        let mut input = Input::new(chunk);
        while let Some(token) = tokenizer.next(&mut input) {
            match token {
                Token::Value { field, piece, end } => {
                    assert!(end || !piece.is_empty(), "a piece that goes on is never empty");
                    let (begun, mut value) = open.take().unwrap_or_else(|| (field_of(field), Vec::new()));
                    assert_eq!(begun, field_of(field), "the pieces of a value are of one field");
                    value.extend_from_slice(piece);
                    if end {
                        out.push(tokens::Token::Value { field: begun, value });
                    } else {
                        open = Some((begun, value));
                    }
                }
                Token::EndOfBlock => {
                    assert!(open.is_none(), "a block ends after its lines");
                    out.push(tokens::Token::EndOfBlock);
                }
                other => panic!("a token that the kit does not know: {other:?}"),
            }
        }
        assert_eq!(input.remaining(), 0, "an answer of None leaves nothing of the chunk");
    }
    out.extend(open.map(|(field, value)| tokens::Token::Partial { field, value }));
    out
}

fn field_of(field: Field) -> lines::Field {
    match field {
        Field::Data => lines::Field::Data,
        Field::Event => lines::Field::Event,
        Field::Id => lines::Field::Id,
        Field::Retry => lines::Field::Retry,
        Field::Comment => lines::Field::Comment,
        Field::Unknown => lines::Field::Unknown,
        other => panic!("a field that the kit does not know: {other:?}"),
    }
}
