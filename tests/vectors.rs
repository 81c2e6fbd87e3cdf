//! The vectors of `tests/vectors`: whole, byte by byte, at every two-way cut and at random cuts, through the tokenizer and through
//! the parser with either carry.

use eventwire::{Carry, Parser, SliceCarry};
use eventwire_testkit::chunking::Chunking;
use eventwire_testkit::drive;
use eventwire_testkit::oracle::interpret;
use eventwire_testkit::settings::Settings;
use eventwire_testkit::tokens;
use eventwire_testkit::vectors::{Vector, load_all, uncovered};

/// Every two-way cut of streams up to this length; longer ones are cut at this many places.
const CUTS: usize = 4096;

/// Each byte by itself. The interpreter is slow: there a long stream, of which there is one, comes in pieces of some hundred bytes.
fn bytes(len: usize) -> Chunking {
    if cfg!(miri) && len > 10_000 { Chunking::random(len, 0, 500) } else { Chunking::bytes() }
}

fn chunkings(len: usize) -> Vec<Chunking> {
    let mut all = vec![Chunking::whole(), bytes(len)];
    if cfg!(miri) {
        // It is after undefined behaviour, not after cuts: each byte by itself takes the most ways.
        return all;
    }
    let step = len / CUTS + 1;
    all.extend((0..=len).step_by(step).map(Chunking::at));
    all.extend((0..8).map(|seed| Chunking::random(len, seed, 1 + seed as usize * 3)));
    all
}

/// The vector's settings, and with a fixed carry that is large enough to make no difference.
fn with_either_carry(vector: &Vector) -> Vec<Settings> {
    let Settings { max_event_size, capacity, .. } = vector.settings;
    let longest = vector.connections.iter().map(|connection| connection.stream.len()).max();
    let ample = vector.start.last_event_id.len()
        + max_event_size.min(3 * longest.unwrap_or(0))
        + 3 * longest.unwrap_or(0);
    match capacity {
        Some(_) => vec![vector.settings],
        None => vec![vector.settings, Settings { capacity: Some(ample), ..vector.settings }],
    }
}

#[test]
fn every_vector_holds_at_every_cut() {
    let vectors = load_all();
    let mut runs = 0;
    for vector in &vectors {
        for settings in with_either_carry(vector) {
            let mut start = vector.start.clone();
            for connection in &vector.connections {
                for chunking in chunkings(connection.stream.len()) {
                    let found = drive::parse(&connection.stream, &chunking, &settings, &start);
                    let expected = connection.expected(&found);
                    assert_eq!(found, expected, "{}: {}: {chunking:?}", vector.file, vector.name);
                    runs += 1;
                }
                start = connection.end();
            }
        }
    }
    println!("{} vectors, {runs} runs", vectors.len());
}

/// The first line of a stream takes another way than the others, because of the byte-order mark: so each vector runs once more
/// behind a blank line, where the quick ways are open to it. The oracle says what must be found there.
#[test]
fn every_vector_holds_behind_a_blank_line() {
    for vector in load_all() {
        for settings in with_either_carry(&vector) {
            for connection in &vector.connections {
                let stream = [b"\n", &connection.stream[..]].concat();
                let expected = interpret(&stream, &settings, &vector.start);
                for chunking in chunkings(stream.len()) {
                    let found = drive::parse(&stream, &chunking, &settings, &vector.start);
                    assert_eq!(found, expected, "{}: {}: {chunking:?}", vector.file, vector.name);
                }
            }
        }
    }
}

/// One parser for all connections of a vector, with `reset` in between.
#[test]
fn connections_follow_one_another_in_one_parser() {
    for vector in load_all() {
        for chunking in [|_| Chunking::whole(), bytes] {
            let config = drive::config(&vector.settings);
            match vector.settings.capacity {
                None => follow(Parser::with_config(config), &vector, chunking),
                Some(capacity) => {
                    let mut memory = vec![0; capacity];
                    follow(Parser::with_carry(config, SliceCarry::new(&mut memory)), &vector, chunking);
                }
            }
        }
    }
}

fn follow<C: Carry>(parser: Parser<C>, vector: &Vector, chunking: fn(usize) -> Chunking) {
    let mut parser = drive::started(parser, &vector.start);
    let mut skipped = 0;
    for connection in &vector.connections {
        parser.reset();
        let chunking = chunking(connection.stream.len());
        let mut found = drive::parse_with(&mut parser, &connection.stream, &chunking);
        (found.skipped, skipped) = (found.skipped - skipped, found.skipped);
        assert_eq!(found, connection.expected(&found), "{}: {}: {chunking:?}", vector.file, vector.name);
    }
}

#[test]
fn tokens_of_every_vector_at_every_cut() {
    for vector in load_all() {
        for connection in &vector.connections {
            let expected = tokens::tokens(&connection.stream);
            for chunking in chunkings(connection.stream.len()) {
                let found = drive::tokens(&connection.stream, &chunking);
                assert_eq!(found, expected, "{}: {}: {chunking:?}", vector.file, vector.name);
            }
        }
    }
}

#[test]
fn every_statement_on_parsing_has_a_vector() {
    assert_eq!(uncovered(&load_all()), [0_u16; 0], "statements without a vector");
}
