//! A value cut into the lines that it is written as: at CR LF, LF and CR.

use crate::scan::{Block, scan};

/// The lines of a value, without their ends: one more than there are line ends.
#[derive(Clone, Debug)]
pub(super) struct Lines<'a> {
    value: &'a [u8],
    /// Where the next line begins; none when the last one is given out.
    begin: Option<usize>,
    /// The line ends of the current block that have not been looked at.
    block: Block,
}

impl<'a> Lines<'a> {
    #[inline]
    pub(super) fn of(value: &'a [u8]) -> Self {
        Self { value, begin: Some(0), block: scan(value, 0) }
    }

    /// The one line of a value that is known to be one.
    pub(super) fn one(value: &'a [u8]) -> Self {
        Self { value, begin: Some(0), block: Block { base: value.len(), mask: 0 } }
    }

    /// The next line end at or behind `begin`.
    #[inline]
    fn line_end(&mut self, begin: usize) -> Option<usize> {
        loop {
            let Block { base, mask } = self.block;
            if mask != 0 {
                let end = base + mask.trailing_zeros() as usize;
                self.block.mask = mask & (mask - 1);
                // The LF of a CR LF lies before.
                if end >= begin {
                    return Some(end);
                }
            } else if base < self.value.len() {
                self.block = scan(self.value, base + 64);
            } else {
                return None;
            }
        }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let begin = self.begin?;
        let Some(end) = self.line_end(begin) else {
            self.begin = None;
            return self.value.get(begin..);
        };
        let is_pair = self.value.get(end..).is_some_and(|rest| rest.starts_with(b"\r\n"));
        self.begin = Some(if is_pair { end + 2 } else { end + 1 });
        self.value.get(begin..end)
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    fn lines(value: &[u8]) -> Vec<&[u8]> {
        Lines::of(value).collect()
    }

    #[test]
    fn all_three_ends() {
        assert_eq!(lines(b""), [b""]);
        assert_eq!(lines(b"a"), [b"a"]);
        assert_eq!(lines(b"a\nb\rc\r\nd"), [b"a", b"b", b"c", b"d"]);
        assert_eq!(lines(b"\r\n\n\r"), [b""; 4]);
        assert_eq!(lines(b"\n\r\n\r\r\n"), [b""; 5]);
    }

    /// Every value of these atoms, at each place among blocks of 64 bytes.
    #[test]
    fn every_short_value_across_blocks() {
        for shift in [0, 1, 60, 61, 62, 63, 64, 127, 190] {
            for number in 0..3_usize.pow(6) {
                let mut value = Vec::from_iter(std::iter::repeat_n(b'x', shift));
                value.extend((0..6).map(|place| b"\r\na"[number / 3_usize.pow(place) % 3]));
                let joined = value.clone();
                let text = std::str::from_utf8(&joined).unwrap();
                let normal = text.replace("\r\n", "\n").replace('\r', "\n");
                assert!(lines(&value).into_iter().eq(normal.split('\n').map(str::as_bytes)), "{text:?}");
            }
        }
    }
}
