//! Parsers in several threads at once. This file is a program of its own, so that its first scan is the first of its process:
//! the choice of a kernel is then made by all threads at the same time.

use std::sync::{Barrier, mpsc};
use std::thread;

use eventwire::{Config, Input, Items, Parser, scanner_name};

const THREADS: usize = 4;

/// Numbered events, and what makes a scan of them take blocks as well as single bytes.
fn stream(events: usize) -> Vec<u8> {
    (0..events)
        .map(|i| format!("id: {i}\nevent: tick\ndata: {i} {:x<i$}\n\n", ""))
        .collect::<String>()
        .into_bytes()
}

fn count(parser: &mut Parser, chunk: &[u8]) -> usize {
    let (mut input, mut events) = (Input::new(chunk), 0);
    while parser.next_item(&mut input).expect("nothing is too large").is_some() {
        events += 1;
    }
    events
}

/// One test, so that no other one has scanned before.
#[test]
fn threads_parse_side_by_side_from_the_first_scan_on() {
    let stream = stream(200);
    let begin = Barrier::new(THREADS);
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (stream, begin) = (&stream, &begin);
            scope.spawn(move || {
                let mut parser = Parser::with_config(Config::new().items(Items::ALL));
                begin.wait();
                let events: usize =
                    stream.chunks(1 + thread * 97).map(|chunk| count(&mut parser, chunk)).sum();
                assert_eq!((events, parser.last_event_id()), (200, &b"199"[..]));
            });
        }
    });

    // And one parser that goes from thread to thread, in the midst of an event.
    let (there, parsers) = mpsc::channel::<Parser>();
    let (back, returned) = mpsc::channel();
    let (first, second) = stream.split_at(stream.len() / 2 + 3);
    thread::scope(|scope| {
        scope.spawn(move || {
            for mut parser in parsers {
                let events = count(&mut parser, second);
                back.send((parser, events)).unwrap();
            }
        });
        let mut parser = Parser::new();
        let before = count(&mut parser, first);
        there.send(parser).unwrap();
        drop(there);
        let (parser, after) = returned.recv().unwrap();
        assert_eq!((before + after, parser.last_event_id()), (200, &b"199"[..]));
    });
    assert!(!scanner_name().is_empty());
}
