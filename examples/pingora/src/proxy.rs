//! The filters of Pingora in which streams are watched and rewritten.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use eventwire_proxy::{Format, disclaim_bytes};
use http::header::{ACCEPT_ENCODING, ETAG, HeaderName, IF_RANGE, RANGE, TRANSFER_ENCODING};
use http::{Method, Version};
use pingora_core::upstreams::peer::HttpPeer;
use pingora_core::{Error, ErrorSource, ErrorType, Result};
use pingora_http::{RequestHeader, ResponseHeader};
use pingora_proxy::{FailToProxy, ProxyHttp, Session};

use crate::stream::Stream;

/// Passes everything on to one server, over HTTP/1.1.
pub struct Proxy {
    upstream: SocketAddr,
    is_plain: bool,
}

impl Proxy {
    /// A proxy before this server; a plain one takes no notice of streams.
    pub fn new(upstream: SocketAddr, is_plain: bool) -> Self {
        Self { upstream, is_plain }
    }
}

/// What is kept of a request until it is logged.
pub struct Context {
    since: Instant,
    /// The answer, if it is an event stream that can be read.
    stream: Option<Stream>,
}

#[async_trait]
impl ProxyHttp for Proxy {
    type CTX = Context;

    fn new_ctx(&self) -> Context {
        Context { since: Instant::now(), stream: None }
    }

    async fn upstream_peer(&self, _: &mut Session, _: &mut Context) -> Result<Box<HttpPeer>> {
        Ok(Box::new(HttpPeer::new(self.upstream, false, String::new())))
    }

    /// What comes in gzip, or in part, can be neither watched nor rewritten.
    async fn upstream_request_filter(
        &self,
        _: &mut Session,
        request: &mut RequestHeader,
        _: &mut Context,
    ) -> Result<()> {
        request.remove_header(&RANGE);
        request.remove_header(&IF_RANGE);
        request.insert_header(ACCEPT_ENCODING, "identity")
    }

    async fn response_filter(
        &self,
        session: &mut Session,
        response: &mut ResponseHeader,
        context: &mut Context,
    ) -> Result<()> {
        if self.is_plain || Format::of(response) != Format::EventStream {
            return Ok(());
        }
        disclaim(response)?;
        if session.req_header().method != Method::HEAD {
            if session.req_header().version < Version::HTTP_11 {
                // For such a client the end of the connection is that of the body.
                response.remove_header(&TRANSFER_ENCODING);
            } else {
                // Pingora frames like this what comes without a length, but has decided about that by now.
                response.set_version(Version::HTTP_11);
                response.insert_header(TRANSFER_ENCODING, "chunked")?;
            }
            context.stream = Some(Stream::new(context.since));
        }
        Ok(())
    }

    /// Called with each chunk as it comes, and, at the end, perhaps without one.
    fn response_body_filter(
        &self,
        _: &mut Session,
        body: &mut Option<Bytes>,
        end_of_stream: bool,
        context: &mut Context,
    ) -> Result<Option<Duration>> {
        if let Some(stream) = &mut context.stream {
            let kept = body.take().and_then(|chunk| stream.chunk(&chunk));
            let held = if end_of_stream { stream.finish() } else { None };
            *body = match (kept, held) {
                (Some(kept), Some(held)) => Some([kept, held].concat().into()),
                (kept, held) => kept.or(held),
            };
        }
        Ok(None)
    }

    /// The upstream that dies within an event does not call the filter above: what is held goes on from here.
    async fn fail_to_proxy(
        &self,
        session: &mut Session,
        error: &Error,
        context: &mut Context,
    ) -> FailToProxy {
        let held = context.stream.as_mut().and_then(Stream::finish);
        let code = status(error);
        if code != 0 {
            // If that fails, the client is gone as well, and of what is logged nothing changes.
            if let Some(held) = held {
                let _ = session.write_response_body(Some(held), false).await;
            } else if session.response_written().is_none() {
                let _ = session.respond_error(code).await;
            }
        }
        FailToProxy { error_code: code, can_reuse_downstream: false }
    }

    /// Called once for each request, whatever became of it.
    async fn logging(&self, session: &mut Session, error: Option<&Error>, context: &mut Context) {
        let Some(stream) = &context.stream else { return };
        let end = match error.map(Error::esource) {
            None => "Complete",
            Some(ErrorSource::Downstream) => "Dropped",
            Some(_) => "Failed",
        };
        let request = session.req_header();
        let milliseconds = context.since.elapsed().as_millis();
        println!(
            "{} {}: {end} after {milliseconds} ms, {}",
            request.method,
            request.uri.path(),
            stream.account()
        );
    }
}

/// The status by which a client is told of this error; 0 if there is nobody to be told.
fn status(error: &Error) -> u16 {
    match (error.etype(), error.esource()) {
        (ErrorType::HTTPStatus(code), _) => *code,
        (
            ErrorType::WriteError | ErrorType::ReadError | ErrorType::ConnectionClosed,
            ErrorSource::Downstream,
        ) => 0,
        (_, ErrorSource::Downstream) => 400,
        (_, ErrorSource::Upstream) => 502,
        (_, ErrorSource::Internal | ErrorSource::Unset) => 500,
    }
}

/// Takes back what the head says of the bytes that came. Pingora knows in which case each name was written, so its own methods have to
/// be used.
fn disclaim(response: &mut ResponseHeader) -> Result<()> {
    let mut left = response.headers.clone();
    disclaim_bytes(&mut left);
    let gone: Vec<HeaderName> =
        response.headers.keys().filter(|name| !left.contains_key(*name)).cloned().collect();
    for name in &gone {
        response.remove_header(name);
    }
    match left.remove(ETAG) {
        Some(tag) => response.insert_header(ETAG, tag),
        None => Ok(()),
    }
}
