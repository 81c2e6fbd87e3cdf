//! HTTP bodies as chunks.

use core::pin::Pin;
use core::task::{Context, Poll, ready};

use ::bytes::Bytes;
use futures_core::Stream;
use http_body::Body;
use pin_project_lite::pin_project;

use super::chunks::next_piece;

pin_project! {
    /// The data of an HTTP [`Body`] as a stream of chunks; trailers are passed over. Nothing is copied of data that is `Bytes`, as that of
    /// hyper, axum and reqwest is.
    ///
    /// ```
    /// use eventwire::stream::{BodyChunks, Eventsource};
    /// use futures_util::StreamExt;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// // A string is a body, too.
    /// let mut events = BodyChunks::new("data: 1\n\n".to_owned()).events();
    /// assert_eq!(events.next().await.unwrap()?.data(), b"1");
    /// # Ok(())
    /// # }
    /// ```
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct BodyChunks<B: Body> {
        #[pin]
        body: B,
        data: Option<B::Data>,
    }
}

impl<B: Body> BodyChunks<B> {
    /// The data of this body.
    pub fn new(body: B) -> Self {
        Self { body, data: None }
    }

    /// The body. What is left of the data taken last is dropped.
    pub fn into_inner(self) -> B {
        self.body
    }
}

impl<B: Body> Stream for BodyChunks<B> {
    type Item = Result<Bytes, B::Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        if let Some(piece) = next_piece(this.data) {
            return Poll::Ready(Some(Ok(piece)));
        }
        Poll::Ready(match ready!(this.body.poll_frame(context)) {
            Some(Ok(frame)) => {
                *this.data = frame.into_data().ok();
                // Of trailers, or of nothing, it is an empty chunk: to look for another one could take for ever.
                Some(Ok(next_piece(this.data).unwrap_or_default()))
            }
            Some(Err(error)) => Some(Err(error)),
            None => None,
        })
    }
}
