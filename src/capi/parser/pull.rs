//! Events out of chunks.

use core::mem::MaybeUninit;

use crate::assembler::{Head, Straight, Whole};
use crate::capi::event::Event;
use crate::capi::handle::Parser;
use crate::capi::input::{Input, Span};
use crate::capi::pointer::{exclusive, place, places};
use crate::capi::status::{EW_ERR_INVALID_ARGUMENT, EW_EVENT, EW_NEED_INPUT, EW_OK, Status, of_error};

/// The next event of the chunk, or other item that the settings ask for. Call it until it answers `EW_NEED_INPUT`, then go
/// on with the next chunk. An event is there with the byte that completes it, and events are the same wherever the
/// stream is cut.
///
/// # Parameters
///
/// - `parser`: the stream's parser.
/// - `input`: a chunk, and how far it has been read; see `ew_input`.
/// - `out`: where the event or item is written, if there is one.
///
/// # Returns
///
/// `EW_EVENT`, `EW_RETRY`, `EW_COMMENT`, `EW_UNKNOWN_FIELD`: `*out` holds it. `EW_NEED_INPUT`: the chunk is used up. `EW_ERR_EVENT_TOO_LARGE`,
/// `EW_ERR_ITEM_TOO_LARGE`, `EW_ERR_INVALID_UTF8`, `EW_ERR_NO_MEMORY`: one event or item was dropped; the next call goes on behind
/// it. `EW_ERR_INVALID_ARGUMENT`. Only with a positive status is `*out` written.
///
/// # Memory
///
/// What `*out` points to lies in the chunk or in the parser: it is valid until the next call that takes this parser as other
/// than `const`, and no longer than the chunk. Copy what is to be kept.
///
/// # Threads
///
/// One at a time for each parser. Different ones are independent.
///
/// # Safety
///
/// `parser` is valid, `input` is readable and writable, `out` is writable, and the chunk is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_parser_next(parser: *mut Parser, input: *mut Input, out: *mut Event) -> Status {
    // SAFETY: the caller: it is valid.
    let parser = unsafe { exclusive(parser) };
    // SAFETY: the caller: it is readable and writable.
    let input = unsafe { exclusive(input) };
    // SAFETY: the caller: it is writable.
    let out = unsafe { place(out) };
    let (Some(parser), Some(input), Some(out)) = (parser, input, out) else { return EW_ERR_INVALID_ARGUMENT };
    // SAFETY: the caller: the chunk is readable.
    let Some(mut cursor) = (unsafe { input.cursor() }) else { return EW_ERR_INVALID_ARGUMENT };
    let status = match parser.engine.next_whole(&mut cursor) {
        Straight::Event(event) => {
            out.write(Event::of_whole(&event, Span::of(parser.engine.last_event_id())));
            EW_EVENT
        }
        Straight::UsedUp => EW_NEED_INPUT,
        Straight::Stopped(head) => next_further(parser, &mut cursor, head, out),
    };
    input.advance_to(&cursor);
    status
}

/// The next event or item that is not whole in the chunk.
#[inline(never)]
fn next_further<'c>(
    parser: &mut Parser,
    cursor: &mut crate::Input<'c>,
    head: Option<Head<'c>>,
    out: &mut MaybeUninit<Event>,
) -> Status {
    match parser.engine.next_item_further(cursor, head) {
        Ok(Some(item)) => out.write(Event::of(&item)).kind.cast_signed(),
        Ok(None) => EW_NEED_INPUT,
        Err(error) => of_error(error),
    }
}

