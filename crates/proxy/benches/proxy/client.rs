//! A client that does as little as it can: it reads, and looks at the clock.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// How long a proxy may be silent.
const PATIENCE: Duration = Duration::from_secs(30);

fn ask(address: SocketAddr, path: &str) -> TcpStream {
    let mut connection = TcpStream::connect(address).unwrap();
    connection.set_nodelay(true).unwrap();
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(connection, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    connection
}

/// Takes a whole stream.
pub fn take(address: SocketAddr, path: &str) {
    let mut connection = ask(address, path);
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
}

/// Opens a stream that has no end, and takes its second event: the first may be dropped.
pub fn open(address: SocketAddr) -> TcpStream {
    const EVENT: &[u8] = b"data: two\n\n";
    let mut connection = ask(address, "/open");
    let (mut buffer, mut come) = ([0; 4096], Vec::new());
    while !come.windows(EVENT.len()).any(|window| window == EVENT) {
        let count = connection.read(&mut buffer).unwrap();
        assert_ne!(count, 0, "the stream has no end");
        come.extend_from_slice(&buffer[..count]);
    }
    connection
}

/// Takes the stream of times, and tells by how many microseconds its events came later than they were sent, in order of size.
pub fn latencies(address: SocketAddr, epoch: Instant) -> Vec<f64> {
    let mut times = Vec::new();
    for line in BufReader::new(ask(address, "/ticks")).split(b'\n') {
        let line = line.unwrap();
        if let Some(sent) = line.strip_prefix(b"data: ") {
            let sent: f64 = std::str::from_utf8(sent).unwrap().parse().unwrap();
            times.push((epoch.elapsed().as_secs_f64() * 1e9 - sent) / 1e3);
        }
    }
    assert!(!times.is_empty(), "events came");
    times.sort_by(f64::total_cmp);
    times
}
