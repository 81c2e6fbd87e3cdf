//! Servers for `eventwire get`, on loopback.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// Ample for a line to come on a machine that is busy.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// The head of a stream that ends with its connection.
pub(crate) const STREAM: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

/// An answer after which there is to be no other request.
pub(crate) const NO_CONTENT: &str = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";

/// A server that gives each connection the next of these answers, and then is gone. The requests come out of the channel:
/// the head, and the body.
pub(crate) fn serve(answers: &[String]) -> (String, Receiver<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/stream", listener.local_addr().unwrap());
    let (sender, requests) = channel();
    let answers = answers.to_vec();
    thread::spawn(move || {
        for answer in answers {
            let (mut socket, _) = listener.accept().unwrap();
            let _ = sender.send(read_request(&mut socket));
            let _ = socket.write_all(answer.as_bytes());
        }
    });
    (url, requests)
}

/// Reads a request: its head, and its body.
pub(crate) fn read_request(socket: impl Read) -> (String, String) {
    let mut reader = BufReader::new(socket);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned))
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}

/// A stream with these events.
pub(crate) fn stream(events: &str) -> String {
    format!("{STREAM}{events}")
}

/// An answer that is none.
pub(crate) fn status(line: &str) -> String {
    format!("HTTP/1.1 {line}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

/// The URL of a port at which nobody listens.
pub(crate) fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/stream", listener.local_addr().unwrap())
}
