//! Taps made and ended, and what they are shown.

use core::ptr::NonNull;

use super::config::{self, TapConfig};
use super::handle::Tap;
use crate::capi::heap;
use crate::capi::input::Span;
use crate::capi::pointer::{exclusive, place};
use crate::capi::status::{EW_ERR_INVALID_ARGUMENT, EW_ERR_NO_MEMORY, EW_OK, Status};

/// Makes a tap at the start of a stream: for proxies that log what they pass on.
///
/// It reads the chunks and leaves them alone; what is passed on is the caller's business, and may have been passed on before.
/// What it counts is what a client would see.
///
/// # Parameters
///
/// - `config`: the settings; NULL for the default ones. They are copied, with all that they point to.
/// - `out`: where the tap is written.
///
/// # Returns
///
/// `EW_OK`, and `*out` is a tap. `EW_ERR_INVALID_ARGUMENT` or `EW_ERR_NO_MEMORY`, and `*out` is not written.
///
/// # Memory
///
/// The tap is the caller's: end it with `ew_tap_free`.
///
/// # Threads
///
/// Any thread. The tap is bound to none.
///
/// # Safety
///
/// `config` is readable as far as its `struct_size` says, and so is all that it points to; `out` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_tap_new(config: *const TapConfig, out: *mut *mut Tap) -> Status {
    // SAFETY: the caller: it is writable.
    let Some(out) = (unsafe { place(out) }) else { return EW_ERR_INVALID_ARGUMENT };
    // SAFETY: the caller: it is readable.
    let engine = match unsafe { config::build(config) } {
        Ok(engine) => engine,
        Err(status) => return status,
    };
    let Some(tap) = heap::put(Tap { engine }) else { return EW_ERR_NO_MEMORY };
    out.write(tap.as_ptr());
    EW_OK
}

/// Ends a tap, and frees all that it has allocated. It must not be used afterwards.
///
/// # Parameters
///
/// - `tap`: one made by `ew_tap_new`; NULL is fine, and nothing is done.
///
/// # Threads
///
/// Any thread, but only one, and when no other is in a call with this tap.
///
/// # Safety
///
/// `tap` is valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_tap_free(tap: *mut Tap) {
    if let Some(tap) = NonNull::new(tap).filter(|tap| tap.is_aligned()) {
        // SAFETY: the caller: it is valid, so it was put there by `ew_tap_new`.
        unsafe { heap::end(tap) };
    }
}

/// Takes account of the next chunk of the stream. Events have the time of the chunk that completes them.
///
/// When memory runs out, what cannot be kept is counted all the same: a block that needs some as oversized (one that straddles chunks, has an
/// id, or has several lines of data), a type among those of no name; of a match is kept what there is room for, and it says that it is truncated.
///
/// # Parameters
///
/// - `tap`: the stream's tap.
/// - `chunk`: the next bytes, as many as there are. Nothing refers to them afterwards.
/// - `now`: when they came, in milliseconds of any clock that does not run backwards.
///
/// # Returns
///
/// `EW_OK`. `EW_ERR_INVALID_ARGUMENT`: nothing was counted.
///
/// # Threads
///
/// One at a time for each tap. Different ones are independent.
///
/// # Safety
///
/// `tap` is valid, and the bytes of `chunk` are readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_tap_observe(tap: *mut Tap, chunk: Span, now: u64) -> Status {
    // SAFETY: the caller: it is valid.
    let tap = unsafe { exclusive(tap) };
    // SAFETY: the caller: they are readable.
    let chunk = unsafe { chunk.bytes() };
    let (Some(tap), Some(chunk)) = (tap, chunk) else { return EW_ERR_INVALID_ARGUMENT };
    tap.engine.observe(chunk, now);
    EW_OK
}
