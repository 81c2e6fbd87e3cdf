//! A layer that watches the event streams among a service's responses.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use eventwire::Tap;
use http::{Method, Request, Response};
use http_body::Body;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::format::Format;
use crate::tap_body::{Report, TapBody};

/// Watches the event streams among the responses of a service, and leaves the others alone.
///
/// It is made with a closure that is called with each request, for what is worth knowing of it later, and that gives the closure to be called with the
/// [`Report`] of the stream. That one is not called for responses that are no event stream, or none that can be read ([`Format`]), nor for `HEAD`.
///
/// ```
/// use eventwire::Tap;
/// use eventwire_proxy::{Report, TapLayer};
/// use http::Request;
///
/// let layer = TapLayer::new(|request: &Request<axum::body::Body>| {
///     let path = request.uri().path().to_owned();
///     move |report: Report| {
///         let usage = report.tap.last_match().map(|usage| String::from_utf8_lossy(usage.data()));
///         println!("{path}: {:?}, first event after {:?} ms, {usage:?}", report.end, report.tap.first_event_at());
///     }
/// })
/// .with_tap(|| Tap::new().needle("\"usage\""));
/// let router: axum::Router = axum::Router::new().layer(layer);
/// ```
#[derive(Clone)]
pub struct TapLayer<F, T = fn() -> Tap> {
    watch: F,
    tap: T,
}

impl<F> TapLayer<F> {
    /// A layer that calls this closure with each request, and what it gives with the report of the stream that was the answer.
    #[must_use]
    pub fn new(watch: F) -> Self {
        Self { watch, tap: Tap::new }
    }

    /// Sets how a tap is made for each stream.
    #[must_use]
    pub fn with_tap<T: Fn() -> Tap + Clone>(self, tap: T) -> TapLayer<F, T> {
        TapLayer { watch: self.watch, tap }
    }
}

impl<S, F: Clone, T: Clone> Layer<S> for TapLayer<F, T> {
    type Service = TapService<S, F, T>;

    fn layer(&self, inner: S) -> Self::Service {
        TapService { inner, layer: self.clone() }
    }
}

/// The service that a [`TapLayer`] makes of another.
#[derive(Clone)]
pub struct TapService<S, F, T = fn() -> Tap> {
    inner: S,
    layer: TapLayer<F, T>,
}

impl<S, F, T, W, A, B> Service<Request<A>> for TapService<S, F, T>
where
    S: Service<Request<A>, Response = Response<B>>,
    F: Fn(&Request<A>) -> W,
    W: FnOnce(Report),
    T: Fn() -> Tap + Clone,
    B: Body,
{
    type Response = Response<TapBody<B, W>>;
    type Error = S::Error;
    type Future = TapFuture<S::Future, W, T>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        let since = Instant::now();
        let then = (request.method() != Method::HEAD).then(|| (self.layer.watch)(&request));
        TapFuture { response: self.inner.call(request), then, since, tap: self.layer.tap.clone() }
    }
}

pin_project! {
    /// The response of a [`TapService`], to come.
    #[must_use = "futures do nothing unless polled"]
    pub struct TapFuture<R, W, T> {
        #[pin]
        response: R,
        then: Option<W>,
        since: Instant,
        tap: T,
    }
}

impl<R, B, E, W, T> Future for TapFuture<R, W, T>
where
    R: Future<Output = Result<Response<B>, E>>,
    B: Body,
    W: FnOnce(Report),
    T: Fn() -> Tap,
{
    type Output = Result<Response<TapBody<B, W>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let (head, body) = ready!(this.response.poll(context))?.into_parts();
        let body = match this.then.take() {
            Some(then) if Format::of(&head) == Format::EventStream => {
                TapBody::new(body, (this.tap)(), then).since(*this.since)
            }
            _ => TapBody::untouched(body),
        };
        Poll::Ready(Ok(Response::from_parts(head, body)))
    }
}

impl<F, T> fmt::Debug for TapLayer<F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TapLayer").finish_non_exhaustive()
    }
}

impl<S: fmt::Debug, F, T> fmt::Debug for TapService<S, F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TapService").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl<R, W, T> fmt::Debug for TapFuture<R, W, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TapFuture").field("since", &self.since).finish_non_exhaustive()
    }
}
