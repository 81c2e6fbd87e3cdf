//! What a [`Rewriter`](super::Rewriter) gives out for a chunk: ranges of the chunk, of what was held, and of what the caller inserts.
//!
//! # Without memory
//!
//! The list grows with what is dropped and inserted, and memory may run out. It has room for [`LEAST`] spans from the start,
//! and an event is decided about only where there is room for all that can come of it. If there is none, only blocks that were dropped
//! unseen can still want a span more; then the last one goes on over what was dropped: nothing of the stream is lost.

use alloc::vec::Vec;
use core::iter::FusedIterator;
use core::mem::swap;
use core::ops::Range;
use core::slice;

use crate::error::Error;
use crate::memory::{give_back, prepare};
use crate::rewriter::edit::Decision;

/// What becomes of bytes that came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Verdict {
    #[default]
    Keep,
    Drop,
}

#[derive(Debug, Default)]
pub(crate) struct Output {
    spans: Vec<Span>,
    /// What was held and has been passed on.
    passed: Vec<u8>,
    pub(crate) decision: Decision,
}

/// How many spans there is always room for: what an event may need, and one of the chunk behind it.
const LEAST: usize = PER_EVENT + 1;

/// The spans of an event: what is inserted before it, what was held of it, what is in the chunk, what is inserted after it.
const PER_EVENT: usize = 4;

/// How many spans' memory is kept from chunk to chunk.
const KEPT: usize = 1024;

/// Where the next bytes to be written lie. Two words, as what C is given: see `capi/rewriter/handle.rs`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Span {
    /// In the chunk; or, behind [`Span::ELSEWHERE`], in what has been inserted; or [`Span::PASSED`].
    place: usize,
    len: usize,
}

impl Span {
    /// No chunk is so long.
    const ELSEWHERE: usize = isize::MIN.unsigned_abs();
    /// All that has been passed on of what was held.
    const PASSED: usize = usize::MAX;

    const fn chunk(range: Range<usize>) -> Self {
        Self { place: range.start, len: range.end.saturating_sub(range.start) }
    }

    pub(super) const fn inserted(range: Range<usize>) -> Self {
        Self { place: range.start | Self::ELSEWHERE, len: range.end.saturating_sub(range.start) }
    }

    const fn is_of_chunk(self) -> bool {
        self.place & Self::ELSEWHERE == 0
    }

    /// Whether the other one follows on it in the same source.
    const fn adjoins(self, next: Self) -> bool {
        self.place != Self::PASSED && self.place.wrapping_add(self.len) == next.place
    }
}

/// What spans are spans of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sources<'s> {
    chunk: &'s [u8],
    passed: &'s [u8],
    inserted: &'s [u8],
}

impl<'s> Sources<'s> {
    /// The bytes of a span.
    pub(crate) fn resolve(&self, span: Span) -> &'s [u8] {
        let (source, begin) = match span.place {
            Span::PASSED => return self.passed,
            place if span.is_of_chunk() => (self.chunk, place),
            place => (self.inserted, place & !Span::ELSEWHERE),
        };
        source.get(begin..begin.wrapping_add(span.len)).unwrap_or_default()
    }
}

impl Output {
    /// Makes room for the spans that there must be room for, and in what becomes the engine's buffer.
    pub(super) fn prepare(&mut self) -> Result<(), Error> {
        prepare(&mut self.passed)?;
        self.spans.try_reserve(LEAST).map_err(|_| Error::NoMemory)
    }

    pub(super) fn clear(&mut self) {
        self.spans.clear();
        if self.spans.capacity() > KEPT {
            let mut fewer = Vec::new();
            if fewer.try_reserve(LEAST).is_ok() {
                self.spans = fewer;
            }
        }
        give_back(&mut self.passed);
        self.decision.clear();
    }

    /// Whether there is room for all that can come of a decision.
    pub(super) fn has_room(&mut self) -> bool {
        self.spans.try_reserve(LEAST).is_ok()
    }

    /// Passes a range of the chunk on, or does not.
    pub(super) fn chunk(&mut self, range: Range<usize>, verdict: Verdict) {
        if verdict == Verdict::Keep {
            self.push(Span::chunk(range));
        }
    }

    /// Passes on what is held. That happens at most once a chunk, before any of it.
    pub(super) fn held(&mut self, held: &mut Vec<u8>) {
        if !held.is_empty() {
            debug_assert!(self.passed.is_empty(), "nothing is held behind what has been passed on");
            swap(&mut self.passed, held);
            self.push(Span { place: Span::PASSED, len: self.passed.len() });
        }
    }

    /// Writes what goes before the event that was decided about, and tells what becomes of itself.
    pub(super) fn begin_event(&mut self) -> Verdict {
        let before = self.decision.commit_before();
        self.push(before);
        self.decision.take_verdict()
    }

    /// Writes what goes behind the event that was decided about.
    pub(super) fn end_event(&mut self) {
        let after = self.decision.commit_after();
        self.push(after);
    }

    fn push(&mut self, span: Span) {
        if span.len == 0 {
            return;
        }
        let is_full = self.spans.len() == self.spans.capacity() && self.spans.try_reserve(1).is_err();
        if let Some(last) = self.spans.last_mut() {
            if last.adjoins(span) {
                last.len = last.len.wrapping_add(span.len);
                return;
            }
            if is_full {
                // See the module: both are of the chunk.
                last.len = span.place.wrapping_add(span.len).wrapping_sub(last.place);
                return;
            }
        }
        // In the words in which `push` asks: so the compiler knows that it need not reallocate.
        if self.spans.len() < self.spans.capacity() {
            self.spans.push(span);
        }
    }

    /// The list, and what it is a list of.
    pub(super) fn spans<'s>(&'s self, chunk: &'s [u8]) -> Spans<'s> {
        let Self { spans, passed, decision, .. } = self;
        Spans { spans: spans.iter(), sources: Sources { chunk, passed, inserted: &decision.inserted } }
    }

    /// The same for who writes over the list what it resolves to; it is not looked at again before it is cleared.
    #[cfg(feature = "capi-proxy")]
    pub(crate) fn list<'s>(&'s mut self, chunk: &'s [u8]) -> (&'s mut [Span], Sources<'s>) {
        let Self { spans, passed, decision, .. } = self;
        (spans, Sources { chunk, passed, inserted: &decision.inserted })
    }

    /// The place of that list.
    #[cfg(feature = "capi-proxy")]
    pub(crate) fn listed(&self) -> &[Span] {
        &self.spans
    }
}

/// What is to be written, in order: slices of the chunk, and of what the rewriter has held or inserted.
///
/// None is empty, and slices that lie side by side in the chunk are one.
#[derive(Clone, Debug)]
pub struct Spans<'s> {
    spans: slice::Iter<'s, Span>,
    sources: Sources<'s>,
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
        self.spans.next().map(|span| self.sources.resolve(*span))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.spans.size_hint()
    }
}

impl ExactSizeIterator for Spans<'_> {}
impl FusedIterator for Spans<'_> {}
