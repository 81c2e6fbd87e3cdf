//! Calls that cannot be right: each is refused and nothing is touched, whatever the parser is in the midst of.

use super::owned::{Owned, config};
use super::seen::{dirty_event, untouched};
use super::{input, position};
use eventwire::capi::{
    Config, EW_ERR_INVALID_ARGUMENT, EW_NEED_INPUT, Event, Input, Parser, Span, Status, Token, Tokenizer,
    ew_parser_finish, ew_parser_new, ew_parser_next, ew_parser_next_many, ew_parser_retry,
    ew_parser_set_last_event_id, ew_split_field, ew_tokenizer_next,
};
use eventwire_testkit::settings::Settings;
use std::ptr;

/// Makes the call that a capital letter stands for. `input` is where the chunk has been read to.
pub(super) fn make(letter: u8, parser: &Owned, input: &Input) {
    let (mut cursor, mut event, before) = (*input, dirty_event(), position(parser));
    let nobody = ptr::null_mut();
    let refused = match letter {
        b'A' => next(nobody, &mut cursor, &mut event),
        b'B' => next(parser.0, ptr::null_mut(), &mut event),
        b'C' => next(parser.0, &mut cursor, ptr::null_mut()),
        b'D' => next(parser.0, misaligned(&mut cursor), &mut event),
        b'E' => next(parser.0, &mut cursor, misaligned(&mut event)),
        b'F' => impossible(parser, Input { pos: input.len + 1, ..*input }),
        b'G' => impossible(parser, Input { ptr: ptr::null(), len: 7, pos: 0, ..*input }),
        b'H' => impossible(parser, Input { len: isize::MAX.unsigned_abs() + 1, ..*input }),
        b'I' => next_many(parser, &mut cursor, &mut event, 0),
        b'J' => next_many(parser, &mut cursor, &mut event, usize::MAX / size_of::<Event>()),
        b'K' => next_many(parser, &mut cursor, ptr::null_mut(), 1),
        // SAFETY: the parser is valid, the place is null.
        b'L' => unsafe { ew_parser_finish(parser.0, ptr::null_mut()) },
        // SAFETY: the parser is valid, the span is refused.
        b'M' => unsafe { ew_parser_set_last_event_id(parser.0, Span { ptr: ptr::null(), len: 1 }) },
        // SAFETY: the parser is valid, the place is null.
        b'N' => unsafe { ew_parser_retry(parser.0, ptr::null_mut()) },
        b'O' => bad_tokenizer(&mut cursor),
        b'P' => bad_config(),
        b'Q' => bad_line(),
        _ => wrong_words(input, u64::from(letter)),
    };
    assert_eq!(refused, EW_ERR_INVALID_ARGUMENT, "misuse {}", char::from(letter));
    assert!(untouched(&event));
    assert_eq!((cursor.ptr, cursor.len, cursor.pos), (input.ptr, input.len, input.pos));
    assert_eq!(cursor.reserved, input.reserved);
    assert_eq!(position(parser), before);
}

fn next(parser: *mut Parser, input: *mut Input, out: *mut Event) -> Status {
    // SAFETY: each is valid, a reference, null or misaligned.
    unsafe { ew_parser_next(parser, input, out) }
}

fn next_many(parser: &Owned, input: &mut Input, out: *mut Event, capacity: usize) -> Status {
    let mut count = 99;
    // SAFETY: the parser is valid; the place is null or a reference, and impossible capacities are refused.
    let status = unsafe { ew_parser_next_many(parser.0, input, out, capacity, &mut count) };
    assert_eq!(count, 99);
    status
}

/// All who read chunks refuse one that cannot be.
fn impossible(parser: &Owned, mut input: Input) -> Status {
    let mut event = dirty_event();
    let statuses = [
        next(parser.0, &mut input, &mut event),
        next_many(parser, &mut input, &mut event, 1),
        bad_chunk_for_tokenizer(&mut input),
    ];
    assert!(untouched(&event) && statuses == [statuses[0]; 3]);
    statuses[0]
}

fn bad_chunk_for_tokenizer(input: &mut Input) -> Status {
    let mut tokenizer = Tokenizer { reserved: [0; 2] };
    token(&mut tokenizer, input)
}

/// A state that no tokenizer has.
fn bad_tokenizer(input: &mut Input) -> Status {
    let mut tokenizer = Tokenizer { reserved: [0, 1] };
    token(&mut tokenizer, input)
}

fn token(tokenizer: &mut Tokenizer, input: &mut Input) -> Status {
    let nothing = Span { ptr: ptr::null(), len: 0 };
    let (before, mut token) = (*tokenizer, Token { piece: nothing, field: 99, flags: 0, reserved: [0; 4] });
    // SAFETY: all are references; a chunk is a slice or refused.
    let status = unsafe { ew_tokenizer_next(tokenizer, input, &mut token) };
    assert_eq!((tokenizer.reserved, token.field), (before.reserved, 99));
    status
}

fn bad_config() -> Status {
    let mut parser = ptr::null_mut();
    let config = Config { utf8: 3, ..config(&Settings::default()) };
    // SAFETY: both are references.
    let status = unsafe { ew_parser_new(&config, &mut parser) };
    assert!(parser.is_null());
    status
}

fn bad_line() -> Status {
    let mut name = Span { ptr: ptr::null(), len: 99 };
    // SAFETY: the line is empty, a place is a reference, the other null.
    unsafe { ew_split_field(Span { ptr: ptr::null(), len: 0 }, &mut name, ptr::null_mut()) }
}

/// What no call has written into `reserved` may give wrong events, of another parser here, but comes to an end, within the
/// chunk. Answers as if it were refused, for what is asked of it is that nothing else changes.
fn wrong_words(chunk: &Input, word: u64) -> Status {
    let parser = Owned::new(&Settings::default(), None);
    for pos in [1.min(chunk.len), chunk.pos, chunk.len] {
        for reserved in [[word, u64::MAX], [u64::MAX - word, 1 << (word % 64)], [64, word], [0, word << 56]] {
            let mut cursor = Input { pos, reserved, ..*chunk };
            for _ in 0..=chunk.len {
                if next(parser.0, &mut cursor, &mut dirty_event()) == EW_NEED_INPUT {
                    break;
                }
            }
            assert_eq!(cursor.pos, chunk.len, "not all of the chunk was used up");
        }
    }
    // And it parses the next stream as if nothing had been.
    let mut fresh = input(b"\n\ndata: 1\n\n");
    assert!(next(parser.0, &mut fresh, &mut dirty_event()) > 0);
    EW_ERR_INVALID_ARGUMENT
}

/// A pointer into the midst of a value.
pub(crate) fn misaligned<T>(place: &mut T) -> *mut T {
    ptr::from_mut(place).cast::<u8>().wrapping_add(1).cast()
}
