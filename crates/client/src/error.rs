//! What can go wrong with a connection, named so that a program can decide on it and told so that a person can read it.

use std::error::Error as StdError;
use std::fmt::{self, Write as _};
use std::io;
use std::sync::Arc;

use eventwire::ReadyState;
use eventwire::event_source::Fault;

/// What happened to a source: the standard's `error` event, with the reason that browsers keep to themselves.
///
/// It is shown in one line, without the URL, which may hold secrets. [`source`](StdError::source) has what the HTTP
/// client said, if it said something.
#[derive(Clone, Debug)]
pub struct Error {
    kind: ErrorKind,
    ready_state: ReadyState,
    cause: Option<Cause>,
}

/// Why there is no connection any more, or, with [`Stream`](Self::Stream), what of the stream was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Nobody listens at the address.
    Refused,
    /// The host's name has no address.
    Dns,
    /// TLS failed: a certificate that is not trusted, say.
    Tls,
    /// No connection, for another reason.
    Connect,
    /// The connection was lost before the response's head was there, or the head could not be read.
    Request,
    /// A redirect that may not be followed: to something that is not HTTP, to another origin with credentials in the
    /// URL, or the twenty-first in a row.
    Redirect,
    /// The [client that was given](crate::Builder::client) has followed a redirect to another origin by itself, with header fields
    /// that may be secrets. It is to be made with `redirect::Policy::none()`.
    ForeignRedirect,
    /// The response's status was not 200 but this.
    Status(u16),
    /// The response's media type was not `text/event-stream`.
    ContentType,
    /// The response's body came in a coding that was not asked for and is not understood.
    ContentEncoding,
    /// The body was lost in mid-stream, or came broken.
    Body,
    /// The body ended in good order, as servers do now and then, to be asked again.
    End,
    /// Nothing came for longer than [`Policy::idle_timeout`](crate::Policy::idle_timeout) allows.
    IdleTimeout,
    /// The URL's scheme is none that can be fetched here: neither `http` nor `https`.
    Scheme,
    /// The HTTP client will not send this request: the URL is longer than it can be, say, or not of `https` where the client was
    /// told to use nothing else.
    Unsendable,
    /// The last event ID cannot stand in a header field of HTTP, because it holds a control character.
    LastEventId,
    /// An event of the stream was dropped, for this reason. The connection goes on.
    Stream(eventwire::Error),
    /// There was no memory.
    NoMemory,
}

/// What lies behind an error.
#[derive(Clone, Debug)]
enum Cause {
    /// What a library said.
    Source(Arc<dyn StdError + Send + Sync>),
    /// What the server said.
    Detail(Arc<str>),
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, ready_state: ReadyState) -> Self {
        Self { kind, ready_state, cause: None }
    }

    /// What happened.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Where the source stands now: [`Connecting`](ReadyState::Connecting) if it will try again,
    /// [`Closed`](ReadyState::Closed) if it is over, [`Open`](ReadyState::Open) if only an event was dropped.
    #[must_use]
    pub fn ready_state(&self) -> ReadyState {
        self.ready_state
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)?;
        match &self.cause {
            Some(Cause::Detail(detail)) => write!(f, " ({})", OneLine(detail)),
            Some(Cause::Source(source)) => write!(f, " ({})", OneLine(&root(&**source).to_string())),
            None => Ok(()),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.cause {
            Some(Cause::Source(source)) => Some(&**source),
            _ => None,
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "connection refused",
            Self::Dns => "the host has no address",
            Self::Tls => "TLS failed",
            Self::Connect => "no connection",
            Self::Request => "the connection was lost before an answer came",
            Self::Redirect => "the redirect may not be followed",
            Self::ForeignRedirect => {
                "the HTTP client has itself followed a redirect to another origin: make it with redirect::Policy::none()"
            }
            Self::Status(status) => return write!(f, "the server answered with status {status}"),
            Self::ContentType => "the server's answer is not a text/event-stream",
            Self::ContentEncoding => "the stream comes in a coding that is not understood",
            Self::Body => "the connection was lost in mid-stream",
            Self::End => "the stream ended",
            Self::IdleTimeout => "nothing came for too long",
            Self::Scheme => "only http and https can be fetched",
            Self::Unsendable => "the request cannot be sent",
            Self::LastEventId => "the last event ID cannot be sent: it holds a control character",
            Self::Stream(error) => return error.fmt(f),
            Self::NoMemory => "out of memory",
        })
    }
}

