//! Line ends: every kernel over every corpus, beside counting them with memchr; counts checked in each run.

mod common;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use eventwire::scan::{self, Block, Scan};
use std::hint::black_box;

fn count(scan: Scan, haystack: &[u8]) -> usize {
    let (mut count, mut at) = (0, 0);
    loop {
        let Block { base, mask } = scan(haystack, at);
        if mask == 0 {
            return count;
        }
        count += mask.count_ones() as usize;
        at = base + 64;
    }
}

fn kernels(criterion: &mut Criterion) {
    let mut group = common::group_of(criterion, "scan");
    for corpus in common::all_corpora() {
        let expected = memchr::memchr2_iter(b'\r', b'\n', &corpus.bytes).count();
        group.throughput(Throughput::Bytes(corpus.bytes.len() as u64));
        for (name, scan, _) in scan::kernels().into_iter().flatten() {
            group.bench_with_input(BenchmarkId::new(&corpus.name, name), &corpus.bytes, |bencher, bytes| {
                bencher.iter(|| assert_eq!(count(scan, black_box(bytes)), expected));
            });
        }
        group.bench_with_input(
            BenchmarkId::new(&corpus.name, "memchr2_iter"),
            &corpus.bytes,
            |bencher, bytes| {
                bencher.iter(|| {
                    // Not `count`, which memchr does without finding the places.
                    let places = memchr::memchr2_iter(b'\r', b'\n', black_box(bytes))
                        .map(black_box)
                        .fold(0, |n, _| n + 1);
                    assert_eq!(places, expected);
                });
            },
        );
    }
    group.finish();
}

criterion_group!(benches, kernels);
criterion_main!(benches);
