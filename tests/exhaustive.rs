//! Bounded-exhaustive: every sequence of atoms up to a length, at every cut, against the oracle.
//!
//! The atoms are chosen to reach every state of tokenizer and parser: whole field names, the bytes that mean
//! something, a digit, a letter that begins no field, and the byte-order mark with its single bytes. A debug build goes one or two
//! atoms less far.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use eventwire_testkit::chunking::Chunking;
use eventwire_testkit::oracle::interpret;
use eventwire_testkit::settings::{Eof, Items, Overflow, Settings, Start, Utf8};
use eventwire_testkit::{drive, tokens};

const ATOMS: [&[u8]; 15] = [
    b"data",
    b"event",
    b"id",
    b"retry",
    b":",
    b" ",
    b"\r",
    b"\n",
    b"\0",
    b"7",
    b"x",
    b"\xEF\xBB\xBF",
    b"\xEF",
    b"\xBB",
    b"\xBF",
];

/// Runs `check` on every sequence of exactly `len` atoms, on all processors; gives the sum of its answers.
fn for_each_sequence(len: u32, check: impl Fn(&[u8]) -> u64 + Sync) -> u64 {
    let (next, sum) = (AtomicUsize::new(0), AtomicU64::new(0));
    let total = ATOMS.len().pow(len);
    let work = || {
        const BATCH: usize = 1024;
        let mut stream = Vec::new();
        loop {
            let begin = next.fetch_add(BATCH, Ordering::Relaxed);
            if begin >= total {
                return;
            }
            for mut number in begin..total.min(begin + BATCH) {
                stream.clear();
                for _ in 0..len {
                    stream.extend_from_slice(ATOMS[number % ATOMS.len()]);
                    number /= ATOMS.len();
                }
                sum.fetch_add(check(&stream), Ordering::Relaxed);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    sum.into_inner()
}

fn chunkings(len: usize) -> impl Iterator<Item = Chunking> {
    std::iter::once(Chunking::bytes()).chain(Chunking::two_way(len))
}

/// Every sequence of up to `len` atoms under these settings.
fn exhaust(name: &str, len: u32, settings: &Settings) {
    let start = Start { last_event_id: b"0".to_vec(), retry: None };
    let start = if settings.capacity == Some(0) { Start::default() } else { start };
    let (mut sequences, mut runs) = (0, 0);
    for len in 0..=len {
        sequences += ATOMS.len().pow(len);
        runs += for_each_sequence(len, |stream| {
            let expected = interpret(stream, settings, &start);
            let mut runs = 0;
            for chunking in chunkings(stream.len()) {
                runs += 1;
                if !drive::agrees(stream, &chunking, settings, &start, &expected) {
                    let found = drive::parse(stream, &chunking, settings, &start);
                    assert_eq!(found, expected, "{settings:?}, {chunking:?}: {}", stream.escape_ascii());
                    panic!("a second run agrees: {chunking:?}: {}", stream.escape_ascii());
                }
            }
            runs
        });
    }
    println!("{name}: {sequences} sequences of up to {len} atoms, {runs} runs");
}

/// The lengths for a release build; a debug build, some twenty times slower, goes less far.
const LONG: u32 = if cfg!(debug_assertions) { 4 } else { 6 };
const SHORT: u32 = if cfg!(debug_assertions) { 3 } else { 5 };

#[test]
fn standard_settings_with_all_items() {
    exhaust("standard settings, all items", LONG, &Settings { items: Items::ALL, ..Settings::default() });
}

#[test]
fn events_alone() {
    exhaust("events alone", SHORT, &Settings::default());
}

#[test]
fn small_limit_in_a_small_slice() {
    for (max_event_size, capacity, overflow) in [
        (5, None, Overflow::Error),
        (100, Some(6), Overflow::Error),
        (4, Some(5), Overflow::Skip),
        (0, Some(0), Overflow::Error),
    ] {
        let settings =
            Settings { max_event_size, capacity, overflow, items: Items::ALL, ..Settings::default() };
        exhaust("a small limit, all items", SHORT, &settings);
    }
}

#[test]
fn utf8_policies() {
    for utf8 in [Utf8::Replace, Utf8::Strict] {
        let settings = Settings { utf8, items: Items::ALL, eof: Eof::Dispatch, ..Settings::default() };
        exhaust("other UTF-8 policies, all items, dispatch at the end", SHORT, &settings);
        exhaust("the same with a small limit", SHORT, &Settings { max_event_size: 7, ..settings });
        exhaust("the same in a small slice", SHORT, &Settings { capacity: Some(7), ..settings });
    }
}

#[test]
fn tokens_at_every_cut() {
    let runs = for_each_sequence(SHORT, |stream| {
        let expected = tokens::tokens(stream);
        let mut runs = 0;
        for chunking in chunkings(stream.len()) {
            let found = drive::tokens(stream, &chunking);
            assert_eq!(found, expected, "{chunking:?}: {}", stream.escape_ascii());
            runs += 1;
        }
        runs
    });
    println!("tokens: {} sequences of {SHORT} atoms, {runs} runs", ATOMS.len().pow(SHORT));
}
