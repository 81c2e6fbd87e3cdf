//! Memory stays below 32 MiB whatever the stream holds, at the default limit of 16 MiB for an event.
//!
//! The system tells the largest memory that any child of this process ever had; so these tests are a program
//! of their own, and it is small itself (a child is counted with its parent's memory until it runs).

#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
#[cfg(feature = "get")]
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use nix::sys::resource::{UsageWho, getrusage};

const MIB: usize = 1 << 20;

/// What a run came to.
#[derive(Debug, PartialEq, Eq)]
struct Run {
    status: Option<i32>,
    /// Bytes of output.
    written: u64,
    err: String,
}

/// Runs `eventwire parse`: see [`eventwire`].
#[track_caller]
fn parse(options: &[&str], parts: &'static [(&'static [u8], usize)]) -> Run {
    eventwire(&[&["parse"], options].concat(), parts)
}

/// Runs `eventwire` on what `parts` say: a text and how often it is repeated, one after the other.
#[track_caller]
fn eventwire(arguments: &[&str], parts: &'static [(&'static [u8], usize)]) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_eventwire"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = thread::spawn(move || {
        for (text, times) in parts {
            let block = text.repeat((64 << 10) / text.len());
            let mut left = text.len() * times;
            while left > 0 {
                let piece = left.min(block.len());
                stdin.write_all(&block[..piece]).unwrap();
                left -= piece;
            }
        }
    });
    let mut stdout = child.stdout.take().unwrap();
    let mut buffer = vec![0; 64 << 10];
    let mut written = 0;
    loop {
        match stdout.read(&mut buffer).unwrap() {
            0 => break,
            count => written += count as u64,
        }
    }
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    let status = child.wait().unwrap().code();
    writer.join().unwrap();
    assert_bounded();
    Run { status, written, err }
}

#[track_caller]
fn assert_bounded() {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let peak = usage.max_rss() as usize * 1024;
    assert!(peak > MIB, "a process that ran has used memory");
    assert!(peak < 32 * MIB, "{peak} bytes");
}

#[track_caller]
fn assert_fine(run: &Run, written: usize) {
    assert_eq!(*run, Run { status: Some(0), written: written as u64, err: String::new() });
}

/// Bytes that a line of output has around the data.
const FRAME: usize = r#"{"event":"message","id":"","data":""}"#.len() + 1;

#[test]
fn the_largest_event_goes_through() {
    // Every byte becomes six: `\u0001`.
    let escaped = parse(&[], &[(b"data: ", 1), (b"\x01", 16 * MIB), (b"\n\n", 1)]);
    assert_fine(&escaped, FRAME + 6 * 16 * MIB);
    // Every byte becomes a replacement character of three.
    let repaired = parse(&[], &[(b"data: ", 1), (b"\xff", 16 * MIB), (b"\n\n", 1)]);
    assert_fine(&repaired, FRAME + 3 * 16 * MIB);
    let raw = parse(&["--data"], &[(b"data: ", 1), (b"\xff", 16 * MIB), (b"\n\n", 1)]);
    assert_fine(&raw, 16 * MIB + 1);
    let lines = parse(&["--chunk-size", "1000"], &[(b"data:x\n", 8 * MIB), (b"\n", 1)]);
    assert_fine(&lines, FRAME + 8 * MIB + 2 * (8 * MIB - 1));
}

#[test]
fn the_largest_embedded_json_goes_through() {
    let list = parse(&["--json"], &[(b"data: [0", 1), (b",{}", 5 * MIB), (b"]\n\n", 1)]);
    assert_fine(&list, FRAME - 2 + 3 + 3 * 5 * MIB);
    // So deep that it must be a string; each bracket is one byte either way.
    let deep = parse(&["--json"], &[(b"data: ", 1), (b"[", 8 * MIB), (b"]", 8 * MIB), (b"\n\n", 1)]);
    assert_fine(&deep, FRAME + 16 * MIB);
    let string = parse(&["--json"], &[(b"data: \"", 1), (b"\\n", 8 * MIB - 1), (b"\"\n\n", 1)]);
    assert_fine(&string, FRAME + 2 * (8 * MIB - 1));
}

