//! Less than parsing: finding line ends, copying, reading. Each with a naive form that says what it must find.

use std::cell::RefCell;
use std::hint::black_box;

use bytes::Bytes;

/// Every CR and LF found one after the other, as a parser needs them: the sum of their places.
///
/// Not `count`, for which the positions need not be known.
pub fn line_ends(chunks: &[Bytes]) -> u64 {
    let mut sum = 0;
    for chunk in chunks {
        for place in memchr::memchr2_iter(b'\r', b'\n', chunk) {
            sum += place as u64;
        }
    }
    sum
}

/// What [`line_ends`] must find.
pub fn line_ends_naively(chunks: &[Bytes]) -> u64 {
    places(chunks, |byte| matches!(byte, b'\r' | b'\n'))
}

/// Every LF found one after the other: the sum of their places.
pub fn line_feeds(chunks: &[Bytes]) -> u64 {
    let mut sum = 0;
    for chunk in chunks {
        for place in memchr::memchr_iter(b'\n', chunk) {
            sum += place as u64;
        }
    }
    sum
}

/// What [`line_feeds`] must find.
pub fn line_feeds_naively(chunks: &[Bytes]) -> u64 {
    places(chunks, |byte| byte == b'\n')
}

/// Each chunk copied to the same place: the number of bytes.
///
/// The place is part of something large, which the allocator puts at the start of a page: a small one might lie across
/// two pages, and be slow for that alone.
pub fn copy(chunks: &[Bytes]) -> u64 {
    thread_local! {
        static TARGET: RefCell<Vec<u8>> = RefCell::new(Vec::with_capacity(1 << 20));
    }
    TARGET.with_borrow_mut(|target| {
        let mut bytes = 0;
        for chunk in chunks {
            target.clear();
            target.extend_from_slice(chunk);
            bytes += black_box(&target[..]).len() as u64;
        }
        bytes
    })
}

/// What [`copy`] must find.
pub fn length(chunks: &[Bytes]) -> u64 {
    chunks.iter().map(|chunk| chunk.len() as u64).sum()
}

/// Every byte read once: all bytes in one by OR, which is the same however they are grouped.
///
/// In several words at a time, so that no OR waits for the one before.
pub fn read(chunks: &[Bytes]) -> u64 {
    const WORDS: usize = 8;
    let (mut words, mut bytes) = (0, 0);
    for chunk in chunks {
        let (whole, rest) = chunk.as_chunks::<8>();
        let (blocks, few) = whole.as_chunks::<WORDS>();
        let block = blocks.iter().fold([0; WORDS], |mut all, block| {
            for (all, word) in all.iter_mut().zip(block) {
                *all |= u64::from_ne_bytes(*word);
            }
            all
        });
        words |= block.iter().fold(0, |all, word| all | word);
        words |= few.iter().fold(0, |all, word| all | u64::from_ne_bytes(*word));
        bytes |= rest.iter().fold(0, |all, byte| all | byte);
    }
    u64::from(words.to_ne_bytes().iter().fold(bytes, |all, byte| all | byte))
}

/// What [`read`] must find.
pub fn read_naively(chunks: &[Bytes]) -> u64 {
    u64::from(chunks.iter().flatten().fold(0, |all, byte| all | byte))
}

fn places(chunks: &[Bytes], is_wanted: impl Fn(u8) -> bool) -> u64 {
    let places = |chunk: &Bytes| -> u64 {
        let wanted = chunk.iter().enumerate().filter(|&(_, &byte)| is_wanted(byte));
        wanted.map(|(place, _)| place as u64).sum()
    };
    chunks.iter().map(places).sum()
}
