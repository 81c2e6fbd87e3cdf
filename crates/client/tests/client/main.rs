//! The client against servers, on loopback.
//!
//! Each statement from 65 to 103 that concerns a client has a test whose name begins with `statement` and the number, or several;
//! the others stand in [`ELSEWHERE`].

mod close;
mod contract;
mod credentials;
mod failures;
mod hostile;
mod lifecycle;
mod listeners;
mod programs;
mod redirects;
mod resume;
#[cfg(all(feature = "http2", feature = "rustls"))]
mod secure;
mod server;
mod support;

/// Statements that are not the client's.
const ELSEWHERE: [(u8, &str); 5] = [
    (66, "the machine's: its tests need no server"),
    (73, "browsers only: CORS"),
    (85, "browsers only: whether events bubble; `Item::Open` is a plain value"),
    (100, "browsers only: whether events bubble or are trusted"),
    (103, "browsers only: CORS preflights"),
];

/// The sources of the tests that name statements.
const TESTS: [&str; 7] = [
    include_str!("close.rs"),
    include_str!("credentials.rs"),
    include_str!("failures.rs"),
    include_str!("lifecycle.rs"),
    include_str!("listeners.rs"),
    include_str!("redirects.rs"),
    include_str!("resume.rs"),
];

/// The numbers in a test's name: `_77_83_and_86_any`, `s_70_to_72_the`.
fn numbers(name: &str) -> Vec<u8> {
    let mut numbers = Vec::new();
    let mut words = name.split('_').skip(1);
    while let Some(word) = words.next() {
        match (word, word.parse()) {
            (_, Ok(number)) => numbers.push(number),
            ("to", _) => {
                let last = words.next().and_then(|word| word.parse().ok()).unwrap();
                numbers.extend(numbers.last().unwrap() + 1..=last);
            }
            ("and", _) => {}
            _ => break,
        }
    }
    numbers
}

#[test]
fn sources_and_handles_can_be_sent_and_handles_shared() {
    fn sent<T: Send + Unpin + 'static>() {}
    fn shared<T: Send + Sync + Unpin + 'static>() {}
    sent::<eventwire_client::EventSource>();
    sent::<eventwire_client::Builder>();
    shared::<eventwire_client::Handle>();
    shared::<eventwire_client::Listener>();
    shared::<eventwire_client::Item>();
    shared::<eventwire_client::Error>();
}

#[test]
fn every_statement_has_its_test_or_its_reason() {
    let names = TESTS.iter().flat_map(|source| source.split("fn statement").skip(1));
    let tested: Vec<u8> = names.flat_map(numbers).collect();
    for number in 65..=103 {
        let elsewhere = ELSEWHERE.iter().any(|(statement, _)| *statement == number);
        assert!(elsewhere != tested.contains(&number), "statement {number}: a test, or a reason");
    }
}
