//! The cursor over one chunk, and in it the mask of the line ends that were found but not yet used.

use core::fmt;
use core::num::NonZero;

use crate::scan::{self, Block};

mod watch;

use watch::Watch;

/// A cursor over one chunk of a stream, of any size.
///
/// Make one for each chunk as it arrives and hand it to a [`Tokenizer`](crate::Tokenizer) or
/// [`Parser`](crate::Parser) until that answers `None`: then the chunk is used up, nothing refers to it any
/// more, and it may be freed. A cursor dropped earlier leaves the rest of its chunk unread.
///
/// ```
/// let mut input = eventwire::Input::new(b"data: 1\n\n");
/// assert_eq!(input.remaining(), 9);
/// eventwire::Parser::new().next_event(&mut input).unwrap();
/// assert_eq!((input.consumed(), input.remaining()), (9, 0));
/// ```
#[derive(Clone)]
pub struct Input<'c> {
    chunk: &'c [u8],
    /// Bytes of the chunk consumed; never past its end.
    pos: usize,
    /// Where the block scanned last begins, `FIRST` before there is one: the next one follows 64 bytes later.
    base: usize,
    /// The line ends at and after `pos` in that block: bit `i` stands for the byte at `base + i`.
    mask: u64,
    /// Where it matters what is not ASCII.
    watch: Option<Watch>,
}

/// The base of an imaginary block just before the chunk.
const FIRST: usize = 0_usize.wrapping_sub(64);

/// A line whose end is in the chunk.
#[derive(Clone, Copy)]
pub(crate) struct Line<'c> {
    /// The line without its terminator.
    pub(crate) bytes: &'c [u8],
    /// Where in the chunk its terminator stands.
    end: usize,
}

impl Line<'_> {
    /// How many bytes there are from a place in the chunk to the line's end.
    #[inline(always)]
    pub(crate) const fn len_from(&self, begin: usize) -> usize {
        self.end.wrapping_sub(begin)
    }
}

impl<'c> Input<'c> {
    /// A cursor at the start of `chunk`.
    #[must_use]
    pub const fn new(chunk: &'c [u8]) -> Self {
        Self { chunk, pos: 0, base: FIRST, mask: 0, watch: None }
    }

    /// Bytes of the chunk not yet consumed.
    #[must_use]
    pub const fn remaining(&self) -> usize {
        self.chunk.len() - self.pos
    }

    /// Bytes of the chunk consumed.
    #[must_use]
    pub const fn consumed(&self) -> usize {
        self.pos
    }

