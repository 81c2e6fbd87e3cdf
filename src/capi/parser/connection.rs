//! What a parser keeps from one connection to the next.

use crate::capi::handle::Parser;
use crate::capi::input::Span;
use crate::capi::pointer::{exclusive, place, shared};
use crate::capi::status::{EW_ERR_INVALID_ARGUMENT, EW_OK, EW_RETRY, Status, of_error};

/// Starts a new stream: the next connection of the same source. The last event ID and the reconnection time stay, what was
/// incomplete is dropped, and the position is 0.
///
/// # Parameters
///
/// - `parser`: the stream's parser; NULL is fine, and nothing is done.
///
/// # Threads
///
/// One at a time for each parser. Different ones are independent.
///
/// # Safety
///
/// `parser` is valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_parser_reset(parser: *mut Parser) {
    // SAFETY: the caller: it is valid.
    if let Some(parser) = unsafe { exclusive(parser) } {
        parser.engine.reset();
    }
}

/// The last event ID: what a reconnection sends as the header `Last-Event-ID`, unless it is empty. The blank line that
/// ends an event's block sets it, also of a block without data.
///
/// # Parameters
///
/// - `parser`: the stream's parser; NULL has an empty one.
///
/// # Returns
///
/// Its bytes; empty if there is none.
///
/// # Memory
///
/// Valid until the next call that takes this parser as other than `const`.
///
/// # Threads
///
/// Not while another thread is in a call that takes this parser as other than `const`.
///
/// # Safety
///
/// `parser` is valid.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ew_parser_last_event_id(parser: *const Parser) -> Span {
    // SAFETY: the caller: it is valid.
    let parser = unsafe { shared(parser) };
    parser.map_or(Span::NONE, |parser| Span::of(parser.engine.last_event_id()))
}

/// Starts a new stream, like `ew_parser_reset`, with this last event ID: one that was saved, say.
///
/// # Parameters
///
/// - `parser`: the stream's parser.
/// - `id`: the last event ID, which is copied; empty for none. `max_event_size` does not bind it, but the memory of
///   a parser made by `ew_parser_init` does.
///
/// # Returns
///
/// `EW_OK`. `EW_ERR_INVALID_FIELD`: it holds CR, LF or NUL. `EW_ERR_INVALID_UTF8`: under `EW_UTF8_STRICT` it must be UTF-8.
/// `EW_ERR_NO_MEMORY`: there is no room for it. In these cases the last event ID is what it was; behind `EW_ERR_NO_MEMORY` the new
/// stream has begun all the same. `EW_ERR_INVALID_ARGUMENT`.
///
/// # Threads
///
/// One at a time for each parser. Different ones are independent.
///
/// # Safety
///
/// `parser` is valid, and the bytes of `id` are readable; they are not what this parser has given out.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_parser_set_last_event_id(parser: *mut Parser, id: Span) -> Status {
    // SAFETY: the caller: it is valid.
    let parser = unsafe { exclusive(parser) };
    // SAFETY: the caller: the bytes are readable.
    let id = unsafe { id.bytes() };
    let (Some(parser), Some(id)) = (parser, id) else { return EW_ERR_INVALID_ARGUMENT };
    parser.engine.set_last_event_id(id).map_or_else(of_error, |()| EW_OK)
}

/// The reconnection time: the last valid `retry` of the stream, whether it was delivered as an item or not.
///
/// # Parameters
///
/// - `parser`: the stream's parser.
/// - `out`: where it is written, in milliseconds, if there is one.
///
/// # Returns
///
/// `EW_RETRY`, and `*out` is written. `EW_OK`: there was none. `EW_ERR_INVALID_ARGUMENT`.
///
/// # Threads
///
/// Not while another thread is in a call that takes this parser as other than `const`.
///
/// # Safety
///
/// `parser` is valid, and `out` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_parser_retry(parser: *const Parser, out: *mut u64) -> Status {
    // SAFETY: the caller: it is valid.
    let parser = unsafe { shared(parser) };
    // SAFETY: the caller: it is writable.
    let out = unsafe { place(out) };
    let (Some(parser), Some(out)) = (parser, out) else { return EW_ERR_INVALID_ARGUMENT };
    let Some(milliseconds) = parser.engine.retry() else { return EW_OK };
    out.write(milliseconds);
    EW_RETRY
}

/// How many bytes of the stream have been consumed: when an event is delivered, it ends here.
///
/// # Parameters
///
/// - `parser`: the stream's parser; NULL gives 0.
///
/// # Returns
///
/// A number of bytes since the start of the stream.
///
/// # Threads
///
/// Not while another thread is in a call that takes this parser as other than `const`.
///
/// # Safety
///
/// `parser` is valid.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ew_parser_position(parser: *const Parser) -> u64 {
    // SAFETY: the caller: it is valid.
    let parser = unsafe { shared(parser) };
    parser.map_or(0, |parser| parser.engine.position())
}

/// How many events and items have been dropped without an error under `EW_OVERFLOW_SKIP`.
///
/// # Parameters
///
/// - `parser`: the stream's parser; NULL gives 0.
///
/// # Returns
///
/// A number since the parser was made.
///
/// # Threads
///
/// Not while another thread is in a call that takes this parser as other than `const`.
///
/// # Safety
///
/// `parser` is valid.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ew_parser_skipped(parser: *const Parser) -> u64 {
    // SAFETY: the caller: it is valid.
    let parser = unsafe { shared(parser) };
    parser.map_or(0, |parser| parser.engine.skipped())
}
