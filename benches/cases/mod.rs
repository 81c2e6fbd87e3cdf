//! What the benchmarks of whole layers run on: the corpora in chunks.

#[path = "../common/mod.rs"]
mod common;

use criterion::{BenchmarkId, Criterion, Throughput};
use eventwire_testkit::corpora::Corpus;

/// A corpus in chunks of one size.
pub struct Case {
    /// The corpus, of which only the counts are used further.
    pub corpus: Corpus,
    /// How it is cut.
    pub cut: &'static str,
    /// The corpus' bytes, cut.
    pub chunks: Vec<Vec<u8>>,
}

/// Every corpus in every chunk size.
pub fn cases() -> Vec<Case> {
    const SIZES: [(&str, usize); 5] =
        [("64 B", 64), ("1460 B", 1460), ("16 KiB", 16 << 10), ("64 KiB", 64 << 10), ("whole", usize::MAX)];
    let mut cases = Vec::new();
    for corpus in common::all_corpora() {
        for (cut, size) in SIZES {
            let size = size.min(corpus.bytes.len());
            let chunks = corpus.bytes.chunks(size).map(<[u8]>::to_vec).collect();
            cases.push(Case { corpus: corpus.clone(), cut, chunks });
        }
        let chunks = blocks(&corpus.bytes);
        cases.push(Case { corpus, cut: "block", chunks });
    }
    cases
}

/// The stream cut behind each blank line: one event a chunk, mostly.
fn blocks(stream: &[u8]) -> Vec<Vec<u8>> {
    let mut blocks = Vec::new();
    let mut begin = 0;
    for end in 1..=stream.len() {
        let blank_line =
            [&b"\n\n"[..], b"\r\r", b"\r\n\r\n"].iter().any(|blank| stream[begin..end].ends_with(blank));
        // The LF of a CR LF stays with its CR.
        if (blank_line && stream.get(end) != Some(&b'\n')) || end == stream.len() {
            blocks.push(stream[begin..end].to_vec());
            begin = end;
        }
    }
    blocks
}

/// Benchmarks `run` over every case; it is given the chunks.
pub fn bench_cases(criterion: &mut Criterion, group: &str, run: impl Fn(&Case)) {
    let mut group = common::group_of(criterion, group);
    for case in cases() {
        group.throughput(Throughput::Bytes(case.corpus.bytes.len() as u64));
        let id = BenchmarkId::new(&case.corpus.name, case.cut);
        group.bench_with_input(id, &case, |bencher, case| bencher.iter(|| run(case)));
    }
    group.finish();
}
