//! What all benchmarks share: the corpora, and how long to measure.

use std::time::Duration;

use criterion::{BenchmarkGroup, Criterion, measurement::WallTime};
use eventwire_testkit::corpora::{self, Corpus};

/// Bytes of each corpus: more than the first caches hold.
const BYTES: usize = 4 << 20;

/// Every corpus, and the other line ends of the first one.
pub fn all_corpora() -> Vec<Corpus> {
    let mut all: Vec<Corpus> = corpora::GENERATORS.iter().map(|generate| generate(BYTES, 1)).collect();
    let (crlf, cr) = (all[0].crlf(), all[0].cr());
    all.extend([crlf, cr]);
    all
}

/// A group whose measurements are short: there are many.
pub fn group_of<'c>(criterion: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(20);
    group.warm_up_time(Duration::from_millis(200));
    group.measurement_time(Duration::from_millis(800));
    group
}
