//! What the caller says of the event that is being decided about.

use alloc::alloc::handle_alloc_error;
use alloc::vec::Vec;
use core::alloc::Layout;
use core::mem::take;

use crate::error::Error;
use crate::memory::{append, give_back};
use crate::rewriter::output::{Span, Verdict};

/// What has been said of an event, and all that has been inserted since the chunk began.
#[derive(Debug, Default)]
pub(crate) struct Decision {
    verdict: Verdict,
    /// Inserted before the event and in its place.
    before: Vec<u8>,
    instead: Vec<u8>,
    after: Vec<u8>,
    /// What has been inserted into what is written for the chunk, in the order of the stream.
    pub(super) inserted: Vec<u8>,
}

impl Decision {
    pub(crate) fn drop_event(&mut self) {
        self.verdict = Verdict::Drop;
        self.instead.clear();
    }

    pub(crate) fn replace(&mut self, blocks: &[u8]) -> Result<(), Error> {
        self.reserve(blocks.len())?;
        let more = blocks.len().saturating_sub(self.instead.len());
        self.instead.try_reserve(more).map_err(|_| Error::NoMemory)?;
        self.instead.clear();
        self.verdict = Verdict::Drop;
        append(&mut self.instead, blocks)
    }

    pub(crate) fn insert_before(&mut self, blocks: &[u8]) -> Result<(), Error> {
        self.reserve(blocks.len())?;
        append(&mut self.before, blocks)
    }

    pub(crate) fn insert_after(&mut self, blocks: &[u8]) -> Result<(), Error> {
        self.reserve(blocks.len())?;
        append(&mut self.after, blocks)
    }

    /// Makes room for `more` bytes among what has been inserted, and for what will get there from the parts: so a decision
    /// that has been taken is carried out.
    fn reserve(&mut self, more: usize) -> Result<(), Error> {
        let parts = [more, self.before.len(), self.instead.len(), self.after.len()];
        let needed = parts.into_iter().fold(0, usize::saturating_add);
        self.inserted.try_reserve(needed).map_err(|_| Error::NoMemory)
    }

    /// Inserts what goes before the event and in its place, and tells where that lies.
    #[inline]
    pub(super) fn commit_before(&mut self) -> Span {
        let begin = self.inserted.len();
        for part in [&mut self.before, &mut self.instead] {
            if !part.is_empty() {
                insert(&mut self.inserted, part);
            }
        }
        Span::inserted(begin..self.inserted.len())
    }

    /// What becomes of the event itself.
    pub(super) fn take_verdict(&mut self) -> Verdict {
        take(&mut self.verdict)
    }

    /// Inserts what goes behind the event, and tells where that lies.
    #[inline]
    pub(super) fn commit_after(&mut self) -> Span {
        let begin = self.inserted.len();
        if !self.after.is_empty() {
            insert(&mut self.inserted, &mut self.after);
        }
        Span::inserted(begin..self.inserted.len())
    }

    /// Begins with the next chunk: what has been said of an event of a chunk that was given up does not count.
    pub(super) fn clear(&mut self) {
        self.verdict = Verdict::Keep;
        for buffer in [&mut self.before, &mut self.instead, &mut self.after, &mut self.inserted] {
            give_back(buffer);
        }
    }
}

/// Moves a part to what has been inserted, where [`Decision::reserve`] has made room for it.
#[inline(never)]
fn insert(inserted: &mut Vec<u8>, part: &mut Vec<u8>) {
    let moved = append(inserted, part);
    debug_assert!(moved.is_ok(), "there is room for all that is inserted");
    give_back(part);
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
pub struct Edit<'a>(pub(super) &'a mut Decision);

impl Edit<'_> {
    /// Drops the event, and what was to be written in its place.
    pub fn drop_event(&mut self) {
        self.0.drop_event();
    }

    /// Drops the event and writes these bytes in its place.
    pub fn replace(&mut self, blocks: &[u8]) {
        or_abort(blocks, self.0.replace(blocks));
    }

    /// Writes these bytes before the event, behind what has been inserted there already.
    pub fn insert_before(&mut self, blocks: &[u8]) {
        or_abort(blocks, self.0.insert_before(blocks));
    }

    /// Writes these bytes behind the event and what has been inserted there already.
    pub fn insert_after(&mut self, blocks: &[u8]) {
        or_abort(blocks, self.0.insert_after(blocks));
    }
}

/// Does what `Vec` does if there is no memory for these bytes.
fn or_abort(blocks: &[u8], inserted: Result<(), Error>) {
    if inserted.is_err() {
        handle_alloc_error(Layout::for_value(blocks));
    }
}
