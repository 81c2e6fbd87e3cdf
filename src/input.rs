//! The cursor over one chunk, and in it the mask of the line ends that were found but not yet used.

use core::fmt;
use core::num::NonZero;

use crate::scan::{self, Block, NonAscii};
use crate::utf8;

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
    text: Text,
    /// Where what is not ASCII is, as far as blocks have been scanned since `text` is not `Ignored`.
    non_ascii: NonAscii,
    /// While `text` is `Watched`: the mask, if not all is ASCII from `pos` to the end of its block; `mask` is empty then.
    hidden: u64,
}

/// The base of an imaginary block just before the chunk.
const FIRST: usize = 0_usize.wrapping_sub(64);

/// Whether it matters what is not ASCII.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    /// It does not.
    Ignored,
    /// It does: only lines that are UTF-8 are to be had from [`Input::peek_clear_line`].
    Watched,
    /// It does, and there are lines in the mask that are not ASCII.
    Revealed,
}

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
        Self {
            chunk,
            pos: 0,
            base: FIRST,
            mask: 0,
            text: Text::Ignored,
            non_ascii: NonAscii { begin: 0, end: 0 },
            hidden: 0,
        }
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

    /// What [`Input::resume`] needs beside the chunk: where the cursor stands, and what it has found.
    #[cfg(feature = "capi")]
    pub(crate) fn suspend(&self) -> (usize, [u64; 2]) {
        (self.pos, [self.base.wrapping_add(64) as u64, self.mask | self.hidden])
    }

    /// A cursor that goes on where another one stood in the same chunk.
    ///
    /// `found` comes from outside: whatever it is, lines come out of the chunk alone.
    #[cfg(feature = "capi")]
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
    #[cfg(feature = "capi")]
    pub(crate) fn rewind(&mut self, pos: usize) {
        *self = Self { pos, base: pos.wrapping_sub(64), ..Self::new(self.chunk) };
    }

    /// Goes on to the next block with a line end at or after `pos`, if there is one; to be called when the mask is used up.
    #[inline(always)]
    fn next_block(&mut self, clear: bool) -> bool {
        if self.text != Text::Ignored {
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

    /// The same where text is watched: gives only lines that are UTF-8.
    #[inline(never)]
    fn next_clear_block(&mut self) -> bool {
        let next = self.base.wrapping_add(64);
        if self.hidden != 0 || next >= self.chunk.len() {
            return false;
        }
        Block { base: self.base, mask: self.mask } = scan::scan_text(self.chunk, next, &mut self.non_ascii);
        if self.non_ascii.end > self.pos {
            self.verify();
        }
        self.pass_over_consumed(true)
    }

    /// The same for those who ask of each value whether it is UTF-8.
    #[inline(never)]
    fn reveal(&mut self) -> bool {
        self.text = Text::Revealed;
        self.mask = core::mem::take(&mut self.hidden);
        if self.mask == 0 {
            let next = self.base.wrapping_add(64);
            if next >= self.chunk.len() {
                return false;
            }
            Block { base: self.base, mask: self.mask } =
                scan::scan_text(self.chunk, next, &mut self.non_ascii);
        }
        self.pass_over_consumed(false)
    }

    /// Has [`Input::peek_clear_line`] give lines of UTF-8 alone.
    #[inline(always)]
    pub(crate) fn watch(&mut self) {
        if self.text != Text::Watched {
            self.begin_watch();
        }
    }

    #[cold]
    fn begin_watch(&mut self) {
        if self.text == Text::Ignored && self.base != FIRST {
            // There may be anything in what has been scanned.
            self.non_ascii = NonAscii { begin: 0, end: self.base.saturating_add(64) };
        }
        self.text = Text::Watched;
        if self.non_ascii.end > self.pos {
            self.verify();
        }
    }

    /// Hides the lines of the mask if they are not UTF-8, one or the other. Otherwise what is not ASCII is known to be right
    /// up to the end of the last of them.
    #[inline(never)]
    fn verify(&mut self) {
        if self.mask == 0 {
            return;
        }
        // A line end is never part of a character: all lines are UTF-8 if what they are together is.
        let end = self.base.wrapping_add(63 - self.mask.leading_zeros() as usize);
        let NonAscii { begin, end: behind } = self.non_ascii;
        if utf8::is_valid_at(self.chunk, begin.max(self.pos), behind.min(end)) {
            self.non_ascii =
                if behind > end { NonAscii { begin: end, end: behind } } else { NonAscii::default() };
        } else {
            self.hidden = core::mem::take(&mut self.mask);
        }
    }

    /// Whether a value is UTF-8 with which the line that was peeked at ends; true if [`Input::watch`] was not called.
    #[inline(always)]
    pub(crate) fn is_utf8(&self, line: Line<'c>, value: &[u8]) -> bool {
        // Only what lies between the first and the last byte that is not ASCII need be looked at.
        let begin = line.end.wrapping_sub(value.len()).max(self.non_ascii.begin);
        begin >= self.non_ascii.end || utf8::is_valid_at(self.chunk, begin, line.end.min(self.non_ascii.end))
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
