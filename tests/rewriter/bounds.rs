//! What is too large is not shown, and nothing is held that need not be.

use eventwire::Rewriter;
use eventwire::rewriter::Oversized;

use crate::{bounded, rewrite};

const STREAM: &[u8] = b"data: 1\n\ndata: 0123456789\n\ndata: 2\n\n";

#[test]
fn a_block_may_be_as_large_as_the_bound() {
    for size in 1..=STREAM.len() {
        for (limit, seen) in [(18, 3), (17, 2)] {
            let mut shown = 0;
            let mut rewriter = bounded(limit, Oversized::Drop);
            let written = rewrite(&mut rewriter, STREAM.chunks(size), |_, _| shown += 1).concat();
            assert_eq!(
                (shown, rewriter.oversized_blocks()),
                (seen, 3 - seen),
                "limit {limit}, chunks of {size}"
            );
            let expected = if seen == 3 { STREAM.to_vec() } else { b"data: 1\n\ndata: 2\n\n".to_vec() };
            assert_eq!(written, expected);
        }
    }
}

#[test]
fn an_endless_block_is_passed_on_as_it_comes() {
    let mut rewriter = bounded(1000, Oversized::Pass);
    let mut chunk = vec![b'x'; 600];
    chunk[..6].copy_from_slice(b"data: ");
    assert_eq!(rewriter.rewrite(&chunk, |_, _| {}).total_len(), 0);
    assert_eq!(rewriter.held(), 600);
    let more = [b'x'; 600];
    assert_eq!(rewriter.rewrite(&more, |_, _| {}).total_len(), 1200);
    for _ in 0..10 {
        assert_eq!(rewriter.rewrite(&more, |_, _| {}).next(), Some(&more[..]));
        assert_eq!(rewriter.held(), 0);
    }
    let mut shown = 0;
    assert_eq!(rewriter.rewrite(b"\n\ndata: 1\n\n", |_, _| shown += 1).total_len(), 11);
    assert_eq!((shown, rewriter.oversized_blocks()), (1, 1));
}

#[test]
fn comments_are_never_held() {
    let mut rewriter = Rewriter::new();
    for chunk in [&b": "[..], b"wait", b"\n", b": \r", b"\n", b"\r\n", b"data: 1\n\n:x"] {
        assert_eq!(rewriter.rewrite(chunk, |_, _| {}).total_len(), chunk.len());
        assert_eq!(rewriter.held(), 0);
    }
}
