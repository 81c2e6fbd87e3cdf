//! `ew_source_config`: what a source is made with.

use core::{ptr, slice};

use crate::capi::carry::Carry;
use crate::capi::config::{self, Config};
use crate::capi::input::Span;
use crate::capi::pointer;
use crate::capi::status::{EW_ERR_INVALID_ARGUMENT, EW_ERR_INVALID_FIELD, EW_ERR_NO_MEMORY, Status};
use crate::event_source::{Backoff, BuildError, Policy, Replay, Statuses};
use crate::{EventSource, VecCarry};

/// The reconnection time of a source in milliseconds, unless another is set.
pub const EW_DEFAULT_RECONNECTION_TIME: u32 = 3000;

/// In `flags` of a source's settings: all credentials there are for the URL go with a request, and not only those of the
/// source's own origin (`withCredentials` of the standard).
pub const EW_SOURCE_WITH_CREDENTIALS: u32 = 1;
/// In `flags` of a source's settings: the body may be sent again, with the next attempt. Without this a source that has a
/// body makes one attempt.
pub const EW_SOURCE_REPLAY_BODY: u32 = 2;

/// A header field of a request.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Header {
    /// Its name, without the colon.
    pub name: Span,
    /// Its value.
    pub value: Span,
}

/// HTTP statuses, from one to another, both included.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct HttpStatuses {
    /// The first one.
    pub first: u16,
    /// The last one.
    pub last: u16,
}

/// The settings of a source. Begin with `ew_source_config config = EW_SOURCE_CONFIG_INIT;`, set `url`, and change what
/// is to be different: then the program goes on working when a later version of this struct has more members.
///
/// All times are in milliseconds. The delay before another attempt is the reconnection time in force, but at least
/// `min_delay`; multiplied by `backoff_factor` for each failure in a row but the first, up to `backoff_cap`; at least
/// what `Retry-After` says, as far as `max_retry_after` lets it; and longer by a random part of at most
/// `jitter_percent`. It is never shorter than the reconnection time. With zeros it is just that, which is what the
/// standard says.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct SourceConfig {
    /// `sizeof(ew_source_config)`: tells the library which version of the struct this is.
    pub struct_size: u32,
    /// `EW_SOURCE_WITH_CREDENTIALS`, `EW_SOURCE_REPLAY_BODY`, joined with `|`.
    pub flags: u32,
    /// What to connect to: an absolute URL. The library does not resolve or check it.
    pub url: Span,
    /// The request's method; empty for `GET`, also with a body.
    pub method: Span,
    /// The request's body; `ptr` is NULL for none.
    pub body: Span,
    /// The last event ID to begin with, one that was saved, say; empty for none.
    pub last_event_id: Span,
    /// More header fields for the request. `Accept` and `Cache-Control` take the place of what would be sent otherwise;
    /// `Last-Event-ID` is refused.
    pub headers: *const Header,
    /// How many there are.
    pub header_count: usize,
    /// Statuses after which to try again: 429 and 500 to 599, for example. By the standard, any but 200 ends the source.
    /// 204 always does, since with it servers say that they want no more attempts.
    pub retry_statuses: *const HttpStatuses,
    /// How many ranges of them there are.
    pub retry_status_count: usize,
    /// The settings of the parser; NULL for the default ones, but with `EW_UTF8_REPLACE`, as the standard says.
    pub parser: *const Config,
    /// The reconnection time until the stream sets another; 0 for the default, `EW_DEFAULT_RECONNECTION_TIME`.
    pub reconnection_time: u64,
    /// How long `Retry-After` may make a delay; 0 to ignore it. It is heeded after the statuses of `retry_statuses`.
    pub max_retry_after: u64,
    /// The least delay, also if the stream sets a shorter reconnection time.
    pub min_delay: u64,
    /// How long a delay `backoff_factor` may make.
    pub backoff_cap: u64,
    /// How long a connection must have been open to end a row of failures; 0: opening is enough.
    pub backoff_reset_after: u64,
    /// How long nothing may come before a connection is taken for lost; 0: for ever. The time from request to response
    /// counts alike.
    pub idle_timeout: u64,
    /// What the random parts of delays are determined by: another number for each client.
    pub seed: u64,
    /// By how much the delay grows with each failure in a row; 0 or 1: not at all.
    pub backoff_factor: u32,
    /// How much of a delay may be added to it at random, in per cent, so that clients that lost a server together do
    /// not all come back together.
    pub jitter_percent: u32,
    /// At how many failures in a row to give up, of which the loss of a connection is the first; 0: never. 1 makes one
    /// attempt.
    pub max_failures: u32,
    /// 0.
    pub reserved: u32,
}

/// `EW_SOURCE_CONFIG_INIT`: all defaults, and no URL.
impl Default for SourceConfig {
    fn default() -> Self {
        let nothing = Span { ptr: ptr::null(), len: 0 };
        Self {
            struct_size: size_of::<Self>() as u32,
            flags: 0,
            url: nothing,
            method: nothing,
            body: nothing,
            last_event_id: nothing,
            headers: ptr::null(),
            header_count: 0,
            retry_statuses: ptr::null(),
            retry_status_count: 0,
            parser: ptr::null(),
            reconnection_time: 0,
            max_retry_after: 0,
            min_delay: 0,
            backoff_cap: 0,
            backoff_reset_after: 0,
            idle_timeout: 0,
            seed: 0,
            backoff_factor: 0,
            jitter_percent: 0,
            max_failures: 0,
            reserved: 0,
        }
    }
}

