//! `ew_tap_config`: what a tap is made with.

use crate::capi::carry::Carry;
use crate::capi::input::Span;
use crate::capi::pointer;
use crate::capi::status::{EW_ERR_INVALID_ARGUMENT, EW_ERR_NO_MEMORY, Status};
use crate::tap::MAX_EVENT_SIZE;
use crate::{Tap, VecCarry};

/// The settings of a tap. Begin with `ew_tap_config config = EW_TAP_CONFIG_INIT;` and change what is to be different: then the
/// program goes on working when a later version of this struct has more members.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct TapConfig {
    /// `sizeof(ew_tap_config)`: tells the library which version of the struct this is.
    pub struct_size: u32,
    /// 0.
    pub flags: u32,
    /// The most bytes an event may hold to be seen: as in `ew_config`, but 0 is for 1 MiB. A tap's memory is bounded by it: this,
    /// and besides the last event ID, two matches and a table of types.
    pub max_event_size: usize,
    /// The most bytes that are kept of a match's data, and of its type; 0 for 64 KiB.
    pub max_match_size: usize,
    /// What is looked for in types and data; `ptr` is NULL for nothing. An empty one is in every event.
    pub needle: Span,
    /// The data, byte for byte, of the event that says that the stream is complete; `ptr` is NULL for `[DONE]`.
    pub sentinel: Span,
}

/// A tap with these settings, or why there is none.
///
/// # Safety
///
/// `config` is null or readable, as far as its `struct_size` says, and so is what it points to.
pub(super) unsafe fn build(config: *const TapConfig) -> Result<Tap<Carry>, Status> {
    let tap = |max_event_size| Tap::with_carry(max_event_size, Carry::Heap(VecCarry::new()));
    if config.is_null() {
        return Ok(tap(MAX_EVENT_SIZE));
    }
    // The size first, alone: a struct of another version may be shorter.
    // SAFETY: the caller; the size is the first member.
    let size = unsafe { pointer::shared(config.cast::<u32>()) }.ok_or(EW_ERR_INVALID_ARGUMENT)?;
    if usize::try_from(*size) != Ok(size_of::<TapConfig>()) {
        return Err(EW_ERR_INVALID_ARGUMENT);
    }
    // SAFETY: the caller; it is of this size.
    let config = unsafe { pointer::shared(config) }.ok_or(EW_ERR_INVALID_ARGUMENT)?;
    let TapConfig { struct_size: _, flags, max_event_size, max_match_size, needle, sentinel } = *config;
    // SAFETY: the caller: the bytes are readable.
    let needle_bytes = unsafe { needle.bytes() }.ok_or(EW_ERR_INVALID_ARGUMENT)?;
    // SAFETY: the caller: the bytes are readable.
    let sentinel_bytes = unsafe { sentinel.bytes() }.ok_or(EW_ERR_INVALID_ARGUMENT)?;
    if flags != 0 {
        return Err(EW_ERR_INVALID_ARGUMENT);
    }
    let mut tap = tap(if max_event_size == 0 { MAX_EVENT_SIZE } else { max_event_size });
    if max_match_size != 0 {
        tap.set_max_match_size(max_match_size);
    }
    if !needle.ptr.is_null() {
        tap.look_for(needle_bytes).map_err(|_| EW_ERR_NO_MEMORY)?;
    }
    if !sentinel.ptr.is_null() {
        tap.wait_for(sentinel_bytes).map_err(|_| EW_ERR_NO_MEMORY)?;
    }
    Ok(tap)
}
