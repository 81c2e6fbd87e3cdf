//! The connection machine, in simulated time.
//!
//! Each statement from 65 to 103 on `EventSource` that concerns the machine has a test whose name begins with
//! `statement_` and its number, or several numbers. The others, and the other halves of some, are the business of who
//! drives the machine, or of browsers alone: they stand in [`ELSEWHERE`]. A number that is in neither place fails
//! [`every_statement_has_its_test_or_its_reason`].

mod announcing;
mod any_order;
mod closing;
mod hostile;
mod model;
mod page;
mod policies;
mod reconnecting;
mod requests;
mod responses;
mod resuming;

use proptest::prelude::ProptestConfig;

/// Statements that, as a whole or in part, are not the machine's.
const ELSEWHERE: [(u8, &str); 10] = [
    (67, "client: URLs are parsed and resolved before a source is made; the machine takes them as text"),
    (68, "client: the URL is resolved and serialised before a source is made"),
    (73, "browser only: CORS; a driver reports what it forbids as a network error"),
    (74, "client: schemes that cannot be fetched; it reports `Fault::Fatal`"),
    (75, "client: redirects are followed before there is a head to tell the machine of"),
    (76, "client: whether a `Location` is usable; the machine sees a status that is not 200"),
    (81, "client: which loads were cancelled; it reports `Fault::Fatal`, or closes the source"),
    (85, "browser only: whether events bubble; a notice is a plain value without data"),
    (100, "browser only: whether events bubble or are trusted"),
    (103, "browser only: CORS preflights"),
];

/// The sources of the tests.
const TESTS: [&str; 6] = [
    include_str!("announcing.rs"),
    include_str!("closing.rs"),
    include_str!("policies.rs"),
    include_str!("reconnecting.rs"),
    include_str!("requests.rs"),
    include_str!("responses.rs"),
];

/// The numbers in the names of the tests: `statement_84_88_open_is_...` has two.
fn tested() -> Vec<u8> {
    let names = TESTS.iter().flat_map(|source| source.split("\nfn statement_").skip(1));
    names.flat_map(|rest| rest.split('_').map_while(|word| word.parse().ok())).collect()
}

#[test]
fn every_statement_has_its_test_or_its_reason() {
    let tested = tested();
    for number in 65..=103 {
        let elsewhere = ELSEWHERE.iter().any(|(statement, _)| *statement == number);
        assert!(
            elsewhere || tested.contains(&number),
            "statement {number} has no test, and no reason for that"
        );
    }
    for (number, reason) in ELSEWHERE {
        assert!((65..=103).contains(&number), "{number} is not about sources: {reason}");
    }
}

/// `PROPTEST_CASES` is for machines that are slow, or emulated.
fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = if cfg!(debug_assertions) { 2_000 } else { 20_000 };
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { cases };
    ProptestConfig { cases, ..default }
}
