//! What a rewriter gives out, as the data of frames.

use std::collections::VecDeque;
use std::mem::take;

use bytes::{Bytes, BytesMut};
use eventwire::rewriter::Spans;

/// Data of frames to come, in order.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    queue: VecDeque<Bytes>,
    /// How many bytes there are in the queue.
    size: u64,
}

/// Neighbours shorter than this are copied into one frame: each frame costs its consumer a header, a slice of a vectored write
/// and a reference count, which is more than to copy so little.
const SHORT: usize = 1 << 10;

impl Frames {
    /// Puts what is to be written for a chunk into the queue: as slices of the chunk where they lie in it and are not short pieces
    /// between others.
    pub(crate) fn extend(&mut self, chunk: &Bytes, spans: Spans<'_>) {
        let is_alone = spans.len() == 1;
        let mut joined = BytesMut::new();
        for span in spans {
            if span.len() < SHORT && !is_alone {
                joined.extend_from_slice(span);
            } else {
                self.push(take(&mut joined).freeze());
                self.push(share(chunk, span));
            }
        }
        self.push(joined.freeze());
    }

    /// The next data to be written.
    pub(crate) fn pop(&mut self) -> Option<Bytes> {
        let data = self.queue.pop_front()?;
        self.size -= data.len() as u64;
        Some(data)
    }

    /// How many bytes are in the queue.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    fn push(&mut self, data: Bytes) {
        if !data.is_empty() {
            self.size += data.len() as u64;
            self.queue.push_back(data);
        }
    }
}

/// The span as a part of the chunk, if it is one; else as a copy.
fn share(chunk: &Bytes, span: &[u8]) -> Bytes {
    let (chunk_at, span_at) = (chunk.as_ptr_range(), span.as_ptr_range());
    let is_part = chunk_at.start <= span_at.start && span_at.end <= chunk_at.end;
    if is_part { chunk.slice_ref(span) } else { Bytes::copy_from_slice(span) }
}

#[cfg(test)]
mod tests {
    use eventwire::Rewriter;

    use super::*;

    fn frames(chunk: &Bytes, rewriter: &mut Rewriter, mut drops: impl FnMut(&[u8]) -> bool) -> Vec<Bytes> {
        let mut frames = Frames::default();
        let spans = rewriter.rewrite(chunk, |event, edit| {
            if drops(event.data()) {
                edit.drop_event();
            }
        });
        let size = spans.total_len() as u64;
        frames.extend(chunk, spans);
        assert_eq!(frames.size(), size);
        let all: Vec<Bytes> = std::iter::from_fn(|| frames.pop()).collect();
        assert_eq!(frames.size(), 0);
        all
    }

    fn is_part(data: &Bytes, chunk: &Bytes) -> bool {
        chunk.as_ptr_range().contains(&data.as_ptr())
    }

    #[test]
    fn a_chunk_that_is_kept_is_itself() {
        let chunk = Bytes::from("data: 1\n\n".repeat(3));
        let all = frames(&chunk, &mut Rewriter::new(), |_| false);
        assert_eq!(all, std::slice::from_ref(&chunk));
        assert!(is_part(&all[0], &chunk));
    }

    #[test]
    fn long_pieces_are_shared_and_short_ones_joined() {
        let long = format!("data: {}\n\n", "x".repeat(SHORT - 8));
        let stream = format!("data: 1\n\ndrop\ndata: -\n\ndata: 2\n\ndata: -\n\n{long}data: -\n\n{long}");
        let chunk = Bytes::from(stream);
        let all = frames(&chunk, &mut Rewriter::new(), |data| data == b"-");
        assert_eq!(all, ["data: 1\n\ndata: 2\n\n".to_owned(), long.clone(), long]);
        assert_eq!([0, 1, 2].map(|i| is_part(&all[i], &chunk)), [false, true, true]);
    }

    #[test]
    fn what_was_held_is_a_copy_that_outlives_the_rewriter() {
        let mut rewriter = Rewriter::new();
        assert_eq!(frames(&Bytes::from("data: 1"), &mut rewriter, |_| false), Vec::<Bytes>::new());
        let chunk = Bytes::from("\n\n");
        let all = frames(&chunk, &mut rewriter, |_| false);
        drop(rewriter);
        assert_eq!(all, ["data: 1\n\n"]);
    }
}
