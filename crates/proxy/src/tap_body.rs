//! A body that is watched as it goes by.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::{Buf, Bytes};
use eventwire::Tap;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

/// What a [`TapBody`] has seen, when there is nothing more to be seen.
#[derive(Debug)]
#[non_exhaustive]
pub struct Report {
    /// The account of the stream; its times are milliseconds since the same moment as [`milliseconds`](Self::milliseconds).
    pub tap: Tap,
    /// How the stream came to its end.
    pub end: End,
    /// When it did, in milliseconds since the moment given to [`TapBody::since`]; for a [`TapLayer`](crate::TapLayer), since the
    /// request came.
    pub milliseconds: u64,
}

/// How a stream came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// The body has ended. Whether the stream was complete is another question, which [`Tap::is_done`] may answer.
    Complete,
    /// The body failed: the upstream is gone, or has not kept to the protocol. The error itself goes on to whoever polls the body.
    Failed,
    /// The body was dropped before it ended: the client is gone, mostly.
    Dropped,
}

pin_project! {
    /// A body that shows its data to a [`Tap`], and passes every frame on as it comes.
    ///
    /// When the body has ended, or has failed, or else when it is dropped, a closure is called with the [`Report`]: once, whatever happens. A body
    /// that is dropped without having been polled to its end counts as complete if it says that nothing was left
    /// ([`Body::is_end_stream`]), as servers stop asking then.
    ///
    /// ```
    /// use eventwire::Tap;
    /// use eventwire_proxy::TapBody;
    /// use http_body_util::{BodyExt, Full};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let upstream = Full::<bytes::Bytes>::from("data: {\"usage\":7}\n\ndata: [DONE]\n\n");
    /// let (sender, receiver) = std::sync::mpsc::channel();
    /// let body = TapBody::new(upstream, Tap::new().needle("usage"), move |report| sender.send(report).unwrap());
    ///
    /// assert_eq!(body.collect().await.unwrap().to_bytes(), "data: {\"usage\":7}\n\ndata: [DONE]\n\n");
    /// let tap = receiver.recv().unwrap().tap;
    /// assert_eq!((tap.events(), tap.is_done()), (2, true));
    /// assert_eq!(tap.last_match().unwrap().data(), b"{\"usage\":7}");
    /// # }
    /// ```
    ///
    /// Data goes on as [`Bytes`]: what is `Bytes` already, as the data of hyper and axum is, is neither copied nor cut otherwise than it came.
    /// Other [`Buf`]s are copied once.
    ///
    /// The closure runs where the body is polled or dropped, so it should be quick: send what takes longer elsewhere. It is called
    /// while a panic unwinds, too, and must not panic itself then.
    #[must_use = "bodies do nothing unless polled"]
    pub struct TapBody<B, F>
    where
        B: Body,
        F: FnOnce(Report),
    {
        #[pin]
        body: B,
        // Boxed, as most bodies of a proxy have none.
        watch: Option<Box<Watch<F>>>,
    }

    impl<B, F> PinnedDrop for TapBody<B, F>
    where
        B: Body,
        F: FnOnce(Report),
    {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if this.watch.is_some() {
                let end = if this.body.is_end_stream() { End::Complete } else { End::Dropped };
                report(this.watch, end);
            }
        }
    }
}

/// What there is of a body that is watched, until it is reported.
struct Watch<F> {
    tap: Tap,
    since: Instant,
    then: F,
}

impl<B: Body, F: FnOnce(Report)> TapBody<B, F> {
    /// Watches a body. Time is counted from now on.
    pub fn new(body: B, tap: Tap, then: F) -> Self {
        Self { body, watch: Some(Box::new(Watch { tap, since: Instant::now(), then })) }
    }

    /// A body that is not watched: for responses that are no event stream, where the type of the body has to be the same.
    pub fn untouched(body: B) -> Self {
        Self { body, watch: None }
    }

    /// Counts time from this moment on, such as the one at which the request came. To be said before the body is polled.
    pub fn since(mut self, moment: Instant) -> Self {
        if let Some(watch) = &mut self.watch {
            watch.since = moment;
        }
        self
    }
}

impl<B: Body, F: FnOnce(Report)> Body for TapBody<B, F> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let this = self.project();
        let frame = match ready!(this.body.poll_frame(context)) {
            Some(Ok(frame)) => frame,
            Some(Err(error)) => {
                report(this.watch, End::Failed);
                return Poll::Ready(Some(Err(error)));
            }
            None => {
                report(this.watch, End::Complete);
                return Poll::Ready(None);
            }
        };
        if frame.is_trailers() {
            // They are the last there is, and who gets them need not ask again.
            report(this.watch, End::Complete);
        }
        let watch = this.watch;
        Poll::Ready(Some(Ok(frame.map_data(|mut data| {
            let chunk = data.copy_to_bytes(data.remaining());
            if let Some(watch) = watch {
                watch.tap.observe(&chunk, milliseconds(watch.since));
            }
            chunk
        }))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn report<F: FnOnce(Report)>(watch: &mut Option<Box<Watch<F>>>, end: End) {
    if let Some(watch) = watch.take() {
        let Watch { tap, since, then } = *watch;
        then(Report { tap, end, milliseconds: milliseconds(since) });
    }
}

fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

impl<B, F> fmt::Debug for TapBody<B, F>
where
    B: Body + fmt::Debug,
    F: FnOnce(Report),
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tap = self.watch.as_ref().map(|watch| &watch.tap);
        f.debug_struct("TapBody").field("body", &self.body).field("tap", &tap).finish_non_exhaustive()
    }
}
