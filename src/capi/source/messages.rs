//! What passes between a source and who drives it.

use core::ffi::{CStr, c_char};
use core::mem::MaybeUninit;

use crate::ReadyState;
use crate::capi::input::Span;
use crate::capi::status::{EW_NOTICE, EW_OK, Status};
use crate::event_source::{self, Credentials, Reason};

/// A ready state: there is no connection; one is being made, or is waited for.
pub const EW_CONNECTING: u32 = 0;
/// A ready state: there is a connection, and events may come.
pub const EW_OPEN: u32 = 1;
/// A ready state: there is no connection, and none will be made.
pub const EW_CLOSED: u32 = 2;

/// In `kind` of an action: send the request (`ew_source_request`). Said once for each attempt.
pub const EW_ACTION_CONNECT: u32 = 1;
/// In `kind` of an action: there is to be no connection until the time in `until`.
pub const EW_ACTION_WAIT: u32 = 2;
/// In `kind` of an action: go on with the request, or its response's body. If nothing has come at the time in `until`,
/// call `ew_source_handle_timeout`.
pub const EW_ACTION_RECEIVE: u32 = 3;
/// In `kind` of an action: it is over.
pub const EW_ACTION_CLOSED: u32 = 4;

/// In `until` of an action, and in the times of a tap's summary: no time, ever.
pub const EW_NEVER: u64 = u64::MAX;

/// What is to be done next. A connection belongs to who drives the source, and is to be dropped as soon as `kind` is
/// anything but `EW_ACTION_RECEIVE`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Action {
    /// Which one: `EW_ACTION_CONNECT`, `EW_ACTION_WAIT`, `EW_ACTION_RECEIVE` or `EW_ACTION_CLOSED`.
    pub kind: u32,
    /// Zero.
    pub reserved: u32,
    /// The time until which to wait, for the two kinds that have one; `EW_NEVER` if there is none.
    pub until: u64,
}

/// In `flags` of a request: all credentials there are for the URL go with it.
pub const EW_REQUEST_WITH_CREDENTIALS: u32 = 1;

/// The request that a source is to be connected with. The spans are valid until the next call that takes the source as
/// other than `const`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// The method.
    pub method: Span,
    /// The URL that the source was made with.
    pub url: Span,
    /// The body; `ptr` is NULL if there is none.
    pub body: Span,
    /// The last event ID, which is also among the header fields if it is not empty.
    pub last_event_id: Span,
    /// How many header fields there are, for `ew_source_header`.
    pub header_count: usize,
    /// `EW_REQUEST_WITH_CREDENTIALS`, or 0.
    pub flags: u32,
    /// Zero.
    pub reserved: [u32; 3],
}

/// The head of a response: of the last one, after all redirects. Begin with `ew_head head = EW_HEAD_INIT;`. A span
/// whose `ptr` is NULL stands for what the response does not have.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// `sizeof(ew_head)`: tells the library which version of the struct this is.
    pub struct_size: u32,
    /// The HTTP status: 200, for example.
    pub status: u32,
    /// The value of `Content-Type`; several of them joined with commas.
    pub content_type: Span,
    /// The URL that has answered, if redirects have changed it: the events' origin is taken from it.
    pub url: Span,
    /// The value of `Retry-After`.
    pub retry_after: Span,
    /// The value of `Date`, from which a date in `Retry-After` is measured.
    pub date: Span,
}

/// In `kind` of a notice: a connection has been made. Comes before all events of it.
pub const EW_NOTICE_OPEN: u32 = 1;
/// In `kind` of a notice: a connection was lost, or could not be made. `ready_state` says whether there will be another
/// attempt.
pub const EW_NOTICE_ERROR: u32 = 2;

/// In `reason` of a notice: the response's body has ended in good order.
pub const EW_REASON_END: u32 = 1;
/// In `reason` of a notice: a network error.
pub const EW_REASON_NETWORK: u32 = 2;
/// In `reason` of a notice: a network error that was said to be fatal.
pub const EW_REASON_FATAL: u32 = 3;
/// In `reason` of a notice: the response's status was not 200, but the one in `http_status`.
pub const EW_REASON_STATUS: u32 = 4;
/// In `reason` of a notice: the response was no `text/event-stream`.
pub const EW_REASON_CONTENT_TYPE: u32 = 5;
/// In `reason` of a notice: nothing came for too long.
pub const EW_REASON_IDLE_TIMEOUT: u32 = 6;
/// In `reason` of a notice: there was no memory for the connection's origin.
pub const EW_REASON_NO_MEMORY: u32 = 7;

