//! A layer that rewrites the event streams among a service's responses.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use eventwire::rewriter::Edit;
use eventwire::{Event, Rewriter};
use http::{Method, Request, Response};
use http_body::Body;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::format::Format;
use crate::head::disclaim_bytes;
use crate::rewrite_body::RewriteBody;

/// Rewrites the event streams among the responses of a service, and leaves the others alone.
///
/// It is made with a closure that is called with each request and gives the one that decides about the events of the answer. Both know what they
/// hold, so the second may count, or look at what the first has kept of the request.
///
/// ```
/// use eventwire::Event;
/// use eventwire::rewriter::Edit;
/// use eventwire_proxy::RewriteLayer;
/// use http::Request;
///
/// let layer = RewriteLayer::new(|request: &Request<axum::body::Body>| {
///     let wants_debug = request.headers().contains_key("x-debug");
///     move |event: &Event<'_>, edit: &mut Edit<'_>| {
///         if event.event_type() == b"debug" && !wants_debug {
///             edit.drop_event();
///         }
///     }
/// });
/// let router: axum::Router = axum::Router::new().layer(layer);
/// ```
///
/// The head of such a response no longer says what is true of the old bytes alone: see [`disclaim_bytes`]. Which responses are event
/// streams that can be rewritten, [`Format`] says. It is the operator of a proxy who rewrites, so `Cache-Control: no-transform`, with which servers keep
/// proxies from compressing their streams, is not heeded.
#[derive(Clone)]
pub struct RewriteLayer<F, R = fn() -> Rewriter> {
    decide: F,
    rewriter: R,
}

impl<F> RewriteLayer<F> {
    /// A layer that calls this closure with each request, and what it gives with each event of the stream that was the answer.
    #[must_use]
    pub fn new(decide: F) -> Self {
        Self { decide, rewriter: Rewriter::new }
    }

    /// Sets how a rewriter is made for each stream: with other bounds than its own, say.
    #[must_use]
    pub fn with_rewriter<R: Fn() -> Rewriter + Clone>(self, rewriter: R) -> RewriteLayer<F, R> {
        RewriteLayer { decide: self.decide, rewriter }
    }
}

impl<S, F: Clone, R: Clone> Layer<S> for RewriteLayer<F, R> {
    type Service = RewriteService<S, F, R>;

    fn layer(&self, inner: S) -> Self::Service {
        RewriteService { inner, layer: self.clone() }
    }
}

/// The service that a [`RewriteLayer`] makes of another.
#[derive(Clone)]
pub struct RewriteService<S, F, R = fn() -> Rewriter> {
    inner: S,
    layer: RewriteLayer<F, R>,
}

impl<S, F, R, D, A, B> Service<Request<A>> for RewriteService<S, F, R>
where
    S: Service<Request<A>, Response = Response<B>>,
    F: Fn(&Request<A>) -> D,
    D: FnMut(&Event<'_>, &mut Edit<'_>),
    R: Fn() -> Rewriter + Clone,
    B: Body,
{
    type Response = Response<RewriteBody<B, D>>;
    type Error = S::Error;
    type Future = RewriteFuture<S::Future, D, R>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        let decide = (request.method() != Method::HEAD).then(|| (self.layer.decide)(&request));
        RewriteFuture { response: self.inner.call(request), decide, rewriter: self.layer.rewriter.clone() }
    }
}

pin_project! {
    /// The response of a [`RewriteService`], to come.
    #[must_use = "futures do nothing unless polled"]
    pub struct RewriteFuture<P, D, R> {
        #[pin]
        response: P,
        decide: Option<D>,
        rewriter: R,
    }
}

impl<P, B, E, D, R> Future for RewriteFuture<P, D, R>
where
    P: Future<Output = Result<Response<B>, E>>,
    B: Body,
    D: FnMut(&Event<'_>, &mut Edit<'_>),
    R: Fn() -> Rewriter,
{
    type Output = Result<Response<RewriteBody<B, D>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let (mut head, body) = ready!(this.response.poll(context))?.into_parts();
        if Format::of(&head) != Format::EventStream {
            return Poll::Ready(Ok(Response::from_parts(head, RewriteBody::untouched(body))));
        }
        // The head of an answer to HEAD is that of the answer to GET.
        disclaim_bytes(&mut head.headers);
        let body = match this.decide.take() {
            Some(decide) => RewriteBody::new(body, (this.rewriter)(), decide),
            None => RewriteBody::untouched(body),
        };
        Poll::Ready(Ok(Response::from_parts(head, body)))
    }
}

impl<F, R> fmt::Debug for RewriteLayer<F, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RewriteLayer").finish_non_exhaustive()
    }
}

impl<S: fmt::Debug, F, R> fmt::Debug for RewriteService<S, F, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RewriteService").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl<P, D, R> fmt::Debug for RewriteFuture<P, D, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RewriteFuture").finish_non_exhaustive()
    }
}
