//! Random streams, cut at random into the steps of a body.

use bytes::Bytes;
use eventwire::Event;
use eventwire::rewriter::Edit;
use eventwire_testkit::chunking::Chunking;
use eventwire_testkit::rng::Rng;
use proptest::prelude::*;
use proptest::sample::select;

use crate::oracle::order;
use crate::script::{Script, Step};

/// What becomes of an event, by its type.
pub fn obey(event: &Event<'_>, edit: &mut Edit<'_>) {
    order(event.event_type()).tell(edit);
}

/// Streams of lines that mean something; what is inserted behind events is left to streams without CR, see the rewriter's own tests.
pub fn streams() -> impl Strategy<Value = Vec<u8>> {
    let line = select(vec![
        "data: a",
        "data:b",
        "data",
        "event: drop",
        "event: replace",
        "event: before",
        "event: keep",
        "id: 7",
        "retry: 10",
        ":",
        ": note",
        "foo: bar",
        "da",
    ]);
    let end = select(vec!["\n", "\n\n", "\n\n", "\r\n", "\r\n\r\n", "\r\r", "\r", ""]);
    let parts = prop::collection::vec((line, end), 0..20);
    let mark = select(vec!["", "", "\u{FEFF}"]);
    (mark, parts).prop_map(|(mark, parts)| {
        let lines: String = parts.iter().flat_map(|(line, end)| [*line, *end]).collect();
        format!("{mark}{lines}").into_bytes()
    })
}

/// How a body comes, apart from its bytes: the chunks, when there is nothing yet, and what is at the end.
pub fn scripts() -> impl Strategy<Value = (Vec<u8>, Script, Option<Step>)> {
    let last = select(vec![None, None, Some(Step::Trailers), Some(Step::Error)]);
    (streams(), any::<u64>(), 1..40_usize, any::<bool>(), last).prop_map(
        |(stream, seed, mean, tells, last)| {
            let (mut rng, mut steps) = (Rng::new(seed), Vec::new());
            for chunk in Chunking::random(stream.len(), seed, mean).chunks(&stream) {
                steps.extend((rng.below(4) == 0).then_some(Step::Pending));
                steps.push(Step::Data(Bytes::copy_from_slice(chunk)));
            }
            steps.extend(last.clone());
            let script = Script::new(steps);
            (stream, if tells { script } else { script.silent() }, last)
        },
    )
}

pub fn config() -> ProptestConfig {
    ProptestConfig::with_cases(if cfg!(debug_assertions) { 1_000 } else { 20_000 })
}
