//! The cursor over one chunk, and in it the mask of the line ends that were found but not yet used.

use crate::scan::{self, Block};

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
#[derive(Clone, Debug)]
pub struct Input<'c> {
    chunk: &'c [u8],
    /// Bytes of the chunk consumed; never past its end.
    pos: usize,
    /// Where the block scanned last begins, `FIRST` before there is one: the next one follows 64 bytes later.
    base: usize,
    /// The line ends at and after `pos` in that block: bit `i` stands for the byte at `base + i`.
    mask: u64,
}

/// The base of an imaginary block just before the chunk.
const FIRST: usize = 0_usize.wrapping_sub(64);

/// A line with its terminator, or what there is of one.
pub(crate) enum Line<'c> {
    /// A whole line, without its terminator; `cr` tells CR from LF.
    Ended { line: &'c [u8], cr: bool },
    /// The rest of the chunk, without a line end; it may be empty.
    Open(&'c [u8]),
}

impl<'c> Input<'c> {
    /// A cursor at the start of `chunk`.
    #[must_use]
    pub const fn new(chunk: &'c [u8]) -> Self {
        Self { chunk, pos: 0, base: FIRST, mask: 0 }
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

    /// Scans on to the next block with a line end, if there is one; to be called when the mask is used up.
    #[inline(always)]
    fn refill(&mut self) -> bool {
        let Block { base, mask } = scan::scan(self.chunk, self.base.wrapping_add(64));
        self.base = base;
        self.mask = mask;
        mask != 0
    }

    /// The bytes not yet consumed.
    #[inline(always)]
    pub(crate) fn rest(&self) -> &'c [u8] {
        self.chunk.get(self.pos..).unwrap_or_default()
    }

    /// Consumes up to and including the next line end, or all.
    #[inline(always)]
    pub(crate) fn take_line(&mut self) -> Line<'c> {
        if self.mask == 0 && !self.refill() {
            return Line::Open(self.take_rest());
        }
        let end = self.base + self.mask.trailing_zeros() as usize;
        let (Some(line), Some(&terminator)) = (self.chunk.get(self.pos..end), self.chunk.get(end)) else {
            return Line::Open(self.take_rest()); // not reached: a set bit stands for a byte at or after `pos`
        };
        self.mask &= self.mask - 1;
        self.pos = end + 1;
        Line::Ended { line, cr: terminator == b'\r' }
    }

    #[inline(always)]
    fn take_rest(&mut self) -> &'c [u8] {
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
    pub(crate) fn take_lf(&mut self) -> bool {
        let found = self.rest().first() == Some(&b'\n');
        if found && (self.mask != 0 || self.refill()) {
            self.mask &= self.mask - 1;
            self.pos += 1;
        }
        found
    }
}
