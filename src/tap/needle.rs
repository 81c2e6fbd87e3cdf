//! Whether some bytes hold others: quickly where they mostly do not, and in linear time whatever they are.
//!
//! # How it works
//!
//! Of the needle's bytes the two are chosen that are likely to be rare. Where both stand in their places the needle may begin,
//! and is compared. To look for such places takes a few instructions for each sixteen bytes of data, since the compiler
//! makes vectors of the loop in [`Needle::has_pair`]; most data has none.
//!
//! Data that is made for it has one everywhere, and each compares almost to the end. So the bytes compared in vain are counted:
//! when they are more than those passed over, the rest is searched as Knuth, Morris and Pratt do, which looks at no byte of the
//! data twice but needs a table that is made with the needle. All in all the work is linear; `src/work.rs` counts it.
//!
//! `memchr::memmem` does the same and more, but as far as a compiler can see its code for the worst case can panic, and the C
//! library would have the way to that in it.

use alloc::vec::Vec;

use crate::error::Error;
use crate::memory::copy;

/// What is looked for.
#[derive(Debug)]
pub(crate) struct Needle {
    bytes: Vec<u8>,
    /// For each beginning of the needle, but the empty one: how long the longest shorter beginning is that it ends with.
    borders: Vec<usize>,
    /// Two of its bytes; the same if it has but one.
    rare: [Place; 2],
}

/// A byte of the needle.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    byte: u8,
    at: usize,
}

impl Needle {
    pub(crate) fn new(needle: &[u8]) -> Result<Self, Error> {
        Ok(Self { bytes: copy(needle)?, borders: borders(needle)?, rare: rarest(needle) })
    }

    /// Whether it stands somewhere in these bytes.
    pub(crate) fn is_in(&self, bytes: &[u8]) -> bool {
        let Some(last) = bytes.len().checked_sub(self.bytes.len()) else { return false };
        if self.bytes.is_empty() {
            return true;
        }
        // In place `n` of these stand the two bytes, if the needle begins in place `n` of the data.
        let [first, second] =
            self.rare.map(|place| bytes.get(place.at..=last.saturating_add(place.at)).unwrap_or_default());
        let search = Search { needle: self, bytes, begin: 0, in_vain: 0 };
        if first.len() < LONG {
            search.run::<SHORT>(first, second)
        } else {
            search.run::<LONG>(first, second)
        }
    }

    /// Whether the two bytes stand in the same place of these, somewhere.
    #[inline(always)]
    fn has_pair<const N: usize>(&self, first: &[u8; N], second: &[u8; N]) -> bool {
        #[cfg(test)]
        crate::work::compared(N);
        let [a, b] = self.rare.map(|place| place.byte);
        let pairs = first.iter().zip(second);
        pairs.fold(0, |found, (first, second)| found | (u8::from(*first == a) & u8::from(*second == b))) != 0
    }

    /// [`is_in`](Self::is_in) in linear time.
    #[cold]
    fn is_in_any(&self, bytes: &[u8]) -> bool {
        let mut matched = 0;
        for byte in bytes {
            #[cfg(test)]
            crate::work::compared(1);
            matched = go_on(&self.bytes, &self.borders, matched, *byte);
            if matched == self.bytes.len() {
                return true;
            }
        }
        false
    }
}

/// A search that has come to a place.
struct Search<'a> {
    needle: &'a Needle,
    bytes: &'a [u8],
    begin: usize,
    /// Bytes compared without finding it.
    in_vain: usize,
}

impl Search<'_> {
    /// Goes through the data in blocks of `N` places.
    #[inline(always)]
    fn run<const N: usize>(mut self, first: &[u8], second: &[u8]) -> bool {
        let (blocks, rest) = first.as_chunks::<N>();
        for (first, second) in blocks.iter().zip(second.as_chunks().0) {
            if self.needle.has_pair(first, second)
                && let Some(found) = self.look_closer(first, second)
            {
                return found;
            }
            self.begin = self.begin.saturating_add(N);
        }
        if rest.is_empty() {
            return false;
        }
        // The rest, as a block that overlaps with the one before it, if there is one.
        match (first.last_chunk::<N>(), second.last_chunk()) {
            (Some(first_block), Some(second_block)) => {
                self.begin = first.len().saturating_sub(N);
                self.needle.has_pair(first_block, second_block)
                    && self.look_closer(first_block, second_block).unwrap_or(false)
            }
            _ => self.look_closer(first, second).unwrap_or(false),
        }
    }

    /// Compares wherever the two bytes stand in the same place of these. Answers if there is no more to look for.
    #[inline(never)]
    fn look_closer(&mut self, first: &[u8], second: &[u8]) -> Option<bool> {
        let [a, b] = self.needle.rare.map(|place| place.byte);
        for (at, (first, second)) in (self.begin..).zip(first.iter().zip(second)) {
            #[cfg(test)]
            crate::work::compared(1);
            if *first != a || *second != b {
                continue;
            }
            let equal = common(self.bytes.get(at..).unwrap_or_default(), &self.needle.bytes);
            if equal == self.needle.bytes.len() {
                return Some(true);
            }
            self.in_vain = self.in_vain.saturating_add(equal);
            if self.in_vain > at.saturating_add(PATIENCE) {
                return Some(self.needle.is_in_any(self.bytes.get(at..).unwrap_or_default()));
            }
        }
        None
    }
}

