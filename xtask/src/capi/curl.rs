//! The example with libcurl, against a server that cuts a stream where it hurts most.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;
use std::{io, thread};

use super::command::run_command;
use super::mode::Mode;

/// What the two connections bring: the first is cut off in an event, the second goes on behind the last whole one.
const STREAMS: [&str; 2] = [
    "\u{feff}event: greeting\r\ndata: Grüße\r\nid: 1\r\n\r\nretry: 0\r\n: ping\r\ndata: two\rdata: lines\nid: 2\r\n\r\nid: 3\ndata: cut off",
    "data: 日本語 🎉\n\n\n\nevent: bye\ndata\n\n",
];

const SHOWN: &str = "greeting: Grüße\nmessage: two\nlines\nmessage: 日本語 🎉\nbye: \n";

/// Runs the example for two connections; what it shows, and what it asks the server for, is as it should be.
pub fn check(mode: Mode, program: &Path) -> Result<(), String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let (sender, requests) = mpsc::channel();
    // Not joined: if the program never comes, it waits until the end of the process.
    thread::spawn(move || {
        for stream in STREAMS {
            let request = listener.accept().and_then(|(connection, _)| serve(connection, stream.as_bytes()));
            if sender.send(request).is_err() {
                return;
            }
        }
    });
    let mut command = mode.command(program);
    command.arg(format!("http://{address}/")).arg("2").env("no_proxy", "*");
    let shown = run_command(&mut command, b"")?;
    if shown != SHOWN {
        return Err(format!("{}: shows {shown:?}", program.display()));
    }
    let request = || match requests.recv_timeout(Duration::from_secs(5)) {
        Ok(request) => request.map(|head| head.to_ascii_lowercase()).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    let (first, second) = (request()?, request()?);
    let has = |head: &str, line: &str| head.lines().any(|given| given == line);
    if !has(&first, "accept: text/event-stream") || first.contains("last-event-id") {
        return Err(format!("{}: asks first {first:?}", program.display()));
    }
    if !has(&second, "last-event-id: 2") {
        return Err(format!("{}: asks again {second:?}", program.display()));
    }
    Ok(())
}

/// Answers one request with the stream in pieces of one, two, three and five bytes: within CR LF, the byte-order mark, and
/// characters. Gives the request's head.
fn serve(mut connection: TcpStream, stream: &[u8]) -> io::Result<String> {
    connection.set_nodelay(true)?;
    let mut head = String::new();
    let mut reader = BufReader::new(connection.try_clone()?);
    while reader.read_line(&mut head)? > 2 {}
    connection.write_all(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
    )?;
    let (mut rest, mut sizes) = (stream, [1, 2, 3, 5].into_iter().cycle());
    while !rest.is_empty() {
        let (piece, behind) = rest.split_at(sizes.next().unwrap_or(1).min(rest.len()));
        rest = behind;
        write!(connection, "{:x}\r\n", piece.len())?;
        connection.write_all(piece)?;
        connection.write_all(b"\r\n")?;
        // So that the pieces arrive as such.
        thread::sleep(Duration::from_millis(1));
    }
    connection.write_all(b"0\r\n\r\n")?;
    Ok(head)
}
