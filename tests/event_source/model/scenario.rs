//! What may happen to a source.

use eventwire::event_source::Replay;
use eventwire_testkit::chunking::Chunking;
use eventwire_testkit::settings::Utf8;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// How a source is set up, and what becomes of its connections.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub utf8: Utf8,
    pub max_event_size: usize,
    pub reconnection_time: u64,
    pub last_event_id: &'static str,
    pub body: Option<Replay>,
    pub rules: Rules,
    pub connections: Vec<Connection>,
}

/// What goes into a policy.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// Factor, cap, reset after.
    pub backoff: Option<(u32, u64, u64)>,
    pub min_delay: u64,
    pub jitter: u32,
    pub seed: u64,
    pub retry_after: Option<u64>,
    pub statuses: bool,
    pub idle_timeout: Option<u64>,
    pub max_failures: Option<u32>,
}

/// What becomes of a connection, so many milliseconds after the request.
#[derive(Clone, Debug)]
pub struct Connection {
    pub after: u64,
    pub fate: Fate,
}

#[derive(Clone, Debug)]
pub enum Fate {
    Refused,
    Fatal,
    ClosedByUser,
    /// Status and seconds of `Retry-After`.
    Status(u16, Option<u64>),
    ContentType(&'static str),
    /// A body: its bytes, its chunks, the time before each, and its end after as long again.
    Body {
        bytes: Vec<u8>,
        chunking: Chunking,
        gap: u64,
        ending: Ending,
    },
}

#[derive(Clone, Copy, Debug)]
pub enum Ending {
    End,
    Broken,
    Fatal,
    /// The user closes the source when so many events and errors have come, or else at the end.
    Close(usize),
}

/// Streams of whole events and other lines, some of them wrong.
fn streams() -> impl Strategy<Value = Vec<u8>> {
    let line = select(vec![
        &b"data: a\n"[..],
        b"data: b\r\n",
        b"data\r",
        b"data: 0123456789012345678901234567890123456789\n",
        b"data: \xFF\n",
        b"event: tick\n",
        b"id: 1\n",
        b"id: 22\r\n",
        b"id\n",
        b"id: \0\n",
        b"id: \xE2\x82\xAC\xFF\n",
        b"retry: 0\n",
        b"retry: 250\n",
        b"retry: 7000\r\n",
        b"retry: x\n",
        b": comment\n",
        b"what: ever\n",
        b"\n",
        b"\n",
        b"\r\n",
        b"\r",
    ]);
    let event = (0..100_u32).prop_map(|n| format!("id: {n}\ndata: {n}\n\n").into_bytes());
    let part = prop_oneof![2 => line.prop_map(<[u8]>::to_vec), 1 => event];
    // Cut anywhere, most often in the midst of an event.
    (prop::collection::vec(part, 0..20), any::<Index>()).prop_map(|(parts, cut)| {
        let mut bytes = parts.concat();
        bytes.truncate(cut.index(bytes.len() + 1));
        bytes
    })
}

fn connections() -> impl Strategy<Value = Connection> {
    let ending = prop_oneof![
        6 => Just(Ending::End),
        6 => Just(Ending::Broken),
        1 => Just(Ending::Fatal),
        1 => (0..8_usize).prop_map(Ending::Close),
    ];
    let gap = prop_oneof![3 => 0..300_u64, 1 => 0..3000_u64];
    let body = (streams(), prop::collection::vec(any::<Index>(), 0..8), gap, ending).prop_map(
        |(bytes, cuts, gap, ending)| {
            let cuts = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            Fate::Body { chunking: Chunking::positions(cuts), bytes, gap, ending }
        },
    );
    let statuses = select(vec![204, 301, 404, 429, 429, 500, 503, 503, 599]);
    let fate = prop_oneof![
        12 => body,
        4 => Just(Fate::Refused),
        3 => (statuses, prop::option::of(0..100_u64)).prop_map(|(status, after)| Fate::Status(status, after)),
        1 => select(vec!["", "text/html", "text/plain; text/event-stream"]).prop_map(Fate::ContentType),
        1 => Just(Fate::Fatal),
        1 => Just(Fate::ClosedByUser),
    ];
    (prop_oneof![3 => 0..500_u64, 1 => 0..3000_u64], fate)
        .prop_map(|(after, fate)| Connection { after, fate })
}

fn rules() -> impl Strategy<Value = Rules> {
    (
        prop::option::of((1..4_u32, 0..60_000_u64, select(vec![0, 0, 500, 5000]))),
        select(vec![0, 0, 100, 5000]),
        select(vec![0, 0, 50, 100]),
        any::<u64>(),
        prop::option::of(0..60_000_u64),
        any::<bool>(),
        prop::option::of(100..3000_u64),
        prop::option::weighted(0.3, 1..6_u32),
    )
        .prop_map(
            |(backoff, min_delay, jitter, seed, retry_after, statuses, idle_timeout, max_failures)| Rules {
                backoff,
                min_delay,
                jitter,
                seed,
                retry_after,
                statuses,
                idle_timeout,
                max_failures,
            },
        )
}

pub fn scenarios() -> impl Strategy<Value = Scenario> {
    (
        select(vec![Utf8::Raw, Utf8::Replace, Utf8::Strict]),
        prop_oneof![2 => Just(16 << 20), 1 => 0..60_usize],
        prop_oneof![1 => Just(3000), 1 => 0..10_000_u64],
        select(vec!["", "", "seed"]),
        prop_oneof![4 => Just(None), 1 => Just(Some(Replay::Allowed)), 1 => Just(Some(Replay::Refused))],
        rules(),
        prop::collection::vec(connections(), 1..12),
    )
        .prop_map(
            |(utf8, max_event_size, reconnection_time, last_event_id, body, rules, connections)| Scenario {
                utf8,
                max_event_size,
                reconnection_time,
                last_event_id,
                body,
                rules,
                connections,
            },
        )
}
