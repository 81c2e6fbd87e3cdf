//! A server that answers every request with the same bytes, in these pieces.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// What it sends.
#[derive(Clone, Debug)]
pub struct Answer {
    fields: String,
    pieces: Vec<Vec<u8>>,
    framing: Framing,
    /// Whether the connection is closed before the body's end.
    is_cut: bool,
    /// Whether nothing more comes, not even the end.
    hangs: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    Chunks,
    Length,
    Close,
}

impl Answer {
    /// An event stream, a chunk for each piece.
    pub fn stream<'s>(pieces: impl IntoIterator<Item = &'s [u8]>) -> Self {
        let answer = Self::with_length("Content-Type: text/event-stream\r\n", pieces);
        Self { framing: Framing::Chunks, ..answer }
    }

    /// A body with these fields in its head, and its length.
    pub fn with_length<'s>(fields: &str, pieces: impl IntoIterator<Item = &'s [u8]>) -> Self {
        let pieces = pieces.into_iter().map(<[u8]>::to_vec).collect();
        Self { fields: fields.to_owned(), pieces, framing: Framing::Length, is_cut: false, hangs: false }
    }

    /// The end of the connection is that of the body.
    pub fn until_close(mut self) -> Self {
        self.framing = Framing::Close;
        self
    }

    pub fn cut(mut self) -> Self {
        self.is_cut = true;
        self
    }

    pub fn hang(mut self) -> Self {
        self.hangs = true;
        self
    }

    /// Whether there is this field in its head.
    pub fn has(&self, name: &str) -> bool {
        self.fields.contains(&format!("{name}:"))
    }

    fn write(&self, connection: &mut TcpStream) -> std::io::Result<()> {
        connection.set_nodelay(true)?;
        let framing = match self.framing {
            Framing::Chunks => "Transfer-Encoding: chunked\r\n".to_owned(),
            Framing::Length => format!("Content-Length: {}\r\n", self.pieces.concat().len()),
            Framing::Close => "Connection: close\r\n".to_owned(),
        };
        write!(connection, "HTTP/1.1 200 OK\r\n{}{framing}\r\n", self.fields)?;
        for piece in &self.pieces {
            match self.framing {
                Framing::Chunks => connection
                    .write_all(&[format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat())?,
                Framing::Length | Framing::Close => connection.write_all(piece)?,
            }
            thread::yield_now();
        }
        if self.hangs {
            thread::sleep(Duration::from_secs(60));
        }
        if self.framing == Framing::Chunks && !self.is_cut {
            connection.write_all(b"0\r\n\r\n")?;
        }
        Ok(())
    }
}

/// Starts a server that gives this answer, on a thread that ends with the test's process.
pub fn serve(answer: Answer) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let answer = answer.clone();
            thread::spawn(move || {
                // A proxy that hangs up is none of the server's business, nor one that only looks whether it is there.
                while has_request(&mut connection)
                    && answer.write(&mut connection).is_ok()
                    && answer.framing != Framing::Close
                    && !answer.is_cut
                {}
            });
        }
    });
    address
}

/// Reads the head of a request, which has no body.
fn has_request(connection: &mut TcpStream) -> bool {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match connection.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return false,
        }
    }
    true
}
