//! A server that has written its stream before anybody asks, and sends it as fast as it is read.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use eventwire_testkit::corpora;

use crate::clients::Expected;

/// How the stream is cut.
#[derive(Clone, Copy, Debug)]
pub enum Framing {
    /// Into writes of 64 KiB; the body ends with the connection.
    Writes,
    /// Into HTTP chunks, one for each event.
    Events,
}

impl fmt::Display for Framing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Writes => "in writes of 64 KiB",
            Self::Events => "each event in an HTTP chunk",
        })
    }
}

/// A server on a port of its own.
#[derive(Debug)]
pub struct Server {
    url: String,
    repeats: u64,
    corpus: Arc<corpora::Corpus>,
}

impl Server {
    /// A server whose stream has about so many bytes.
    pub fn start(framing: Framing, bytes: usize) -> Self {
        let corpus = Arc::new(corpora::openai(bytes.min(16 << 20), 1));
        let repeats = bytes.div_ceil(corpus.bytes.len()) as u64;
        let mut body = Vec::new();
        match framing {
            Framing::Writes => body.extend_from_slice(&corpus.bytes),
            Framing::Events => {
                let text = str::from_utf8(&corpus.bytes).expect("a corpus is text");
                for event in text.split_inclusive("\n\n") {
                    body.extend_from_slice(format!("{:x}\r\n{event}\r\n", event.len()).as_bytes());
                }
            }
        }
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                // A client that has seen enough hangs up.
                let _ = answer(socket, framing, &body, repeats);
            }
        });
        Self { url, repeats, corpus }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn bytes(&self) -> u64 {
        self.corpus.bytes.len() as u64 * self.repeats
    }

    pub fn events(&self) -> u64 {
        self.corpus.events * self.repeats
    }

    pub fn data_bytes(&self) -> u64 {
        self.corpus.data_bytes * self.repeats
    }

    pub fn expected(&self) -> Expected {
        Expected { bytes: self.bytes(), events: self.events() }
    }
}

fn answer(mut socket: TcpStream, framing: Framing, body: &[u8], repeats: u64) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        socket.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let framing = match framing {
        Framing::Writes => "Connection: close",
        Framing::Events => "Transfer-Encoding: chunked",
    };
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{framing}\r\n\r\n");
    socket.write_all(head.as_bytes())?;
    for _ in 0..repeats {
        for piece in body.chunks(64 << 10) {
            socket.write_all(piece)?;
        }
    }
    Ok(())
}
