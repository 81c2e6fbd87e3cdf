//! Rewriters made and ended.

use core::ptr::NonNull;

use super::config::{self, RewriterConfig};
use super::handle::Rewriter;
use crate::capi::heap;
use crate::capi::pointer::place;
use crate::capi::status::{EW_ERR_INVALID_ARGUMENT, EW_ERR_NO_MEMORY, EW_OK, Status};

/// Makes a rewriter at the start of a stream: for proxies that pass a stream on, but for some events of it.
///
/// For each chunk call `ew_rewriter_next` until it answers `EW_NEED_INPUT`, say what is to become of the events that it gives, and
/// write what `ew_rewriter_spans` lists. At the end of the stream call `ew_rewriter_finish`, and write what is listed then.
///
/// What is decided about is the event's block, from its first line that is not a comment to its blank line, comments and
/// unknown fields in between included. Comments before it, and blocks without data, are not asked about and stay. An event
/// that is dropped or replaced takes its `id` and `retry` along. A block that straddles chunks is held until it is whole; between
/// blocks nothing is.
///
/// # Parameters
///
/// - `config`: the settings; NULL for the default ones. They are copied.
/// - `out`: where the rewriter is written.
///
/// # Returns
///
/// `EW_OK`, and `*out` is a rewriter. `EW_ERR_INVALID_ARGUMENT` or `EW_ERR_NO_MEMORY`, and `*out` is not written.
///
/// # Memory
///
/// The rewriter is the caller's: end it with `ew_rewriter_free`.
///
/// # Threads
///
/// Any thread. The rewriter is bound to none.
///
/// # Safety
///
/// `config` is readable as far as its `struct_size` says, and `out` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_rewriter_new(config: *const RewriterConfig, out: *mut *mut Rewriter) -> Status {
    // SAFETY: the caller: it is readable.
    let engine = unsafe { config::build(config) };
    // SAFETY: the caller: it is writable.
    let out = unsafe { place(out) };
    let (Some(mut engine), Some(out)) = (engine, out) else { return EW_ERR_INVALID_ARGUMENT };
    if engine.prepare().is_err() {
        return EW_ERR_NO_MEMORY;
    }
    let Some(rewriter) = heap::put(Rewriter::new(engine)) else { return EW_ERR_NO_MEMORY };
    out.write(rewriter.as_ptr());
    EW_OK
}

/// Ends a rewriter, and frees all that it has allocated. It must not be used afterwards. What it holds is lost, unless
/// `ew_rewriter_finish` came first.
///
/// # Parameters
///
/// - `rewriter`: one made by `ew_rewriter_new`; NULL is fine, and nothing is done.
///
/// # Threads
///
/// Any thread, but only one, and when no other is in a call with this rewriter.
///
/// # Safety
///
/// `rewriter` is valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_rewriter_free(rewriter: *mut Rewriter) {
    if let Some(rewriter) = NonNull::new(rewriter).filter(|rewriter| rewriter.is_aligned()) {
        // SAFETY: the caller: it is valid, so it was put there by `ew_rewriter_new`.
        unsafe { heap::end(rewriter) };
    }
}
