//! Events that outlive the call that gave them.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use ::bytes::Bytes;

use crate::encoder::Message;
use crate::error::Error;
use crate::event::{Event, Item};
use crate::utf8;

/// An [`Event`] that stays: it can be sent, stored and cloned.
///
/// Where the event was [borrowed](Event::is_borrowed), data and type are slices of the chunk's own memory, which lives until the
/// last of them is dropped; a small event that is kept for long should be [detached](Self::into_detached) from a large chunk.
/// Where it was not, they are copies. The last event ID is shared by all events for which it holds.
///
/// The values are bytes as the stream holds them (see [`Utf8`](crate::Utf8)); the `_str` methods give text, the `_bytes` methods
/// something to share.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnedEvent {
    event_type: Bytes,
    data: Bytes,
    last_event_id: Bytes,
    has_id: bool,
    borrowed: bool,
    begin: u64,
    end: u64,
}

/// An event, or what else was asked for with [`Config::items`](crate::Config::items): an [`Item`] that stays.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OwnedItem {
    /// An event.
    Event(OwnedEvent),
    /// The reconnection time has been set, to so many milliseconds.
    Retry(u64),
    /// A comment: all that follows the colon.
    Comment(Bytes),
    /// A line of a field that the standard does not know.
    Unknown {
        /// All before the first colon.
        name: Bytes,
        /// All after it, but for one leading space.
        value: Bytes,
    },
}

impl OwnedEvent {
    /// `last_event_id` is that of the event, which lies in `chunk` if it is borrowed.
    ///
    /// An event is large, and moved with each layer that it goes through unless it is made where it is wanted: hence inline.
    #[inline]
    pub(super) fn new(event: &Event<'_>, chunk: &Bytes, last_event_id: Bytes) -> Result<Self, Error> {
        // All or nothing: an event that is not borrowed must not keep the chunk for its type alone.
        let own = |value| if event.borrowed { share(chunk, value) } else { copy(value) };
        let event_type = match event.event_type {
            [] => Bytes::from_static(b"message"),
            event_type => own(event_type)?,
        };
        let data = own(event.data)?;
        let Event { has_id, borrowed, begin, end, .. } = *event;
        Ok(Self { event_type, data, last_event_id, has_id, borrowed, begin, end })
    }

    /// The event's type: `message` if the stream gives none or an empty one (statement 42).
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
        &self.last_event_id
    }

    /// The id that this event itself set, which may be empty; `None` if it set none.
    #[must_use]
    pub fn id(&self) -> Option<&[u8]> {
        self.has_id.then_some(&*self.last_event_id)
    }

    /// Where the event lies in the stream, as [`Event::span`].
    #[must_use]
    pub fn span(&self) -> Range<u64> {
        self.begin..self.end
    }

    /// Whether data and type are slices of the chunk, which they keep in memory.
    #[must_use]
    pub fn is_borrowed(&self) -> bool {
        self.borrowed
    }

    /// The event's type, to be shared.
    #[must_use]
    pub fn event_type_bytes(&self) -> &Bytes {
        &self.event_type
    }

    /// The data, to be shared; [`Vec::from`] takes it out.
    #[must_use]
    pub fn data_bytes(&self) -> &Bytes {
        &self.data
    }

    /// The last event ID, to be shared.
    #[must_use]
    pub fn last_event_id_bytes(&self) -> &Bytes {
        &self.last_event_id
    }

    /// The event's type as text; each bad UTF-8 sequence becomes U+FFFD.
    #[must_use]
    pub fn event_type_str(&self) -> Cow<'_, str> {
        utf8::lossy(&self.event_type)
    }

    /// The data as text; each bad UTF-8 sequence becomes U+FFFD.
    #[must_use]
    pub fn data_str(&self) -> Cow<'_, str> {
        utf8::lossy(&self.data)
    }

    /// The last event ID as text; each bad UTF-8 sequence becomes U+FFFD.
    #[must_use]
    pub fn last_event_id_str(&self) -> Cow<'_, str> {
        utf8::lossy(&self.last_event_id)
    }

    /// The same event in memory of its own, so that it does not keep the chunk: for events that are kept long after the others of
    /// their chunk.
    ///
    /// # Errors
    ///
    /// [`Error::NoMemory`] if the allocator refuses.
    pub fn into_detached(mut self) -> Result<Self, Error> {
        if self.borrowed {
            self.event_type = copy(&self.event_type)?;
            self.data = copy(&self.data)?;
            self.borrowed = false;
        }
        Ok(self)
    }

    /// The message that is parsed back to this event: with the id only if the event itself set it, and without the type
    /// `message`.
    pub fn to_message(&self) -> Message<'_> {
        let mut message = Message::new().data(&self.data);
        if self.has_id {
            message = message.id(&self.last_event_id);
        }
        if self.event_type != "message" {
            message = message.event(&self.event_type);
        }
        message
    }
}

impl fmt::Debug for OwnedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { event_type, data, last_event_id, has_id, borrowed, begin, end } = self;
        f.debug_struct("OwnedEvent")
            .field("event_type", &format_args!("{}", event_type.escape_ascii()))
            .field("data", &format_args!("{}", data.escape_ascii()))
            .field("last_event_id", &format_args!("{}", last_event_id.escape_ascii()))
            .field("has_id", has_id)
            .field("span", &(*begin..*end))
            .field("borrowed", borrowed)
            .finish()
    }
}

impl OwnedItem {
    /// `own` makes an event stay.
    #[inline]
    pub(crate) fn new(
        item: Item<'_>,
        chunk: &Bytes,
        own: impl FnOnce(&Event<'_>) -> Result<OwnedEvent, Error>,
    ) -> Result<Self, Error> {
        Ok(match item {
            Item::Event(event) => Self::Event(own(&event)?),
            Item::Retry(milliseconds) => Self::Retry(milliseconds),
            Item::Comment(text) => Self::Comment(share(chunk, text)?),
            Item::Unknown { name, value } => {
                Self::Unknown { name: share(chunk, name)?, value: share(chunk, value)? }
            }
        })
    }
}

/// The value as a slice of the chunk if it lies there, or else a copy.
#[inline]
fn share(chunk: &Bytes, value: &[u8]) -> Result<Bytes, Error> {
    // Memory that is held elsewhere is never an address within the chunk.
    let begin = value.as_ptr().addr().wrapping_sub(chunk.as_ptr().addr());
    let end = begin.wrapping_add(value.len());
    if begin <= end && end <= chunk.len() && !value.is_empty() {
        return Ok(chunk.slice(begin..end));
    }
    copy(value)
}

#[inline(never)]
pub(super) fn copy(value: &[u8]) -> Result<Bytes, Error> {
    let mut memory = Vec::new();
    memory.try_reserve_exact(value.len()).map_err(|_| Error::NoMemory)?;
    memory.extend_from_slice(value);
    Ok(memory.into())
}
