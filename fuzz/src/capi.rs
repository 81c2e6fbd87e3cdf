//! The C functions, called as C calls them, in any order and misused in between: events are the oracle's, and what cannot be
//! is refused and changes nothing.
//!
//! Each chunk lies in memory of its own, which is freed when the chunk is used up; a parser in the caller's memory has other
//! bytes behind it, which stay what they are. So a sanitizer sees what reads or writes too far, or too late.

#![expect(unsafe_code, reason = "C is called here")]

pub(crate) mod misuse;
pub(crate) mod owned;
pub(crate) mod seen;

use crate::text::{self, Bytes, Head};
use eventwire::capi::{
    EW_ERR_INVALID_FIELD, EW_ERR_INVALID_UTF8, EW_ERR_NO_MEMORY, EW_EVENT, EW_NEED_INPUT, EW_OK, EW_RETRY,
    Input, Span, Status, ew_parser_finish, ew_parser_last_event_id, ew_parser_next, ew_parser_next_many,
    ew_parser_position, ew_parser_reset, ew_parser_retry, ew_parser_set_last_event_id, ew_parser_skipped,
};
use eventwire_testkit::chunking::Chunking;
use eventwire_testkit::oracle::interpret;
use eventwire_testkit::outcome::{Item, Outcome};
use eventwire_testkit::settings::{Eof, Settings, Start};
use eventwire_testkit::tokens;
use owned::Owned;
use seen::{Tokens, bytes_of, dirty_event, error, item, untouched};

/// Settings as for [`parse_split`](crate::parse_split); `memory`: the parser lives in the caller's, of which there are `spare=`
/// bytes more than it needs; `calls=`: how the events are asked for, in turn, a letter for each (`n`: `ew_parser_next`, a digit:
/// `ew_parser_next_many` with so many places, `t`: the tokenizer as well, `q`: what can be asked at any time, a capital: a
/// misuse of `misuse.rs`, and then as `n`).
///
/// The body is the streams of one connection after the other: `^` is the end of one, `~` of one that is not said to
/// have ended. What stands between `=` and a line feed at the start of one is a last event ID that is set.
#[derive(Clone, Debug)]
pub struct Case {
    settings: Settings,
    memory: bool,
    spare: usize,
    calls: Vec<u8>,
    connections: Vec<Connection>,
}

#[derive(Clone, Debug)]
struct Connection {
    last_event_id: Option<Bytes>,
    stream: Bytes,
    chunking: Chunking,
    /// Whether `ew_parser_finish` is called.
    finishes: bool,
}

impl crate::Case for Case {
    fn read(bytes: &[u8]) -> Self {
        let (head, body) = Head::of(bytes);
        let mut settings = head.settings();
        let (memory, spare) = (head.has("memory"), head.number("spare=").unwrap_or(0) % 64);
        // C has no word for a limit of 0, and much memory takes long to set aside.
        settings.max_event_size = settings.max_event_size.max(1);
        if memory {
            settings.max_event_size = settings.max_event_size.min(1_000);
        }
        let spare = spare as usize;
        settings.capacity = memory.then(|| 2 * settings.max_event_size + spare);
        let mut calls = head.word("calls=").unwrap_or_default().to_vec();
        calls.truncate(64);
        let connections =
            body.split_inclusive(|byte| matches!(byte, b'^' | b'~')).map(Connection::read).collect();
        Self { settings, memory, spare, calls, connections }
    }

    fn check(&self) {
        let parser = Owned::new(&self.settings, self.memory.then_some(self.spare));
        let mut calls = self.calls.iter().copied().cycle();
        let (mut start, mut skipped) = (Start::default(), 0);
        for connection in &self.connections {
            let settings = if connection.finishes {
                self.settings
            } else {
                Settings { eof: Eof::Discard, ..self.settings }
            };
            if let Some(id) = &connection.last_event_id {
                let status = set_last_event_id(&parser, id);
                assert_eq!(status, connection.expected_status(&settings));
                if status == EW_OK {
                    start.last_event_id.clone_from(&id.0);
                }
            }
            let mut expected = interpret(&connection.stream, &settings, &start);
            (start.last_event_id, start.retry) = (expected.last_event_id.clone(), expected.retry);
            skipped += expected.skipped;
            expected.skipped = skipped;
            assert_eq!(connection.run(&parser, &mut calls), expected);
            // SAFETY: the parser is valid.
            unsafe { ew_parser_reset(parser.0) };
            assert_eq!(outcome(&parser, vec![]), Outcome { items: vec![], position: 0, ..expected });
        }
    }
}

