//! Hostile streams: each is parsed as the oracle says, at many cuts and under many settings, and large ones in linear time.

use eventwire::{Config, Error, Input, Parser};
use eventwire_testkit::chunking::Chunking;
use eventwire_testkit::drive;
use eventwire_testkit::hostile;
use eventwire_testkit::oracle::interpret;
use eventwire_testkit::settings::{Eof, Items, Overflow, Settings, Start, Utf8};

fn all_settings() -> Vec<Settings> {
    let mut all = Vec::new();
    for (max_event_size, capacity) in [(16 << 20, None), (100, None), (1000, Some(200)), (0, None)] {
        for utf8 in [Utf8::Raw, Utf8::Replace, Utf8::Strict] {
            for (overflow, eof, items) in [
                (Overflow::Error, Eof::Discard, Items::NONE),
                (Overflow::Error, Eof::Dispatch, Items::ALL),
                (Overflow::Skip, Eof::Discard, Items::ALL),
            ] {
                all.push(Settings { max_event_size, capacity, overflow, utf8, eof, items });
            }
        }
    }
    all
}

#[test]
fn small_ones_equal_the_oracle_at_many_cuts() {
    for (name, stream) in hostile::all(600) {
        for settings in all_settings() {
            let expected = interpret(&stream, &settings, &Start::default());
            let mut chunkings = vec![Chunking::whole(), Chunking::bytes(), Chunking::every(64)];
            chunkings.extend((0..=stream.len()).step_by(7).map(Chunking::at));
            chunkings.extend((0..4).map(|seed| Chunking::random(stream.len(), seed, 5)));
            for chunking in chunkings {
                let found = drive::parse(&stream, &chunking, &settings, &Start::default());
                assert_eq!(found, expected, "{name}: {settings:?}, {chunking:?}");
            }
        }
    }
}

#[test]
fn large_ones_equal_the_oracle() {
    for (name, stream) in hostile::all(1 << 20) {
        for settings in [
            Settings { items: Items::ALL, ..Settings::default() },
            Settings {
                max_event_size: 4096,
                capacity: Some(6000),
                utf8: Utf8::Replace,
                ..Settings::default()
            },
        ] {
            let expected = interpret(&stream, &settings, &Start::default());
            for chunking in [Chunking::bytes(), Chunking::every(1460), Chunking::whole()] {
                assert!(
                    drive::agrees(&stream, &chunking, &settings, &Start::default(), &expected),
                    "{name}: {settings:?}, {chunking:?}"
                );
            }
        }
    }
}

#[test]
fn ten_million_blank_lines_are_nothing() {
    let mut parser = Parser::with_config(Config::new());
    let lines = hostile::blank_lines(10_000_000);
    for chunk in lines.chunks(64 << 10) {
        assert_eq!(parser.next_event(&mut Input::new(chunk)), Ok(None));
    }
    assert_eq!(parser.position(), 10_000_000);
    assert_eq!(parser.carry().capacity(), 0);
}

/// Not when the line ends, or the next chunk comes: a line that never ends is the case that matters.
#[test]
fn what_is_too_large_is_reported_on_the_byte_that_passes_the_limit() {
    const LIMIT: usize = 12;
    // What stands before the value that grows, and what of it counts.
    for (opening, counts) in [
        ("data: ", 0),
        ("event: ", 0),
        ("id: ", 0),
        ("event: abc\ndata: ", 3),
        ("id: abc\ndata: ", 3),
        ("event: a\nid: b\ndata: ", 2),
        ("data: abc\ndata: ", 4),
        ("data: abc\nevent: ", 3),
        ("event: abc\nevent: ", 3),
        (": abc\nfoo: bar\ndata:", 0),
    ] {
        for len in 1..2 * LIMIT {
            let stream = format!("{opening}{:x<len$}", "").into_bytes();
            for cut in 0..=stream.len() {
                let mut parser = Parser::with_config(Config::new().max_event_size(LIMIT));
                // The first line of a stream goes another way than the others: this is not about it.
                assert_eq!(parser.next_event(&mut Input::new(b"\n")), Ok(None));
                let (first, second) = stream.split_at(cut);
                let mut reported = 0;
                for chunk in [first, second] {
                    let mut input = Input::new(chunk);
                    while let Err(error) = parser.next_event(&mut input) {
                        assert_eq!(error, Error::EventTooLarge);
                        reported += 1;
                    }
                    let came = parser.position() as usize - 1;
                    let value = came.saturating_sub(opening.len());
                    let expected = usize::from(counts + value > LIMIT);
                    assert_eq!(reported, expected, "{opening:?} and {len} bytes, cut at {cut}");
                }
            }
        }
    }
}
