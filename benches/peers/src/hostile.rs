//! Hostile streams: what a parser does with them in time and in memory.
//!
//! Two of them are lines of data that go on and on, in chunks of one size. Limits are lifted, so that each must keep the
//! line; one that looks at it again from its start with each chunk takes quadratic time. The others are those of
//! [`eventwire_testkit::hostile`], 16 MiB of each, in chunks of 1,460 bytes. Each contestant runs in a process of its own, which is
//! ended after a time limit.

use std::time::{Duration, Instant};

use bytes::Bytes;
use eventwire_testkit::hostile;
use serde::Serialize;

use crate::child::{self, End};
use crate::contestant::{CONTESTANTS, Contestant, Kind, by_name};

/// The command that measures one contestant: its name and that of the case follow.
pub const COMMAND: &str = "--hostile";

/// What is measured, and how it comes.
#[derive(Clone, Copy, Debug)]
struct Attack {
    name: &'static str,
    bytes: usize,
    chunk: usize,
    /// The stream of this name in the collection of the testkit; without a name, a line of data that never ends.
    stream: Option<&'static str>,
}

impl Attack {
    const fn line(name: &'static str, bytes: usize, chunk: usize) -> Self {
        Self { name, bytes, chunk, stream: None }
    }

    const fn stream(name: &'static str) -> Self {
        Self { name, bytes: 16 << 20, chunk: 1460, stream: Some(name) }
    }
}

const ATTACKS: [Attack; 20] = [
    Attack::line("64 MiB line in 64 KiB chunks", 64 << 20, 64 << 10),
    Attack::line("1 MiB line in 1-byte chunks", 1 << 20, 1),
    Attack::stream("unterminated unknown"),
    Attack::stream("unterminated comment"),
    Attack::stream("unterminated id"),
    Attack::stream("unterminated event"),
    Attack::stream("unterminated retry"),
    Attack::stream("blank lines"),
    Attack::stream("cr only"),
    Attack::stream("mixed line ends"),
    Attack::stream("giant ids"),
    Attack::stream("ids voided late"),
    Attack::stream("retry overflow"),
    Attack::stream("comment flood"),
    Attack::stream("invalid utf-8"),
    Attack::stream("truncated sequences"),
    Attack::stream("replacements"),
    Attack::stream("empty data lines"),
    Attack::stream("nearly names"),
    Attack::stream("marks"),
];

/// Who is measured with the streams: the fastest peer, and the one in widest use. All are with the lines.
const BESIDE: [&str; 4] = ["eventwire", "eventwire default limit", "sse-core", "eventsource-stream"];

/// What one contestant did with one stream.
#[derive(Clone, Debug, Serialize)]
pub struct HostileRow {
    /// The stream.
    pub stream: &'static str,
    /// The contestant.
    pub contestant: &'static str,
    /// What it did.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// Time and memory, or why there are none.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It took all.
    Done {
        /// From the first chunk to the last, the parser made and dropped.
        seconds: f64,
        /// Its part in the process' peak of resident memory; none where the system does not tell.
        peak_bytes: Option<u64>,
        /// The events that it found, until it ended or gave up the stream.
        events: u64,
    },
    /// It had not finished by then.
    MoreThanSeconds(f64),
    /// It found an event where there is none, or did not run.
    Wrong,
}

/// Measures all parsers with the lines, and some with the other streams; a quick run gives them less time, and one run instead
/// of the median of three.
#[must_use]
pub fn measure(quick: bool) -> Vec<HostileRow> {
    let (limit, runs) = if quick { (Duration::from_secs(5), 1) } else { (Duration::from_secs(30), 3) };
    let mut rows = Vec::new();
    for attack in &ATTACKS {
        for contestant in parsers() {
            if attack.stream.is_none() || BESIDE.contains(&contestant.name) {
                let outcome = measure_one(attack, contestant, limit, runs);
                rows.push(HostileRow { stream: attack.name, contestant: contestant.name, outcome });
            }
        }
    }
    rows
}

/// Everyone who keeps a line; what is measured on one corpus alone is left out.
fn parsers() -> impl Iterator<Item = &'static Contestant> {
    CONTESTANTS
        .iter()
        .filter(|contestant| contestant.kind != Kind::Limit && contestant.takes_part_in("hostile"))
}

fn measure_one(attack: &Attack, contestant: &Contestant, limit: Duration, runs: usize) -> Outcome {
    let mut done = Vec::new();
    for _ in 0..runs {
        match child::run(&[COMMAND, contestant.name, attack.name], limit) {
            End::Done(output) => {
                let Some(outcome) = parse(&output) else { return Outcome::Wrong };
                done.push(outcome);
            }
            End::TimedOut => return Outcome::MoreThanSeconds(limit.as_secs_f64()),
            End::Failed(why) => {
                eprintln!("{}, {}: {why}", contestant.name, attack.name);
                return Outcome::Wrong;
            }
        }
    }
    done.sort_unstable_by(|(a, ..), (b, ..)| a.total_cmp(b));
    let (seconds, peak_bytes, events) = done[done.len() / 2];
    Outcome::Done { seconds, peak_bytes, events }
}

/// Reads what [`report`] writes: seconds, bytes or `-`, events.
fn parse(output: &str) -> Option<(f64, Option<u64>, u64)> {
    let mut words = output.split_whitespace();
    let (seconds, bytes, events) = (words.next()?, words.next()?, words.next()?);
    Some((seconds.parse().ok()?, bytes.parse().ok(), events.parse().ok()?))
}

/// The measuring process: runs one contestant and writes time and memory to standard output.
///
/// # Errors
///
/// What is wrong with the names, or with what the contestant finds.
pub fn report(contestant: &str, attack: &str) -> Result<(), String> {
    let contestant = by_name(contestant).ok_or("no such contestant")?;
    let attack = ATTACKS.iter().find(|known| known.name == attack).ok_or("no such stream")?;
    let chunks = attack.chunks()?;
    let before = if child::forget_peak() { child::memory("VmHWM") } else { None };
    let begin = Instant::now();
    let found = contestant.pass(&chunks);
    let seconds = begin.elapsed().as_secs_f64();
    let peak = child::memory("VmHWM").zip(before).map(|(after, before)| after - before);
    if found.events() > 0 && attack.stream.is_none() {
        return Err(format!("a line that does not end gave {found:?}"));
    }
    println!("{seconds} {} {}", peak.map_or("-".to_owned(), |bytes| bytes.to_string()), found.events());
    Ok(())
}

impl Attack {
    fn chunks(&self) -> Result<Vec<Bytes>, String> {
        let Some(name) = self.stream else { return Ok(self.chunks_of_line()) };
        let stream = Bytes::from(hostile::named(name, self.bytes).ok_or("no such stream")?);
        let cuts = (0..stream.len()).step_by(self.chunk);
        Ok(cuts.map(|at| stream.slice(at..stream.len().min(at + self.chunk))).collect())
    }

    /// Chunks that share their memory, so that what is resident is the contestant's.
    fn chunks_of_line(&self) -> Vec<Bytes> {
        const OPENING: &str = "data: ";
        let head = Bytes::from(hostile::unterminated(OPENING, self.chunk));
        let body = head.slice(OPENING.len()..);
        let mut chunks = Vec::with_capacity(self.bytes / self.chunk + OPENING.len());
        let opening = (0..OPENING.len()).step_by(self.chunk);
        chunks.extend(opening.map(|at| head.slice(at..OPENING.len().min(at + self.chunk))));
        chunks.extend((0..self.bytes / self.chunk).map(|_| body.clone()));
        chunks
    }
}