/// What the user of a source is to be told: the `open` and `error` events of the standard.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Notice {
    /// Which one: `EW_NOTICE_OPEN` or `EW_NOTICE_ERROR`.
    pub kind: u32,
    /// The ready state, which has changed already: `EW_OPEN`; or `EW_CONNECTING` if there will be another attempt, and
    /// `EW_CLOSED` if not.
    pub ready_state: u32,
    /// With `EW_NOTICE_ERROR`: `EW_REASON_END` and so on; otherwise 0.
    pub reason: u32,
    /// With `EW_REASON_STATUS`: the response's status; otherwise 0.
    pub http_status: u32,
    /// Zero.
    pub reserved: [u32; 4],
}

/// Says in English what a reason means: "the stream ended". For logs: programs compare the numbers, since the wording may
/// change with any release.
///
/// # Parameters
///
/// - `reason`: any number. One that this library does not know gives "unknown reason".
///
/// # Returns
///
/// A NUL-terminated string, never NULL.
///
/// # Memory
///
/// The string is the library's own and always valid.
///
/// # Threads
///
/// Any thread, at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn ew_reason_string(reason: u32) -> *const c_char {
    let text: &CStr = match reason {
        EW_REASON_END => c"the stream ended",
        EW_REASON_NETWORK => c"the connection failed",
        EW_REASON_FATAL => c"the connection failed, and trying again would be futile",
        EW_REASON_STATUS => c"the server answered with another status than 200",
        EW_REASON_CONTENT_TYPE => c"the server's answer is not a text/event-stream",
        EW_REASON_IDLE_TIMEOUT => c"nothing came for too long",
        EW_REASON_NO_MEMORY => c"out of memory",
        _ => c"unknown reason",
    };
    text.as_ptr()
}

impl Action {
    pub(super) fn of(action: &event_source::Action<'_>) -> Self {
        let (kind, until) = match action {
            event_source::Action::Connect(_) => (EW_ACTION_CONNECT, EW_NEVER),
            event_source::Action::Wait { until } => (EW_ACTION_WAIT, *until),
            event_source::Action::Receive { deadline } => (EW_ACTION_RECEIVE, deadline.unwrap_or(EW_NEVER)),
            event_source::Action::Closed => (EW_ACTION_CLOSED, EW_NEVER),
        };
        Self { kind, reserved: 0, until }
    }
}

impl Request {
    pub(super) fn of(request: &event_source::Request<'_>) -> Self {
        let flags = match request.credentials() {
            Credentials::Include => EW_REQUEST_WITH_CREDENTIALS,
            Credentials::SameOrigin => 0,
        };
        Self {
            method: Span::of(request.method().as_bytes()),
            url: Span::of(request.url().as_bytes()),
            body: request.body().map_or(Span::NONE, Span::of),
            last_event_id: Span::of(request.last_event_id()),
            header_count: request.headers().count(),
            flags,
            reserved: [0; 3],
        }
    }
}

impl Notice {
    fn of(notice: event_source::Notice) -> Self {
        let (kind, state, reason, http_status) = match notice {
            event_source::Notice::Open => (EW_NOTICE_OPEN, ReadyState::Open, 0, 0),
            event_source::Notice::Error { ready_state, reason } => {
                let (reason, http_status) = match reason {
                    Reason::End => (EW_REASON_END, 0),
                    Reason::Network => (EW_REASON_NETWORK, 0),
                    Reason::Fatal => (EW_REASON_FATAL, 0),
                    Reason::Status(status) => (EW_REASON_STATUS, status),
                    Reason::ContentType => (EW_REASON_CONTENT_TYPE, 0),
                    Reason::IdleTimeout => (EW_REASON_IDLE_TIMEOUT, 0),
                    Reason::NoMemory => (EW_REASON_NO_MEMORY, 0),
                };
                (EW_NOTICE_ERROR, ready_state, reason, http_status)
            }
        };
        Self { kind, ready_state: number(state), reason, http_status: http_status.into(), reserved: [0; 4] }
    }

    /// Writes the notice, if there is one, and says whether there is.
    pub(super) fn put(notice: Option<event_source::Notice>, out: &mut MaybeUninit<Self>) -> Status {
        let Some(notice) = notice else { return EW_OK };
        out.write(Self::of(notice));
        EW_NOTICE
    }
}

/// The number of a ready state.
pub(super) const fn number(state: ReadyState) -> u32 {
    match state {
        ReadyState::Connecting => EW_CONNECTING,
        ReadyState::Open => EW_OPEN,
        ReadyState::Closed => EW_CLOSED,
    }
}
