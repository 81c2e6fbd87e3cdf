//! Slices as chunks.

use core::pin::Pin;
use core::task::{Context, Poll, ready};

use ::bytes::Bytes;
use futures_core::Stream;
use pin_project_lite::pin_project;

pin_project! {
    /// A stream of anything that has bytes (`AsRef<[u8]>`: arrays, `Cow`s, slices that are not static) as a stream of chunks.
    ///
    /// Each is copied, because events keep a part of their chunk. What becomes [`Bytes`] by itself needs neither this nor a copy.
    ///
    /// ```
    /// use eventwire::stream::{Eventsource, SliceChunks};
    ///
    /// let text = String::from("data: 1\n\ndata: 2\n\n");
    /// let slices = text.as_bytes().chunks(4).map(Ok::<_, std::io::Error>);
    /// let events = SliceChunks::new(futures_util::stream::iter(slices)).events();
    /// ```
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct SliceChunks<S> {
        #[pin]
        slices: S,
    }
}

impl<S> SliceChunks<S> {
    /// Copies of these.
    pub fn new<B, E>(slices: S) -> Self
    where
        S: Stream<Item = Result<B, E>>,
        B: AsRef<[u8]>,
    {
        Self { slices }
    }

    /// The stream of slices.
    pub fn into_inner(self) -> S {
        self.slices
    }
}

impl<S, B, E> Stream for SliceChunks<S>
where
    S: Stream<Item = Result<B, E>>,
    B: AsRef<[u8]>,
{
    type Item = Result<Bytes, E>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let slice = ready!(self.project().slices.poll_next(context));
        Poll::Ready(slice.map(|slice| slice.map(|slice| Bytes::copy_from_slice(slice.as_ref()))))
    }
}
