//! Events for `tokio_util::codec`: out of whatever can be read, into whatever can be written.
//!
//! ```
//! use eventwire::codec::EventCodec;
//! use futures_util::StreamExt;
//! use tokio_util::codec::FramedRead;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let reader = &b"data: 1\n\ndata: 2\n\n"[..];
//! let mut events = FramedRead::new(reader, EventCodec::new());
//! while let Some(event) = events.next().await {
//!     println!("{}", event?.data_str());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The decoder takes all that has been read at once, without a copy, and gives the events of it one by one; what is incomplete is the
//! parser's to keep. So nothing is looked at twice, and the buffer never grows to the size of an event.

use core::fmt;
use core::marker::PhantomData;
use std::io;

use ::bytes::BytesMut;
use tokio_util::codec::{Decoder, Encoder};

use super::bytes::{BytesInput, BytesParser};
use super::delivery::Delivery;
use super::owned::{OwnedEvent, OwnedItem};
use super::text::TextEvent;
use crate::config::Config;
use crate::encoder::{EncodeError, Message};
use crate::error::Error;

/// Decodes an event stream to events in the form `T` (see [`Delivery`]), and encodes [`Message`]s and [`OwnedEvent`]s.
///
/// An error of the parser tells of one event that was dropped, and the codec can go on; but `FramedRead` says `None` behind
/// every error, once, at which most loops end. [`results`](Self::results) gives such errors as items, behind which it goes on, and
/// [`Overflow::Skip`](crate::Overflow::Skip) counts them instead.
///
/// ```
/// use eventwire::{Message, codec::EventCodec};
/// use futures_util::SinkExt;
/// use tokio_util::codec::FramedWrite;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut stream = Vec::new();
/// let mut events = FramedWrite::new(&mut stream, EventCodec::new());
/// events.send(Message::new().event("tick").data("1")).await?;
/// assert_eq!(stream, b"event: tick\ndata: 1\n\n");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct EventCodec<T = OwnedEvent> {
    parser: BytesParser,
    input: BytesInput,
    delivers: PhantomData<fn() -> T>,
}

impl EventCodec {
    /// A codec with the default settings, at the start of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::with_parser(BytesParser::new())
    }

    /// A codec with these settings, at the start of a stream.
    #[must_use]
    pub fn with_config(config: Config) -> Self {
        Self::with_parser(BytesParser::with_config(config))
    }

    /// A codec that decodes with this parser.
    #[must_use]
    pub fn with_parser(parser: BytesParser) -> Self {
        Self { parser, input: BytesInput::default(), delivers: PhantomData }
    }
}

impl Default for EventCodec {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> EventCodec<T> {
    /// The same with all items that [`Config::items`] asks for.
    #[must_use]
    pub fn items(self) -> EventCodec<OwnedItem> {
        self.delivering()
    }

    /// The same with events of strings.
    #[must_use]
    pub fn text(self) -> EventCodec<TextEvent> {
        self.delivering()
    }

    /// The same with the errors of the parser as items.
    ///
    /// ```
    /// use eventwire::{Config, Error, codec::EventCodec};
    /// use futures_util::TryStreamExt;
    /// use tokio_util::codec::FramedRead;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let codec = EventCodec::with_config(Config::new().max_event_size(5)).results();
    /// let mut events = FramedRead::new(&b"data: too large\n\ndata: small\n\n"[..], codec);
    /// assert_eq!(events.try_next().await?, Some(Err(Error::EventTooLarge)));
    /// assert_eq!(events.try_next().await?.unwrap()?.data(), b"small");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn results(self) -> EventCodec<Result<T, Error>> {
        self.delivering()
    }

    fn delivering<U>(self) -> EventCodec<U> {
        let Self { parser, input, .. } = self;
        EventCodec { parser, input, delivers: PhantomData }
    }

    /// The parser: the last event ID, the reconnection time.
    #[must_use]
    pub fn parser(&self) -> &BytesParser {
        &self.parser
    }
}

impl<T: Delivery> Decoder for EventCodec<T> {
    type Item = T;
    type Error = CodecError;

    fn decode(&mut self, read: &mut BytesMut) -> Result<Option<T>, CodecError> {
        loop {
            if let Some(event) = T::next(&mut self.parser, &mut self.input)? {
                return Ok(Some(event));
            }
            if read.is_empty() {
                return Ok(None);
            }
            self.input = BytesInput::new(read.split());
        }
    }

    fn decode_eof(&mut self, read: &mut BytesMut) -> Result<Option<T>, CodecError> {
        if let Some(event) = self.decode(read)? {
            return Ok(Some(event));
        }
        Ok(T::last(&mut self.parser)?)
    }
}

impl<T> Encoder<Message<'_>> for EventCodec<T> {
    type Error = CodecError;

    fn encode(&mut self, message: Message<'_>, out: &mut BytesMut) -> Result<(), CodecError> {
        Ok(message.encode_to_bytes_mut(out)?)
    }
}

/// As [`OwnedEvent::to_message`].
impl<T> Encoder<&OwnedEvent> for EventCodec<T> {
    type Error = CodecError;

    fn encode(&mut self, event: &OwnedEvent, out: &mut BytesMut) -> Result<(), CodecError> {
        self.encode(event.to_message(), out)
    }
}

/// As [`OwnedEvent::to_message`].
impl<T> Encoder<OwnedEvent> for EventCodec<T> {
    type Error = CodecError;

    fn encode(&mut self, event: OwnedEvent, out: &mut BytesMut) -> Result<(), CodecError> {
        self.encode(&event, out)
    }
}

/// What can go wrong with an [`EventCodec`], or with what it reads from and writes to.
#[derive(Debug)]
pub enum CodecError {
    /// An event or item was dropped; the codec can go on.
    Parser(Error),
    /// A message was not written.
    Encode(EncodeError),
    /// Reading or writing failed.
    Io(io::Error),
}

impl From<Error> for CodecError {
    fn from(error: Error) -> Self {
        Self::Parser(error)
    }
}

impl From<EncodeError> for CodecError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

impl From<io::Error> for CodecError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parser(error) => error.fmt(f),
            Self::Encode(error) => error.fmt(f),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for CodecError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        // The others are said by `Display` in full.
        match self {
            Self::Io(error) => error.source(),
            Self::Parser(_) | Self::Encode(_) => None,
        }
    }
}
