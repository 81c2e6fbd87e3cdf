//! A request and its response: what the proxy calls.

use std::rc::Rc;
use std::time::Instant;

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

use crate::report;
use crate::root::Plugin;
use crate::splice::Splice;
use crate::stream::Stream;
use crate::verdict::Verdict;

/// The filter of one request.
pub struct Filter {
    /// `None` only if the proxy goes on without having configured the plugin. Then nothing is done.
    plugin: Option<Rc<Plugin>>,
    /// When the request's head came.
    began: Instant,
    verdict: Option<Verdict>,
    /// The response's body, if it is watched.
    stream: Option<Box<Stream>>,
    /// Whether the end of the response has come.
    is_complete: bool,
}

/// What a head says of the very bytes of the body, which will be others.
const OF_THE_BYTES: [&str; 6] =
    ["accept-ranges", "content-digest", "content-length", "content-md5", "digest", "repr-digest"];

impl Filter {
    /// The filter of a request that is about to come.
    pub fn new(plugin: Option<Rc<Plugin>>) -> Self {
        Self { plugin, began: Instant::now(), verdict: None, stream: None, is_complete: false }
    }

    fn head(&mut self, is_all: bool) {
        let Some(plugin) = &self.plugin else { return };
        let content_type = self.get_http_response_header_bytes("content-type");
        let encoding = self.get_http_response_header_bytes("content-encoding");
        let is_partial = self.get_http_response_header_bytes(":status").as_deref() == Some(b"206")
            || self.get_http_response_header_bytes("content-range").is_some();
        let verdict = Verdict::new(content_type.as_deref(), encoding.as_deref(), is_partial, is_all);
        plugin.metrics.response(verdict);
        if verdict == Verdict::EventStream {
            plugin.metrics.open.up();
            let stream = Stream::new(&plugin.config);
            if stream.is_rewritten() {
                self.disclaim_bytes();
            }
            self.stream = Some(Box::new(stream));
        }
        self.verdict = Some(verdict);
    }

    /// Takes back what the head says of the bytes. An entity tag stays, as a weak one (RFC 9110, section 8.8.3).
    fn disclaim_bytes(&self) {
        OF_THE_BYTES.iter().for_each(|name| self.set_http_response_header_bytes(name, None));
        if let Some(tag) = self.get_http_response_header_bytes("etag").filter(|tag| tag.starts_with(b"\"")) {
            self.set_http_response_header_bytes("etag", Some(&[b"W/", &tag[..]].concat()));
        }
    }

    fn chunk(&mut self, size: usize, is_last: bool) {
        let (Some(plugin), Some(mut stream)) = (&self.plugin, self.stream.take()) else { return };
        let chunk = if size == 0 { None } else { self.get_http_response_body(0, size) };
        let chunk = chunk.unwrap_or_default();
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let before = Counts::of(&stream);
        if let Some(Splice { removed, inserted }) = stream.chunk(&chunk, now, is_last, &plugin.config) {
            self.set_http_response_body(0, removed, &inserted);
        }
        let (metrics, after) = (&plugin.metrics, Counts::of(&stream));
        metrics.bytes.add(chunk.len() as u64);
        metrics.events.add(after.events.wrapping_sub(before.events));
        metrics.oversized.add(after.oversized.wrapping_sub(before.oversized));
        metrics.dropped.add(after.dropped.wrapping_sub(before.dropped));
        metrics.replaced.add(after.replaced.wrapping_sub(before.replaced));
        if before.events == 0 && after.events > 0 {
            metrics.first_event_ms.record(now);
        }
        self.stream = Some(stream);
    }
}

/// What has been counted so far of a stream, of all that metrics count.
struct Counts {
    events: u64,
    oversized: u64,
    dropped: u64,
    replaced: u64,
}

impl Counts {
    fn of(stream: &Stream) -> Self {
        let tap = stream.tap();
        Self {
            events: tap.events(),
            oversized: stream.oversized(),
            dropped: stream.dropped(),
            replaced: stream.replaced(),
        }
    }
}

impl Context for Filter {
    /// The request is over, however it ended: at the response's end, by a loss of either connection, or by the proxy's own doing.
    fn on_done(&mut self) -> bool {
        if let (Some(plugin), Some(stream)) = (self.plugin.take(), &self.stream) {
            plugin.metrics.undelivered_bytes.add(stream.held() as u64);
            plugin.metrics.open.down();
        }
        true
    }
}

impl HttpContext for Filter {
    fn on_http_request_headers(&mut self, _headers: usize, _is_all: bool) -> Action {
        self.began = Instant::now();
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _headers: usize, is_all: bool) -> Action {
        self.head(is_all);
        self.is_complete = is_all;
        Action::Continue
    }

    fn on_http_response_body(&mut self, size: usize, is_last: bool) -> Action {
        self.chunk(size, is_last);
        self.is_complete = is_last;
        Action::Continue
    }

    fn on_http_response_trailers(&mut self, _trailers: usize) -> Action {
        self.is_complete = true;
        Action::Continue
    }

    /// An access log is about to be written.
    fn on_log(&mut self) {
        if let Some(verdict) = self.verdict {
            report::verdict(verdict);
        }
        if let Some(stream) = &self.stream {
            report::stream(stream, self.is_complete);
        }
    }
}
