//! A server with two streams: much at once at `/bulk`, and at `/ticks` an event now and then that says when it was sent.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use eventwire_testkit::corpora;

/// What is written at once of the stream that comes at once.
const CHUNK: usize = 16 << 10;

/// Time between two events of the other.
const INTERVAL: Duration = Duration::from_millis(1);

/// The moment from which the server counts.
pub fn epoch() -> Instant {
    static EPOCH: OnceLock<Instant> = OnceLock::new();
    *EPOCH.get_or_init(Instant::now)
}

/// Starts it, on threads of its own.
pub fn start(mebibytes: usize, ticks: usize) -> SocketAddr {
    epoch();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let bulk = corpora::openai(mebibytes << 20, 7).bytes;
        thread::scope(|scope| {
            for mut connection in listener.incoming().flatten() {
                let bulk = &bulk;
                scope.spawn(move || while serve(&mut connection, bulk, ticks).is_ok() {});
            }
        });
    });
    address
}

fn serve(connection: &mut TcpStream, bulk: &[u8], ticks: usize) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        connection.read_exact(&mut byte)?;
        request.push(byte[0]);
    }
    connection.set_nodelay(true)?;
    connection.write_all(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
    )?;
    if request.starts_with(b"GET /bulk ") {
        bulk.chunks(CHUNK).try_for_each(|chunk| write(connection, chunk))?;
    } else {
        for _ in 0..ticks {
            thread::sleep(INTERVAL);
            write(connection, format!("data: {}\n\n", epoch().elapsed().as_nanos()).as_bytes())?;
        }
    }
    connection.write_all(b"0\r\n\r\n")
}

fn write(connection: &mut TcpStream, chunk: &[u8]) -> std::io::Result<()> {
    connection.write_all(&[format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat())
}
