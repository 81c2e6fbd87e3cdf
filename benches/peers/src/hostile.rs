//! Lines that never end: what a parser does with them in time and in memory.
//!
//! A data line goes on and on in chunks of one size, and no event comes of it. Limits are lifted, so that each must
//! keep the line; one that looks at it again from its start with each chunk takes quadratic time. Each contestant runs
//! in a process of its own, which is ended after a time limit.

use std::time::{Duration, Instant};

use bytes::Bytes;
use eventwire_testkit::hostile;
use serde::Serialize;

use crate::child::{self, End};
use crate::contestant::{CONTESTANTS, Contestant, Kind, by_name};

/// The command that measures one contestant: its name and that of the case follow.
pub const COMMAND: &str = "--hostile";

/// A line that never ends, and its chunks.
#[derive(Clone, Copy, Debug)]
struct Line {
    name: &'static str,
    bytes: usize,
    chunk: usize,
}

const LINES: [Line; 2] = [
    Line { name: "64 MiB line in 64 KiB chunks", bytes: 64 << 20, chunk: 64 << 10 },
    Line { name: "1 MiB line in 1-byte chunks", bytes: 1 << 20, chunk: 1 },
];

/// What one contestant did with one line.
#[derive(Clone, Debug, Serialize)]
pub struct HostileRow {
    /// The line.
    pub line: &'static str,
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
    },
    /// It had not finished by then.
    MoreThanSeconds(f64),
    /// It found an event, or did not run.
    Wrong,
}

/// Measures all parsers with all lines; a quick run gives them less time, and one run instead of the median of three.
#[must_use]
pub fn measure(quick: bool) -> Vec<HostileRow> {
    let (limit, runs) = if quick { (Duration::from_secs(5), 1) } else { (Duration::from_secs(30), 3) };
    let mut rows = Vec::new();
    for line in &LINES {
        for contestant in parsers() {
            let outcome = measure_one(line, contestant, limit, runs);
            rows.push(HostileRow { line: line.name, contestant: contestant.name, outcome });
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

fn measure_one(line: &Line, contestant: &Contestant, limit: Duration, runs: usize) -> Outcome {
    let mut done = Vec::new();
    for _ in 0..runs {
        match child::run(&[COMMAND, contestant.name, line.name], limit) {
            End::Done(output) => {
                let Some(outcome) = parse(&output) else { return Outcome::Wrong };
                done.push(outcome);
            }
            End::TimedOut => return Outcome::MoreThanSeconds(limit.as_secs_f64()),
            End::Failed(why) => {
                eprintln!("{}, {}: {why}", contestant.name, line.name);
                return Outcome::Wrong;
            }
        }
    }
    done.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
    let (seconds, peak_bytes) = done[done.len() / 2];
    Outcome::Done { seconds, peak_bytes }
}

/// Reads what [`report`] writes: seconds, and bytes or `-`.
fn parse(output: &str) -> Option<(f64, Option<u64>)> {
    let (seconds, bytes) = output.trim().split_once(' ')?;
    Some((seconds.parse().ok()?, bytes.parse().ok()))
}

/// The measuring process: runs one contestant and writes time and memory to standard output.
///
/// # Errors
///
/// What is wrong with the names, or with what the contestant finds.
pub fn report(contestant: &str, line: &str) -> Result<(), String> {
    let contestant = by_name(contestant).ok_or("no such contestant")?;
    let line = LINES.iter().find(|known| known.name == line).ok_or("no such line")?;
    let chunks = line.chunks();
    let before = child::memory("VmHWM");
    let begin = Instant::now();
    let found = contestant.pass(&chunks);
    let seconds = begin.elapsed().as_secs_f64();
    let peak = child::memory("VmHWM").zip(before).map(|(after, before)| after - before);
    if found.events() > 0 {
        return Err(format!("a line that does not end gave {found:?}"));
    }
    println!("{seconds} {}", peak.map_or("-".to_owned(), |bytes| bytes.to_string()));
    Ok(())
}

impl Line {
    /// Chunks that share their memory, so that what is resident is the contestant's.
    fn chunks(&self) -> Vec<Bytes> {
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
