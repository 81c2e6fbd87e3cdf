//! WebAssembly's 128-bit vectors, under `-C target-feature=+simd128`.
//!
//! A module that holds one such instruction is refused as a whole by an engine without them, so there is nothing to be
//! detected at run time: what the compiler was told holds.

#![allow(unsafe_code)]

use core::arch::wasm32::{u8x16_bitmask, u8x16_eq, u8x16_splat, v128, v128_any_true, v128_load, v128_or};

use super::{Block, Kernel, Kernels, Narrow, NonAscii, scan_text_with, scan_with, short_scan, swar};

/// 128-bit vectors; the target is the proof, for this file is compiled only where it has them.
#[derive(Clone, Copy)]
struct Simd128;

impl Kernel for Simd128 {
    #[inline(always)]
    fn mask64(self, bytes: &[u8; 64]) -> Option<u64> {
        let ([a, b, c, d], _) = bytes.as_chunks::<16>() else { return None };
        let (a, b, c, d) = (line_ends(a), line_ends(b), line_ends(c), line_ends(d));
        if !v128_any_true(v128_or(v128_or(a, b), v128_or(c, d))) {
            return None;
        }
        let bits = |v| u64::from(u8x16_bitmask(v));
        Some(bits(a) | bits(b) << 16 | bits(c) << 32 | bits(d) << 48)
    }

    #[inline(always)]
    fn short_scan(self, haystack: &[u8], from: usize) -> Block {
        short_scan(self, haystack, from)
    }
}

impl Narrow for Simd128 {
    #[inline(always)]
    fn mask32(self, bytes: &[u8; 32]) -> u32 {
        let ([a, b], _) = bytes.as_chunks::<16>() else { return 0 };
        u32::from(self.mask16(a)) | u32::from(self.mask16(b)) << 16
    }

    #[inline(always)]
    fn mask16(self, bytes: &[u8; 16]) -> u16 {
        u8x16_bitmask(line_ends(bytes))
    }
}

pub(super) fn scan(haystack: &[u8], from: usize) -> Block {
    scan_with(Simd128, haystack, from)
}

pub(super) fn scan_text(haystack: &[u8], from: usize, non_ascii: &mut NonAscii) -> Block {
    scan_text_with(Simd128, haystack, from, non_ascii)
}

pub(super) fn name() -> &'static str {
    "simd128"
}

/// See [`kernels`](super::kernels).
pub(super) fn kernels() -> Kernels {
    let [swar, ..] = swar::kernels();
    [swar, Some((name(), scan, scan_text)), None]
}

/// 0xFF in each byte that is CR or LF.
#[inline(always)]
fn line_ends(bytes: &[u8; 16]) -> v128 {
    // SAFETY: the 16 bytes read are those of `bytes`; this load needs no alignment.
    let v = unsafe { v128_load(bytes.as_ptr().cast()) };
    // Not the look-up of the other kernels: engines on x86-64 make two instructions of a swizzle, and it gained nothing.
    v128_or(u8x16_eq(v, u8x16_splat(b'\r')), u8x16_eq(v, u8x16_splat(b'\n')))
}
