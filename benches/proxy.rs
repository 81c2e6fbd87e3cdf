//! What a proxy does beside parsing: a tap, a tap that looks for a needle, a rewriter that keeps all; `parser` is what they are
//! measured by.

mod cases;

use criterion::{Criterion, criterion_group, criterion_main};
use eventwire::{Rewriter, Tap};
use std::hint::black_box;

fn tap(criterion: &mut Criterion) {
    for (group, needle) in [("tap", None), ("tap-needle", Some("\"usage\""))] {
        cases::bench_cases(criterion, group, |case| {
            let mut tap = needle.map_or_else(Tap::new, |needle| Tap::new().needle(needle));
            for (chunk, now) in case.chunks.iter().zip(0..) {
                tap.observe(black_box(chunk), now);
            }
            assert_eq!(tap.events(), case.corpus.events);
        });
    }
}

fn rewriter(criterion: &mut Criterion) {
    cases::bench_cases(criterion, "rewriter", |case| {
        let mut rewriter = Rewriter::new();
        let (mut events, mut bytes) = (0, 0);
        for chunk in &case.chunks {
            let spans = rewriter.rewrite(black_box(chunk), |_, _| events += 1);
            bytes += spans.map(|span| black_box(span).len()).sum::<usize>();
        }
        assert_eq!((events, bytes), (case.corpus.events, case.corpus.bytes.len()));
    });
}

criterion_group!(benches, tap, rewriter);
criterion_main!(benches);
