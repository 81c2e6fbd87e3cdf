//! What passes between the machine and its driver, but for the request and the response's head.

use core::fmt;

use crate::event::Event;
use crate::event_source::Request;

/// Where a source stands, with the numbers of the standard (statement 65).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ReadyState {
    /// There is no connection: one is being made, or is waited for.
    Connecting = 0,
    /// There is a connection, and events may come.
    Open = 1,
    /// There is none, and none will be made.
    Closed = 2,
}

/// What the driver is to do next: the answer of [`EventSource::poll`](crate::EventSource::poll).
#[derive(Clone, Copy, Debug)]
pub enum Action<'a> {
    /// Send this request, on a new connection or an idle one. Said once for each attempt; then tell of the response with
    /// [`handle_response`](crate::EventSource::handle_response), or of what went wrong with
    /// [`handle_error`](crate::EventSource::handle_error).
    Connect(Request<'a>),
    /// There is to be no connection now. Call [`poll`](crate::EventSource::poll) again at this time.
    Wait {
        /// Milliseconds on the driver's clock. `u64::MAX` stands for never.
        until: u64,
    },
    /// A request is under way, or its response's body is: go on with it.
    Receive {
        /// When to call [`handle_timeout`](crate::EventSource::handle_timeout), if nothing has come by then; `None`
        /// without [`Policy::idle_timeout`](crate::event_source::Policy::idle_timeout).
        deadline: Option<u64>,
    },
    /// It is over. Drop what there is of a connection; nothing will come of the machine any more.
    Closed,
}

/// What the user of a source is to be told: the standard's `open` and `error` events, which have no data of their own.
///
/// The ready state has changed already when a notice comes (statement 88).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A connection has been made. Comes before all events of it (statement 84).
    Open,
    /// A connection has been lost, or an attempt to make one has failed.
    Error {
        /// [`Connecting`](ReadyState::Connecting) if there will be another attempt, else [`Closed`](ReadyState::Closed).
        ready_state: ReadyState,
        /// What has happened.
        reason: Reason,
    },
}

/// Why there is no connection any more.
///
/// Whether there will be another is not said here, but by the ready state beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The response's body has ended in good order: as servers do now and then, to be asked again.
    End,
    /// The network failed: no connection, or a broken one.
    Network,
    /// The driver said that another attempt would be futile.
    Fatal,
    /// The response's status was not 200 but this.
    Status(u16),
    /// The response's media type was not `text/event-stream`.
    ContentType,
    /// Nothing has come for longer than [`Policy::idle_timeout`](crate::event_source::Policy::idle_timeout) allows.
    IdleTimeout,
    /// There was no memory for the connection's origin.
    NoMemory,
}

/// What kind of network error there was: an argument of [`EventSource::handle_error`](crate::EventSource::handle_error).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// One after which another attempt may succeed: refused, reset, no address, a broken body (statement 82).
    Transient,
    /// One after which none will: a load that was cancelled (statement 81), a scheme that cannot be fetched (74).
    Fatal,
}

/// An event, and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MessageEvent<'a> {
    /// The event: type, data and last event ID.
    pub event: Event<'a>,
    /// The origin of the stream's final URL: see [`EventSource::origin`](crate::EventSource::origin).
    pub origin: &'a str,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Status(status) => return write!(f, "the server answered with status {status}"),
            Self::End => "the stream ended",
            Self::Network => "the connection failed",
            Self::Fatal => "the connection failed, and trying again would be futile",
            Self::ContentType => "the server's answer is not a text/event-stream",
            Self::IdleTimeout => "nothing came for too long",
            Self::NoMemory => "out of memory",
        })
    }
}
