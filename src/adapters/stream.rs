//! A stream of chunks as a stream of events.
//!
//! ```
//! use eventwire::stream::Eventsource;
//! use futures_util::StreamExt;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // What an HTTP client gives: a stream of chunks, each of which may be an error.
//! # let chunks = futures_util::stream::iter(["data: 1\n\nda", "ta: 2\n\n"].map(Ok::<_, std::io::Error>));
//! let mut events = chunks.events();
//! while let Some(event) = events.next().await {
//!     println!("{}", event?.data_str());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Chunks are whatever becomes [`Bytes`] without a copy: `Bytes` themselves, `Vec<u8>`, `String`, `BytesMut`. A stream of
//! [`Buf`](::bytes::Buf)s goes through [`BufChunks`], one of anything else that is `AsRef<[u8]>` through [`SliceChunks`], an HTTP body
//! (feature `http-body`) through [`BodyChunks`].

use core::fmt;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use ::bytes::Bytes;
use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use super::bytes::{BytesInput, BytesParser};
use super::delivery::Delivery;
use super::owned::{OwnedEvent, OwnedItem};
use super::text::TextEvent;
use crate::config::Config;
use crate::error::Error;

#[cfg(feature = "http-body")]
mod body;
mod chunks;
mod slices;

#[cfg(feature = "http-body")]
pub use body::BodyChunks;
pub use chunks::BufChunks;
pub use slices::SliceChunks;

/// So many chunks that complete nothing are taken from a stream in one poll.
///
/// A stream that always has a chunk ready would otherwise keep its task from yielding for as long as an event takes to arrive, or
/// for ever.
const CHUNKS_PER_POLL: usize = 32;

/// What makes a stream of events of a stream of chunks.
pub trait Eventsource: Sized {
    /// The events, which share the memory of the chunks.
    fn events(self) -> EventStream<Self>;

    /// The events by these settings.
    fn events_with(self, config: Config) -> EventStream<Self>;

    /// The events as strings, in public fields.
    fn eventsource(self) -> EventStream<Self, TextEvent>;
}

impl<S, B, E> Eventsource for S
where
    S: Stream<Item = Result<B, E>>,
    B: Into<Bytes>,
{
    fn events(self) -> EventStream<Self> {
        EventStream::new(self)
    }

    fn events_with(self, config: Config) -> EventStream<Self> {
        EventStream::with_config(self, config)
    }

    fn eventsource(self) -> EventStream<Self, TextEvent> {
        EventStream::new(self).text()
    }
}

pin_project! {
    /// The events of a stream of chunks `S`, in the form `T` (see [`Delivery`]).
    ///
    /// * **Back-pressure**: the next chunk is asked for when all events of the last one have been taken.
    /// * **Cancellation**: what has come is kept here, not in the future that waits for an event. Dropping that loses nothing.
    /// * **Errors** of the parser tell of one event or item that was dropped, and the stream goes on with the next one.
    /// * **The end**: when the chunks end, so do the events; [`Config::eof`] decides on an event that was cut off. An error of the
    ///   stream of chunks is given, and is the end: bytes may be missing behind it. What was incomplete is dropped with it, and the
    ///   stream of chunks is not asked again. `None` stays `None`.
    /// * **Fairness**: a poll takes at most 32 chunks that complete no event, and then lets the task yield. A poll that gives an event
    ///   does so at once; a chunk of many events can keep a loop busy that awaits nothing else, as any stream can whose items are
    ///   ready. Under tokio `tokio::task::coop` is the remedy.
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct EventStream<S, T = OwnedEvent> {
        #[pin]
        chunks: S,
        parser: BytesParser,
        input: BytesInput,
        is_done: bool,
        delivers: PhantomData<fn() -> T>,
    }
}

impl<S> EventStream<S> {
    /// The events of these chunks, with the default settings.
    pub fn new(chunks: S) -> Self {
        Self::with_parser(chunks, BytesParser::new())
    }

    /// The events of these chunks by these settings.
    pub fn with_config(chunks: S, config: Config) -> Self {
        Self::with_parser(chunks, BytesParser::with_config(config))
    }

