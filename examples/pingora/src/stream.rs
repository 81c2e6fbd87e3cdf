//! One event stream on its way through the proxy.

use std::time::Instant;

use bytes::{Bytes, BytesMut};
use eventwire::rewriter::{Edit, Spans};
use eventwire::{Event, Rewriter, Tap};

/// What is kept of a stream: a tap for what comes from the upstream, a rewriter for what goes to the client.
pub struct Stream {
    since: Instant,
    tap: Tap,
    rewriter: Rewriter,
}

impl Stream {
    /// A stream at its beginning. Time is counted from the moment at which the request came.
    pub fn new(since: Instant) -> Self {
        Self { since, tap: Tap::new().needle("\"usage\""), rewriter: Rewriter::new() }
    }

    /// Takes the next chunk, and gives what goes on of it.
    pub fn chunk(&mut self, chunk: &Bytes) -> Option<Bytes> {
        let milliseconds = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.tap.observe(chunk, milliseconds);
        joined(chunk, self.rewriter.rewrite(chunk, decide))
    }

    /// Gives what is held, at the end of the stream or when it fails.
    pub fn finish(&mut self) -> Option<Bytes> {
        joined(&Bytes::new(), self.rewriter.finish())
    }

    /// What is logged of the stream.
    pub fn account(&self) -> String {
        let tap = &self.tap;
        let first = tap.first_event_at().map_or_else(|| "never".to_owned(), |at| format!("{at} ms"));
        let usage =
            tap.last_match().map_or_else(|| "none".into(), |usage| String::from_utf8_lossy(usage.data()));
        format!(
            "events: {}, bytes: {}, first event: {first}, done: {}, usage: {usage}",
            tap.events(),
            tap.bytes(),
            tap.is_done(),
        )
    }
}

/// What does not concern clients stays here.
fn decide(event: &Event<'_>, edit: &mut Edit<'_>) {
    if event.event_type() == b"debug" {
        edit.drop_event();
    }
}

/// As one buffer, for Pingora has room for one: a part of the chunk if it is in one piece there, and else a copy.
fn joined(chunk: &Bytes, spans: Spans<'_>) -> Option<Bytes> {
    let (within, mut rest) = (chunk.as_ptr_range(), spans.clone());
    match (rest.next(), rest.next()) {
        (None, _) => None,
        (Some(span), None) if within.contains(&span.as_ptr()) => Some(chunk.slice_ref(span)),
        _ => {
            let mut all = BytesMut::with_capacity(spans.total_len());
            spans.for_each(|span| all.extend_from_slice(span));
            Some(all.freeze())
        }
    }
}
