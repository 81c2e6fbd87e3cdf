//! The parser fed with `Bytes`.
//!
//! Between two calls a cursor must be kept without its chunk's lifetime: [`BytesInput`] has the chunk, the place in it and the line
//! ends that were found but not used. So a chunk is scanned once, however many events are pulled out of it.

use core::fmt;

use ::bytes::Bytes;

use super::owned::{OwnedEvent, OwnedItem, copy};
use super::text::TextEvent;
use crate::config::Config;
use crate::error::Error;
use crate::event::Event;
use crate::input::Input;
use crate::parser::Parser;

/// A cursor over one chunk that it owns, as [`Input`] is over one that it borrows.
///
/// It takes all that becomes `Bytes` without a copy: `Bytes`, `BytesMut`, `Vec<u8>`, `String`, a static slice.
#[derive(Clone, Default)]
pub struct BytesInput {
    chunk: Bytes,
    position: usize,
    /// What [`Input::resume`] wants to know.
    found: [u64; 2],
}

impl BytesInput {
    /// A cursor at the start of `chunk`.
    #[must_use]
    pub fn new(chunk: impl Into<Bytes>) -> Self {
        Self { chunk: chunk.into(), position: 0, found: [0; 2] }
    }

    /// Bytes of the chunk not yet consumed.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.chunk.len().saturating_sub(self.position)
    }
}

impl fmt::Debug for BytesInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BytesInput").field("remaining", &self.remaining()).finish_non_exhaustive()
    }
}

/// A [`Parser`] whose events stay: it is fed with `Bytes` and gives [`OwnedEvent`]s, which share the chunk's memory.
///
/// It is used as a `Parser` is, chunk by chunk:
///
/// ```
/// use eventwire::{BytesInput, BytesParser};
///
/// let mut parser = BytesParser::new();
/// let mut events = Vec::new();
/// for chunk in ["id: 1\ndata: a\n\nda", "ta: b\n\n"] {
///     let mut input = BytesInput::new(chunk);
///     while let Some(event) = parser.next_event(&mut input)? {
///         events.push(event);
///     }
/// }
/// assert_eq!((events[0].data(), events[1].data()), (&b"a"[..], &b"b"[..]));
/// assert_eq!((events[0].is_borrowed(), events[1].is_borrowed()), (true, true));
/// assert_eq!((events[1].id(), events[1].last_event_id()), (None, &b"1"[..]));
/// # Ok::<(), eventwire::Error>(())
/// ```
///
/// What [`Parser`] copies to its carry, because it straddles chunks or has several lines, is copied once more, out of it. So is an id, when it
/// changes; the events that inherit it share that copy. When a chunk is used up the parser lets it go: it then lives as long as an
/// event that lies in it.
#[derive(Debug, Default)]
pub struct BytesParser {
    parser: Parser,
    /// The last event ID as of the last event, to be shared with the next one.
    last_event_id: Bytes,
}

impl BytesParser {
    /// A parser with the default settings, at the start of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A parser with these settings, at the start of a stream.
    #[must_use]
    pub fn with_config(config: Config) -> Self {
        Self::from(Parser::with_config(config))
    }

    /// The next event; `None` when the chunk is used up. Items that are not events are passed over.
    ///
    /// # Errors
    ///
    /// As for [`Parser::next_event`]; and [`Error::NoMemory`] for an event that was held and cannot be copied, which is dropped,
    /// but whose id has become the last event ID.
    pub fn next_event(&mut self, input: &mut BytesInput) -> Result<Option<OwnedEvent>, Error> {
        let Self { parser, last_event_id } = self;
        pull(input, |chunk, cursor| match parser.next_event(cursor)? {
            Some(event) => own(&event, chunk, last_event_id).map(Some),
            None => Ok(None),
        })
    }

    /// The next event, or other item that [`Config::items`] asks for; `None` when the chunk is used up.
    ///
    /// # Errors
    ///
    /// As for [`next_event`](Self::next_event).
    pub fn next_item(&mut self, input: &mut BytesInput) -> Result<Option<OwnedItem>, Error> {
        let Self { parser, last_event_id } = self;
        pull(input, |chunk, cursor| match parser.next_item(cursor)? {
            Some(item) => OwnedItem::new(item, chunk, |event| own(event, chunk, last_event_id)).map(Some),
            None => Ok(None),
        })
    }

    /// The next event as strings; `None` when the chunk is used up. Items that are not events are passed over.
    ///
    /// # Errors
    ///
    /// As for [`Parser::next_event`].
    pub fn next_text(&mut self, input: &mut BytesInput) -> Result<Option<TextEvent>, Error> {
        let parser = &mut self.parser;
        let event = pull(input, |_, cursor| Ok(parser.next_event(cursor)?.map(TextEvent::new)))?;
        Ok(event.map(|event| event.at(parser.retry())))
    }

    /// Says that the stream has ended, and gives the event that it cut off if [`Config::eof`] asks for that.
    ///
    /// # Errors
    ///
    /// As for [`next_event`](Self::next_event).
    pub fn finish(&mut self) -> Result<Option<OwnedEvent>, Error> {
        let Self { parser, last_event_id } = self;
        match parser.finish()? {
            Some(event) => own(&event, &Bytes::new(), last_event_id).map(Some),
            None => Ok(None),
        }
    }

    /// The same as [`finish`](Self::finish), with the event as strings.
    ///
    /// # Errors
    ///
    /// As for [`Parser::finish`].
    pub fn finish_text(&mut self) -> Result<Option<TextEvent>, Error> {
        let event = self.parser.finish()?.map(TextEvent::new);
        Ok(event.map(|event| event.at(self.parser.retry())))
    }

    /// The parser itself: the last event ID, the retry time, the position.
    #[must_use]
    pub fn parser(&self) -> &Parser {
        &self.parser
    }

    /// The parser itself: to [reset](Parser::reset) it for the next connection, or to set the last event ID.
    pub fn parser_mut(&mut self) -> &mut Parser {
        &mut self.parser
    }
}

impl From<Parser> for BytesParser {
    /// A parser that goes on where that one stands.
    fn from(parser: Parser) -> Self {
        Self { parser, last_event_id: Bytes::new() }
    }
}

/// Pulls through a cursor that begins where the last one stood, and lets the chunk go when there is nothing more in it.
#[inline]
pub(crate) fn pull<T>(
    input: &mut BytesInput,
    next: impl FnOnce(&Bytes, &mut Input<'_>) -> Result<Option<T>, Error>,
) -> Result<Option<T>, Error> {
    let mut cursor = Input::resume(&input.chunk, input.position, input.found);
    let pulled = next(&input.chunk, &mut cursor);
    (input.position, input.found) = cursor.suspend();
    if let Ok(None) = pulled {
        *input = BytesInput::default();
    }
    pulled
}

/// Makes an event stay. `chunk` is the one in which it may lie; `last_event_id` is that of the event before, and then of this one.
#[inline]
pub(crate) fn own(event: &Event<'_>, chunk: &Bytes, last_event_id: &mut Bytes) -> Result<OwnedEvent, Error> {
    // A block without data sets an id silently, so that an event has none does not say that the id is the same. Nothing is not
    // compared with nothing: a slice of no bytes may point to no memory, and `memcmp` there was measured to take longer than all the rest.
    let is_known = last_event_id.len() == event.last_event_id.len()
        && (last_event_id.is_empty() || last_event_id == event.last_event_id);
    if !is_known {
        *last_event_id = copy(event.last_event_id)?;
    }
    OwnedEvent::new(event, chunk, last_event_id.clone())
}