    /// The events of these chunks as this parser finds them: one that has been given a last event ID, or that has parsed
    /// the connection before and has been [reset](crate::Parser::reset).
    ///
    /// ```
    /// # use eventwire::{BytesParser, stream::EventStream};
    /// # let chunks = futures_util::stream::iter(["data: 1\n\n"].map(Ok::<_, std::io::Error>));
    /// let mut parser = BytesParser::new();
    /// parser.parser_mut().set_last_event_id(b"41")?;
    /// let events = EventStream::with_parser(chunks, parser);
    /// assert_eq!(events.last_event_id(), b"41");
    /// # Ok::<(), eventwire::Error>(())
    /// ```
    pub fn with_parser(chunks: S, parser: BytesParser) -> Self {
        Self { chunks, parser, input: BytesInput::default(), is_done: false, delivers: PhantomData }
    }
}

impl<S, T> EventStream<S, T> {
    /// The same with all items that [`Config::items`] asks for.
    pub fn items(self) -> EventStream<S, OwnedItem> {
        self.delivering()
    }

    /// The same with events of strings.
    pub fn text(self) -> EventStream<S, TextEvent> {
        self.delivering()
    }

    fn delivering<U>(self) -> EventStream<S, U> {
        let Self { chunks, parser, input, is_done, .. } = self;
        EventStream { chunks, parser, input, is_done, delivers: PhantomData }
    }

    /// The last event ID as of the last event taken, or of a block without data behind it: what a reconnection sends.
    #[must_use]
    pub fn last_event_id(&self) -> &[u8] {
        self.parser.parser().last_event_id()
    }

    /// The reconnection time in milliseconds, if one has been set.
    #[must_use]
    pub fn retry(&self) -> Option<u64> {
        self.parser.parser().retry()
    }

    /// The parser, for what else it knows.
    #[must_use]
    pub fn parser(&self) -> &BytesParser {
        &self.parser
    }

    /// The stream of chunks.
    #[must_use]
    pub fn get_ref(&self) -> &S {
        &self.chunks
    }

    /// The stream of chunks. What is left of the chunk taken last is dropped.
    pub fn into_inner(self) -> S {
        self.chunks
    }

    /// The stream of chunks, and the parser, for [another connection](EventStream::with_parser). What is left of the chunk taken last is
    /// dropped.
    pub fn into_parts(self) -> (S, BytesParser) {
        (self.chunks, self.parser)
    }
}

impl<S, T, B, E> Stream for EventStream<S, T>
where
    S: Stream<Item = Result<B, E>>,
    T: Delivery,
    B: Into<Bytes>,
{
    type Item = Result<T, StreamError<E>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        if *this.is_done {
            return Poll::Ready(None);
        }
        let mut chunks_left = CHUNKS_PER_POLL;
        loop {
            if let Some(result) = T::next(this.parser, this.input).transpose() {
                return Poll::Ready(Some(result.map_err(StreamError::Parser)));
            }
            if chunks_left == 0 {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            chunks_left -= 1;
            match ready!(this.chunks.as_mut().poll_next(context)) {
                Some(Ok(chunk)) => *this.input = BytesInput::new(chunk),
                Some(Err(error)) => {
                    *this.is_done = true;
                    return Poll::Ready(Some(Err(StreamError::Transport(error))));
                }
                None => {
                    *this.is_done = true;
                    let last = T::last(this.parser).transpose();
                    return Poll::Ready(last.map(|result| result.map_err(StreamError::Parser)));
                }
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, self.is_done.then_some(0))
    }
}

impl<S, T, B, E> FusedStream for EventStream<S, T>
where
    S: Stream<Item = Result<B, E>>,
    T: Delivery,
    B: Into<Bytes>,
{
    fn is_terminated(&self) -> bool {
        self.is_done
    }
}

/// What can go wrong with an [`EventStream`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamError<E> {
    /// An event or item was dropped; the stream goes on.
    Parser(Error),
    /// The stream of chunks failed, and the stream has ended.
    Transport(E),
}

impl<E: fmt::Display> fmt::Display for StreamError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parser(error) => error.fmt(f),
            Self::Transport(error) => write!(f, "event stream broken off: {error}"),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for StreamError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Parser(_) => None,
            // Itself is said by `Display`.
            Self::Transport(error) => error.source(),
        }
    }
}
