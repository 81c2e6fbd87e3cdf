//! The example of a source over libcurl, against a server that redirects, breaks off, ends, and in the end wants no more.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;
use std::{io, thread};

use super::command::run_command;
use super::mode::Mode;

/// A connection: what the first line of its request must be, the last event ID that it must say, and what is answered before
/// the server hangs up.
struct Connection {
    asks: &'static str,
    last_event_id: Option<&'static str>,
    answer: &'static str,
}

const CONNECTIONS: [Connection; 5] = [
    Connection {
        asks: "GET / HTTP/1.1",
        last_event_id: None,
        answer: "HTTP/1.1 307 Temporary Redirect\r\nLocation: /moved\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    },
    // It promises more than comes.
    Connection {
        asks: "GET /moved HTTP/1.1",
        last_event_id: None,
        answer: "HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream;charset=utf-8\r\nContent-Length: 999\r\n\r\n\
                 retry: 1\ndata: one\nid: 1\n\nevent: greeting\ndata: Grüße\nid: ✓\n\nid: 3\ndata: cut off",
    },
    Connection {
        asks: "GET / HTTP/1.1",
        last_event_id: Some("✓"),
        answer: "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\ndata: three\nid\n\n",
    },
    // Nothing at all is a network error.
    Connection { asks: "GET / HTTP/1.1", last_event_id: None, answer: "" },
    Connection { asks: "GET / HTTP/1.1", last_event_id: None, answer: "HTTP/1.1 204 No Content\r\n\r\n" },
];

const SHOWN: &str = "\
* open
message: one
greeting: Grüße
* error: the connection failed; trying again
* open
message: three
* error: the stream ended; trying again
* error: the connection failed; trying again
* error: the server answered with another status than 200; closed
";

/// Runs the example until the server wants no more; what it shows, and what it asks for, is as it should be.
pub fn check(mode: Mode, program: &Path) -> Result<(), String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let (sender, requests) = mpsc::channel();
    // Not joined: if the program never comes, it waits until the end of the process.
    thread::spawn(move || {
        for connection in &CONNECTIONS {
            let request = listener.accept().and_then(|(stream, _)| serve(stream, connection.answer));
            if sender.send(request).is_err() {
                return;
            }
        }
    });
    let mut command = mode.command(program);
    command.arg(format!("http://{address}/")).env("no_proxy", "*");
    let shown = run_command(&mut command, b"")?;
    if shown != SHOWN {
        return Err(format!("{}: shows {shown:?}", program.display()));
    }
    for Connection { asks, last_event_id, .. } in &CONNECTIONS {
        let request = match requests.recv_timeout(Duration::from_secs(5)) {
            Ok(request) => request.map_err(|error| error.to_string())?,
            Err(error) => return Err(error.to_string()),
        };
        let said = request.lines().find_map(|line| line.strip_prefix("Last-Event-ID: "));
        let lines = [*asks, "Accept: text/event-stream", "Cache-Control: no-cache"];
        if said != *last_event_id || lines.iter().any(|line| !request.lines().any(|given| given == *line)) {
            return Err(format!("{}: asks {request:?}", program.display()));
        }
    }
    Ok(())
}

/// Reads the head of one request, which it gives, and answers.
fn serve(mut stream: TcpStream, answer: &str) -> io::Result<String> {
    let mut head = String::new();
    let mut reader = BufReader::new(stream.try_clone()?);
    while reader.read_line(&mut head)? > 2 {}
    stream.write_all(answer.as_bytes())?;
    Ok(head)
}
