//! What a source says of itself.

use super::config::Header;
use super::handle::Source;
use super::messages::{EW_CLOSED, Request, number};
use crate::capi::input::Span;
use crate::capi::pointer::{place, shared};
use crate::capi::status::{EW_ERR_INVALID_ARGUMENT, EW_OK, Status};

/// The request to be sent after `EW_ACTION_CONNECT`.
///
/// # Parameters
///
/// - `source`: the source.
/// - `out`: where the request is written.
///
/// # Returns
///
/// `EW_OK`, and `*out` is written. `EW_ERR_INVALID_ARGUMENT`.
///
/// # Memory
///
/// What `*out` points to is valid until the next call that takes this source as other than `const`.
///
/// # Threads
///
/// Not while another thread is in a call that takes this source as other than `const`.
///
/// # Safety
///
/// `source` is valid, and `out` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_source_request(source: *const Source, out: *mut Request) -> Status {
    // SAFETY: the caller: it is valid.
    let source = unsafe { shared(source) };
    // SAFETY: the caller: it is writable.
    let out = unsafe { place(out) };
    let (Some(source), Some(out)) = (source, out) else { return EW_ERR_INVALID_ARGUMENT };
    out.write(Request::of(&source.machine.request()));
    EW_OK
}

/// A header field of the request: `Accept`, `Cache-Control`, `Last-Event-ID` if the last event ID is not empty, and the
/// user's.
///
/// The value of `Last-Event-ID` may hold any byte but CR, LF and NUL; other values hold no control character but tabs.
///
/// # Parameters
///
/// - `source`: the source.
/// - `index`: which one, from 0 to `header_count` of the request, which is one too many.
/// - `out`: where it is written.
///
/// # Returns
///
/// `EW_OK`, and `*out` is written. `EW_ERR_INVALID_ARGUMENT`, also if there is no such one.
///
/// # Memory
///
/// What `*out` points to is valid until the next call that takes this source as other than `const`.
///
/// # Threads
///
/// Not while another thread is in a call that takes this source as other than `const`.
///
/// # Safety
///
/// `source` is valid, and `out` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_source_header(source: *const Source, index: usize, out: *mut Header) -> Status {
    // SAFETY: the caller: it is valid.
    let source = unsafe { shared(source) };
    // SAFETY: the caller: it is writable.
    let out = unsafe { place(out) };
    let (Some(source), Some(out)) = (source, out) else { return EW_ERR_INVALID_ARGUMENT };
    let Some((name, value)) = source.machine.request().header(index) else {
        return EW_ERR_INVALID_ARGUMENT;
    };
    out.write(Header { name: Span::of(name.as_bytes()), value: Span::of(value) });
    EW_OK
}

/// Where a source stands.
///
/// # Parameters
///
/// - `source`: the source; NULL is closed.
///
/// # Returns
///
/// `EW_CONNECTING`, `EW_OPEN` or `EW_CLOSED`.
///
/// # Threads
///
/// Not while another thread is in a call that takes this source as other than `const`.
///
/// # Safety
///
/// `source` is valid.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ew_source_ready_state(source: *const Source) -> u32 {
    // SAFETY: the caller: it is valid.
    let source = unsafe { shared(source) };
    source.map_or(EW_CLOSED, |source| number(source.machine.ready_state()))
}

/// Where the events come from: the origin of the URL that has answered, serialised, as `https://example.org`; `null`
/// for a URL that has no such origin. Of the connection opened last.
///
/// # Parameters
///
/// - `source`: the source; NULL has an empty one.
///
/// # Returns
///
/// Its bytes; empty before the first connection has been opened.
///
/// # Memory
///
/// Valid until the next `ew_source_handle_response` or `ew_source_free`.
///
/// # Threads
///
/// Not while another thread is in a call that takes this source as other than `const`.
///
/// # Safety
///
/// `source` is valid.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ew_source_origin(source: *const Source) -> Span {
    // SAFETY: the caller: it is valid.
    let source = unsafe { shared(source) };
    source.map_or(Span::NONE, |source| Span::of(source.machine.origin().as_bytes()))
}

/// The last event ID: what the next request will say.
///
/// # Parameters
///
/// - `source`: the source; NULL has an empty one.
///
/// # Returns
///
/// Its bytes; empty if there is none.
///
/// # Memory
///
/// Valid until the next call that takes this source as other than `const`.
///
/// # Threads
///
/// Not while another thread is in a call that takes this source as other than `const`.
///
/// # Safety
///
/// `source` is valid.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ew_source_last_event_id(source: *const Source) -> Span {
    // SAFETY: the caller: it is valid.
    let source = unsafe { shared(source) };
    source.map_or(Span::NONE, |source| Span::of(source.machine.last_event_id()))
}

/// The reconnection time in force: of the stream's last valid `retry`, or else of the settings.
///
/// # Parameters
///
/// - `source`: the source; NULL gives 0.
///
/// # Returns
///
/// A number of milliseconds.
///
/// # Threads
///
/// Not while another thread is in a call that takes this source as other than `const`.
///
/// # Safety
///
/// `source` is valid.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ew_source_reconnection_time(source: *const Source) -> u64 {
    // SAFETY: the caller: it is valid.
    let source = unsafe { shared(source) };
    source.map_or(0, |source| source.machine.reconnection_time())
}

/// How many requests a source has handed out.
///
/// # Parameters
///
/// - `source`: the source; NULL gives 0.
///
/// # Returns
///
/// A number since the source was made.
///
/// # Threads
///
/// Not while another thread is in a call that takes this source as other than `const`.
///
/// # Safety
///
/// `source` is valid.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ew_source_attempts(source: *const Source) -> u64 {
    // SAFETY: the caller: it is valid.
    let source = unsafe { shared(source) };
    source.map_or(0, |source| source.machine.attempts())
}

/// How many failures there were in a row.
///
/// # Parameters
///
/// - `source`: the source; NULL gives 0.
///
/// # Returns
///
/// A number; what it is that ends a row is said at `ew_source_config`.
///
/// # Threads
///
/// Not while another thread is in a call that takes this source as other than `const`.
///
/// # Safety
///
/// `source` is valid.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ew_source_failures(source: *const Source) -> u32 {
    // SAFETY: the caller: it is valid.
    let source = unsafe { shared(source) };
    source.map_or(0, |source| source.machine.failures())
}
