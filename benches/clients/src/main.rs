//! Measures how fast clients take a stream from a server on loopback, and what of that is theirs.
//!
//! ```sh
//! cargo run --release --manifest-path benches/clients/Cargo.toml -- [MIB [REPEATS [CLIENT]]]
//! ```
//!
//! The server is a thread that writes the *openai* corpus again and again: in writes of 64 KiB, as a server that has much to
//! say, and with each event in an HTTP chunk of its own, as servers that generate do. Each client runs in a runtime of one
//! thread, whose processor time is counted: so what HTTP costs is counted as well, and what that is the rows `reqwest` say,
//! which only count bytes. Every event is counted and checked against what was sent.

mod clients;
mod server;

use std::time::{Duration, Instant};

use cpu_time::ThreadTime;

use crate::clients::{CLIENTS, Client, Seen};
use crate::server::{Framing, Server};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |usual| arguments.next().map_or(usual, |text| text.parse::<usize>().expect("a number"));
    let (mib, repeats) = (number(1024), number(3));
    let wanted = arguments.next().unwrap_or_default();
    for framing in [Framing::Writes, Framing::Events] {
        let server = Server::start(framing, mib << 20);
        println!("\n{} MiB of openai, {} events, {framing}:\n", server.bytes() >> 20, server.events());
        println!("| client | events/s | wall s | CPU s | CPU ns/event | beyond reqwest alone |");
        println!("|---|---|---|---|---|---|");
        let mut alone = None;
        for client in CLIENTS.iter().filter(|client| client.name.contains(&wanted)) {
            let best = (0..repeats).map(|_| measure(client, &server)).min_by_key(|run| run.cpu);
            let run = best.expect("at least one run");
            let cpu = run.cpu.as_secs_f64();
            let alone = *alone.get_or_insert(cpu);
            let events = server.events() as f64;
            println!(
                "| {} | {:.2} M | {:.2} | {cpu:.2} | {:.0} | {:.0} % |",
                client.name,
                events / run.wall.as_secs_f64() / 1e6,
                run.wall.as_secs_f64(),
                cpu * 1e9 / events,
                (cpu - alone).max(0.0) / cpu * 100.0,
            );
        }
    }
}

/// What a run took.
struct Run {
    wall: Duration,
    cpu: Duration,
}

fn measure(client: &Client, server: &Server) -> Run {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (wall, cpu) = (Instant::now(), ThreadTime::now());
    let seen = runtime.block_on((client.run)(server.url(), server.expected()));
    let run = Run { wall: wall.elapsed(), cpu: cpu.elapsed() };
    match seen {
        Seen::Bytes(bytes) => assert!(bytes >= server.bytes(), "{}: {bytes} bytes", client.name),
        Seen::Events { events, data_bytes } => {
            assert_eq!((events, data_bytes), (server.events(), server.data_bytes()), "{}", client.name);
        }
    }
    run
}
