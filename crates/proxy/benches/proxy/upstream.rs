//! A server with four streams: much at once at `/bulk`, forty events at `/short`, at `/ticks` an event now and then that says when it was sent, and at
//! `/open` two events and a half, and no end.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use eventwire_testkit::corpora;

/// What is written at once of the stream that is long.
const CHUNK: usize = 16 << 10;

/// How long the short one is, in bytes, about.
const SHORT: usize = 10 << 10;

/// Time between two events of the one with the time in it.
const INTERVAL: Duration = Duration::from_millis(1);

/// Bytes of the half event, of which a rewriter has to hold all.
const HALF: usize = 500;

/// The moment from which the server counts.
pub fn epoch() -> Instant {
    static EPOCH: OnceLock<Instant> = OnceLock::new();
    *EPOCH.get_or_init(Instant::now)
}

/// What is sent.
struct Server {
    bulk: Vec<u8>,
    short: Vec<u8>,
    ticks: usize,
}

/// Starts it, on threads of its own.
pub fn start(mebibytes: usize, ticks: usize) -> SocketAddr {
    epoch();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let bulk = corpora::openai(mebibytes << 20, 7).bytes;
        let short = corpora::openai(SHORT, 7).bytes;
        let server = Server { bulk, short, ticks };
        thread::scope(|scope| {
            for mut connection in listener.incoming().flatten() {
                let server = &server;
                scope.spawn(move || while server.serve(&mut connection).is_ok() {});
            }
        });
    });
    address
}

impl Server {
    fn serve(&self, connection: &mut TcpStream) -> std::io::Result<()> {
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
        match request.split(|byte| *byte == b' ').nth(1) {
            Some(b"/bulk") => self.bulk.chunks(CHUNK).try_for_each(|chunk| write(connection, chunk))?,
            Some(b"/short") => write(connection, &self.short)?,
            Some(b"/open") => {
                write(connection, b"data: one\n\ndata: two\n\n")?;
                write(connection, &[&b"data: "[..], &[b'x'; HALF - 6]].concat())?;
                // Until the proxy has left.
                connection.read_exact(&mut [0])?;
            }
            _ => {
                for _ in 0..self.ticks {
                    thread::sleep(INTERVAL);
                    let event = format!("data: {}\n\n", epoch().elapsed().as_nanos());
                    write(connection, event.as_bytes())?;
                }
            }
        }
        connection.write_all(b"0\r\n\r\n")
    }
}

fn write(connection: &mut TcpStream, chunk: &[u8]) -> std::io::Result<()> {
    connection.write_all(&[format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat())
}
