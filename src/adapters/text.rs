//! Events as strings.

use alloc::string::String;
use core::time::Duration;

use crate::event::Event;

/// An event whose values are strings, in public fields: simple to use, and what comes of it is not shared with anything.
///
/// Each value is a copy, in which a bad UTF-8 sequence is U+FFFD. An [`OwnedEvent`](crate::OwnedEvent) costs less.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TextEvent {
    /// The event's type: `message` if the stream gives none or an empty one.
    pub event: String,
    /// The data, its lines joined with LF.
    pub data: String,
    /// The last event ID at this event: its own, or else the one that was in force.
    pub id: String,
    /// The reconnection time that is in force, whichever block has set it; `None` if none has.
    pub retry: Option<Duration>,
}

impl TextEvent {
    pub(super) fn new(event: Event<'_>) -> Self {
        Self {
            event: event.event_type_str().into_owned(),
            data: event.data_str().into_owned(),
            id: event.last_event_id_str().into_owned(),
            retry: None,
        }
    }

    /// With the reconnection time at the event, in milliseconds.
    pub(super) fn at(self, retry: Option<u64>) -> Self {
        Self { retry: retry.map(Duration::from_millis), ..self }
    }
}