#[test]
fn an_endless_line_is_dropped() {
    let run = parse(&[], &[(b"data: x\n\ndata: ", 1), (b"endless ", 8 * MIB)]);
    assert_eq!((run.status, run.written), (Some(3), FRAME as u64 + 1));
    assert!(
        run.err.starts_with("eventwire: standard input: 1 event dropped, over 16 MiB, after byte 9: "),
        "{}",
        run.err
    );
    assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    assert_fine(&parse(&["--overflow", "skip"], &[(b"data: ", 1), (b"endless ", 8 * MIB)]), 0);
    assert_fine(&parse(&[], &[(b": ", 1), (b"endless ", 8 * MIB)]), 0);
}

#[test]
fn endless_blocks_are_dropped() {
    let run = parse(&[], &[(b"data: 0123456789\n", 4 * MIB)]);
    assert_eq!((run.status, run.written), (Some(3), 0));
    assert_fine(&parse(&[], &[(b"event: 0123456789\nid: 0123456789\n", 2 * MIB)]), 0);
}

#[test]
fn small_things_in_great_numbers_pile_up_nowhere() {
    assert_fine(&parse(&[], &[(b"\n", 10_000_000)]), 0);
    assert_fine(&parse(&["--event", "none"], &[(b"data\n\n", 2_000_000)]), 0);
    let summary = parse(&["--stats"], &[(b":\ndata\r\r\n", 2_000_000)]);
    assert_eq!(summary.status, Some(0));
}

#[test]
fn an_endless_line_of_json_is_dropped() {
    let encode = |parts| eventwire(&["encode", "--max-line-size", "4M"], parts);
    let run = encode(&[(b"{\"data\":\"x\"}\n{\"data\":\"", 1), (b"endless ", 16 * MIB)]);
    assert_eq!((run.status, run.written), (Some(3), b"data: x\n\n".len() as u64));
    assert_eq!(
        run.err,
        "eventwire: standard input: 1 line dropped, over 4 MiB, line 2: raise --max-line-size\n"
    );
    // The longest line, decoded, and many short ones with an id each.
    let longest = encode(&[(b"{\"data\":\"\\n", 1), (b"x", 4 * MIB - 14), (b"\"}\n", 1)]);
    assert_fine(&longest, b"data: \ndata: \n\n".len() + 4 * MIB - 14);
    let ids = encode(&[(b"{\"id\":\"1\",\"data\":\"\"}\n{\"id\":\"2\",\"data\":\"\"}\n", MIB)]);
    assert_fine(&ids, 2 * MIB * b"id: 1\ndata: \n\n".len());
}

#[cfg(feature = "get")]
#[test]
fn an_endless_line_over_http_is_dropped() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            socket.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        socket
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: x\n\ndata: ")
            .unwrap();
        let block = b"endless ".repeat(8 << 10);
        (0..2 * MIB / 1024).for_each(|_| socket.write_all(&block).unwrap());
    });
    let run = eventwire(&["get", &url, "--reconnect", "never", "--max-event-size", "4M"], &[]);
    server.join().unwrap();
    assert_eq!((run.status, run.written), (Some(3), FRAME as u64 + 1));
    assert!(run.err.contains(": 1 event dropped, over 4 MiB, after byte 9: "), "{}", run.err);
}

#[test]
fn a_file_of_zeros_is_one_endless_line() {
    const SIZE: u64 = 2 << 30;
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-zeros.sse", std::process::id()));
    File::create(&path).unwrap().set_len(SIZE).unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_eventwire")).arg("parse").arg(&path).output().unwrap();
    fs::remove_file(&path).unwrap();
    assert_eq!((run.status.code(), &run.stdout[..], &run.stderr[..]), (Some(0), &b""[..], &b""[..]));
    assert_bounded();
}
