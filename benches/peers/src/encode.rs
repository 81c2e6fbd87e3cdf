//! Encoders: the same messages written to a stream by `eventwire` and by peers.
//!
//! The messages are the events of the corpora, as an application holds them, a few at a time, so that what is written has
//! just been made and is in the cache. What a peer must own is made before the clock runs, and given away to it. Each message
//! is written on its own, as a server does that sends it: peers that make an allocation for each do so, and those that append
//! to a buffer find it empty, with the room that it had.
//!
//! Before anything is timed, what each writes is read by the oracle, and has to be the same events. Those that write no such
//! stream are shown as wrong.

mod contestants;

use std::hint::black_box;
use std::time::{Duration, Instant};

use eventwire_testkit::corpora::{self, Corpus};
use eventwire_testkit::oracle::interpret;
use eventwire_testkit::outcome::Item;
use eventwire_testkit::settings::{Settings, Start};
use serde::Serialize;

use crate::contestant::Kind;
use contestants::CONTESTANTS;

/// The name by which the encoders are asked for, where others are called by their corpus.
pub const NAME: &str = "encode";

/// The packages of the peers that are not among the parsers.
pub const PACKAGES: [&str; 1] = ["axum"];

/// An event to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    /// Its type, unless it is `message`.
    pub event: Option<String>,
    /// Its id, if it has one.
    pub id: Option<String>,
    /// Its data.
    pub data: String,
}

/// Takes a message as it lies in the stream.
pub type Take<'t> = &'t mut dyn FnMut(&[u8]);

/// The encoders on the events of one corpus.
#[derive(Clone, Debug, Serialize)]
pub struct EncoderTable {
    /// The corpus.
    pub corpus: &'static str,
    /// How many events there are.
    pub events: usize,
    /// The encoders.
    pub rows: Vec<EncoderRow>,
}

/// An encoder's speed.
#[derive(Clone, Debug, Serialize)]
pub struct EncoderRow {
    /// Its name.
    pub contestant: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// Nanoseconds for each event, the median of the rounds; none if what it writes is wrong.
    pub ns_per_event: Option<f64>,
    /// The first and third quartile of the same.
    pub ns_per_event_quartiles: Option<[f64; 2]>,
}

impl EncoderTable {
    /// The time of an encoder for an event, if what it writes is right.
    #[must_use]
    pub fn time(&self, contestant: &str) -> Option<f64> {
        self.rows.iter().find(|row| row.contestant == contestant)?.ns_per_event
    }

    /// The time of the fastest peer whose stream is right.
    #[must_use]
    pub fn best_peer(&self) -> Option<f64> {
        let peers = self.rows.iter().filter(|row| row.kind == Kind::Peer);
        peers.filter_map(|row| row.ns_per_event).min_by(f64::total_cmp)
    }
}

/// The corpora whose events are written, by name.
pub const CORPORA: [&str; 6] = ["openai", "anthropic", "ticks", "wikimedia", "large", "lines"];

