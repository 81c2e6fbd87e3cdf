//! A client that does as little as it can: it reads, and looks at the clock.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

/// How long events were on their way, in microseconds.
#[derive(Clone, Copy, Debug)]
pub struct Latency {
    pub p50: f64,
    pub p99: f64,
}

fn ask(address: SocketAddr, path: &str) -> TcpStream {
    let mut connection = TcpStream::connect(address).unwrap();
    connection.set_nodelay(true).unwrap();
    write!(connection, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    connection
}

/// Takes the long stream, which has so many MiB when the server sends it, and tells how many of them went through in a second.
pub fn throughput(address: SocketAddr, mebibytes: usize) -> f64 {
    let begin = Instant::now();
    let mut connection = ask(address, "/bulk");
    let (mut buffer, mut tail) = (vec![0; 256 << 10], Vec::new());
    loop {
        let count = connection.read(&mut buffer).unwrap();
        if count == 0 {
            break;
        }
        tail.extend_from_slice(&buffer[count.saturating_sub(5)..count]);
        tail.drain(..tail.len().saturating_sub(5));
    }
    assert_eq!(tail, b"0\r\n\r\n", "the stream came to its end");
    mebibytes as f64 / begin.elapsed().as_secs_f64()
}

/// Takes the other stream, and tells by how much its events came later than they were sent.
pub fn latency(address: SocketAddr, epoch: Instant) -> Latency {
    let mut times = Vec::new();
    for line in BufReader::new(ask(address, "/ticks")).split(b'\n') {
        let line = line.unwrap();
        if let Some(sent) = line.strip_prefix(b"data: ") {
            let sent: f64 = std::str::from_utf8(sent).unwrap().parse().unwrap();
            times.push((epoch.elapsed().as_secs_f64() * 1e9 - sent) / 1e3);
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    assert!(!times.is_empty(), "events came");
    Latency { p50: at(0.5), p99: at(0.99) }
}
