//! What comes out of a source: events, where they come from, and what else there is to tell.

use std::ops::Deref;
use std::sync::Arc;

use bytes::Bytes;
use eventwire::{OwnedEvent, OwnedItem};

use crate::Error;

/// What a source tells: the standard's events, and what else was asked for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Item {
    /// A connection has been made. Comes before all events of it (statement 84).
    Open,
    /// An event has come.
    Event(Event),
    /// Something went wrong; what follows from it, the error's [`ready_state`](Error::ready_state) tells.
    Error(Error),
    /// The stream has set the reconnection time, to so many milliseconds. Only if
    /// [`Items::RETRY`](eventwire::Items::RETRY) was asked for.
    Retry(u64),
    /// A comment: all that follows the colon. Only if [`Items::COMMENTS`](eventwire::Items::COMMENTS) was asked for.
    Comment(Bytes),
    /// A line of a field that the standard does not know. Only if [`Items::UNKNOWN`](eventwire::Items::UNKNOWN) was
    /// asked for.
    Unknown {
        /// All before the first colon.
        name: Bytes,
        /// All after it, but for one leading space.
        value: Bytes,
    },
}

/// An event, and where it comes from: what a browser calls a `MessageEvent`.
///
/// Type, data and last event ID are those of the [`OwnedEvent`] that it dereferences to. It shares the memory of the chunk
/// that it came in, where it lay in one; an event that is kept for long should be [detached](Self::into_detached) from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    event: OwnedEvent,
    origin: Origin,
}

/// The origin of a connection's events, in a single word: what is moved with each event should be small.
pub(crate) type Origin = Arc<String>;

// Up to this size things are moved in registers; beyond it compilers call `memcpy` each time, and an event is moved several times.
const _: () = assert!(size_of::<Item>() <= 128);

impl Event {
    /// The origin of the URL that the stream came from, after redirects: `https://example.org` (statement 99).
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The event without its origin.
    #[must_use]
    pub fn into_owned_event(self) -> OwnedEvent {
        self.event
    }

    /// The same event in memory of its own, so that it does not keep a large chunk alive.
    ///
    /// # Errors
    ///
    /// As for [`OwnedEvent::into_detached`].
    pub fn into_detached(self) -> Result<Self, eventwire::Error> {
        Ok(Self { event: self.event.into_detached()?, ..self })
    }
}

impl Deref for Event {
    type Target = OwnedEvent;

    fn deref(&self) -> &OwnedEvent {
        &self.event
    }
}

impl Item {
    /// An event of the stream that comes from `origin`.
    #[inline]
    pub(crate) fn event(event: OwnedEvent, origin: &Origin) -> Self {
        Self::Event(Event { event, origin: Arc::clone(origin) })
    }

    /// What has been parsed of the stream that comes from `origin`; none if it is something that nobody could ask for.
    #[inline]
    pub(crate) fn parsed(item: OwnedItem, origin: &Origin) -> Option<Self> {
        Some(match item {
            OwnedItem::Event(event) => Self::event(event, origin),
            OwnedItem::Retry(milliseconds) => Self::Retry(milliseconds),
            OwnedItem::Comment(comment) => Self::Comment(comment),
            OwnedItem::Unknown { name, value } => Self::Unknown { name, value },
            _ => return None,
        })
    }
}
