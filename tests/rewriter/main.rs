//! `Rewriter`: what is not touched comes out as it went in, and what is touched as it would be on the whole stream.

mod bounds;
mod insertions;
mod oracle;
mod properties;
mod rules;

use eventwire::rewriter::Oversized;
use eventwire::{Event, Rewriter};

/// What comes out for each chunk, and at the end.
fn rewrite<'s>(
    rewriter: &mut Rewriter,
    chunks: impl IntoIterator<Item = &'s [u8]>,
    mut decide: impl FnMut(&Event<'_>, &mut eventwire::rewriter::Edit<'_>),
) -> Vec<Vec<u8>> {
    let mut written: Vec<Vec<u8>> = Vec::new();
    for chunk in chunks {
        let spans = rewriter.rewrite(chunk, &mut decide);
        let (count, total) = (spans.len(), spans.total_len());
        let spans: Vec<&[u8]> = spans.inspect(|span| assert!(!span.is_empty())).collect();
        written.push(spans.concat());
        assert_eq!((spans.len(), written.last().map(Vec::len)), (count, Some(total)));
    }
    written.push(rewriter.finish().collect::<Vec<_>>().concat());
    written
}

/// A rewriter with these bounds.
fn bounded(max_block_size: usize, oversized: Oversized) -> Rewriter {
    Rewriter::new().max_block_size(max_block_size).oversized(oversized)
}