/// The events of a corpus of about so many bytes.
fn events(corpus: &str, bytes: usize) -> Vec<Fields> {
    let events_of = |corpus: &Corpus| {
        let items = interpret(&corpus.bytes, &Settings::default(), &Start::default()).items;
        let text = |bytes| String::from_utf8(bytes).expect("the corpora are UTF-8");
        items
            .into_iter()
            .filter_map(|item| match item {
                Item::Event(event) => Some(Fields {
                    event: (event.event_type != b"message").then(|| text(event.event_type)),
                    id: event.id.map(text),
                    data: text(event.data),
                }),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    match corpus {
        "openai" => events_of(&corpora::openai(bytes, 1)),
        "anthropic" => events_of(&corpora::anthropic(bytes, 1)),
        "ticks" => events_of(&corpora::ticks(bytes, 1)),
        "wikimedia" => events_of(&corpora::wikimedia(bytes, 1)),
        "large" => events_of(&corpora::large(bytes, 1)),
        // Sixteen lines of about a hundred bytes in each event.
        _ => {
            let lines = events_of(&corpora::anthropic(bytes, 1));
            let data = lines.chunks(16).map(|lines| {
                let lines: Vec<&str> = lines.iter().map(|fields| &fields.data[..]).collect();
                lines.join("\n")
            });
            data.map(|data| Fields { event: None, id: None, data }).collect()
        }
    }
}

/// Measures all encoders on all corpora.
#[must_use]
pub fn measure(quick: bool) -> Vec<EncoderTable> {
    let (bytes, rounds) = if quick { (256 << 10, 3) } else { (2 << 20, 31) };
    CORPORA.iter().map(|corpus| measure_corpus(corpus, &events(corpus, bytes), rounds)).collect()
}

fn measure_corpus(corpus: &'static str, events: &[Fields], rounds: usize) -> EncoderTable {
    let mut entries: Vec<(_, _, Vec<Duration>)> = CONTESTANTS
        .iter()
        .map(|contestant| {
            let is_right = written(events, contestant.pass) == expected(events);
            (contestant, is_right, Vec::with_capacity(rounds))
        })
        .collect();
    for round in 0..rounds {
        let mut order: Vec<_> = entries.iter_mut().filter(|(_, is_right, _)| *is_right).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for (contestant, _, times) in order {
            let mut bytes = 0;
            let mut take = |message: &[u8]| bytes += black_box(message).len();
            times.push(batches(events).map(|batch| (contestant.pass)(batch, &mut take)).sum());
            assert!(bytes > 0, "{} has written nothing", contestant.name);
        }
    }
    let rows = entries.into_iter().map(|(contestant, _, mut times)| {
        times.sort_unstable();
        let quantile = |share: f64| {
            let time: Duration = *times.get(((times.len().max(1) - 1) as f64 * share).round() as usize)?;
            Some(time.as_secs_f64() * 1e9 / events.len() as f64)
        };
        EncoderRow {
            contestant: contestant.name,
            kind: contestant.kind,
            ns_per_event: quantile(0.5),
            ns_per_event_quartiles: quantile(0.25).zip(quantile(0.75)).map(|(low, high)| [low, high]),
        }
    });
    EncoderTable { corpus, events: events.len(), rows: rows.collect() }
}

/// The events in batches that the second cache of most machines holds twice.
fn batches(events: &[Fields]) -> impl Iterator<Item = &[Fields]> {
    const BYTES: usize = 256 << 10;
    let bytes: usize = events.iter().map(|fields| size_of::<Fields>() + fields.data.len()).sum();
    events.chunks((BYTES * events.len() / bytes.max(1)).max(1))
}

/// The events of the stream that a pass writes, as the oracle reads it: type, last event ID, data.
fn written(events: &[Fields], pass: contestants::Pass) -> Vec<[Vec<u8>; 3]> {
    let mut stream = Vec::new();
    let _ = pass(events, &mut |message| stream.extend_from_slice(message));
    let items = interpret(&stream, &Settings::default(), &Start::default()).items;
    items
        .into_iter()
        .filter_map(|item| match item {
            Item::Event(event) => Some([event.event_type, event.last_event_id, event.data]),
            _ => None,
        })
        .collect()
}

fn expected(events: &[Fields]) -> Vec<[Vec<u8>; 3]> {
    let mut last_event_id = String::new();
    let event = |fields: &Fields| {
        last_event_id = fields.id.clone().unwrap_or(std::mem::take(&mut last_event_id));
        let event_type = fields.event.as_deref().unwrap_or("message");
        [event_type, &last_event_id, &fields.data].map(|text| text.as_bytes().to_vec())
    };
    events.iter().map(event).collect()
}

/// The time that `work` takes.
fn timed(work: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    work();
    begin.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_write_the_right_stream() {
        for corpus in CORPORA {
            let events = events(corpus, 200_000);
            for contestant in CONTESTANTS.iter().filter(|contestant| contestant.kind == Kind::Eventwire) {
                assert!(
                    written(&events, contestant.pass) == expected(&events),
                    "{} on {corpus}",
                    contestant.name
                );
            }
        }
    }

    #[test]
    fn a_stream_that_lacks_an_event_or_a_field_is_wrong() {
        let all = events("wikimedia", 20_000);
        let ours = CONTESTANTS[0].pass;
        assert!(written(&all[1..], ours) != expected(&all));
        let mut changed = all.clone();
        changed[0].id = None;
        assert!(written(&changed, ours) != expected(&all));
    }
}
