//! How a parser is to behave where the standard leaves it open, and what it is to deliver.

use core::ops::BitOr;

/// Settings of a [`Parser`](crate::Parser).
///
/// The default is the standard's behaviour with a limit of 16 MiB an event:
///
/// ```
/// use eventwire::{Config, Items, Overflow, Parser, Utf8};
///
/// let config = Config::new()
///     .max_event_size(64 * 1024)
///     .overflow(Overflow::Skip)
///     .utf8(Utf8::Replace)
///     .items(Items::RETRY | Items::COMMENTS);
/// let parser = Parser::with_config(config);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Config {
    pub(crate) max_event_size: usize,
    pub(crate) overflow: Overflow,
    pub(crate) utf8: Utf8,
    pub(crate) eof: Eof,
    pub(crate) items: Items,
}

/// What happens to an event, or to an item asked for, that is larger than the limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Overflow {
    /// It is dropped and reported once, as [`Error::EventTooLarge`](crate::Error::EventTooLarge) or
    /// [`Error::ItemTooLarge`](crate::Error::ItemTooLarge).
    #[default]
    Error,
    /// It is dropped and counted in [`Parser::skipped`](crate::Parser::skipped).
    Skip,
}

/// What happens to bytes that are not UTF-8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Utf8 {
    /// They are delivered as they came; `data_str` and its like replace them on access.
    #[default]
    Raw,
    /// Each maximal subpart is replaced by U+FFFD before delivery, as the standard's decoder does (statement 7).
    Replace,
    /// The event or item that holds them is dropped and reported as
    /// [`Error::InvalidUtf8`](crate::Error::InvalidUtf8).
    Strict,
}

/// What happens to an event that the end of the stream cuts off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Eof {
    /// It is dropped, and its id with it (statements 23, 50 and 63).
    #[default]
    Discard,
    /// It is dispatched by [`Parser::finish`](crate::Parser::finish), as if a line end and a blank line had
    /// followed. Not the standard's behaviour: for servers known to leave out the last line ends.
    Dispatch,
}

/// Which items beside events [`Parser::next_item`](crate::Parser::next_item) delivers; a set, joined with `|`.
///
/// What is not asked for costs nothing: it is neither kept nor assembled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Items(u8);

impl Items {
    /// Events alone.
    pub const NONE: Self = Self(0);
    /// Each change of the reconnection time, at its own line.
    pub const RETRY: Self = Self(1);
    /// Comments.
    pub const COMMENTS: Self = Self(2);
    /// Lines of unknown fields.
    pub const UNKNOWN: Self = Self(4);
    /// All of these.
    pub const ALL: Self = Self(7);

    /// Whether all of `other` is asked for.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for Items {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

impl Config {
    /// The default settings.
    pub const fn new() -> Self {
        Self {
            max_event_size: 16 * 1024 * 1024,
            overflow: Overflow::Error,
            utf8: Utf8::Raw,
            eof: Eof::Discard,
            items: Items::NONE,
        }
    }

    /// The most bytes an event may hold: its data with the line feeds that join its lines, its type and its id.
    /// Default 16 MiB.
    ///
    /// It is a limit on the event, not on a buffer: whether an event is accepted does not depend on how the
    /// stream is cut, and an event that lies in one chunk obeys it like one that straddles. A value that comes
    /// in counts on top of what is there, also where it is going to replace a type or id of the same event, and
    /// so does a comment or unknown line while it comes in, if it is asked for: that is what bounds the memory
    /// of a parser. It holds at most this and, besides, the last event ID, which obeyed the limit in its event.
    /// Under [`Utf8::Replace`] the bytes count as they are after replacement.
    pub const fn max_event_size(mut self, bytes: usize) -> Self {
        self.max_event_size = bytes;
        self
    }

    /// What happens to what is larger than the limit. Default [`Overflow::Error`].
    pub const fn overflow(mut self, overflow: Overflow) -> Self {
        self.overflow = overflow;
        self
    }

    /// What happens to bytes that are not UTF-8. Default [`Utf8::Raw`].
    pub const fn utf8(mut self, utf8: Utf8) -> Self {
        self.utf8 = utf8;
        self
    }

    /// What happens to an event that the end of the stream cuts off. Default [`Eof::Discard`].
    pub const fn eof(mut self, eof: Eof) -> Self {
        self.eof = eof;
        self
    }

    /// Which items beside events are delivered. Default [`Items::NONE`].
    pub const fn items(mut self, items: Items) -> Self {
        self.items = items;
        self
    }
}