impl Connection {
    fn read(bytes: &[u8]) -> Self {
        let (bytes, finishes) = match bytes {
            [rest @ .., b'~'] => (rest, false),
            [rest @ .., b'^'] => (rest, true),
            _ => (bytes, true),
        };
        let (last_event_id, body) = match bytes.strip_prefix(b"=") {
            Some(bytes) => {
                let end = bytes.iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len());
                (Some(Bytes(bytes[..end].to_vec())), bytes.get(end + 1..).unwrap_or_default())
            }
            None => (None, bytes),
        };
        let (stream, chunking) = text::cut(body);
        Self { last_event_id, stream, chunking, finishes }
    }

    /// What is said to the last event ID.
    fn expected_status(&self, settings: &Settings) -> Status {
        let id = self.last_event_id.as_deref().unwrap_or_default();
        if id.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            EW_ERR_INVALID_FIELD
        } else if settings.utf8 == eventwire_testkit::settings::Utf8::Strict && str::from_utf8(id).is_err() {
            EW_ERR_INVALID_UTF8
        } else if settings.capacity.is_some_and(|capacity| id.len() > capacity) {
            EW_ERR_NO_MEMORY
        } else {
            EW_OK
        }
    }

    /// All that can be observed up to the end of the stream.
    fn run(&self, parser: &Owned, calls: &mut impl Iterator<Item = u8>) -> Outcome {
        let (mut items, mut tokens, mut fed) = (vec![], Tokens::default(), 0);
        for chunk in self.chunking.chunks(&self.stream) {
            let chunk: Box<[u8]> = chunk.into();
            let mut input = input(&chunk);
            let mut apart = input;
            loop {
                let call = calls.next().unwrap_or(b'n');
                match call {
                    b't' => drop(tokens.next(&mut apart)),
                    b'q' => drop(outcome(parser, vec![])),
                    b'A'..=b'Z' => misuse::make(call, parser, &input),
                    _ => {}
                }
                let places = if call.is_ascii_digit() { usize::from(call - b'0') } else { 0 };
                let more = if places == 0 {
                    next(parser, &mut input, &chunk, &mut items)
                } else {
                    next_many(parser, &mut input, &chunk, places, &mut items)
                };
                assert_eq!(position(parser), fed + input.pos as u64);
                if !more {
                    break;
                }
            }
            assert_eq!(input.pos, chunk.len());
            while tokens.next(&mut apart) {}
            fed += chunk.len() as u64;
        }
        assert_eq!(tokens.end(), tokens::tokens(&self.stream));
        if self.finishes {
            let mut event = dirty_event();
            // SAFETY: the parser is valid, the event is a reference.
            match unsafe { ew_parser_finish(parser.0, &mut event) } {
                EW_OK => assert!(untouched(&event)),
                EW_EVENT => items.push(item(&event, &[])),
                status => {
                    assert!(untouched(&event));
                    items.push(error(status));
                }
            }
        }
        outcome(parser, items)
    }
}

/// One call of `ew_parser_next`; whether there may be more in the chunk.
fn next(parser: &Owned, input: &mut Input, chunk: &[u8], items: &mut Vec<Item>) -> bool {
    let mut event = dirty_event();
    // SAFETY: the parser is valid, the rest are references, the chunk is a slice.
    let status = unsafe { ew_parser_next(parser.0, input, &mut event) };
    if status > 0 {
        assert_eq!(event.kind, status.unsigned_abs());
        items.push(item(&event, chunk));
        return true;
    }
    assert!(untouched(&event));
    if status < 0 {
        items.push(error(status));
    }
    status != EW_NEED_INPUT
}

/// One call of `ew_parser_next_many`.
fn next_many(parser: &Owned, input: &mut Input, chunk: &[u8], places: usize, items: &mut Vec<Item>) -> bool {
    let (mut events, mut count) = (vec![dirty_event(); places], usize::MAX);
    // SAFETY: the parser is valid, the array has as many elements, the rest are references, the chunk is a slice.
    let status = unsafe { ew_parser_next_many(parser.0, input, events.as_mut_ptr(), places, &mut count) };
    let (given, rest) = events.split_at(count);
    assert!(rest.iter().all(untouched));
    assert_eq!(given.is_empty(), status != EW_EVENT);
    items.extend(given.iter().map(|event| item(event, chunk)));
    if status < 0 {
        items.push(error(status));
    }
    status != EW_NEED_INPUT
}

fn set_last_event_id(parser: &Owned, id: &[u8]) -> Status {
    // Not what the parser has given out, and gone after the call.
    let id: Box<[u8]> = id.into();
    // SAFETY: the parser is valid, the span is a slice.
    unsafe { ew_parser_set_last_event_id(parser.0, Span { ptr: id.as_ptr(), len: id.len() }) }
}

/// What can be asked at any time.
fn outcome(parser: &Owned, items: Vec<Item>) -> Outcome {
    let mut retry = u64::MAX;
    // SAFETY: the parser is valid, the number is a reference.
    let status = unsafe { ew_parser_retry(parser.0, &mut retry) };
    assert!(status == EW_RETRY || (status, retry) == (EW_OK, u64::MAX));
    // SAFETY: the parser is valid.
    let last_event_id = unsafe { ew_parser_last_event_id(parser.0) };
    // SAFETY: the parser is valid.
    let skipped = unsafe { ew_parser_skipped(parser.0) };
    Outcome {
        items,
        last_event_id: bytes_of(last_event_id).to_vec(),
        retry: (status == EW_RETRY).then_some(retry),
        position: position(parser),
        skipped,
    }
}

fn position(parser: &Owned) -> u64 {
    // SAFETY: the parser is valid.
    unsafe { ew_parser_position(parser.0) }
}

/// A chunk from its start.
pub(crate) fn input(chunk: &[u8]) -> Input {
    Input { ptr: chunk.as_ptr(), len: chunk.len(), pos: 0, reserved: [0; 2] }
}
