//! What is measured of a proxy.

use std::net::SocketAddr;
use std::time::Instant;

use crate::process::{Process, Program};
use crate::{client, upstream};

/// Of one round.
pub struct Figures {
    mebibytes_per_second: f64,
    streams_per_second: f64,
    /// Processor time of the proxy for a short stream.
    microseconds_per_stream: f64,
    /// How long events were on their way.
    p50: f64,
    p99: f64,
}

/// A column of the table: a figure, and what it is beside another proxy's in the same round.
pub struct Column {
    pub title: &'static str,
    pub value: fn(&Figures) -> f64,
    pub compare: fn(&Figures, &Figures) -> f64,
    pub show: fn(f64) -> String,
}

/// A column of which ratios are shown, or differences.
macro_rules! column {
    ($title:literal, $field:ident, ratio) => {
        Column {
            title: $title,
            value: |figures| figures.$field,
            compare: |own, base| own.$field / base.$field,
            show: |ratio| format!("{ratio:8.2}x"),
        }
    };
    ($title:literal, $field:ident, difference) => {
        Column {
            title: $title,
            value: |figures| figures.$field,
            compare: |own, base| own.$field - base.$field,
            show: |difference| format!("{difference:+9.1}"),
        }
    };
}

pub const COLUMNS: [Column; 5] = [
    column!("MiB/s", mebibytes_per_second, ratio),
    column!("streams/s", streams_per_second, ratio),
    column!("cpu us/stream", microseconds_per_stream, ratio),
    column!("p50 us", p50, difference),
    column!("p99 us", p99, difference),
];

impl Figures {
    /// The long stream, which has so many MiB; so many short ones, one after the other; and the one that tells the time.
    pub fn measure(process: &Process, mebibytes: f64, short_streams: usize) -> Self {
        let begin = Instant::now();
        client::take(process.address(), "/bulk");
        let mebibytes_per_second = mebibytes / begin.elapsed().as_secs_f64();

        let (begin, before) = (Instant::now(), process.processor_time());
        for _ in 0..short_streams {
            client::take(process.address(), "/short");
        }
        let count = short_streams as f64;
        let streams_per_second = count / begin.elapsed().as_secs_f64();
        let microseconds_per_stream = (process.processor_time() - before) / count;

        let times = client::latencies(process.address(), upstream::epoch());
        let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
        Self {
            mebibytes_per_second,
            streams_per_second,
            microseconds_per_stream,
            p50: at(0.5),
            p99: at(0.99),
        }
    }
}

/// Bytes of resident memory that one more open stream takes, of so many, in a process that has had none but a few.
pub fn memory(program: &Program, upstream: SocketAddr, count: usize) -> f64 {
    let process = Process::start(program, upstream);
    let open = |count: usize| -> Vec<_> { (0..count).map(|_| client::open(process.address())).collect() };
    let few = open(count / 100 + 1);
    let before = process.memory();
    let many = open(count - few.len());
    (process.memory() - before) / many.len() as f64
}

pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
