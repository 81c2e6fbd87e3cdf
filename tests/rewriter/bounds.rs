//! What is too large is not shown, and nothing is held that need not be.

use std::panic::{RefUnwindSafe, UnwindSafe};

use allocation_counter::measure;
use eventwire::Rewriter;
use eventwire::rewriter::{Oversized, Spans};
use eventwire_testkit::corpora;

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

/// However many there are: the list grows with them.
#[test]
fn many_blocks_are_dropped_unseen() {
    let mut rewriter = bounded(9, Oversized::Drop);
    let stream = b"data: 0123456789\n\n: 1\n\n".repeat(100);
    let written: Vec<&[u8]> = rewriter.rewrite(&stream, |_, _| {}).collect();
    assert_eq!(written, vec![&b": 1\n\n"[..]; 100]);
    assert_eq!(rewriter.oversized_blocks(), 100);
}

#[test]
fn comments_are_never_held() {
    let mut rewriter = Rewriter::new();
    for chunk in [&b": "[..], b"wait", b"\n", b": \r", b"\n", b"\r\n", b"data: 1\n\n:x"] {
        assert_eq!(rewriter.rewrite(chunk, |_, _| {}).total_len(), chunk.len());
        assert_eq!(rewriter.held(), 0);
    }
}

#[test]
fn in_steady_state_nothing_is_allocated() {
    let corpus = corpora::openai(100 << 10, 3);
    let mut rewriter = Rewriter::new();
    let mut pass = || {
        let (mut number, mut written) = (0, 0);
        for chunk in corpus.bytes.chunks(1460) {
            let spans = rewriter.rewrite(chunk, |_, edit| {
                number += 1;
                match number % 5 {
                    0 => edit.drop_event(),
                    1 => edit.replace(b"data: 1\n\n"),
                    2 => edit.insert_before(b": 2\n\n"),
                    3 => edit.insert_after(b": 3\n\n"),
                    _ => {}
                }
            });
            written += spans.total_len();
        }
        assert!(written > corpus.bytes.len() / 3);
    };
    pass();
    assert_eq!(measure(pass).count_total, 0);
}

#[test]
fn memory_for_much_is_given_back() {
    let mut rewriter = Rewriter::new();
    let large = [b"data: ", &[b'x'; 500 << 10][..]].concat();
    let many = b"data: 1\n\n".repeat(10_000);
    let blocks = [b"data: ", &[b'y'; 500 << 10][..], b"\n\n"].concat();
    let left = measure(|| {
        rewriter.rewrite(&large, |_, _| {});
        rewriter.rewrite(b"\n\n", |_, edit| edit.replace(&blocks));
        let mut keeps = false;
        rewriter.rewrite(&many, |_, edit| {
            keeps = !keeps;
            if keeps {
                edit.drop_event();
            }
        });
        for _ in 0..3 {
            rewriter.rewrite(b"data: 1\n\n", |_, _| {});
        }
    });
    assert!(left.bytes_current < 64 << 10, "{left:?}");
    assert!(left.bytes_max > 1 << 20, "{left:?}");
}

#[test]
fn it_shows_what_it_holds_by_its_size() {
    let mut rewriter = Rewriter::default();
    assert_eq!(rewriter.rewrite(b"data: secret", |_, _| {}).total_len(), 0);
    let shown = format!("{rewriter:?}");
    assert_eq!(
        shown,
        "Rewriter { max_block_size: 1048576, oversized: Pass, held: 12, oversized_blocks: 0, .. }"
    );
}

#[test]
fn it_goes_from_thread_to_thread() {
    fn promised<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe>() {}
    promised::<Rewriter>();
    promised::<Spans<'_>>();
}

/// An event lies in the chunk only if all of its block does.
#[test]
fn what_was_held_is_not_borrowed_from_the_chunk() {
    let mut rewriter = Rewriter::new();
    let mut borrowed = Vec::new();
    for chunk in ["data: 1\n\nda", "ta: 2\n\ndata: 3\n\ndata: 4\ndata: 5\n\nid: 1\n", "data: 6\n\n"] {
        rewriter.rewrite(chunk.as_bytes(), |event, _| {
            let range = chunk.as_bytes().as_ptr_range();
            let lies_in_chunk = range.contains(&event.data().as_ptr());
            assert_eq!(event.is_borrowed(), lies_in_chunk, "{event:?}");
            borrowed.push(event.is_borrowed());
        });
    }
    assert_eq!(borrowed, [true, false, true, false, false]);
}
