//! `Buf`s as chunks.

use core::pin::Pin;
use core::task::{Context, Poll, ready};

use ::bytes::{Buf, Bytes};
use futures_core::Stream;
use pin_project_lite::pin_project;

pin_project! {
    /// A stream of [`Buf`]s as a stream of chunks: a chunk for each piece of a `Buf` that is contiguous in memory, so that joining them
    /// is left to the parser, which seldom needs it.
    ///
    /// Nothing is copied of a `Buf` made of `Bytes` or `BytesMut`; the others copy each piece once, as
    /// [`Buf::copy_to_bytes`] does for them.
    ///
    /// ```
    /// use bytes::{Buf, Bytes};
    /// use eventwire::stream::{BufChunks, Eventsource};
    ///
    /// let buf = Bytes::from("data: 1\n").chain(Bytes::from("\n"));
    /// # let bufs = futures_util::stream::iter([Ok::<_, std::io::Error>(buf)]);
    /// let events = BufChunks::new(bufs).events();
    /// ```
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct BufChunks<S, B> {
        #[pin]
        bufs: S,
        buf: Option<B>,
    }
}

impl<S, B> BufChunks<S, B> {
    /// The pieces of these `Buf`s.
    pub fn new<E>(bufs: S) -> Self
    where
        S: Stream<Item = Result<B, E>>,
        B: Buf,
    {
        Self { bufs, buf: None }
    }

    /// The stream of `Buf`s. What is left of the one taken last is dropped.
    pub fn into_inner(self) -> S {
        self.bufs
    }
}

impl<S, B, E> Stream for BufChunks<S, B>
where
    S: Stream<Item = Result<B, E>>,
    B: Buf,
{
    type Item = Result<Bytes, E>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        if let Some(piece) = next_piece(this.buf) {
            return Poll::Ready(Some(Ok(piece)));
        }
        Poll::Ready(match ready!(this.bufs.poll_next(context)) {
            Some(Ok(buf)) => {
                *this.buf = Some(buf);
                // Of nothing it is an empty chunk: to look for another one could take for ever.
                Some(Ok(next_piece(this.buf).unwrap_or_default()))
            }
            Some(Err(error)) => Some(Err(error)),
            None => None,
        })
    }
}

/// Takes the next contiguous piece, and lets the `Buf` go with the last one.
pub(super) fn next_piece<B: Buf>(buf: &mut Option<B>) -> Option<Bytes> {
    let pieces = buf.as_mut()?;
    let piece = match pieces.chunk().len() {
        0 => None,
        len => Some(pieces.copy_to_bytes(len)),
    };
    if !pieces.has_remaining() || piece.is_none() {
        *buf = None;
    }
    piece
}
