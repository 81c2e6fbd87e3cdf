//! Live streams and readers that leave: what happens between the processes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::support::{Run, eventwire};

/// Ample for a line to come through two pipes on a machine that is busy.
const SOON: Duration = Duration::from_secs(20);

/// Starts the command; its lines arrive in the channel.
fn start(arguments: &[&str]) -> (Child, ChildStdin, Receiver<String>) {
    let mut child = eventwire(arguments).spawn().unwrap();
    let stdin = child.stdin.take().unwrap();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let (sender, lines) = channel();
    thread::spawn(move || {
        for line in stdout.lines() {
            if sender.send(line.unwrap()).is_err() {
                break;
            }
        }
    });
    (child, stdin, lines)
}

#[test]
fn an_event_is_written_before_the_next_byte_comes() {
    for end in ["\n", "\r\n", "\r"] {
        let (mut child, mut stdin, lines) = start(&["parse", "--comments"]);
        for n in 0..3 {
            let event = format!("data: {n}\n\n").replace('\n', end);
            let (most, last) = event.split_at(event.len() - end.len());
            stdin.write_all(most.as_bytes()).unwrap();
            assert_eq!(lines.recv_timeout(Duration::from_millis(50)), Err(RecvTimeoutError::Timeout));
            stdin.write_all(&last.as_bytes()[..1]).unwrap();
            let line = lines.recv_timeout(SOON).expect("the event must not wait for more input");
            assert_eq!(line, format!("{{\"event\":\"message\",\"id\":\"\",\"data\":\"{n}\"}}"));
            stdin.write_all(&last.as_bytes()[1..]).unwrap();
        }
        stdin.write_all(format!(": alive{end}").as_bytes()).unwrap();
        assert_eq!(lines.recv_timeout(SOON).unwrap(), "{\"comment\":\" alive\"}");
        drop(stdin);
        assert!(child.wait().unwrap().success());
    }
}

#[test]
fn raw_data_is_written_as_early() {
    let (mut child, mut stdin, lines) = start(&["parse", "--data"]);
    stdin.write_all(b"data: token\n\n").unwrap();
    assert_eq!(lines.recv_timeout(SOON).unwrap(), "token");
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_message_is_written_before_the_next_line_comes() {
    let (mut child, mut stdin, lines) = start(&["encode"]);
    for n in 0..3 {
        write!(stdin, "{{\"data\":\"{n}\"}}").unwrap();
        assert_eq!(lines.recv_timeout(Duration::from_millis(50)), Err(RecvTimeoutError::Timeout));
        stdin.write_all(b"\n").unwrap();
        assert_eq!(lines.recv_timeout(SOON).unwrap(), format!("data: {n}"));
        assert_eq!(lines.recv_timeout(SOON).unwrap(), "");
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_that_leaves_ends_it_quietly() {
    const STREAM: &[u8] = b"data: 12345678\n\n";
    const LINES: &[u8] = b"{\"data\":\"12345678\"}\n";
    for (arguments, input) in [
        (&["parse"][..], STREAM),
        (&["parse", "--data"], STREAM),
        (&["parse", "--json", "--comments"], STREAM),
        (&["encode"], LINES),
    ] {
        let mut child = eventwire(arguments).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        // An endless input: only the closed output can end it.
        let writer = thread::spawn(move || while stdin.write_all(&input.repeat(1_000)).is_ok() {});
        stdout.read_exact(&mut [0; 100]).unwrap();
        drop(stdout);
        let run = Run::from(child.wait_with_output().unwrap());
        writer.join().unwrap();
        assert_eq!((run.status, run.err.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn pages_and_summaries_do_not_mind_a_closed_output() {
    for arguments in [&["parse", "--stats"][..], &["completions", "zsh"], &["man", "parse"]] {
        let mut child = eventwire(arguments).spawn().unwrap();
        drop(child.stdout.take());
        let mut stdin = child.stdin.take().unwrap();
        // Whoever does not read its input may be gone already.
        let _ = stdin.write_all(b"data: x\n\n");
        drop(stdin);
        let run = Run::from(child.wait_with_output().unwrap());
        assert_eq!((run.status, run.err.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_writer_that_dies_in_mid_event_ends_the_stream() {
    let event = "{\"event\":\"message\",\"id\":\"\",\"data\":\"whole\"}\n";
    for (options, rest) in
        [(&["parse"][..], ""), (&["parse", "--eof", "dispatch"], &event.replace("whole", "ha"))]
    {
        let mut writer = Command::new("sh")
            .args(["-c", "printf 'data: whole\\n\\ndata: ha'; kill -9 $$"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let run = Run::from(eventwire(options).stdin(writer.stdout.take().unwrap()).output().unwrap());
        assert_eq!(writer.wait().unwrap().code(), None, "killed");
        assert_eq!(run.output(), format!("{event}{rest}"));
    }
}
