//! What a rewriter says of a stream.

use super::handle::Rewriter;
use crate::capi::input::Span;
use crate::capi::pointer::{place, shared};
use crate::capi::status::{EW_ERR_INVALID_ARGUMENT, EW_OK, Status};

/// In `flags` of a rewriter's summary: a whole block, such as a comment and a blank line, may be written behind what was listed last
/// without changing any event. Not so behind the end of a stream within a block, of which a piece was listed. It is so while an event is held, too, of which nothing has been written; but not before
/// `EW_NEED_INPUT`. Where nothing has come yet, a byte-order mark that follows is none any more behind what is written: it
/// must be taken away.
pub const EW_REWRITER_BETWEEN_EVENTS: u32 = 1;

/// Where a rewriter stands.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct RewriterSummary {
    /// Blocks that were too large to be decided about, or larger than the memory that there was.
    pub oversized_blocks: u64,
    /// Bytes that came and are not decided: 0 between blocks.
    pub held: usize,
    /// The last event ID of the stream that comes in, dropped events included, oversized blocks not. Valid until the next call that takes this rewriter
    /// as other than `const`.
    pub last_event_id: Span,
    /// `EW_REWRITER_BETWEEN_EVENTS`, or 0.
    pub flags: u32,
    /// Zero.
    pub reserved: u32,
}

/// Tells where a rewriter stands.
///
/// # Parameters
///
/// - `rewriter`: the rewriter.
/// - `out`: where it is written.
///
/// # Returns
///
/// `EW_OK`, and `*out` is written. `EW_ERR_INVALID_ARGUMENT`.
///
/// # Memory
///
/// What `*out` points to is valid until the next call that takes this rewriter as other than `const`.
///
/// # Threads
///
/// Not while another thread is in a call that takes this rewriter as other than `const`.
///
/// # Safety
///
/// `rewriter` is valid, and `out` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_rewriter_summarize(
    rewriter: *const Rewriter,
    out: *mut RewriterSummary,
) -> Status {
    // SAFETY: the caller: it is valid.
    let rewriter = unsafe { shared(rewriter) };
    // SAFETY: the caller: it is writable.
    let out = unsafe { place(out) };
    let (Some(Rewriter { engine, .. }), Some(out)) = (rewriter, out) else { return EW_ERR_INVALID_ARGUMENT };
    out.write(RewriterSummary {
        oversized_blocks: engine.oversized_blocks(),
        held: engine.held(),
        last_event_id: Span::of(engine.last_event_id()),
        flags: if engine.is_between_events() { EW_REWRITER_BETWEEN_EVENTS } else { 0 },
        reserved: 0,
    });
    EW_OK
}
