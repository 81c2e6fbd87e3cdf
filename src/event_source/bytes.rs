//! A source fed with `Bytes`.

use ::bytes::Bytes;

use super::EventSource;
use crate::adapters::{BytesInput, OwnedEvent, OwnedItem, own, pull};
use crate::error::Error;

/// An [`EventSource`] whose events stay: it is fed with `Bytes` and gives [`OwnedEvent`]s, as a
/// [`BytesParser`](crate::BytesParser) does.
///
/// For drivers whose HTTP client gives chunks of `Bytes`. All but what concerns chunks is asked and told through
/// [`source`](Self::source) and [`source_mut`](Self::source_mut).
///
/// ```
/// use eventwire::event_source::{Action, BytesSource, Head};
/// use eventwire::{BytesInput, EventSource};
///
/// let mut source = BytesSource::from(EventSource::new("https://example.org/stream")?);
/// assert!(matches!(source.source_mut().poll(0), Action::Connect(_)));
/// let _ = source.source_mut().handle_response(0, &Head::new(200).content_type(b"text/event-stream"));
///
/// let mut events = Vec::new();
/// for chunk in ["id: 1\ndata: a\n\nda", "ta: b\n\n"] {
///     let mut input = BytesInput::new(chunk);
///     while let Some(event) = source.next_event(0, &mut input)? {
///         events.push(event);
///     }
/// }
/// assert_eq!((events[0].data(), events[1].data()), (&b"a"[..], &b"b"[..]));
/// assert_eq!(events[1].last_event_id(), b"1");
/// assert_eq!(source.source().origin(), "https://example.org");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct BytesSource {
    source: EventSource,
    /// As of the latest event, to be shared with the next one.
    last_event_id: Bytes,
}

impl BytesSource {
    /// The next event of a chunk of the body; `None` when the chunk is used up, or there is no connection: see
    /// [`EventSource::next_event`]. The chunk is let go then.
    ///
    /// # Errors
    ///
    /// As for [`EventSource::next_event`]; and [`Error::NoMemory`] for an event that was held and cannot be copied, which is
    /// dropped, but whose id has become the last event ID.
    pub fn next_event(&mut self, now: u64, input: &mut BytesInput) -> Result<Option<OwnedEvent>, Error> {
        let Self { source, last_event_id } = self;
        pull(input, |chunk, cursor| match source.next_event(now, cursor)? {
            Some(message) => own(&message.event, chunk, last_event_id).map(Some),
            None => Ok(None),
        })
    }

    /// The next event, or other item that [`Config::items`](crate::Config::items) asks for; `None` as for
    /// [`next_event`](Self::next_event).
    ///
    /// # Errors
    ///
    /// As for [`next_event`](Self::next_event).
    #[inline]
    pub fn next_item(&mut self, now: u64, input: &mut BytesInput) -> Result<Option<OwnedItem>, Error> {
        let Self { source, last_event_id } = self;
        pull(input, |chunk, cursor| match source.next_item(now, cursor)? {
            Some(item) => OwnedItem::new(item, chunk, |event| own(event, chunk, last_event_id)).map(Some),
            None => Ok(None),
        })
    }

    /// The event that the end of the body has cut off, if [`Config::eof`](crate::Config::eof) asks for it: see
    /// [`EventSource::finish`].
    ///
    /// # Errors
    ///
    /// As for [`next_event`](Self::next_event).
    pub fn finish(&mut self) -> Result<Option<OwnedEvent>, Error> {
        match self.source.finish()? {
            Some(message) => own(&message.event, &Bytes::new(), &mut self.last_event_id).map(Some),
            None => Ok(None),
        }
    }

    /// The source itself, to be asked.
    #[must_use]
    pub fn source(&self) -> &EventSource {
        &self.source
    }

    /// The source itself, to be told.
    pub fn source_mut(&mut self) -> &mut EventSource {
        &mut self.source
    }
}

impl From<EventSource> for BytesSource {
    /// A source that goes on where that one stands.
    fn from(source: EventSource) -> Self {
        Self { source, last_event_id: Bytes::new() }
    }
}
