//! What the proxy's statistics say: Envoy shows it as `wasmcustom.PREFIX.NAME`, the sum over all workers.

use proxy_wasm::hostcalls;
use proxy_wasm::types::{MetricType, Status};

use crate::verdict::Verdict;

/// The metrics, as the proxy knows them.
#[derive(Debug)]
pub struct Metrics {
    /// Responses by what became of them, in the order of `VERDICTS`.
    responses: [Counter; VERDICTS.len()],
    /// Event streams that are under way.
    pub open: Gauge,
    /// Events that came.
    pub events: Counter,
    /// Bytes of event streams that came.
    pub bytes: Counter,
    /// Events that were too large to be seen.
    pub oversized: Counter,
    /// Events that were dropped by rule.
    pub dropped: Counter,
    /// Events that were replaced by rule.
    pub replaced: Counter,
    /// Bytes of events that were cut off while they were held.
    pub undelivered_bytes: Counter,
    /// Milliseconds from the request's head to the first event.
    pub first_event_ms: Histogram,
}

/// A number that goes up.
#[derive(Debug)]
pub struct Counter(u32);

/// A number that goes up and down.
#[derive(Debug)]
pub struct Gauge(u32);

/// A distribution of numbers.
#[derive(Debug)]
pub struct Histogram(u32);

const VERDICTS: [Verdict; 5] =
    [Verdict::EventStream, Verdict::OtherType, Verdict::Encoded, Verdict::Partial, Verdict::NoBody];

impl Metrics {
    /// Makes them known to the proxy, under names that begin with this prefix.
    pub fn define(prefix: &str) -> Result<Self, Status> {
        let define = |kind, name: &str| hostcalls::define_metric(kind, &format!("{prefix}.{name}"));
        let counter = |name: &str| define(MetricType::Counter, name).map(Counter);
        let [event_streams, other_types, encoded, partial, no_bodies] =
            VERDICTS.map(|verdict| counter(&format!("responses.{}", verdict.name())));
        Ok(Self {
            responses: [event_streams?, other_types?, encoded?, partial?, no_bodies?],
            open: Gauge(define(MetricType::Gauge, "open")?),
            events: counter("events")?,
            bytes: counter("bytes")?,
            oversized: counter("oversized")?,
            dropped: counter("dropped")?,
            replaced: counter("replaced")?,
            undelivered_bytes: counter("undelivered_bytes")?,
            first_event_ms: Histogram(define(MetricType::Histogram, "first_event_ms")?),
        })
    }

    /// Counts a response.
    pub fn response(&self, verdict: Verdict) {
        let counters = VERDICTS.iter().zip(&self.responses);
        counters.filter(|(known, _)| **known == verdict).for_each(|(_, counter)| counter.add(1));
    }
}

impl Counter {
    /// Adds a number, if it is not zero: every call costs.
    pub fn add(&self, number: u64) {
        if number > 0 {
            increment(self.0, i64::try_from(number).unwrap_or(i64::MAX));
        }
    }
}

impl Gauge {
    /// One more.
    pub fn up(&self) {
        increment(self.0, 1);
    }

    /// One less.
    pub fn down(&self) {
        increment(self.0, -1);
    }
}

impl Histogram {
    /// Takes a number.
    pub fn record(&self, number: u64) {
        // The proxy knows the metric: it has just defined it.
        _ = hostcalls::record_metric(self.0, number);
    }
}

fn increment(metric: u32, by: i64) {
    // As above.
    _ = hostcalls::increment_metric(metric, by);
}
