//! A message that has been checked: its lines, their length, and the slices that they are made of.

use core::fmt;
#[cfg(feature = "std")]
use std::io::{self, IoSlice, Write};

use memchr::memchr;

use super::digits::Digits;
use super::lines::Lines;
use super::sink::Sink;
use super::{EncodeError, Message};
use crate::scan::{Block, scan};
use crate::tokenizer::Field;

/// What stands between two values: the end of the line before, and the opening of the next.
const COMMENT: &[u8] = b"\n:";
const EVENT: &[u8] = b"\nevent: ";
const ID: &[u8] = b"\nid: ";
const RETRY: &[u8] = b"\nretry: ";
const DATA: &[u8] = b"\ndata: ";

/// A [`Message`] that can be written: the slices that it consists of.
///
/// Values are slices of the caller's, each line of data one of its own; what is between them is constant. So a message of a
/// megabyte is written without being copied:
///
/// ```
/// use eventwire::Message;
///
/// let pieces = Message::new().event("a").data("1\n2").pieces()?;
/// let expected = ["event: ", "a", "\ndata: ", "1", "\ndata: ", "2", "\n\n"];
/// assert!(pieces.iter().eq(expected.map(str::as_bytes)));
/// # Ok::<(), eventwire::EncodeError>(())
/// ```
#[derive(Clone)]
pub struct Pieces<'a> {
    comment: Option<Text<'a>>,
    event: Option<&'a [u8]>,
    id: Option<&'a [u8]>,
    retry: Option<Digits>,
    data: Option<Text<'a>>,
    len: usize,
}

impl<'a> Pieces<'a> {
    /// Checks a message.
    #[inline(always)]
    pub(super) fn of(message: &Message<'a>) -> Result<Self, EncodeError> {
        let Message { comment, event, id, retry, data } = *message;
        let mut len = Length(BLANK_LINE.len());
        if let Some(event) = event {
            check(Field::Event, event, first_line_end(event))?;
            len.line(EVENT, event.len());
        }
        if let Some(id) = id {
            check(Field::Id, id, first_line_end(id).into_iter().chain(memchr(0, id)).min())?;
            len.line(ID, id.len());
        }
        let text = |opening, value, len: &mut Length| {
            let text = Text::of(value);
            len.text(opening, &text);
            text
        };
        let comment = comment.map(|comment| text(COMMENT, comment, &mut len));
        let data = data.map(|data| text(DATA, data, &mut len));
        let retry = retry.map(|milliseconds| {
            let digits = Digits::of(milliseconds);
            len.line(RETRY, digits.as_bytes().len());
            digits
        });
        Ok(Self { comment, event, id, retry, data, len: len.total()? })
    }

    /// The bytes of all pieces.
    #[inline]
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        self.len
    }

    /// The pieces in their order, none of which is empty.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> + Clone {
        let mut at_start = true;
        let lines = self.lines().flat_map(move |(opening, value)| {
            let opening = if core::mem::take(&mut at_start) { without_line_end(opening) } else { opening };
            [opening, value]
        });
        let end: &[u8] = if self.len == BLANK_LINE.len() { BLANK_LINE } else { b"\n\n" };
        lines.chain([end]).filter(|piece| !piece.is_empty())
    }

    /// The pieces for a vectored write: to be collected, or put into an array.
    ///
    /// ```
    /// use std::io::{IoSlice, Write as _};
    ///
    /// # use eventwire::Message;
    /// let pieces = Message::new().data("tick").pieces()?;
    /// let mut slices: Vec<IoSlice<'_>> = pieces.io_slices().collect();
    /// let mut stream = Vec::new();
    /// assert_eq!(stream.write_vectored(&slices)?, pieces.encoded_len());
    /// assert_eq!(stream, b"data: tick\n\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "std")]
    pub fn io_slices(&self) -> impl Iterator<Item = IoSlice<'_>> + Clone {
        self.iter().map(IoSlice::new)
    }

    /// Writes all pieces, by vectored writes of several at a time. Nothing is copied or allocated.
    ///
    /// # Errors
    ///
    /// As `Write::write_all`: those of the writer, and `WriteZero` if it takes no more.
    #[cfg(feature = "std")]
    pub fn write_to(&self, writer: &mut (impl Write + ?Sized)) -> io::Result<()> {
        /// More than most messages have, and less than systems take at once.
        const SLOTS: usize = 16;
        let mut slices = self.io_slices();
        loop {
            let mut slots = [IoSlice::new(&[]); SLOTS];
            let mut count = 0;
            // The slot first: a slice that is taken must have a place.
            for (slot, slice) in slots.iter_mut().zip(&mut slices) {
                *slot = slice;
                count += 1;
            }
            let Some(filled) = slots.get_mut(..count).filter(|filled| !filled.is_empty()) else {
                return Ok(());
            };
            write_all_vectored(writer, filled)?;
        }
    }

    /// Copies all pieces to where there is room for them.
    ///
    /// The same lines as [`lines`](Self::lines) gives, but straight: an iterator over all of them would keep its state in
    /// memory, and take twice as long as the copying for a short message.
    #[inline(always)]
    pub(crate) fn write(&self, out: &mut impl Sink) {
        if let Some(comment) = &self.comment {
            comment.write(COMMENT, out);
        }
        if let Some(event) = self.event {
            write_line(EVENT, event, out);
        }
        if let Some(id) = self.id {
            write_line(ID, id, out);
        }
        if let Some(digits) = &self.retry {
            write_line(RETRY, digits.as_bytes(), out);
        }
        if let Some(data) = &self.data {
            data.write(DATA, out);
        }
        out.put(BLANK_LINE);
    }

    /// The lines: what opens each, with the end of the line before it, and its value.
    fn lines(&self) -> impl Iterator<Item = (&'static [u8], &[u8])> + Clone {
        fn behind<'v>(
            opening: &'static [u8],
            values: impl Iterator<Item = &'v [u8]> + Clone,
        ) -> impl Iterator<Item = (&'static [u8], &'v [u8])> + Clone {
            values.map(move |value| (opening, value))
        }
        behind(COMMENT, self.comment.iter().flat_map(Text::lines))
            .chain(behind(EVENT, self.event.into_iter()))
            .chain(behind(ID, self.id.into_iter()))
            .chain(behind(RETRY, self.retry.iter().map(Digits::as_bytes)))
            .chain(behind(DATA, self.data.iter().flat_map(Text::lines)))
    }
}