/// How many places are looked at together, where there are as many.
const LONG: usize = 32;
const SHORT: usize = 8;

/// How many bytes are compared in vain, beside those passed over, before the search goes another way.
const PATIENCE: usize = 1024;

/// How many bytes two strings begin with alike.
fn common(a: &[u8], b: &[u8]) -> usize {
    let equal = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    #[cfg(test)]
    crate::work::compared(equal);
    equal
}

/// How long the longest beginning of the needle is that one of this length and then this byte end with.
fn go_on(needle: &[u8], borders: &[usize], mut matched: usize, byte: u8) -> usize {
    while matched != 0 && needle.get(matched) != Some(&byte) {
        matched = borders.get(matched.wrapping_sub(1)).copied().unwrap_or(0);
    }
    if needle.get(matched) == Some(&byte) { matched.wrapping_add(1) } else { 0 }
}

fn borders(needle: &[u8]) -> Result<Vec<usize>, Error> {
    let mut borders: Vec<usize> = Vec::new();
    borders.try_reserve_exact(needle.len()).map_err(|_| Error::NoMemory)?;
    let mut longest = 0;
    for (at, byte) in needle.iter().enumerate() {
        longest = if at == 0 { 0 } else { go_on(needle, &borders, longest, *byte) };
        // In the words in which `push` asks: so the compiler knows that it need not reallocate.
        if borders.len() < borders.capacity() {
            borders.push(longest);
        }
    }
    Ok(borders)
}

/// The two bytes that are likely to be the rarest in data.
fn rarest(needle: &[u8]) -> [Place; 2] {
    let rarest_but = |but: Option<usize>| {
        let others = needle.iter().enumerate().filter(|(at, _)| Some(*at) != but);
        others.min_by_key(|(_, byte)| frequency(**byte)).map(|(at, byte)| Place { byte: *byte, at })
    };
    let first = rarest_but(None).unwrap_or_default();
    [first, rarest_but(Some(first.at)).unwrap_or(first)]
}

/// How often a byte is found in data, roughly: in text, mostly JSON.
const fn frequency(byte: u8) -> u8 {
    match byte {
        b' ' | b'"' | b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 4,
        b':' | b',' | b'c' | b'd' | b'h' | b'l' | b'm' | b'p' | b'u' | b'0'..=b'9' => 3,
        b'{' | b'}' | b'[' | b']' | b'_' | b'-' | b'.' | b'a'..=b'z' | 0x80.. => 2,
        b'A'..=b'Z' => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::string::String;
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::{LONG, Needle};

    fn is_in(needle: &[u8], bytes: &[u8]) -> bool {
        Needle::new(needle).unwrap().is_in(bytes)
    }

    fn is_in_naive(needle: &[u8], bytes: &[u8]) -> bool {
        needle.is_empty() || bytes.windows(needle.len()).any(|window| window == needle)
    }

    #[test]
    fn it_is_found_in_every_place() {
        let step = if cfg!(miri) { 19 } else { 1 };
        for len in (0..3 * LONG + 3).step_by(step) {
            for needle in [&b"\"usage\""[..], b"x", b"xy", b"xyxyx", &[b'x'; 40]] {
                for at in (0..=len).step_by(step) {
                    let mut bytes = [&[b'-'; 3 * LONG + 3][..at], needle].concat();
                    bytes.resize(len.max(bytes.len()), b'x');
                    assert!(is_in(needle, &bytes), "{len} {at}");
                    // All of it but a byte.
                    let cut = &bytes[..at + needle.len() - 1];
                    assert_eq!(is_in(needle, cut), is_in_naive(needle, cut), "{len} {at}");
                }
            }
        }
        assert!(is_in(b"", b"") && is_in(b"", b"a") && !is_in(b"a", b""));
    }

    #[test]
    fn the_search_goes_another_way_and_finds_it_all_the_same() {
        let long = "ab".repeat(if cfg!(miri) { 1200 } else { 3000 });
        for needle in ["ab".repeat(500) + "c", "ab".repeat(500) + "a", String::from("ba") + &"ba".repeat(600)]
        {
            for tail in [String::new(), needle.clone(), "c".into()] {
                let bytes = format!("{long}{tail}");
                assert_eq!(is_in(needle.as_bytes(), bytes.as_bytes()), bytes.contains(&needle), "{tail}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 30 } else { 3_000 }))]

        #[test]
        fn it_finds_what_there_is(
            bytes in prop::collection::vec(0..3_u8, 0..200),
            needle in prop::collection::vec(0..3_u8, 0..12),
        ) {
            prop_assert_eq!(is_in(&needle, &bytes), is_in_naive(&needle, &bytes));
            // Alone, so that it is not left to chance that it is asked.
            let slow = !needle.is_empty() && Needle::new(&needle).unwrap().is_in_any(&bytes);
            prop_assert_eq!(slow, !needle.is_empty() && is_in_naive(&needle, &bytes));
        }
    }

    #[test]
    fn borders_are_those_of_each_beginning() {
        let needle = b"abacababacabac";
        let borders: Vec<usize> = Needle::new(needle).unwrap().borders;
        for (end, border) in (1..=needle.len()).zip(borders) {
            let begin = &needle[..end];
            let longest = (0..end).rev().find(|&len| begin.ends_with(&begin[..len]));
            assert_eq!(Some(border), longest);
        }
    }
}
