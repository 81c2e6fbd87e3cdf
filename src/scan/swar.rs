//! The fallback: eight bytes at a time in an ordinary register ("SIMD within a register"), without unsafe code.
//!
//! It also serves the other kernels for what is too short for their loads.

use super::{Block, Kernel, Kernels, Narrow, NonAscii, scan_text_with, scan_with};

/// The top bit of each byte.
const HIGH: u64 = 0x8080_8080_8080_8080;

#[derive(Clone, Copy)]
struct Swar;

pub(super) fn scan(haystack: &[u8], from: usize) -> Block {
    scan_with(Swar, haystack, from)
}

pub(super) fn scan_text(haystack: &[u8], from: usize, non_ascii: &mut NonAscii) -> Block {
    scan_text_with(Swar, haystack, from, non_ascii)
}

pub(super) fn name() -> &'static str {
    "swar"
}

/// See [`kernels`](super::kernels).
pub(super) fn kernels() -> Kernels {
    [Some((name(), scan, scan_text)), None, None]
}

impl Kernel for Swar {
    #[inline(always)]
    fn mask64(self, bytes: &[u8; 64]) -> Option<u64> {
        let (words, _) = bytes.as_chunks::<8>();
        if words.iter().fold(0, |any, word| any | line_ends(word)) == 0 {
            return None;
        }
        Some(words.iter().rev().fold(0, |mask, word| mask << 8 | u64::from(mask8(word))))
    }

    #[inline(always)]
    fn short_scan(self, haystack: &[u8], from: usize) -> Block {
        super::short_scan(self, haystack, from)
    }
}

impl Narrow for Swar {
    #[inline(always)]
    fn mask32(self, bytes: &[u8; 32]) -> u32 {
        let (words, _) = bytes.as_chunks::<8>();
        words.iter().rev().fold(0, |mask, word| mask << 8 | u32::from(mask8(word)))
    }

    #[inline(always)]
    fn mask16(self, bytes: &[u8; 16]) -> u16 {
        let (words, _) = bytes.as_chunks::<8>();
        words.iter().rev().fold(0, |mask, word| mask << 8 | u16::from(mask8(word)))
    }
}

/// The mask of fewer than 16 bytes: of 8, 4 or single ones, overlapping, and without a loop.
#[inline(always)]
pub(super) fn short_mask(bytes: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        return u64::from(mask8(first)) | u64::from(mask8(last)) << (bytes.len() - 8);
    }
    if let (Some(&[a, b, c, d]), Some(&[e, f, g, h])) = (bytes.first_chunk(), bytes.last_chunk()) {
        let both = u64::from(mask8(&[a, b, c, d, e, f, g, h]));
        return both & 0x0F | both >> 4 << (bytes.len() - 4);
    }
    u64::from(mask8(&match *bytes {
        [a] => [a, 0, 0, 0, 0, 0, 0, 0],
        [a, b] => [a, b, 0, 0, 0, 0, 0, 0],
        [a, b, c] => [a, b, c, 0, 0, 0, 0, 0],
        _ => return 0,
    }))
}

/// `Kernel::text64` for kernels without a better way: compilers make vectors of it.
#[inline(always)]
pub(super) fn text64(bytes: &[u8; 64]) -> Option<(u64, u64)> {
    let (words, _) = bytes.as_chunks::<8>();
    let high = |word: &[u8; 8]| u64::from_le_bytes(*word) & HIGH;
    if words.iter().fold(0, |any, word| any | line_ends(word) | high(word)) == 0 {
        return None;
    }
    let masks = words.iter().rev().fold((0, 0), |(mask, bits), word| {
        (mask << 8 | u64::from(mask8(word)), bits << 8 | u64::from(top_bits(high(word))))
    });
    Some(masks)
}

#[inline(always)]
fn mask8(bytes: &[u8; 8]) -> u8 {
    top_bits(line_ends(bytes))
}

/// The top bits of the eight bytes side by side; no other bit may be set.
#[inline(always)]
fn top_bits(word: u64) -> u8 {
    // The products that put the eight top bits side by side into the top byte do not overlap, so no carry
    // disturbs them: bit 8i+7 of the word, moved to 8i, meets the multiplier's bit 7(8-i) at 56+i.
    ((word >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8
}

/// The top bit of each byte that is CR or LF; exact, unlike the shorter test that lets a borrow run upward.
#[inline(always)]
fn line_ends(bytes: &[u8; 8]) -> u64 {
    const LOW: u64 = !HIGH;
    let word = u64::from_le_bytes(*bytes);
    let nonzero = |x: u64| ((x & LOW) + LOW) | x;
    let cr = nonzero(word ^ 0x0D0D_0D0D_0D0D_0D0D);
    let lf = nonzero(word ^ 0x0A0A_0A0A_0A0A_0A0A);
    !(cr & lf) & !LOW
}