    /// The chunk.
    #[cfg(feature = "alloc")]
    pub(crate) const fn chunk(&self) -> &'c [u8] {
        self.chunk
    }

    /// What [`Input::resume`] needs beside the chunk: where the cursor stands, and what it has found.
    #[cfg(any(feature = "bytes", feature = "capi-core"))]
    pub(crate) fn suspend(&self) -> (usize, [u64; 2]) {
        (self.pos, [self.base.wrapping_add(64) as u64, self.mask | self.withheld()])
    }

    /// A cursor that goes on where another one stood in the same chunk.
    ///
    /// `found` comes from outside: whatever it is, lines come out of the chunk alone.
    #[cfg(any(feature = "bytes", feature = "capi-core"))]
    pub(crate) fn resume(chunk: &'c [u8], pos: usize, [next, mask]: [u64; 2]) -> Self {
        let start = Self::new(chunk);
        let next = usize::try_from(next).unwrap_or(usize::MAX);
        let last = next.wrapping_sub(1).wrapping_sub(mask.leading_zeros() as usize);
        if pos == 0 || pos > chunk.len() || (mask != 0 && last >= chunk.len()) {
            return start;
        }
        Self { pos, base: next.wrapping_sub(64), mask, ..start }
    }

    /// Goes back to where a line begins; what has been found from there on is forgotten.
    #[cfg(feature = "capi-core")]
    pub(crate) fn rewind(&mut self, pos: usize) {
        *self = Self { pos, base: pos.wrapping_sub(64), ..Self::new(self.chunk) };
    }

    /// Goes on to the next block with a line end at or after `pos`, if there is one; to be called when the mask is used up.
    #[inline(always)]
    fn next_block(&mut self, clear: bool) -> bool {
        if self.watch.is_some() {
            return if clear { self.next_clear_block() } else { self.reveal() };
        }
        // From the end of the last block, not from `pos`: where a scan begins must not wait for where a line has ended.
        let next = self.base.wrapping_add(64);
        if next >= self.chunk.len() {
            return false;
        }
        Block { base: self.base, mask: self.mask } = scan::scan(self.chunk, next);
        self.pass_over_consumed(clear)
    }

    /// An LF behind a CR or a blank line may have been consumed before its block was reached.
    #[inline(always)]
    fn pass_over_consumed(&mut self, clear: bool) -> bool {
        if self.pos > self.base {
            return self.pass_over(clear);
        }
        self.mask != 0
    }

    #[cold]
    fn pass_over(&mut self, clear: bool) -> bool {
        self.mask &= u64::MAX.checked_shl((self.pos - self.base) as u32).unwrap_or(0);
        self.mask != 0 || self.next_block(clear)
    }

    /// The bytes not yet consumed.
    #[inline(always)]
    pub(crate) fn rest(&self) -> &'c [u8] {
        self.chunk.get(self.pos..).unwrap_or_default()
    }

    /// The next line, if its end is in the chunk; nothing is consumed yet.
    #[inline(always)]
    pub(crate) fn peek_line(&mut self) -> Option<Line<'c>> {
        if self.mask == 0 && !self.next_block(false) {
            return None;
        }
        self.line()
    }

    /// The same, but after [`Input::watch`] only if the line is UTF-8.
    #[inline(always)]
    pub(crate) fn peek_clear_line(&mut self) -> Option<Line<'c>> {
        if self.mask == 0 && !self.next_block(true) {
            return None;
        }
        self.line()
    }

    #[inline(always)]
    fn line(&self) -> Option<Line<'c>> {
        let end = self.base.wrapping_add(NonZero::new(self.mask)?.trailing_zeros() as usize);
        // It does not fail: a set bit stands for a byte of the chunk at or after `pos`.
        Some(Line { bytes: self.chunk.get(self.pos..end)?, end })
    }

    /// Consumes the line that was peeked at, and tells whether it ended with a CR.
    #[inline(always)]
    pub(crate) fn consume(&mut self, line: Line<'c>) -> bool {
        self.mask = without_first(self.mask);
        self.pos = line.end.wrapping_add(1);
        self.chunk.get(line.end) == Some(&b'\r')
    }

    /// Consumes the line that was peeked at and the blank line behind it, if that is there, and tells whether that ended
    /// with a CR.
    #[inline(always)]
    pub(crate) fn consume_with_blank(&mut self, line: Line<'c>) -> Option<bool> {
        // The bits of their line ends are the first ones of the mask; what lies behind its block is not in it, and there
        // `next_block` passes it over.
        let ends = self.chunk.get(line.end..)?;
        if ends.starts_with(b"\n\n") {
            self.mask = without_first(without_first(self.mask));
            self.pos = line.end.wrapping_add(2);
            return Some(false);
        }
        if ends.starts_with(b"\r\n\r") {
            self.mask = without_first(without_first(without_first(self.mask)));
            self.pos = line.end.wrapping_add(3);
            return Some(true);
        }
        None
    }

    /// Consumes all.
    #[inline(always)]
    pub(crate) fn take_rest(&mut self) -> &'c [u8] {
        let rest = self.rest();
        self.pos = self.chunk.len();
        rest
    }

    /// Consumes `n` bytes, none of which may be a line end.
    #[inline(always)]
    pub(crate) fn skip(&mut self, n: usize) {
        self.pos = self.chunk.len().min(self.pos + n);
    }

    /// Consumes an LF if that is the next byte.
    #[inline(always)]
    pub(crate) fn take_lf(&mut self) {
        if self.chunk.get(self.pos) == Some(&b'\n') {
            // In the block of the mask it is the first bit; behind it the mask is empty, and `next_block` passes it over.
            self.mask = without_first(self.mask);
            self.pos = self.pos.wrapping_add(1);
        }
    }
}

impl fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input").field("consumed", &self.pos).field("remaining", &self.remaining()).finish()
    }
}

/// The mask without its lowest bit, if it has one.
#[inline(always)]
const fn without_first(mask: u64) -> u64 {
    mask & mask.wrapping_sub(1)
}
