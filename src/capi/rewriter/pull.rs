//! Chunks in, events to decide about out, and what is to be written.

use super::handle::Rewriter;
use crate::capi::event::Event;
use crate::capi::input::{Input, Span};
use crate::capi::pointer::{exclusive, place, shared};
use crate::capi::status::{EW_ERR_INVALID_ARGUMENT, EW_EVENT, EW_NEED_INPUT, EW_OK, Status};
use crate::rewriter::Step;

/// The next event of a chunk, to be decided about. Say what is to become of it with `ew_rewriter_drop_event`,
/// `ew_rewriter_replace`, `ew_rewriter_insert_before` and `ew_rewriter_insert_after` before the next call; to say nothing is to keep
/// it. Call this until it answers `EW_NEED_INPUT`, write what `ew_rewriter_spans` lists, go on with the next chunk.
///
/// When memory runs out, nothing of the stream is lost: a block for which there is none goes as `oversized` of the settings says,
/// and under `EW_OVERSIZED_DROP` one that is to be dropped may be passed on, where what is to be written cannot be listed.
///
/// # Parameters
///
/// - `rewriter`: the stream's rewriter.
/// - `input`: a chunk, and how far it has been read; see `ew_input`. A chunk that is given up before `EW_NEED_INPUT` is not
///   written, and neither is what was held. What had been written may then end within a line or a block that goes on no more:
///   `EW_REWRITER_BETWEEN_EVENTS` is not set until a block is written to its end.
/// - `out`: where the event is written, if there is one. Its `begin` and `end` are those of the bytes that are decided
///   about, in the stream that comes in.
///
/// # Returns
///
/// `EW_EVENT`: `*out` is to be decided about. `EW_NEED_INPUT`: the chunk is used up, and `ew_rewriter_spans` lists what is to
/// be written for it, however often this is called again for that chunk. `EW_ERR_INVALID_ARGUMENT`: nothing was done. Only with `EW_EVENT` is `*out` written.
///
/// # Memory
///
/// What `*out` points to lies in the chunk or in the rewriter: it is valid until the next `ew_rewriter_next` or
/// `ew_rewriter_free`, and no longer than the chunk.
///
/// # Threads
///
/// One at a time for each rewriter. Different ones are independent.
///
/// # Safety
///
/// `rewriter` is valid, `input` is readable and writable, `out` is writable, and the chunk is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_rewriter_next(
    rewriter: *mut Rewriter,
    input: *mut Input,
    out: *mut Event,
) -> Status {
    // SAFETY: the caller: it is valid.
    let rewriter = unsafe { exclusive(rewriter) };
    // SAFETY: the caller: it is readable and writable.
    let input = unsafe { exclusive(input) };
    // SAFETY: the caller: it is writable.
    let out = unsafe { place(out) };
    let (Some(rewriter), Some(input), Some(out)) = (rewriter, input, out) else {
        return EW_ERR_INVALID_ARGUMENT;
    };
    // SAFETY: the caller: the chunk is readable.
    let Some(mut cursor) = (unsafe { input.cursor() }) else { return EW_ERR_INVALID_ARGUMENT };
    if !rewriter.goes_on_in(cursor.chunk()) {
        rewriter.engine.give_up_chunk();
    } else if rewriter.engine.is_done_with(&cursor) {
        return EW_NEED_INPUT;
    }
    rewriter.unlist();
    let status = loop {
        match rewriter.engine.step(&mut cursor) {
            Step::Event(event) => {
                out.write(Event::of_event(&event));
                break EW_EVENT;
            }
            Step::Passed => {}
            Step::UsedUp => {
                rewriter.list(cursor.chunk());
                break EW_NEED_INPUT;
            }
        }
    };
    input.advance_to(&cursor);
    status
}

/// What is to be written, in order: for the chunk that is used up, or after `ew_rewriter_finish` for the end of the stream. Before
/// that, while there are events to decide about, nothing is listed.
///
/// None of the spans is empty. An array of `ew_span` is laid out as one of `struct iovec` is, so it can be given to `writev`.
///
/// # Parameters
///
/// - `rewriter`: the rewriter.
/// - `spans`: where the address of the first span is written.
/// - `count`: where it is written how many there are; it may be 0.
///
/// # Returns
///
/// `EW_OK`, and both are written. `EW_ERR_INVALID_ARGUMENT`.
///
/// # Memory
///
/// The spans and what they point to are the chunk's and the rewriter's: valid until the next call that takes this
/// rewriter as other than `const`, and no longer than the chunk.
///
/// # Threads
///
/// Not while another thread is in a call that takes this rewriter as other than `const`.
///
/// # Safety
///
/// `rewriter` is valid, and `spans` and `count` are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_rewriter_spans(
    rewriter: *const Rewriter,
    spans: *mut *const Span,
    count: *mut usize,
) -> Status {
    // SAFETY: the caller: it is valid.
    let rewriter = unsafe { shared(rewriter) };
    // SAFETY: the caller: it is writable.
    let spans = unsafe { place(spans) };
    // SAFETY: the caller: it is writable.
    let count = unsafe { place(count) };
    let (Some(rewriter), Some(spans), Some(count)) = (rewriter, spans, count) else {
        return EW_ERR_INVALID_ARGUMENT;
    };
    let listed = rewriter.listed();
    spans.write(listed.as_ptr());
    count.write(listed.len());
    EW_OK
}

/// Says that the stream has ended: what is held is to be written, as a client without a rewriter would have got it. The rewriter
/// then stands at the start of a new stream; the last event ID and the number of oversized blocks stay.
///
/// # Parameters
///
/// - `rewriter`: the rewriter.
///
/// # Returns
///
/// `EW_OK`: `ew_rewriter_spans` lists what is to be written. `EW_ERR_INVALID_ARGUMENT`: nothing was done; also if a chunk is not used
/// up, which `ew_rewriter_next` says with `EW_NEED_INPUT`.
///
/// # Threads
///
/// One at a time for each rewriter. Different ones are independent.
///
/// # Safety
///
/// `rewriter` is valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_rewriter_finish(rewriter: *mut Rewriter) -> Status {
    // SAFETY: the caller: it is valid.
    let rewriter = unsafe { exclusive(rewriter) };
    let Some(rewriter) = rewriter.filter(|rewriter| rewriter.engine.is_idle()) else {
        return EW_ERR_INVALID_ARGUMENT;
    };
    rewriter.engine.end();
    rewriter.goes_on_in(&[]);
    rewriter.list(&[]);
    EW_OK
}
