//! The cases of other implementations' test suites, and streams recorded from real servers.
//!
//! They are not part of this repository: the folder that holds them is named by `EVENTWIRE_SHARED`, or is
//! `../shared` beside the checkout. Where there is none, these tests say "skipped" and pass.

use std::fs;
use std::path::{Path, PathBuf};

use eventwire_testkit::chunking::Chunking;
use eventwire_testkit::drive;
use eventwire_testkit::outcome::{Item, Outcome};
use eventwire_testkit::settings::{Items, Settings, Start, Utf8};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

#[derive(Deserialize)]
struct Case {
    name: String,
    origin: String,
    spec: bool,
    chunks_hex: Vec<String>,
    #[serde(default)]
    initial_id_hex: String,
    #[serde(flatten)]
    peer: Expectation,
    spec_expectation: Option<Expectation>,
    ambiguous: Option<serde_json::Value>,
}

#[derive(Clone, Deserialize)]
struct Expectation {
    events: Vec<ExpectedEvent>,
    retry: Vec<serde_json::Value>,
    comments_hex: Option<Vec<String>>,
    final_id_hex: String,
}

#[derive(Clone, Deserialize)]
struct ExpectedEvent {
    event: String,
    data_hex: String,
    id_hex: String,
}

#[derive(Deserialize)]
struct Capture {
    file: String,
    events: usize,
    retry: Vec<u64>,
    comments: usize,
    final_id: String,
    digest: String,
}

/// The folder, if there is one.
fn shared(part: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("EVENTWIRE_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from)
        .join(part);
    if !folder.is_dir() {
        println!("skipped: {part}: no such folder (set EVENTWIRE_SHARED)");
        return None;
    }
    Some(folder)
}

fn json<T: DeserializeOwned>(path: &Path) -> T {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex digits"))
        .collect()
}

fn settings() -> Settings {
    let items = Items { retry: true, comments: true, unknown: false };
    Settings { utf8: Utf8::Replace, items, ..Settings::default() }
}

/// The file's own chunks, and others: the outcome must be the same.
fn chunkings(own: Option<&[Vec<u8>]>, len: usize, cuts: usize) -> Vec<Chunking> {
    let mut all = vec![Chunking::whole(), Chunking::bytes(), Chunking::every(64), Chunking::every(1460)];
    if let Some(own) = own {
        let ends = own.iter().scan(0, |end, chunk| {
            *end += chunk.len();
            Some(*end)
        });
        all.push(Chunking::positions(ends.collect()));
    }
    all.extend((0..=len).step_by(len / cuts + 1).map(Chunking::at));
    all.extend((0..4).map(|seed| Chunking::random(len, seed, 16)));
    all
}

/// What the case says of the outcome, as one value that can be compared: events, and unless it is ambiguous the rest.
fn check(case: &Case, expected: &Expectation, found: &Outcome) {
    let context = || format!("{}: {}", case.origin, case.name);
    let mut events = Vec::new();
    let mut retry = Vec::new();
    let mut comments = Vec::new();
    for item in &found.items {
        match item {
            Item::Event(event) => {
                events.push((event.event_type.clone(), event.data.clone(), event.last_event_id.clone()));
            }
            Item::Retry(milliseconds) => retry.push(*milliseconds),
            Item::Comment(text) => comments.push(text.strip_prefix(b" ").unwrap_or(text).to_vec()),
            other => panic!("{}: {other:?}", context()),
        }
    }
    let expected_events: Vec<_> = expected
        .events
        .iter()
        .map(|event| (event.event.clone().into_bytes(), unhex(&event.data_hex), unhex(&event.id_hex)))
        .collect();
    assert_eq!(events, expected_events, "{}: events", context());
    assert_eq!(found.last_event_id, unhex(&expected.final_id_hex), "{}: last event ID", context());
    if case.ambiguous.is_some() {
        return;
    }
    // A number too large for this side of JSON is a string of digits.
    let expected_retry: Vec<u64> = expected
        .retry
        .iter()
        .map(|value| value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap_or(u64::MAX))
        .collect();
    assert_eq!(retry, expected_retry, "{}: retry", context());
    if let Some(expected) = &expected.comments_hex {
        let expected: Vec<_> = expected
            .iter()
            .map(|text| unhex(text))
            .map(|text| text.strip_prefix(b" ").map(<[u8]>::to_vec).unwrap_or(text))
            .collect();
        assert_eq!(comments, expected, "{}: comments", context());
    }
}

#[test]
fn cases_of_other_implementations() {
    let Some(folder) = shared("cases") else { return };
    let (mut run, mut deviating, mut passed_over) = (0, 0, 0);
    let mut files: Vec<_> =
        fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    for file in files {
        for case in json::<Vec<Case>>(&file) {
            let expected = match (&case.spec_expectation, case.spec) {
                (Some(standard), _) => {
                    deviating += 1;
                    standard
                }
                (None, true) => &case.peer,
                (None, false) => {
                    passed_over += 1;
                    continue;
                }
            };
            run += 1;
            let chunks: Vec<Vec<u8>> = case.chunks_hex.iter().map(|chunk| unhex(chunk)).collect();
            let stream = chunks.concat();
            let start = Start { last_event_id: unhex(&case.initial_id_hex), retry: None };
            for chunking in chunkings(Some(&chunks), stream.len(), 512) {
                check(&case, expected, &drive::parse(&stream, &chunking, &settings(), &start));
            }
        }
    }
    println!(
        "{run} cases, of them {deviating} where the peer deviates from the standard; {passed_over} passed over"
    );
    assert!(run > 0, "{}: no cases", folder.display());
}

#[test]
fn captures_of_real_streams() {
    let Some(folder) = shared("captures") else { return };
    let captures: Vec<Capture> = json(&folder.join("EXPECTED.json"));
    for capture in &captures {
        let stream =
            fs::read(folder.join(&capture.file)).unwrap_or_else(|error| panic!("{}: {error}", capture.file));
        for chunking in chunkings(None, stream.len(), 4) {
            let found = drive::parse(&stream, &chunking, &settings(), &Start::default());
            let mut digest = Sha256::new();
            let (mut events, mut retry, mut comments) = (0, Vec::new(), 0);
            for item in &found.items {
                match item {
                    Item::Event(event) => {
                        events += 1;
                        for value in [&event.event_type, &event.last_event_id, &event.data] {
                            digest.update(value);
                            digest.update(b"\0");
                        }
                    }
                    Item::Retry(milliseconds) => retry.push(*milliseconds),
                    Item::Comment(_) => comments += 1,
                    other => panic!("{}: {other:?}", capture.file),
                }
            }
            let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(events, capture.events, "{}: {chunking:?}: events", capture.file);
            assert_eq!(digest, capture.digest, "{}: {chunking:?}: digest", capture.file);
            assert_eq!(retry, capture.retry, "{}: {chunking:?}: retry", capture.file);
            assert_eq!(comments, capture.comments, "{}: {chunking:?}: comments", capture.file);
            assert_eq!(
                found.last_event_id,
                capture.final_id.as_bytes(),
                "{}: {chunking:?}: last event ID",
                capture.file
            );
        }
    }
    println!("{} captures", captures.len());
    assert!(!captures.is_empty());
}
