//! The lines of the input, of any length up to a limit, numbered from 1.

use memchr::{memchr, memchr_iter};

/// A line that spans reads leaves its memory, up to this much, to the next one.
const KEPT: usize = 1 << 20;

/// Cuts what is read into lines.
#[derive(Debug)]
pub(super) struct Lines {
    limit: usize,
    /// The number of the current line.
    number: u64,
    /// What has come of it with earlier reads.
    begun: Vec<u8>,
    /// Whether it is passed over, because it is over the limit.
    is_oversized: bool,
    oversized: Oversized,
}

/// Lines that were dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Oversized {
    /// How many.
    pub(super) count: u64,
    /// The number of the first.
    pub(super) first: u64,
}

impl Lines {
    /// At the first line of an input. Lines of more than `limit` bytes are dropped.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, number: 1, begun: Vec::new(), is_oversized: false, oversized: Oversized::default() }
    }

    /// The lines that were dropped so far.
    pub(super) fn oversized(&self) -> Oversized {
        self.oversized
    }

    /// Gives every line that ends in `read` to `each`, with its number and without its LF.
    pub(super) fn feed<E>(
        &mut self,
        read: &[u8],
        each: &mut impl FnMut(u64, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(first) = memchr(b'\n', read) else {
            self.begin(read);
            return Ok(());
        };
        self.begin(&read[..first]);
        self.finish(each)?;
        let mut begin = first + 1;
        for end in memchr_iter(b'\n', &read[begin..]).map(|at| first + 1 + at) {
            self.whole(&read[begin..end], each)?;
            begin = end + 1;
        }
        self.begin(&read[begin..]);
        Ok(())
    }

    /// Gives the line that has come with earlier reads to `each`. At the end of the input, this is the last one.
    pub(super) fn finish<E>(&mut self, each: &mut impl FnMut(u64, &[u8]) -> Result<(), E>) -> Result<(), E> {
        let line = std::mem::take(&mut self.begun);
        let result = if self.is_oversized { Ok(()) } else { each(self.number, &line) };
        self.begun = line;
        self.begun.clear();
        self.begun.shrink_to(KEPT);
        self.is_oversized = false;
        self.number += 1;
        result
    }

    fn whole<E>(&mut self, line: &[u8], each: &mut impl FnMut(u64, &[u8]) -> Result<(), E>) -> Result<(), E> {
        if line.len() > self.limit {
            self.drop_line();
            return self.finish(each);
        }
        let result = each(self.number, line);
        self.number += 1;
        result
    }

    /// Takes a part of a line whose end has not come.
    fn begin(&mut self, part: &[u8]) {
        if self.is_oversized {
            return;
        }
        if part.len() > self.limit - self.begun.len() {
            self.drop_line();
        } else {
            self.begun.extend_from_slice(part);
        }
    }

    fn drop_line(&mut self) {
        self.is_oversized = true;
        self.begun = Vec::new();
        if self.oversized.count == 0 {
            self.oversized.first = self.number;
        }
        self.oversized.count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(limit: usize, input: &[u8], cut: usize) -> (Vec<(u64, Vec<u8>)>, Oversized) {
        let mut lines = Lines::new(limit);
        let mut found = Vec::new();
        let mut each = |number, line: &[u8]| -> Result<(), ()> {
            found.push((number, line.to_vec()));
            Ok(())
        };
        for read in input.chunks(cut) {
            lines.feed(read, &mut each).unwrap();
        }
        lines.finish(&mut each).unwrap();
        (found, lines.oversized())
    }

    #[test]
    fn lines_are_the_same_at_every_cut() {
        let input = b"one\n\ntwo two\nthree three three\n4\nfive five five";
        for limit in [0, 3, 7, 16, 17, 100] {
            let all: Vec<&[u8]> = input.split(|&byte| byte == b'\n').collect();
            let numbered = || (1..).zip(&all);
            let expected: Vec<(u64, Vec<u8>)> = numbered()
                .filter(|(_, line)| line.len() <= limit)
                .map(|(number, line)| (number, line.to_vec()))
                .collect();
            let dropped: Vec<u64> =
                numbered().filter(|(_, line)| line.len() > limit).map(|(number, _)| number).collect();
            let oversized =
                Oversized { count: dropped.len() as u64, first: dropped.first().copied().unwrap_or(0) };
            for cut in 1..=input.len() {
                assert_eq!(lines(limit, input, cut), (expected.clone(), oversized), "{limit} {cut}");
            }
        }
    }

    #[test]
    fn the_first_error_ends_it() {
        let mut lines = Lines::new(100);
        let mut seen = Vec::new();
        let mut each = |number, _: &[u8]| {
            seen.push(number);
            if number == 2 { Err("two") } else { Ok(()) }
        };
        assert_eq!(lines.feed(b"a\nb\nc\n", &mut each), Err("two"));
        assert_eq!(seen, [1, 2]);
    }
}
