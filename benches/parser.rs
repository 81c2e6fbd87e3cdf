//! Whole events: corpora x chunk sizes, with the number of events and bytes of data checked in each run.

mod cases;

use criterion::{Criterion, criterion_group, criterion_main};
use eventwire::{Input, Parser};
use std::hint::black_box;

fn parser(criterion: &mut Criterion) {
    cases::bench_cases(criterion, "parser", |case| {
        let mut parser = Parser::new();
        let (mut events, mut data_bytes) = (0, 0);
        for chunk in &case.chunks {
            let mut input = Input::new(black_box(chunk));
            while let Some(event) = parser.next_event(&mut input).expect("no event is too large") {
                events += 1;
                data_bytes += black_box(event.data()).len() as u64;
            }
        }
        assert_eq!((events, data_bytes), (case.corpus.events, case.corpus.data_bytes));
    });
}

criterion_group!(benches, parser);
criterion_main!(benches);
