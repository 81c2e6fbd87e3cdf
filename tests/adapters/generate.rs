//! Random streams, settings and cuts.

use bytes::Bytes;
use eventwire_testkit::chunking::Chunking;
use eventwire_testkit::settings::{Eof, Items, Overflow, Settings, Start, Utf8};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Lines as they stand in event streams, and now and then something else.
pub fn streams() -> impl Strategy<Value = Vec<u8>> {
    let name = select(vec!["data", "data", "data", "event", "id", "retry", "", "dat", "x"]);
    let value = prop_oneof![
        6 => "[a-z0-9 :]{0,20}".prop_map(String::into_bytes),
        2 => "[0-9]{1,5}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..6),
        1 => "[a-z\u{e9}\u{20ac}]{50,150}".prop_map(String::into_bytes),
    ];
    let end = select(vec!["\n", "\n", "\n\n", "\n\n", "\r\n", "\r\n\r\n", "\r", "\r\r", ""]);
    let line = (name, select(vec![":", ": "]), value, end).prop_map(|(name, colon, value, end)| {
        [name.as_bytes(), colon.as_bytes(), &value, end.as_bytes()].concat()
    });
    (select(vec!["", "\u{FEFF}"]), prop::collection::vec(line, 0..20))
        .prop_map(|(mark, lines)| [mark.as_bytes(), &lines.concat()].concat())
}

/// An adapter has a carry that grows.
pub fn settings() -> impl Strategy<Value = Settings> {
    (
        prop_oneof![2 => Just(16 << 20), 1 => 0..200_usize],
        select(vec![Overflow::Error, Overflow::Skip]),
        select(vec![Utf8::Raw, Utf8::Replace, Utf8::Strict]),
        select(vec![Eof::Discard, Eof::Dispatch]),
        any::<[bool; 3]>(),
    )
        .prop_map(|(max_event_size, overflow, utf8, eof, [retry, comments, unknown])| Settings {
            max_event_size,
            capacity: None,
            overflow,
            utf8,
            eof,
            items: Items { retry, comments, unknown },
        })
}

pub fn cuts() -> impl Strategy<Value = Vec<Index>> {
    prop::collection::vec(any::<Index>(), 0..20)
}

/// The stream in pieces, some of them empty.
pub fn cut(stream: &[u8], cuts: &[Index]) -> Vec<Bytes> {
    let chunking = Chunking::positions(cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect());
    chunking.chunks(stream).map(Bytes::copy_from_slice).collect()
}

pub fn start() -> Start {
    Start { last_event_id: b"before".to_vec(), retry: Some(1) }
}

/// `PROPTEST_CASES` is for machines that are slow, or emulated.
pub fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = if cfg!(debug_assertions) { 1_000 } else { 20_000 };
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { cases };
    ProptestConfig { cases, ..default }
}
