//! Random schedules of faults, against a plain model.
//!
//! A [`Scenario`](scenario::Scenario) says how a source is set up and what becomes of each of its connections.
//! [`expected`] says what must be observed, out of the rules and of the parser's oracle, with the whole schedule before
//! it; [`observed`] drives a source through it, in simulated time. Both write down a [`Step`] after the other, and the
//! two lists must be the same: requests with their `Last-Event-ID`, notices, events, errors, and delays, of which the
//! model knows the bounds.

mod expected;
mod observed;
mod scenario;

use eventwire::event_source::Reason;
use eventwire_testkit::outcome;
use proptest::prelude::*;

use expected::expected;
use observed::observed;
use scenario::scenarios;

/// What is observed.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Request {
        last_event_id: Option<Vec<u8>>,
    },
    Open,
    Error {
        closed: bool,
        reason: Reason,
    },
    Message {
        event_type: Vec<u8>,
        data: Vec<u8>,
        last_event_id: Vec<u8>,
    },
    Dropped(outcome::Fault),
    /// The least and the most milliseconds that it may take.
    Delay(u64, u64),
    Closed,
}

/// Whether what was observed is what was expected.
fn agree(observed: &[Step], expected: &[Step]) -> bool {
    let one = |(observed, expected): (&Step, &Step)| match (observed, expected) {
        (Step::Delay(delay, _), Step::Delay(least, most)) => (least..=most).contains(&delay),
        _ => observed == expected,
    };
    observed.len() == expected.len() && observed.iter().zip(expected).all(one)
}

proptest! {
    #![proptest_config(super::config())]

    /// Whatever happens, what is observed is what the rules say; and it is the same each time.
    #[test]
    fn source_equals_model(scenario in scenarios()) {
        let (found, wanted) = (observed(&scenario), expected(&scenario));
        prop_assert!(agree(&found, &wanted), "observed: {found:#?}\nexpected: {wanted:#?}");
        prop_assert_eq!(observed(&scenario), found);
    }
}
