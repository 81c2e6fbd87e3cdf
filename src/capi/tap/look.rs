//! What a tap says of a stream.

use super::handle::Tap;
use crate::capi::input::Span;
use crate::capi::pointer::{place, shared};
use crate::capi::status::{EW_ERR_INVALID_ARGUMENT, EW_EVENT, EW_OK, Status};

/// In `flags` of a tap's summary: the sentinel has come, so the stream is complete.
pub const EW_TAP_DONE: u32 = 1;
/// In `flags` of a tap's summary: what came so far ends where a whole block, such as a comment and a blank line, may be written
/// into the stream without changing any event. Where nothing has come yet, a byte-order mark that follows is none any more
/// behind what is written: it must be taken away.
pub const EW_TAP_BETWEEN_EVENTS: u32 = 2;

/// What a tap has counted. Times are those that were given with the chunks, in milliseconds.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct TapSummary {
    /// Bytes of the stream.
    pub bytes: u64,
    /// Events, without the oversized ones.
    pub events: u64,
    /// Comments.
    pub comments: u64,
    /// Blocks that were larger than `max_event_size`, or than the memory that there was. They are in no other number.
    pub oversized: u64,
    /// Events that hold the needle.
    pub matches: u64,
    /// Events of types that `ew_tap_event_type` does not tell.
    pub events_of_other_types: u64,
    /// When the first event was complete; `EW_NEVER` if there was none.
    pub first_event_at: u64,
    /// When the last event was complete; `EW_NEVER` if there was none.
    pub last_event_at: u64,
    /// The longest time between two events that followed on each other; `EW_NEVER` if there were not two.
    pub max_gap: u64,
    /// Where in the stream the largest event begins, the first of them if there are several.
    pub largest_event_begin: u64,
    /// Where it ends; where it begins if there was no event.
    pub largest_event_end: u64,
    /// The last event ID. Valid until the next call that takes this tap as other than `const`.
    pub last_event_id: Span,
    /// `EW_TAP_DONE`, `EW_TAP_BETWEEN_EVENTS`, joined with `|`.
    pub flags: u32,
    /// Zero.
    pub reserved: u32,
}

/// For `ew_tap_match`: the first event that holds the needle.
pub const EW_MATCH_FIRST: u32 = 0;
/// For `ew_tap_match`: the last event that holds the needle.
pub const EW_MATCH_LAST: u32 = 1;

/// In `flags` of a match: there is more of the type or the data than was kept.
pub const EW_MATCH_TRUNCATED: u32 = 1;

/// An event that holds the needle, as much of it as was kept.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Match {
    /// The event's type; "message" if the stream gives none.
    pub event_type: Span,
    /// Its data.
    pub data: Span,
    /// Where in the stream the event begins; see `ew_event`.
    pub begin: u64,
    /// Where it ends.
    pub end: u64,
    /// `EW_MATCH_TRUNCATED`, or 0.
    pub flags: u32,
    /// Zero.
    pub reserved: u32,
}

/// Tells what a tap has counted.
///
/// # Parameters
///
/// - `tap`: the tap.
/// - `out`: where the numbers are written.
///
/// # Returns
///
/// `EW_OK`, and `*out` is written. `EW_ERR_INVALID_ARGUMENT`.
///
/// # Memory
///
/// What `*out` points to is valid until the next call that takes this tap as other than `const`.
///
/// # Threads
///
/// Not while another thread is in a call that takes this tap as other than `const`.
///
/// # Safety
///
/// `tap` is valid, and `out` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_tap_summarize(tap: *const Tap, out: *mut TapSummary) -> Status {
    // SAFETY: the caller: it is valid.
    let tap = unsafe { shared(tap) };
    // SAFETY: the caller: it is writable.
    let out = unsafe { place(out) };
    let (Some(Tap { engine }), Some(out)) = (tap, out) else { return EW_ERR_INVALID_ARGUMENT };
    let largest = engine.largest_event().unwrap_or_default();
    let done = if engine.is_done() { EW_TAP_DONE } else { 0 };
    let between = if engine.is_between_events() { EW_TAP_BETWEEN_EVENTS } else { 0 };
    out.write(TapSummary {
        bytes: engine.bytes(),
        events: engine.events(),
        comments: engine.comments(),
        oversized: engine.oversized(),
        matches: engine.matches(),
        events_of_other_types: engine.events_of_other_types(),
        first_event_at: engine.first_event_at().unwrap_or(NEVER),
        last_event_at: engine.last_event_at().unwrap_or(NEVER),
        max_gap: engine.max_gap().unwrap_or(NEVER),
        largest_event_begin: largest.start,
        largest_event_end: largest.end,
        last_event_id: Span::of(engine.last_event_id()),
        flags: done | between,
        reserved: 0,
    });
    EW_OK
}

