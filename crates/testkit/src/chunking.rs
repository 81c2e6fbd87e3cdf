//! Ways to cut a stream into chunks.
//!
//! A [`Chunking`] is a description that prints in one line when a test fails; [`Chunking::chunks`] gives the
//! chunks of a stream. Joined again they are always the whole stream. Chunks may be empty.

use crate::rng::Rng;

/// A way to cut a stream into chunks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunking(Cuts);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Cuts {
    /// Every so many bytes.
    Every(usize),
    /// At one offset.
    At(usize),
    /// At these offsets, in ascending order; an offset that stands twice makes an empty chunk.
    Positions(Vec<usize>),
}

impl Chunking {
    /// All in one chunk.
    #[must_use]
    pub const fn whole() -> Self {
        Self::every(usize::MAX)
    }

    /// One byte a chunk.
    #[must_use]
    pub const fn bytes() -> Self {
        Self::every(1)
    }

    /// Chunks of `size` bytes; the last may be shorter.
    ///
    /// # Panics
    ///
    /// If `size` is 0.
    #[must_use]
    pub const fn every(size: usize) -> Self {
        assert!(size > 0, "chunks of no bytes never come to an end");
        Self(Cuts::Every(size))
    }

    /// Two chunks, cut at this offset.
    #[must_use]
    pub const fn at(offset: usize) -> Self {
        Self(Cuts::At(offset))
    }

    /// Every way to cut a stream of `len` bytes in two, those with an empty half included.
    pub fn two_way(len: usize) -> impl Iterator<Item = Self> {
        (0..=len).map(Self::at)
    }

    /// Cut at these offsets, in whatever order they come; an offset that comes twice makes an empty chunk.
    #[must_use]
    pub fn positions(mut offsets: Vec<usize>) -> Self {
        offsets.sort_unstable();
        Self(Cuts::Positions(offsets))
    }

    /// A stream of `len` bytes cut at random into chunks of `mean` bytes on average, with an empty one now and
    /// then. The same arguments give the same cuts.
    ///
    /// # Panics
    ///
    /// If `mean` is 0.
    #[must_use]
    pub fn random(len: usize, seed: u64, mean: usize) -> Self {
        assert!(mean > 0, "chunks of no bytes never come to an end");
        let mut rng = Rng::new(seed);
        let mut offsets = Vec::new();
        let mut offset = 0;
        loop {
            if rng.below(8) == 0 {
                offsets.push(offset);
            }
            offset += 1 + rng.below(2 * mean - 1);
            if offset >= len {
                return Self(Cuts::Positions(offsets));
            }
            offsets.push(offset);
        }
    }

    /// The chunks of `stream`, in order; at least one. Cuts beyond its end make empty chunks.
    pub fn chunks<'s>(&'s self, stream: &'s [u8]) -> impl Iterator<Item = &'s [u8]> {
        let mut begin = 0;
        let mut next = Some(0);
        std::iter::from_fn(move || {
            let cut = self.cut(next?, stream.len());
            next = if cut.is_some() { next.map(|index| index + 1) } else { None };
            let end = cut.map_or(stream.len(), |cut| cut.min(stream.len()));
            let chunk = &stream[begin..end];
            begin = end;
            Some(chunk)
        })
    }

    /// The offset of the cut with this index, in a stream of `len` bytes.
    fn cut(&self, index: usize, len: usize) -> Option<usize> {
        match &self.0 {
            Cuts::Every(size) => (index + 1).checked_mul(*size).filter(|&cut| cut < len),
            Cuts::At(offset) => (index == 0).then_some(*offset),
            Cuts::Positions(offsets) => offsets.get(index).copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(stream: &[u8], chunking: &Chunking) -> Vec<Vec<u8>> {
        chunking.chunks(stream).map(<[u8]>::to_vec).collect()
    }

    #[test]
    fn each_kind_cuts_as_described() {
        assert_eq!(cut(b"abcde", &Chunking::whole()), [b"abcde"]);
        assert_eq!(cut(b"abc", &Chunking::bytes()), [b"a", b"b", b"c"]);
        assert_eq!(cut(b"abcde", &Chunking::every(2)), [&b"ab"[..], b"cd", b"e"]);
        assert_eq!(cut(b"abcd", &Chunking::every(2)), [b"ab", b"cd"]);
        assert_eq!(cut(b"abcde", &Chunking::at(0)), [&b""[..], b"abcde"]);
        assert_eq!(cut(b"abcde", &Chunking::positions(vec![3, 1, 3])), [&b"a"[..], b"bc", b"", b"de"]);
        assert_eq!(cut(b"ab", &Chunking::positions(vec![1, 9])), [&b"a"[..], b"b", b""]);
        assert_eq!(cut(b"", &Chunking::whole()), [b""]);
        assert_eq!(cut(b"", &Chunking::bytes()), [b""]);
    }

    #[test]
    fn two_way_is_every_cut() {
        let halves: Vec<_> = Chunking::two_way(2).map(|chunking| cut(b"ab", &chunking)).collect();
        assert_eq!(halves, [[&b""[..], b"ab"], [b"a", b"b"], [b"ab", b""]]);
    }

    #[test]
    fn random_cuts_lose_nothing_and_keep_their_mean() {
        let stream: Vec<u8> = (0..=255).cycle().take(100_000).collect();
        for mean in [1, 7, 1_000] {
            let chunking = Chunking::random(stream.len(), mean as u64, mean);
            assert_eq!(chunking, Chunking::random(stream.len(), mean as u64, mean));
            let chunks = cut(&stream, &chunking);
            assert_eq!(chunks.concat(), stream);
            assert!(chunks.iter().any(Vec::is_empty));
            let filled = chunks.iter().filter(|chunk| !chunk.is_empty()).count();
            assert!((50..=200).contains(&(100 * stream.len() / mean / filled)), "{mean}: {filled}");
        }
    }
}
