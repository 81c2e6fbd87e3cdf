//! What can be wrong with a stream.

use core::fmt;

/// What can be wrong with a stream, or with a value given to the parser.
///
/// No error ends a stream: after each of them the parser has found its feet again, and the next call goes on
/// with what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Error {
    /// An event was larger than [`Config::max_event_size`](crate::Config::max_event_size) allows, or than the
    /// carry can hold, and is dropped: reported once, when the limit is passed; the rest of the event is passed over.
    EventTooLarge,
    /// The same for a comment or unknown field that [`Config::items`](crate::Config::items) asks for. The event
    /// around it is not affected.
    ItemTooLarge,
    /// Under [`Utf8::Strict`](crate::Utf8::Strict): an event or item that is not valid UTF-8, which is dropped.
    InvalidUtf8,
    /// The allocator refused memory for an event or item, which is dropped: for one that straddles chunks, an id, several lines of data. An
    /// item that stands within an event for which there is none goes with it.
    NoMemory,
    /// A last event ID given by the caller holds CR, LF or NUL, which no stream can set (statement 102).
    InvalidId,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EventTooLarge => {
                "event dropped: larger than the size limit (raise max_event_size to accept it)"
            }
            Self::ItemTooLarge => "comment or unknown field dropped: larger than the size limit",
            Self::InvalidUtf8 => "event or item dropped: not valid UTF-8",
            Self::NoMemory => "event or item dropped: out of memory",
            Self::InvalidId => "last event ID refused: it holds CR, LF or NUL",
        })
    }
}

impl core::error::Error for Error {}
