//! What is to become of an event.

use super::handle::Rewriter;
use crate::Error;
use crate::capi::input::Span;
use crate::capi::pointer::exclusive;
use crate::capi::status::{EW_ERR_INVALID_ARGUMENT, EW_OK, Status, of_error};
use crate::rewriter::Decision;

/// Drops the event that is being decided about.
///
/// # Parameters
///
/// - `rewriter`: the rewriter.
///
/// # Returns
///
/// `EW_OK`. `EW_ERR_INVALID_ARGUMENT`, also if no event is being decided about.
///
/// # Threads
///
/// One at a time for each rewriter. Different ones are independent.
///
/// # Safety
///
/// `rewriter` is valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_rewriter_drop_event(rewriter: *mut Rewriter) -> Status {
    // SAFETY: the caller: it is valid.
    let rewriter = unsafe { exclusive(rewriter) };
    let Some(decision) = rewriter.and_then(|rewriter| rewriter.engine.decision()) else {
        return EW_ERR_INVALID_ARGUMENT;
    };
    decision.drop_event();
    EW_OK
}

/// Drops the event that is being decided about, and writes these blocks in its place; those of an earlier call are not.
///
/// What is inserted, by this and by the next two functions, is written as it is given, and has to be whole blocks, that is, end in a
/// blank line: `ew_encode` makes such.
///
/// # Parameters
///
/// - `rewriter`: the rewriter.
/// - `blocks`: what to write. It is copied.
///
/// # Returns
///
/// `EW_OK`. `EW_ERR_NO_MEMORY`: nothing has changed. `EW_ERR_INVALID_ARGUMENT`, also if no event is being decided about.
///
/// # Threads
///
/// One at a time for each rewriter. Different ones are independent.
///
/// # Safety
///
/// `rewriter` is valid, and the bytes of `blocks` are readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_rewriter_replace(rewriter: *mut Rewriter, blocks: Span) -> Status {
    // SAFETY: the caller.
    unsafe { decide(rewriter, blocks, Decision::replace) }
}

/// Writes these blocks before the event that is being decided about, behind what has been inserted there already.
///
/// # Parameters
///
/// - `rewriter`: the rewriter.
/// - `blocks`: what to write. It is copied.
///
/// # Returns
///
/// `EW_OK`. `EW_ERR_NO_MEMORY`: nothing has changed. `EW_ERR_INVALID_ARGUMENT`, also if no event is being decided about.
///
/// # Threads
///
/// One at a time for each rewriter. Different ones are independent.
///
/// # Safety
///
/// `rewriter` is valid, and the bytes of `blocks` are readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_rewriter_insert_before(rewriter: *mut Rewriter, blocks: Span) -> Status {
    // SAFETY: the caller.
    unsafe { decide(rewriter, blocks, Decision::insert_before) }
}

/// Writes these blocks behind the event that is being decided about, and behind what has been inserted there already.
///
/// # Parameters
///
/// - `rewriter`: the rewriter.
/// - `blocks`: what to write. It is copied.
///
/// # Returns
///
/// `EW_OK`. `EW_ERR_NO_MEMORY`: nothing has changed. `EW_ERR_INVALID_ARGUMENT`, also if no event is being decided about.
///
/// # Threads
///
/// One at a time for each rewriter. Different ones are independent.
///
/// # Safety
///
/// `rewriter` is valid, and the bytes of `blocks` are readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_rewriter_insert_after(rewriter: *mut Rewriter, blocks: Span) -> Status {
    // SAFETY: the caller.
    unsafe { decide(rewriter, blocks, Decision::insert_after) }
}

/// # Safety
///
/// `rewriter` is valid, and the bytes of `blocks` are readable.
unsafe fn decide(
    rewriter: *mut Rewriter,
    blocks: Span,
    insert: impl FnOnce(&mut Decision, &[u8]) -> Result<(), Error>,
) -> Status {
    // SAFETY: the caller: it is valid.
    let rewriter = unsafe { exclusive(rewriter) };
    // SAFETY: the caller: they are readable.
    let blocks = unsafe { blocks.bytes() };
    let (Some(rewriter), Some(blocks)) = (rewriter, blocks) else { return EW_ERR_INVALID_ARGUMENT };
    let Some(decision) = rewriter.engine.decision() else { return EW_ERR_INVALID_ARGUMENT };
    insert(decision, blocks).map_or_else(of_error, |()| EW_OK)
}
