//! Keeping lines that are not UTF-8 from those who do not ask of each value whether it is.
//!
//! Most of a stream is ASCII, and what is not is mostly right. So while the scan looks for line ends it notes what is not
//! ASCII, and of that all that belongs to the lines of a block is validated at once, before the first of them is handed out. If it
//! is wrong, the block's lines are withheld: [`Input::peek_clear_line`] then finds none, and who goes on with
//! [`Input::peek_line`] gets them and asks [`Input::is_utf8`] of every value.

use core::mem;

use super::{FIRST, Input, Line};
use crate::scan::{self, Block, NonAscii};
use crate::utf8;

/// What is known of the text.
#[derive(Clone, Copy)]
pub(super) struct Watch {
    /// What is not ASCII, and has not been found right, as far as blocks have been scanned.
    non_ascii: NonAscii,
    /// The mask, while its lines are withheld.
    withheld: u64,
    /// The mask may have lines that are not UTF-8.
    revealed: bool,
}

impl<'c> Input<'c> {
    /// Has [`Input::peek_clear_line`] give lines of UTF-8 alone.
    #[inline(always)]
    pub(crate) fn watch(&mut self) {
        if self.watch.is_none_or(|watch| watch.revealed) {
            self.begin_watch();
        }
    }

    #[cold]
    fn begin_watch(&mut self) {
        // There may be anything in what has been scanned so far.
        let end = if self.base == FIRST { 0 } else { self.base.saturating_add(64) };
        let unknown = Watch { non_ascii: NonAscii { begin: 0, end }, withheld: 0, revealed: false };
        let watch = self.watch.get_or_insert(unknown);
        watch.revealed = false;
        watch.withhold_unless_utf8(self.chunk, self.pos, self.base, &mut self.mask);
    }

    /// Goes on to the next block with a line end whose lines are UTF-8, unless there is another one before it.
    #[inline(never)]
    pub(super) fn next_clear_block(&mut self) -> bool {
        let next = self.base.wrapping_add(64);
        let Some(watch) = self.watch.as_mut().filter(|watch| watch.withheld == 0) else { return false };
        if next >= self.chunk.len() {
            return false;
        }
        Block { base: self.base, mask: self.mask } = scan::scan_text(self.chunk, next, &mut watch.non_ascii);
        watch.withhold_unless_utf8(self.chunk, self.pos, self.base, &mut self.mask);
        self.pass_over_consumed(true)
    }

    /// Goes on to the next block with a line end, whatever its lines are.
    #[inline(never)]
    pub(super) fn reveal(&mut self) -> bool {
        let Some(watch) = &mut self.watch else { return false };
        watch.revealed = true;
        self.mask = mem::take(&mut watch.withheld);
        if self.mask == 0 {
            let next = self.base.wrapping_add(64);
            if next >= self.chunk.len() {
                return false;
            }
            Block { base: self.base, mask: self.mask } =
                scan::scan_text(self.chunk, next, &mut watch.non_ascii);
        }
        self.pass_over_consumed(false)
    }

    /// The mask of the lines that are withheld.
    #[cfg(any(feature = "bytes", feature = "capi-core"))]
    pub(super) fn withheld(&self) -> u64 {
        self.watch.map_or(0, |watch| watch.withheld)
    }

    /// Whether a value is UTF-8 with which the line that was peeked at ends; true if [`Input::watch`] was not called.
    #[inline(always)]
    pub(crate) fn is_utf8(&self, line: Line<'c>, value: &[u8]) -> bool {
        let Some(Watch { non_ascii: NonAscii { begin, end }, .. }) = self.watch else { return true };
        // Only what lies between the first and the last byte that is not ASCII need be looked at.
        let begin = line.end.wrapping_sub(value.len()).max(begin);
        begin >= end || utf8::is_valid_at(self.chunk, begin, line.end.min(end))
    }
}

impl Watch {
    #[inline(always)]
    fn withhold_unless_utf8(&mut self, chunk: &[u8], pos: usize, base: usize, mask: &mut u64) {
        if self.non_ascii.end > pos && *mask != 0 {
            self.validate(chunk, pos, base, mask);
        }
    }

    /// Withholds the lines of the mask if one or the other is not UTF-8. Otherwise all is known to be right up to the end of
    /// the last of them.
    #[inline(never)]
    fn validate(&mut self, chunk: &[u8], pos: usize, base: usize, mask: &mut u64) {
        // A line end is never part of a character: all lines are UTF-8 if what they are together is.
        let line_end = base.wrapping_add(63_usize.wrapping_sub(mask.leading_zeros() as usize));
        let NonAscii { begin, end } = self.non_ascii;
        if utf8::is_valid_at(chunk, begin.max(pos), end.min(line_end)) {
            let rest = NonAscii { begin: line_end, end };
            self.non_ascii = if end > line_end { rest } else { NonAscii::default() };
        } else {
            self.withheld = mem::take(mask);
        }
    }
}