/// Several events of the chunk at once, or other items that the settings ask for. For runtimes in which a call into C costs
/// much, and for speed; else as `ew_parser_next`. Call it until it answers `EW_NEED_INPUT`: it may give fewer than there
/// is room for although the chunk holds more.
///
/// # Parameters
///
/// - `parser`: the stream's parser.
/// - `input`: a chunk, and how far it has been read; see `ew_input`.
/// - `out`: an array.
/// - `capacity`: how many events it has room for, at least 1.
/// - `count`: where it is written how many there are.
///
/// # Returns
///
/// `EW_EVENT`: the first `*count` of `out` hold events or items, at least one; `kind` says which. `EW_NEED_INPUT`: the chunk is
/// used up. `EW_ERR_EVENT_TOO_LARGE`, `EW_ERR_ITEM_TOO_LARGE`, `EW_ERR_INVALID_UTF8`, `EW_ERR_NO_MEMORY`: one event or item was dropped; what
/// stood before it came with an earlier call, and the next call goes on behind it. In these cases `*count` is 0.
/// `EW_ERR_INVALID_ARGUMENT`: nothing is written.
///
/// # Memory
///
/// As for `ew_parser_next`: what all of them point to is valid until the next call that takes this parser as other than
/// `const`, and no longer than the chunk.
///
/// # Threads
///
/// One at a time for each parser. Different ones are independent.
///
/// # Safety
///
/// `parser` is valid, `input` is readable and writable, `count` and the `capacity` elements at `out` are writable, and the
/// chunk is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_parser_next_many(
    parser: *mut Parser,
    input: *mut Input,
    out: *mut Event,
    capacity: usize,
    count: *mut usize,
) -> Status {
    // SAFETY: the caller: it is valid.
    let parser = unsafe { exclusive(parser) };
    // SAFETY: the caller: it is readable and writable.
    let input = unsafe { exclusive(input) };
    // SAFETY: the caller: its elements are writable.
    let out = unsafe { places(out, capacity) };
    // SAFETY: the caller: it is writable.
    let count = unsafe { place(count) };
    let (Some(parser), Some(input), Some(out), Some(count)) = (parser, input, out, count) else {
        return EW_ERR_INVALID_ARGUMENT;
    };
    // SAFETY: the caller: the chunk is readable.
    let Some(mut cursor) = (unsafe { input.cursor() }) else { return EW_ERR_INVALID_ARGUMENT };
    let before = Span::of(parser.engine.last_event_id());
    let put = |out: &mut MaybeUninit<Event>, event: &Whole<'_>, last_event_id: Option<&[u8]>| {
        out.write(Event::of_whole(event, last_event_id.map_or(before, Span::of)));
    };
    let (given, status) = match parser.engine.next_many(&mut cursor, out, put) {
        (0, true) => (0, EW_NEED_INPUT),
        (0, false) => {
            let [first, ..] = out else { return EW_ERR_INVALID_ARGUMENT };
            match next_further(parser, &mut cursor, None, first) {
                status if status > 0 => (1, EW_EVENT),
                status => (0, status),
            }
        }
        (given, _) => (given, EW_EVENT),
    };
    count.write(given);
    input.advance_to(&cursor);
    status
}

/// Says that the stream has ended. Under `EW_EOF_DISPATCH` that may complete an event; otherwise what was incomplete is
/// dropped. The parser then stands at the start of a new stream, as after `ew_parser_reset`, but for `ew_parser_position`.
///
/// # Parameters
///
/// - `parser`: the stream's parser.
/// - `out`: where the event is written, if there is one.
///
/// # Returns
///
/// `EW_EVENT`: `*out` holds the last event. `EW_OK`: there is none. `EW_ERR_EVENT_TOO_LARGE`, `EW_ERR_INVALID_UTF8`, `EW_ERR_NO_MEMORY`: it
/// was dropped. `EW_ERR_INVALID_ARGUMENT`. Only with `EW_EVENT` is `*out` written.
///
/// # Memory
///
/// As for `ew_parser_next`; no chunk is needed any more.
///
/// # Threads
///
/// One at a time for each parser. Different ones are independent.
///
/// # Safety
///
/// `parser` is valid, and `out` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_parser_finish(parser: *mut Parser, out: *mut Event) -> Status {
    // SAFETY: the caller: it is valid.
    let parser = unsafe { exclusive(parser) };
    // SAFETY: the caller: it is writable.
    let out = unsafe { place(out) };
    let (Some(parser), Some(out)) = (parser, out) else { return EW_ERR_INVALID_ARGUMENT };
    match parser.engine.finish() {
        Ok(Some(event)) => {
            out.write(Event::of_event(&event));
            EW_EVENT
        }
        Ok(None) => EW_OK,
        Err(error) => of_error(error),
    }
}