/// What went wrong with an attempt, as the driver finds out and before the machine has said what follows.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: ErrorKind,
    cause: Option<Cause>,
}

impl Failure {
    pub(crate) fn detailed(kind: ErrorKind, detail: impl Into<Arc<str>>) -> Self {
        Self { kind, cause: Some(Cause::Detail(detail.into())) }
    }

    /// What the HTTP client had to say about a request.
    pub(crate) fn request(error: reqwest::Error) -> Self {
        let kind = if error.is_connect() {
            connect_kind(&error)
        } else if error.is_builder() {
            ErrorKind::Unsendable
        } else {
            ErrorKind::Request
        };
        Self::of(kind, error)
    }

    /// What the HTTP client had to say about a body.
    pub(crate) fn body(error: reqwest::Error) -> Self {
        Self::of(ErrorKind::Body, error)
    }

    fn of(kind: ErrorKind, error: reqwest::Error) -> Self {
        Self { kind, cause: Some(Cause::Source(Arc::new(error.without_url()))) }
    }

    /// What the machine is to be told: whether the next attempt would fail alike.
    pub(crate) fn fault(&self) -> Fault {
        match self.kind {
            ErrorKind::ContentEncoding
            | ErrorKind::ForeignRedirect
            | ErrorKind::LastEventId
            | ErrorKind::Scheme
            | ErrorKind::Unsendable => Fault::Fatal,
            _ => Fault::Transient,
        }
    }

    /// The error that the user sees, now that it is known what follows.
    pub(crate) fn into_error(self, ready_state: ReadyState) -> Error {
        Error { kind: self.kind, ready_state, cause: self.cause }
    }
}

impl From<ErrorKind> for Failure {
    fn from(kind: ErrorKind) -> Self {
        Self { kind, cause: None }
    }
}

/// Why there was no connection. The client tells that it is so by a type of its own, and why only by what lies behind.
fn connect_kind(error: &reqwest::Error) -> ErrorKind {
    for cause in causes(error) {
        if is_tls(cause) {
            return ErrorKind::Tls;
        }
        if cause.downcast_ref().is_some_and(|io: &io::Error| io.kind() == io::ErrorKind::ConnectionRefused) {
            return ErrorKind::Refused;
        }
        // The type of this one is private to the connector; the text is all there is.
        if cause.to_string() == "dns error" {
            return ErrorKind::Dns;
        }
    }
    ErrorKind::Connect
}

#[cfg(feature = "rustls-no-provider")]
fn is_tls(error: &(dyn StdError + 'static)) -> bool {
    error.is::<rustls::Error>()
}

#[cfg(not(feature = "rustls-no-provider"))]
fn is_tls(_: &(dyn StdError + 'static)) -> bool {
    false
}

/// An error and what lies behind it, the outermost first.
fn causes<'e>(error: &'e (dyn StdError + 'static)) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>() {
        // An IO error that wraps another one says that its source is what lies behind that.
        Some(io) => io.get_ref().map(|inner| inner as &(dyn StdError + 'static)),
        None => error.source(),
    })
}

/// The innermost cause, which is the one that says something.
pub(crate) fn root<'e>(error: &'e (dyn StdError + 'static)) -> &'e (dyn StdError + 'static) {
    causes(error).last().unwrap_or(error)
}

/// Text from outside, in one line that a terminal can be shown.
struct OneLine<'t>(&'t str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 200;
        for (place, character) in self.0.chars().enumerate() {
            if place == LONGEST {
                return f.write_str("...");
            }
            f.write_char(if character.is_control() { ' ' } else { character })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_shown_in_one_line() {
        let failure = Failure::detailed(ErrorKind::ContentType, "text/html\r\n\x1b[31m");
        assert_eq!(
            failure.into_error(ReadyState::Closed).to_string(),
            "the server's answer is not a text/event-stream (text/html   [31m)"
        );
        let failure = Failure::detailed(ErrorKind::ContentType, "x".repeat(10_000));
        assert!(failure.into_error(ReadyState::Closed).to_string().len() < 300);
        assert_eq!(Error::new(ErrorKind::End, ReadyState::Connecting).to_string(), "the stream ended");
    }
}
