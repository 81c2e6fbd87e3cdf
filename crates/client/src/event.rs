//! What comes out of a source: events that stay, and what else there is to tell.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

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

/// An event: what a browser calls a `MessageEvent`.
///
/// It shares the memory of the chunk that it came in, where it lay in one; an event that is kept for long should be
/// [detached](Self::into_detached) from it. Values are bytes, and UTF-8 unless the source was made with
/// [`Utf8::Raw`](eventwire::Utf8::Raw); the `_str` methods give text.
#[derive(Clone, PartialEq, Eq)]
pub struct Event {
    event_type: Bytes,
    data: Bytes,
    around: Arc<Surroundings>,
    has_id: bool,
    begin: u64,
    end: u64,
}

/// What an event has in common with those around it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Surroundings {
    pub(crate) last_event_id: Bytes,
    pub(crate) origin: Arc<str>,
}

impl Event {
    /// Takes an event out of the `chunk` in which it may lie. `around` is that of the event before, and then of this one.
    #[inline]
    pub(crate) fn new(event: &eventwire::Event<'_>, chunk: &Bytes, around: &mut Arc<Surroundings>) -> Self {
        let id = event.last_event_id();
        // Two empty ones are not compared: that is what most streams would have it do, and where an empty slice points nowhere a
        // masked comparison of no bytes takes the processor a hundred times as long as one of some.
        if around.last_event_id.len() != id.len() || (!id.is_empty() && around.last_event_id != id) {
            let last_event_id = Bytes::copy_from_slice(id);
            *around = Arc::new(Surroundings { last_event_id, origin: Arc::clone(&around.origin) });
        }
        let own = |value: &[u8]| match value {
            b"message" => Bytes::from_static(b"message"),
            _ if event.is_borrowed() => chunk.slice_ref(value),
            _ => Bytes::copy_from_slice(value),
        };
        let Range { start: begin, end } = event.span();
        Self {
            event_type: own(event.event_type()),
            data: own(event.data()),
            around: Arc::clone(around),
            has_id: event.id().is_some(),
            begin,
            end,
        }
    }

    /// The event's type: `message` if the stream gives none (statement 42).
    #[must_use]
    pub fn event_type(&self) -> &[u8] {
        &self.event_type
    }

    /// The data, its lines joined with LF.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The last event ID at this event: its own, or else the one that was in force (statements 48 and 51).
    #[must_use]
    pub fn last_event_id(&self) -> &[u8] {
        &self.around.last_event_id
    }

    /// The id that this event itself set, which may be empty; `None` if it set none.
    #[must_use]
    pub fn id(&self) -> Option<&[u8]> {
        self.has_id.then_some(self.last_event_id())
    }

    /// The origin of the URL that the stream came from, after redirects: `https://example.org` (statement 99).
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.around.origin
    }

    /// Where the event lies in its connection's stream, in bytes: see [`eventwire::Event::span`].
    #[must_use]
    pub fn span(&self) -> Range<u64> {
        self.begin..self.end
    }

    /// The event's type as text.
    #[must_use]
    pub fn event_type_str(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.event_type)
    }

    /// The data as text.
    #[must_use]
    pub fn data_str(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.data)
    }

    /// The last event ID as text.
    #[must_use]
    pub fn last_event_id_str(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.last_event_id())
    }

    /// The data, to be kept or passed on without a copy.
    #[must_use]
    pub fn into_data(self) -> Bytes {
        self.data
    }

    /// The same event in memory of its own, so that it does not keep a large chunk alive.
    #[must_use]
    pub fn into_detached(self) -> Self {
        Self {
            event_type: Bytes::copy_from_slice(&self.event_type),
            data: Bytes::copy_from_slice(&self.data),
            ..self
        }
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("event_type", &self.event_type)
            .field("data", &self.data)
            .field("last_event_id", &self.around.last_event_id)
            .field("has_id", &self.has_id)
            .field("origin", &self.around.origin)
            .field("span", &self.span())
            .finish()
    }
}
