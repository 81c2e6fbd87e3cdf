//! NEON, which is part of the `aarch64` baseline.
//!
//! NEON has no instruction that gathers the top bits of bytes. Instead each byte that is a line end gives one bit, by its
//! place among eight, and pairwise additions bring eight neighbours together; the four vectors of a block share
//! them. This counts on byte 0 being the lowest of a register, so big-endian targets have the fallback.

#![allow(unsafe_code)]

use core::arch::aarch64::{
    uint8x8_t, uint8x16_t, vceqq_u8, vget_lane_u16, vget_lane_u32, vget_lane_u64, vgetq_lane_u64, vld1q_u8,
    vminq_u8, vpaddq_u8, vpmaxq_u8, vpmaxq_u32, vqtbl1q_u8, vreinterpret_u16_u8, vreinterpret_u32_u8,
    vreinterpret_u64_u8, vreinterpretq_u16_u8, vreinterpretq_u32_u8, vreinterpretq_u64_u32, vshrn_n_u16,
};

use super::{Block, Kernel, Kernels, Narrow, NonAscii, scan_text_with, scan_with, short_scan, swar};

/// NEON; the target is the proof, for this file is compiled only where it has NEON.
#[derive(Clone, Copy)]
struct Neon;

impl Kernel for Neon {
    #[inline(always)]
    fn mask64(self, bytes: &[u8; 64]) -> Option<u64> {
        // SAFETY: this file is compiled only for targets that have NEON.
        unsafe { mask64(bytes) }
    }

    #[inline(always)]
    fn short_scan(self, haystack: &[u8], from: usize) -> Block {
        short_scan(self, haystack, from)
    }
}

impl Narrow for Neon {
    #[inline(always)]
    fn mask32(self, bytes: &[u8; 32]) -> u32 {
        // SAFETY: this file is compiled only for targets that have NEON.
        unsafe { mask32(bytes) }
    }

    #[inline(always)]
    fn mask16(self, bytes: &[u8; 16]) -> u16 {
        // SAFETY: this file is compiled only for targets that have NEON.
        unsafe { mask16(bytes) }
    }
}

pub(super) fn scan(haystack: &[u8], from: usize) -> Block {
    scan_with(Neon, haystack, from)
}

pub(super) fn scan_text(haystack: &[u8], from: usize, non_ascii: &mut NonAscii) -> Block {
    scan_text_with(Neon, haystack, from, non_ascii)
}

pub(super) fn name() -> &'static str {
    "neon"
}

/// See [`kernels`](super::kernels).
pub(super) fn kernels() -> Kernels {
    let [swar, ..] = swar::kernels();
    [swar, Some((name(), scan, scan_text)), None]
}

#[target_feature(enable = "neon")]
#[inline]
fn mask64(bytes: &[u8; 64]) -> Option<u64> {
    let ([a, b, c, d], _) = bytes.as_chunks::<16>() else { return None };
    let (a, b, c, d) = (line_ends(a), line_ends(b), line_ends(c), line_ends(d));
    let any = vreinterpretq_u32_u8(vpmaxq_u8(vpmaxq_u8(a, b), vpmaxq_u8(c, d)));
    if vgetq_lane_u64::<0>(vreinterpretq_u64_u32(vpmaxq_u32(any, any))) == 0 {
        return None;
    }
    let sums = vpaddq_u8(vpaddq_u8(own_bits(a), own_bits(b)), vpaddq_u8(own_bits(c), own_bits(d)));
    Some(vget_lane_u64::<0>(vreinterpret_u64_u8(joined(sums))))
}

#[target_feature(enable = "neon")]
#[inline]
fn mask32(bytes: &[u8; 32]) -> u32 {
    let ([a, b], _) = bytes.as_chunks::<16>() else { return 0 };
    let sums = vpaddq_u8(own_bits(line_ends(a)), own_bits(line_ends(b)));
    vget_lane_u32::<0>(vreinterpret_u32_u8(joined(vpaddq_u8(sums, sums))))
}

#[target_feature(enable = "neon")]
#[inline]
fn mask16(bytes: &[u8; 16]) -> u16 {
    let bits = own_bits(line_ends(bytes));
    let sums = vpaddq_u8(bits, bits);
    vget_lane_u16::<0>(vreinterpret_u16_u8(joined(vpaddq_u8(sums, sums))))
}

/// 0xFF in each byte that is CR or LF.
///
/// One look-up and one comparison instead of two comparisons and an OR: each byte picks the one byte of the table that it may be
/// equal to. Where the table holds 0xFF that picks a byte other than itself; from 16 on a byte picks zero.
#[target_feature(enable = "neon")]
#[inline]
fn line_ends(bytes: &[u8; 16]) -> uint8x16_t {
    const NO: u8 = 0xFF;
    const TABLE: [u8; 16] = [NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, b'\n', NO, NO, b'\r', NO, NO];
    let v = load(bytes);
    vceqq_u8(vqtbl1q_u8(load(&TABLE), v), v)
}

/// Of each byte, which is 0 or 0xFF, one bit: eight neighbours have the eight bits of a byte of the mask, the first four in
/// the upper half.
///
/// A minimum where an AND would do: knowing that no two of these bits meet, the compiler makes three instructions of
/// each pairwise addition that follows. For the like reason `mask64` looks for any line end with maxima and not with ORs.
#[target_feature(enable = "neon")]
#[inline]
fn own_bits(v: uint8x16_t) -> uint8x16_t {
    vminq_u8(v, load(&[16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8]))
}

/// The bytes of the mask, out of the sums of four bits each: the first sum of two is in the upper half of its byte, the
/// second in the lower half of the next, so four places further down they are one byte, the other way round.
#[target_feature(enable = "neon")]
#[inline]
fn joined(sums: uint8x16_t) -> uint8x8_t {
    vshrn_n_u16::<4>(vreinterpretq_u16_u8(sums))
}

#[target_feature(enable = "neon")]
#[inline]
fn load(bytes: &[u8; 16]) -> uint8x16_t {
    // SAFETY: the 16 bytes read are those of `bytes`; this load needs no alignment.
    unsafe { vld1q_u8(bytes.as_ptr()) }
}