/// A source with these settings, or why there is none.
///
/// # Safety
///
/// `config` is readable as far as its `struct_size` says, and so is all that it points to.
pub(super) unsafe fn build(config: *const SourceConfig) -> Result<EventSource<Carry>, Status> {
    // The size first, alone: a struct of another version may be shorter.
    // SAFETY: the caller; the size is the first member.
    let size = unsafe { pointer::shared(config.cast::<u32>()) }.ok_or(EW_ERR_INVALID_ARGUMENT)?;
    if usize::try_from(*size) != Ok(size_of::<SourceConfig>()) {
        return Err(EW_ERR_INVALID_ARGUMENT);
    }
    // SAFETY: the caller; it is of this size.
    let config = unsafe { pointer::shared(config) }.ok_or(EW_ERR_INVALID_ARGUMENT)?;
    if config.flags & !(EW_SOURCE_WITH_CREDENTIALS | EW_SOURCE_REPLAY_BODY) != 0 || config.reserved != 0 {
        return Err(EW_ERR_INVALID_ARGUMENT);
    }
    // SAFETY: the caller: it is readable.
    let mut builder = EventSource::builder(unsafe { text(config.url) }?)
        .with_credentials(config.flags & EW_SOURCE_WITH_CREDENTIALS != 0)
        .reconnection_time(match config.reconnection_time {
            0 => u64::from(EW_DEFAULT_RECONNECTION_TIME),
            milliseconds => milliseconds,
        })
        // SAFETY: the caller: it is readable.
        .policy(unsafe { policy(config) }?);
    // SAFETY: the caller: it is readable.
    let method = unsafe { text(config.method) }?;
    if !method.is_empty() {
        builder.set_method(method);
    }
    // SAFETY: the caller: it is readable.
    for header in unsafe { array(config.headers, config.header_count) }? {
        // SAFETY: the caller: it is readable.
        let name = unsafe { text(header.name) }?;
        // SAFETY: the caller: it is readable.
        builder.add_header(name, unsafe { bytes(header.value) }?);
    }
    // SAFETY: the caller: it is readable.
    let body = unsafe { bytes(config.body) }?;
    if !config.body.ptr.is_null() {
        let replay =
            if config.flags & EW_SOURCE_REPLAY_BODY != 0 { Replay::Allowed } else { Replay::Refused };
        builder.set_body(body, replay);
    }
    // SAFETY: the caller: it is readable.
    builder.set_last_event_id(unsafe { bytes(config.last_event_id) }?);
    if !config.parser.is_null() {
        // SAFETY: the caller: it is readable.
        let parser = unsafe { config::read(config.parser) }.ok_or(EW_ERR_INVALID_ARGUMENT)?;
        builder = builder.config(parser);
    }
    builder.build_with_carry(Carry::Heap(VecCarry::new())).map_err(of_error)
}

/// The code for what is wrong with a source.
fn of_error(error: BuildError) -> Status {
    match error {
        BuildError::NoMemory => EW_ERR_NO_MEMORY,
        _ => EW_ERR_INVALID_FIELD,
    }
}

/// # Safety
///
/// What `config` points to is readable.
unsafe fn policy(config: &SourceConfig) -> Result<Policy, Status> {
    let mut statuses = Statuses::NONE;
    // SAFETY: the caller: it is readable.
    for HttpStatuses { first, last } in unsafe { array(config.retry_statuses, config.retry_status_count) }? {
        statuses.add(*first, *last);
    }
    let backoff = Backoff::new(config.backoff_factor, config.backoff_cap);
    Ok(Policy {
        backoff: Some(backoff.reset_after(config.backoff_reset_after)),
        min_delay: config.min_delay,
        jitter_percent: config.jitter_percent,
        seed: config.seed,
        max_retry_after: (config.max_retry_after != 0).then_some(config.max_retry_after),
        statuses,
        idle_timeout: (config.idle_timeout != 0).then_some(config.idle_timeout),
        max_failures: (config.max_failures != 0).then_some(config.max_failures),
    })
}

/// # Safety
///
/// The bytes of `span` are readable for as long as the slice is used.
unsafe fn bytes<'a>(span: Span) -> Result<&'a [u8], Status> {
    // SAFETY: the caller.
    unsafe { span.bytes() }.ok_or(EW_ERR_INVALID_ARGUMENT)
}

/// The same where only text may stand.
///
/// # Safety
///
/// The bytes of `span` are readable for as long as the text is used.
unsafe fn text<'a>(span: Span) -> Result<&'a str, Status> {
    // SAFETY: the caller.
    str::from_utf8(unsafe { bytes(span) }?).map_err(|_| EW_ERR_INVALID_FIELD)
}

/// # Safety
///
/// The elements are readable for as long as the slice is used.
unsafe fn array<'a, T>(first: *const T, count: usize) -> Result<&'a [T], Status> {
    if count == 0 {
        return Ok(&[]);
    }
    let possible = isize::MAX.unsigned_abs() / size_of::<T>();
    if first.is_null() || !first.is_aligned() || count > possible {
        return Err(EW_ERR_INVALID_ARGUMENT);
    }
    // SAFETY: it is neither null nor misaligned and the size is possible; the caller: the elements are readable.
    Ok(unsafe { slice::from_raw_parts(first, count) })
}
