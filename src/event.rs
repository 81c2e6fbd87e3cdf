//! What a parser delivers.

#[cfg(feature = "alloc")]
use alloc::borrow::Cow;
use core::fmt;
use core::ops::Range;

#[cfg(feature = "alloc")]
use crate::utf8;

/// An event, borrowed from the chunk it lies in, or from the parser if it straddles chunks or has several lines of data.
///
/// All values are bytes as the stream holds them (see [`Utf8`](crate::Utf8)); the `_str` methods give text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Event<'a> {
    /// Empty if absent or empty in the stream.
    pub(crate) event_type: &'a [u8],
    pub(crate) data: &'a [u8],
    pub(crate) last_event_id: &'a [u8],
    pub(crate) has_id: bool,
    pub(crate) borrowed: bool,
    pub(crate) begin: u64,
    pub(crate) end: u64,
}

/// An event, or what else was asked for with [`Config::items`](crate::Config::items).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Item<'a> {
    /// An event.
    Event(Event<'a>),
    /// The reconnection time has been set, to so many milliseconds.
    Retry(u64),
    /// A comment: all that follows the colon.
    Comment(&'a [u8]),
    /// A line of a field that the standard does not know.
    Unknown {
        /// All before the first colon.
        name: &'a [u8],
        /// All after it, but for one leading space.
        value: &'a [u8],
    },
}

impl<'a> Event<'a> {
    pub(crate) const EMPTY: Self = Self {
        event_type: &[],
        data: &[],
        last_event_id: &[],
        has_id: false,
        borrowed: false,
        begin: 0,
        end: 0,
    };

    /// The event's type: `message` if the stream gives none or an empty one (statement 42).
    #[inline]
    #[must_use]
    pub fn event_type(&self) -> &'a [u8] {
        if self.event_type.is_empty() { b"message" } else { self.event_type }
    }

    /// The data, its lines joined with LF.
    #[inline]
    #[must_use]
    pub fn data(&self) -> &'a [u8] {
        self.data
    }

    /// The last event ID at this event: its own, or else the one that was in force (statements 48 and 51).
    #[inline]
    #[must_use]
    pub fn last_event_id(&self) -> &'a [u8] {
        self.last_event_id
    }

    /// The id that this event itself set, which may be empty; `None` if it set none.
    #[inline]
    #[must_use]
    pub fn id(&self) -> Option<&'a [u8]> {
        self.has_id.then_some(self.last_event_id)
    }

    /// Where the event lies in the stream, in bytes since its start (since [`reset`](crate::Parser::reset)).
    ///
    /// From the first byte of its first line, comments and unknown fields included, to just behind the byte that
    /// completed it: the CR or LF of the blank line. Neither the stream's byte-order mark nor the LF of a CR LF
    /// that completed the event before belongs to it.
    #[inline]
    #[must_use]
    pub fn span(&self) -> Range<u64> {
        self.begin..self.end
    }

    /// Whether data and type are slices of the chunk, so that nothing was copied for them.
    #[inline]
    #[must_use]
    pub fn is_borrowed(&self) -> bool {
        self.borrowed
    }

    /// The data as text; each bad UTF-8 sequence becomes U+FFFD.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn data_str(&self) -> Cow<'a, str> {
        utf8::lossy(self.data)
    }

    /// The event's type as text; each bad UTF-8 sequence becomes U+FFFD.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn event_type_str(&self) -> Cow<'a, str> {
        utf8::lossy(self.event_type())
    }

    /// The last event ID as text; each bad UTF-8 sequence becomes U+FFFD.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn last_event_id_str(&self) -> Cow<'a, str> {
        utf8::lossy(self.last_event_id)
    }
}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("event_type", &format_args!("{}", self.event_type().escape_ascii()))
            .field("data", &format_args!("{}", self.data.escape_ascii()))
            .field("last_event_id", &format_args!("{}", self.last_event_id.escape_ascii()))
            .field("has_id", &self.has_id)
            .field("span", &self.span())
            .field("borrowed", &self.borrowed)
            .finish()
    }
}
