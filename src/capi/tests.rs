//! The C functions as C calls them. No IO and little memory, so that Miri runs them too.

mod batches;
#[cfg(feature = "capi")]
mod encoder;
mod memory;
mod misuse;
#[cfg(feature = "capi-proxy")]
mod proxy;
#[cfg(feature = "capi")]
mod source;
mod streams;
mod tokens;

use core::ptr;
use core::slice;
use std::vec::Vec;

use super::{
    Config, EW_COMMENT, EW_EVENT, EW_NEED_INPUT, EW_OK, EW_RETRY, EW_UNKNOWN_FIELD, Event, Input, Parser,
    Span, Status, ew_parser_free, ew_parser_new, ew_parser_next, ew_parser_next_many,
};

/// How many places a stream is cut at: all, or every so many under Miri, which is slow.
const CUT_EVERY: usize = if cfg!(miri) { 29 } else { 1 };

/// `EW_CONFIG_INIT`.
const CONFIG: Config = Config {
    struct_size: size_of::<Config>() as u32,
    items: 0,
    max_event_size: 0,
    overflow: 0,
    utf8: 0,
    eof: 0,
    reserved: 0,
};

/// A struct with something in it that no call would write.
fn dirty_event() -> Event {
    let span = Span { ptr: ptr::without_provenance(99), len: 99 };
    Event {
        event_type: span,
        data: span,
        last_event_id: span,
        id: span,
        begin: 99,
        end: 99,
        retry: 99,
        flags: 99,
        kind: 99,
        reserved: [99; 4],
    }
}

/// Whether nothing has been written over [`dirty_event`].
fn untouched(event: &Event) -> bool {
    std::format!("{event:?}") == std::format!("{:?}", dirty_event())
}

/// A chunk from its start.
fn input(chunk: &[u8]) -> Input {
    Input { ptr: chunk.as_ptr(), len: chunk.len(), pos: 0, reserved: [0; 2] }
}

/// The bytes of a span that is valid.
fn text<'a>(span: Span) -> &'a [u8] {
    if span.len == 0 {
        return &[];
    }
    // SAFETY: the tests look at a span while it is valid.
    unsafe { slice::from_raw_parts(span.ptr, span.len) }
}

/// A parser that is freed at the end.
struct Owned(*mut Parser);

impl Owned {
    fn new(config: &Config) -> Self {
        let mut parser = ptr::null_mut();
        // SAFETY: both are references.
        assert_eq!(unsafe { ew_parser_new(config, &mut parser) }, EW_OK);
        Self(parser)
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: the parser is valid, and this is its end.
        unsafe { ew_parser_free(self.0) };
    }
}

/// What can be seen of an item once it is copied.
#[derive(Debug, PartialEq)]
struct Seen {
    status: Status,
    event_type: Vec<u8>,
    data: Vec<u8>,
    last_event_id: Vec<u8>,
    id: Option<Vec<u8>>,
    span: (u64, u64),
    retry: u64,
}

impl Seen {
    fn of(status: Status, event: &Event) -> Self {
        assert_eq!(event.reserved, [0; 4]);
        Self {
            status,
            event_type: text(event.event_type).to_vec(),
            data: text(event.data).to_vec(),
            last_event_id: text(event.last_event_id).to_vec(),
            id: (!event.id.ptr.is_null()).then(|| text(event.id).to_vec()),
            span: (event.begin, event.end),
            retry: event.retry,
        }
    }

    fn error(status: Status) -> Self {
        let (event_type, data, last_event_id) = Default::default();
        Self { status, event_type, data, last_event_id, id: None, span: (0, 0), retry: 0 }
    }
}

/// All that a chunk gives, one by one.
fn pull(parser: *mut Parser, chunk: &[u8]) -> Vec<Seen> {
    let (mut input, mut seen) = (input(chunk), Vec::new());
    loop {
        let mut event = dirty_event();
        // SAFETY: the parser is valid, the rest are references, the chunk is a slice.
        let status = unsafe { ew_parser_next(parser, &mut input, &mut event) };
        match status {
            EW_NEED_INPUT => {
                assert!(untouched(&event));
                assert_eq!(input.pos, chunk.len());
                return seen;
            }
            EW_EVENT | EW_RETRY | EW_COMMENT | EW_UNKNOWN_FIELD => {
                assert_eq!(event.kind, status.unsigned_abs());
                seen.push(Seen::of(status, &event));
            }
            error => {
                assert!(untouched(&event));
                seen.push(Seen::error(error));
            }
        }
    }
}

/// All that a chunk gives, so many at a time.
fn pull_many(parser: *mut Parser, chunk: &[u8], capacity: usize) -> Vec<Seen> {
    let (mut input, mut seen) = (input(chunk), Vec::new());
    loop {
        let mut events = std::vec![dirty_event(); capacity];
        let mut count = 99;
        // SAFETY: the parser is valid, the rest are references, the array has that many elements, the chunk is a slice.
        let status =
            unsafe { ew_parser_next_many(parser, &mut input, events.as_mut_ptr(), capacity, &mut count) };
        let (given, rest) = events.split_at(count);
        assert!(rest.iter().all(untouched));
        seen.extend(given.iter().map(|event| Seen::of(event.kind.cast_signed(), event)));
        match status {
            EW_NEED_INPUT => {
                assert_eq!((count, input.pos), (0, chunk.len()));
                return seen;
            }
            EW_EVENT => assert_ne!(count, 0),
            error => {
                assert_eq!(count, 0);
                seen.push(Seen::error(error));
            }
        }
    }
}
