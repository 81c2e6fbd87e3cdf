//! What a [`Rewriter`](super::Rewriter) gives out for a chunk: ranges of the chunk, of what was held, and of what the caller inserts.

use alloc::vec::Vec;
use core::iter::FusedIterator;
use core::mem::{swap, take};
use core::ops::Range;
use core::slice;

/// What becomes of bytes that came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Verdict {
    #[default]
    Keep,
    Drop,
}

#[derive(Debug, Default)]
pub(super) struct Output {
    spans: Vec<Span>,
    /// What was held and has been passed on.
    passed: Vec<u8>,
    /// What has been inserted, in the order of the stream.
    inserted: Vec<u8>,
    edit: Pending,
}

/// Where the next bytes to be written lie.
#[derive(Clone, Debug)]
enum Span {
    Chunk(Range<usize>),
    /// All that has been passed on of what was held.
    Passed,
    Inserted(Range<usize>),
}

/// What the caller has said of an event.
#[derive(Debug, Default)]
struct Pending {
    verdict: Verdict,
    /// Inserted before the event and in its place.
    before: Vec<u8>,
    instead: Vec<u8>,
    after: Vec<u8>,
}

/// What is to become of an event: it is passed on as it is unless something else is said here.
///
/// What is inserted is written as it is given, and has to be whole blocks, that is, end in a blank line:
/// [`Message::encode_to_vec`](crate::Message::encode_to_vec) makes such. So an event is inserted before another:
///
/// ```
/// use eventwire::{Message, Rewriter};
///
/// let mut notice = Vec::new();
/// Message::new().event("notice").data("slow down").encode_to_vec(&mut notice)?;
/// let mut rewriter = Rewriter::new();
/// let spans = rewriter.rewrite(b"data: 1\n\n", |_, edit| edit.insert_before(&notice));
/// let written: Vec<&[u8]> = spans.collect();
/// assert_eq!(written.concat(), b"event: notice\ndata: slow down\n\ndata: 1\n\n");
/// # Ok::<(), eventwire::EncodeError>(())
/// ```
#[derive(Debug)]
pub struct Edit<'a>(&'a mut Pending);

impl Edit<'_> {
    /// Drops the event.
    pub fn drop_event(&mut self) {
        self.0.verdict = Verdict::Drop;
    }

    /// Drops the event and writes these bytes in its place.
    pub fn replace(&mut self, blocks: &[u8]) {
        self.0.verdict = Verdict::Drop;
        self.0.instead.clear();
        self.0.instead.extend_from_slice(blocks);
    }

    /// Writes these bytes before the event, behind what has been inserted there already.
    pub fn insert_before(&mut self, blocks: &[u8]) {
        self.0.before.extend_from_slice(blocks);
    }

    /// Writes these bytes behind the event and what has been inserted there already.
    pub fn insert_after(&mut self, blocks: &[u8]) {
        self.0.after.extend_from_slice(blocks);
    }
}

impl Output {
    pub(super) fn clear(&mut self) {
        self.spans.clear();
        give_back(&mut self.passed);
        give_back(&mut self.inserted);
    }

    /// Passes a range of the chunk on, or does not.
    pub(super) fn chunk(&mut self, range: Range<usize>, verdict: Verdict) {
        if verdict == Verdict::Drop || range.is_empty() {
            return;
        }
        match self.spans.last_mut() {
            Some(Span::Chunk(last)) if last.end == range.start => last.end = range.end,
            _ => self.spans.push(Span::Chunk(range)),
        }
    }

    /// Passes on what is held. That happens at most once a chunk.
    pub(super) fn held(&mut self, held: &mut Vec<u8>) {
        if !held.is_empty() {
            debug_assert!(self.passed.is_empty(), "nothing is held behind what has been passed on");
            swap(&mut self.passed, held);
            self.spans.push(Span::Passed);
        }
    }

    /// Begins to ask about an event.
    pub(super) fn begin_edit(&mut self) -> Edit<'_> {
        Edit(&mut self.edit)
    }

    /// Writes what goes before the event that was asked about, and tells what becomes of itself.
    pub(super) fn verdict(&mut self) -> Verdict {
        let Self { spans, inserted, edit, .. } = self;
        insert(spans, inserted, &mut edit.before);
        insert(spans, inserted, &mut edit.instead);
        take(&mut edit.verdict)
    }

    /// Writes what goes behind the event that was asked about, if one was.
    pub(super) fn end_edit(&mut self) {
        insert(&mut self.spans, &mut self.inserted, &mut self.edit.after);
    }

    pub(super) fn spans<'s>(&'s self, chunk: &'s [u8]) -> Spans<'s> {
        Spans { spans: self.spans.iter(), chunk, passed: &self.passed, inserted: &self.inserted }
    }
}

/// Moves bytes to what has been inserted.
fn insert(spans: &mut Vec<Span>, inserted: &mut Vec<u8>, bytes: &mut Vec<u8>) {
    if !bytes.is_empty() {
        let begin = inserted.len();
        inserted.extend_from_slice(bytes);
        spans.push(Span::Inserted(begin..inserted.len()));
        give_back(bytes);
    }
}

/// Empties a buffer, and gives back the memory of what was large.
pub(super) fn give_back(buffer: &mut Vec<u8>) {
    /// How many bytes of memory are kept.
    const KEPT: usize = 64 << 10;
    buffer.clear();
    buffer.shrink_to(KEPT);
}

/// What is to be written, in order: slices of the chunk, and of what the rewriter has held or inserted.
///
/// None is empty, and slices that lie side by side in the chunk are one.
#[derive(Clone, Debug)]
pub struct Spans<'s> {
    spans: slice::Iter<'s, Span>,
    chunk: &'s [u8],
    passed: &'s [u8],
    inserted: &'s [u8],
}

impl Spans<'_> {
    /// The bytes of all slices that are left, taken together.
    #[must_use]
    pub fn total_len(&self) -> usize {
        self.clone().map(<[u8]>::len).sum()
    }
}

impl<'s> Iterator for Spans<'s> {
    type Item = &'s [u8];

    fn next(&mut self) -> Option<&'s [u8]> {
        Some(match self.spans.next()?.clone() {
            Span::Chunk(range) => self.chunk.get(range).unwrap_or_default(),
            Span::Passed => self.passed,
            Span::Inserted(range) => self.inserted.get(range).unwrap_or_default(),
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.spans.size_hint()
    }
}

impl ExactSizeIterator for Spans<'_> {}
impl FusedIterator for Spans<'_> {}
