//! What the layers cost in a reverse proxy on hyper, and what the proxy on Pingora costs beside one that does nothing else: throughput, processor
//! time, the time by which an event comes later, and memory.
//!
//! ```sh
//! cargo xtask bench-proxies            # --test: a short run that only checks; --pingora: the proxy on Pingora as well
//! ```
//!
//! A server and a client, and each proxy as a process of its own, run on one machine, over loopback. Each round measures every proxy once, one after the
//! other, so that what else the machine does befalls all of them; what is shown are medians of the rounds, and the median of the ratios to, or
//! differences from, the proxy that does nothing else, in the same round.

mod client;
mod figures;
#[path = "../../examples/hyper_proxy/forward.rs"]
mod forward;
mod hyper;
mod process;
mod upstream;

use std::net::SocketAddr;

use figures::{COLUMNS, Figures, median};
use process::{Process, Program};

/// A proxy that is measured.
struct Contestant {
    name: &'static str,
    program: Program,
    process: Process,
    /// The place of the proxy that it is compared with.
    base: usize,
    rounds: Vec<Figures>,
}

impl Contestant {
    fn new(name: &'static str, program: Program, base: usize, upstream: SocketAddr) -> Self {
        let process = Process::start(&program, upstream);
        Self { name, program, process, base, rounds: Vec::new() }
    }
}

/// How much is measured.
struct Scale {
    rounds: usize,
    mebibytes: usize,
    short_streams: usize,
    ticks: usize,
    open_streams: usize,
}

const FULL: Scale = Scale { rounds: 15, mebibytes: 64, short_streams: 200, ticks: 400, open_streams: 10_000 };
const TEST: Scale = Scale { rounds: 1, mebibytes: 1, short_streams: 5, ticks: 20, open_streams: 20 };

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [serve, place, address, upstream] = &arguments[..]
        && serve == hyper::SERVE
    {
        hyper::serve(place.parse().unwrap(), address, upstream);
        return;
    }
    let scale = if arguments.iter().any(|argument| argument == "--test") { TEST } else { FULL };
    let pingora = arguments.iter().skip_while(|argument| *argument != "--pingora").nth(1);
    let upstream = upstream::start(scale.mebibytes, scale.ticks);

    let mut contestants: Vec<Contestant> =
        hyper::programs().map(|(name, program)| Contestant::new(name, program, 0, upstream)).collect();
    let base = contestants.len();
    if let Some(path) = pingora {
        let program =
            |options: &[&str]| Program { path: path.clone(), before: Vec::new(), behind: owned(options) };
        contestants.push(Contestant::new("Pingora", program(&["--plain"]), base, upstream));
        contestants.push(Contestant::new("Pingora, tap and rewriter", program(&[]), base, upstream));
    }

    for _ in 0..scale.rounds {
        for contestant in &mut contestants {
            let figures = Figures::measure(&contestant.process, scale.mebibytes as f64, scale.short_streams);
            contestant.rounds.push(figures);
        }
    }

    print!("{:26}", "proxy");
    COLUMNS.iter().for_each(|column| print!("{:>24}", column.title));
    println!();
    for contestant in &contestants {
        print!("{:26}", contestant.name);
        for column in &COLUMNS {
            let beside = &contestants[contestant.base].rounds;
            let pairs = contestant.rounds.iter().zip(beside).map(|(own, base)| (column.compare)(own, base));
            let value = median(contestant.rounds.iter().map(column.value));
            print!("{value:14.1} {}", (column.show)(median(pairs)));
        }
        println!();
    }

    let count = open_streams(scale.open_streams);
    println!("\nmemory of {count} open streams, half an event of each to come, bytes a stream");
    for contestant in contestants {
        drop(contestant.process);
        println!("{:26}{:14.0}", contestant.name, figures::memory(&contestant.program, upstream, count));
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// As many streams as were asked for, or as many as the limit on open files allows: this process has two for each, client's and server's.
fn open_streams(asked: usize) -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap();
    let limit: usize = line.split_whitespace().next().unwrap().parse().unwrap_or(usize::MAX);
    let possible = limit.saturating_sub(200) / 2;
    if possible < asked {
        println!("\n{asked} streams need more open files than {limit}: `ulimit -n {}`", 2 * asked + 200);
    }
    asked.min(possible)
}