/// `EW_NEVER`, which belongs to the sources and may be there without this.
const NEVER: u64 = u64::MAX;

/// The first or last event that holds the needle.
///
/// # Parameters
///
/// - `tap`: the tap.
/// - `which`: `EW_MATCH_FIRST` or `EW_MATCH_LAST`. If there was but one, that is both.
/// - `out`: where it is written.
///
/// # Returns
///
/// `EW_EVENT`: `*out` is written. `EW_OK`: there was none. `EW_ERR_INVALID_ARGUMENT`.
///
/// # Memory
///
/// What `*out` points to is valid until the next call that takes this tap as other than `const`.
///
/// # Threads
///
/// Not while another thread is in a call that takes this tap as other than `const`.
///
/// # Safety
///
/// `tap` is valid, and `out` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_tap_match(tap: *const Tap, which: u32, out: *mut Match) -> Status {
    // SAFETY: the caller: it is valid.
    let tap = unsafe { shared(tap) };
    // SAFETY: the caller: it is writable.
    let out = unsafe { place(out) };
    let (Some(Tap { engine }), Some(out)) = (tap, out) else { return EW_ERR_INVALID_ARGUMENT };
    let found = match which {
        EW_MATCH_FIRST => engine.first_match(),
        EW_MATCH_LAST => engine.last_match(),
        _ => return EW_ERR_INVALID_ARGUMENT,
    };
    let Some(found) = found else { return EW_OK };
    let span = found.span();
    out.write(Match {
        event_type: Span::of(found.event_type()),
        data: Span::of(found.data()),
        begin: span.start,
        end: span.end,
        flags: if found.is_truncated() { EW_MATCH_TRUNCATED } else { 0 },
        reserved: 0,
    });
    EW_EVENT
}

/// A type of which there were events, and how many: `message` first, then the others in the order of their first events.
/// Beside `message` there is room for 32 types of up to 64 bytes each.
///
/// # Parameters
///
/// - `tap`: the tap.
/// - `index`: which one, counted from 0.
/// - `event_type`: where the type is written.
/// - `events`: where the number of its events is written.
///
/// # Returns
///
/// `EW_OK`, and both are written. `EW_ERR_INVALID_ARGUMENT`, also if there is no such one: so a loop over all ends.
///
/// # Memory
///
/// What `*event_type` points to is valid until the next call that takes this tap as other than `const`.
///
/// # Threads
///
/// Not while another thread is in a call that takes this tap as other than `const`.
///
/// # Safety
///
/// `tap` is valid, and `event_type` and `events` are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_tap_event_type(
    tap: *const Tap,
    index: usize,
    event_type: *mut Span,
    events: *mut u64,
) -> Status {
    // SAFETY: the caller: it is valid.
    let tap = unsafe { shared(tap) };
    // SAFETY: the caller: it is writable.
    let place_of_type = unsafe { place(event_type) };
    // SAFETY: the caller: it is writable.
    let place_of_count = unsafe { place(events) };
    let (Some(Tap { engine }), Some(event_type), Some(events)) = (tap, place_of_type, place_of_count) else {
        return EW_ERR_INVALID_ARGUMENT;
    };
    let Some((name, count)) = engine.event_types().nth(index) else { return EW_ERR_INVALID_ARGUMENT };
    event_type.write(Span::of(name));
    events.write(count);
    EW_OK
}
