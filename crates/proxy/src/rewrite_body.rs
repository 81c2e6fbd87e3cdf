//! A body that is rewritten as it goes by.

use std::fmt;
use std::mem::take;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use eventwire::rewriter::Edit;
use eventwire::{Event, Rewriter};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::frames::Frames;

/// After how many chunks that yield nothing a body lets others run.
const CHUNKS_A_POLL: usize = 64;

pin_project! {
    /// A body of which a [`Rewriter`] keeps, drops, replaces events, or inserts some.
    ///
    /// ```
    /// use eventwire::rewriter::Edit;
    /// use eventwire::{Event, Rewriter};
    /// use eventwire_proxy::RewriteBody;
    /// use http_body_util::{BodyExt, Full};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let upstream = Full::<bytes::Bytes>::from("event: debug\ndata: 1\n\n: ping\n\ndata: 2\r\n\r\n");
    /// let body = RewriteBody::new(upstream, Rewriter::new(), |event: &Event<'_>, edit: &mut Edit<'_>| {
    ///     if event.event_type() == b"debug" {
    ///         edit.drop_event();
    ///     }
    /// });
    /// assert_eq!(body.collect().await.unwrap().to_bytes(), ": ping\n\ndata: 2\r\n\r\n");
    /// # }
    /// ```
    ///
    /// What is kept goes on as slices of the chunk in which it came; it is copied if the rewriter had to hold it, or if it is short and lies
    /// between pieces that are dropped or inserted. No chunk is asked for before what the last one yields is taken. When the body ends or
    /// fails, what the rewriter holds goes on first, and trailers or the error behind it: the error after a pause, in which a server may write the data.
    ///
    /// The head of the response must not promise the old length: see [`disclaim_bytes`](crate::disclaim_bytes).
    #[must_use = "bodies do nothing unless polled"]
    pub struct RewriteBody<B, F>
    where
        B: Body,
    {
        #[pin]
        body: B,
        // Boxed, as most bodies of a proxy have none.
        rewriting: Option<Box<Rewriting<F>>>,
        // What is to follow on the data: trailers, or the error.
        last: Option<Result<Frame<Bytes>, B::Error>>,
        // Whether to let the consumer write the data before it is told of the error.
        waits: bool,
        has_ended: bool,
    }
}

/// What it takes to rewrite a body.
struct Rewriting<F> {
    rewriter: Rewriter,
    decide: F,
    frames: Frames,
}

impl<F: FnMut(&Event<'_>, &mut Edit<'_>)> Rewriting<F> {
    fn rewrite(&mut self, chunk: &Bytes) {
        let Self { rewriter, decide, frames } = self;
        frames.extend(chunk, rewriter.rewrite(chunk, decide));
    }

    fn finish(&mut self) {
        self.frames.extend(&Bytes::new(), self.rewriter.finish());
    }
}

impl<B: Body, F: FnMut(&Event<'_>, &mut Edit<'_>)> RewriteBody<B, F> {
    /// Rewrites a body, which has to be at its beginning; `decide` is asked about each event, as [`Rewriter::rewrite`] describes it.
    pub fn new(body: B, rewriter: Rewriter, decide: F) -> Self {
        let rewriting = Rewriting { rewriter, decide, frames: Frames::default() };
        Self { body, rewriting: Some(Box::new(rewriting)), last: None, waits: false, has_ended: false }
    }

    /// A body that is not rewritten: for responses that are no event stream, where the type of the body has to be the same.
    pub fn untouched(body: B) -> Self {
        Self { body, rewriting: None, last: None, waits: false, has_ended: false }
    }
}

impl<B: Body, F: FnMut(&Event<'_>, &mut Edit<'_>)> Body for RewriteBody<B, F> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let mut this = self.project();
        let Some(rewriting) = this.rewriting else {
            return this.body.poll_frame(context).map_ok(|frame| frame.map_data(into_bytes));
        };
        for _ in 0..CHUNKS_A_POLL {
            if let Some(data) = rewriting.frames.pop() {
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
            if take(this.waits) {
                break;
            }
            if let Some(last) = this.last.take() {
                return Poll::Ready(Some(last));
            }
            if *this.has_ended {
                return Poll::Ready(None);
            }
            let frame = ready!(this.body.as_mut().poll_frame(context));
            *this.has_ended = !matches!(&frame, Some(Ok(frame)) if !frame.is_trailers());
            match frame.map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(data))) => rewriting.rewrite(&into_bytes(data)),
                Some(Ok(Err(frame))) => *this.last = Some(Ok(frame.map_data(into_bytes))),
                Some(Err(error)) => *this.last = Some(Err(error)),
                None => {}
            }
            if *this.has_ended {
                rewriting.finish();
                *this.waits = matches!(this.last, Some(Err(_))) && rewriting.frames.size() > 0;
            }
        }
        // Either the body always has more, and all of it is dropped or held: without this, nothing else would run. Or an error is next: hyper
        // drops the connection together with what it has not written yet, and it writes when it has to wait.
        context.waker().wake_by_ref();
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        let Some(rewriting) = &self.rewriting else { return self.body.is_end_stream() };
        self.last.is_none() && rewriting.frames.size() == 0 && self.has_all(rewriting)
    }

    /// At least what is in line; nobody knows what will be made of the rest.
    fn size_hint(&self) -> SizeHint {
        let Some(rewriting) = &self.rewriting else { return self.body.size_hint() };
        let mut hint = SizeHint::with_exact(rewriting.frames.size());
        if !self.has_all(rewriting) {
            hint = SizeHint::new();
            hint.set_lower(rewriting.frames.size());
        }
        hint
    }
}

impl<B: Body, F> RewriteBody<B, F> {
    /// Whether there is no more data than what is in line.
    fn has_all(&self, rewriting: &Rewriting<F>) -> bool {
        self.has_ended || (self.body.is_end_stream() && rewriting.rewriter.held() == 0)
    }
}

fn into_bytes(mut data: impl Buf) -> Bytes {
    data.copy_to_bytes(data.remaining())
}

impl<B, F> fmt::Debug for RewriteBody<B, F>
where
    B: Body + fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rewriter = self.rewriting.as_ref().map(|rewriting| &rewriting.rewriter);
        f.debug_struct("RewriteBody")
            .field("body", &self.body)
            .field("rewriter", &rewriter)
            .finish_non_exhaustive()
    }
}