/// A value of any number of lines.
#[derive(Clone)]
struct Text<'a> {
    value: &'a [u8],
    /// Whether it is one line, as nearly all are: then it need not be scanned again.
    is_line: bool,
}

impl<'a> Text<'a> {
    #[inline(always)]
    fn of(value: &'a [u8]) -> Self {
        Self { value, is_line: first_line_end(value).is_none() }
    }

    fn lines(&self) -> Lines<'a> {
        if self.is_line { Lines::one(self.value) } else { Lines::of(self.value) }
    }

    #[inline(always)]
    fn write(&self, opening: &'static [u8], out: &mut impl Sink) {
        if self.is_line {
            write_line(opening, self.value, out);
        } else {
            self.write_lines(opening, out);
        }
    }

    #[cold]
    #[inline(never)]
    fn write_lines(&self, opening: &'static [u8], out: &mut impl Sink) {
        for line in Lines::of(self.value) {
            write_line(opening, line, out);
        }
    }
}

#[inline(always)]
fn write_line(opening: &'static [u8], value: &[u8], out: &mut impl Sink) {
    out.put(without_line_end(opening));
    out.put(value);
    out.put(b"\n");
}

const BLANK_LINE: &[u8] = b"\n";

/// The length of a message. If the sum saturates, it is too large by one at least: no slice takes all of memory.
struct Length(usize);

impl Length {
    /// Adds a line. The line end in `opening`, of the line before, stands for this one's own.
    #[inline(always)]
    fn line(&mut self, opening: &[u8], value: usize) {
        self.0 = self.0.saturating_add(opening.len()).saturating_add(value);
    }

    #[inline(always)]
    fn text(&mut self, opening: &[u8], text: &Text<'_>) {
        if text.is_line {
            self.line(opening, text.value.len());
        } else {
            self.lines(opening, text.value);
        }
    }

    #[cold]
    #[inline(never)]
    fn lines(&mut self, opening: &[u8], value: &[u8]) {
        for line in Lines::of(value) {
            self.line(opening, line.len());
        }
    }

    #[inline(always)]
    fn total(self) -> Result<usize, EncodeError> {
        if self.0 < usize::MAX { Ok(self.0) } else { Err(EncodeError::TooLong) }
    }
}

/// What opens a line, without the end of the line before.
#[inline(always)]
fn without_line_end(opening: &'static [u8]) -> &'static [u8] {
    opening.strip_prefix(b"\n").unwrap_or(opening)
}

#[inline(always)]
fn first_line_end(value: &[u8]) -> Option<usize> {
    /// Up to here it takes longer to call a kernel than to look.
    const SHORT: usize = 8;
    if value.len() <= SHORT {
        return value.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
    }
    let Block { base, mask } = scan(value, 0);
    (mask != 0).then(|| base + mask.trailing_zeros() as usize)
}

/// Refuses a value in which something was found.
#[inline(always)]
fn check(field: Field, value: &[u8], found: Option<usize>) -> Result<(), EncodeError> {
    match found.and_then(|position| Some((position, *value.get(position)?))) {
        Some((position, byte)) => Err(EncodeError::InvalidByte { field, position, byte }),
        None => Ok(()),
    }
}

/// `Write::write_all_vectored`, which is not stable.
#[cfg(feature = "std")]
fn write_all_vectored(writer: &mut (impl Write + ?Sized), mut slices: &mut [IoSlice<'_>]) -> io::Result<()> {
    while !slices.is_empty() {
        match writer.write_vectored(slices) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            // A writer that says more than it was given must not make this panic.
            Ok(count) if count > slices.iter().map(|slice| slice.len()).sum() => {
                return Err(io::Error::other("the writer has written more than there was"));
            }
            Ok(count) => IoSlice::advance_slices(&mut slices, count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

impl fmt::Debug for Pieces<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut pieces = f.debug_list();
        for piece in self.iter() {
            pieces.entry(&format_args!("\"{}\"", piece.escape_ascii()));
        }
        pieces.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_that_cannot_be_counted_are_refused() {
        let total = |value| {
            let mut len = Length(BLANK_LINE.len());
            len.line(EVENT, value);
            len.total()
        };
        assert_eq!(total(0), Ok(b"event: \n\n".len()));
        assert_eq!(total(usize::MAX - 10), Ok(usize::MAX - 1));
        for value in usize::MAX - 9..=usize::MAX {
            assert_eq!(total(value), Err(EncodeError::TooLong));
        }
    }
}
