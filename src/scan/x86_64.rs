//! SSE2, which every x86-64 has, and AVX2, which is detected, with `std` and without.
//!
//! The choice is made at the first call and kept in one relaxed function pointer; where the compiler was told that AVX2
//! is there (`-C target-feature=+avx2`) there is none to make. `--cfg eventwire_force_sse2` leaves AVX2 out.

#![allow(unsafe_code)]

use core::arch::x86_64::{
    __m128i, __m256i, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8,
    _mm_setzero_si128, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_or_si256,
    _mm256_setr_epi8, _mm256_shuffle_epi8,
};

use super::{
    Block, Kernel, Kernels, Narrow, NonAscii, Routines, Scan, ScanText, scan_text_with, scan_with,
    short_scan, swar,
};

const CR: i8 = b'\r' as i8;
const LF: i8 = b'\n' as i8;

/// SSE2; the target is the proof.
#[derive(Clone, Copy)]
struct Sse2;

impl Kernel for Sse2 {
    #[inline(always)]
    fn mask64(self, bytes: &[u8; 64]) -> Option<u64> {
        // SAFETY: SSE2 is part of the x86-64 baseline.
        unsafe { sse2_mask64(bytes) }
    }

    #[inline(always)]
    fn text64(self, bytes: &[u8; 64]) -> Option<(u64, u64)> {
        // SAFETY: SSE2 is part of the x86-64 baseline.
        unsafe { sse2_text64(bytes) }
    }

    #[inline(always)]
    fn short_scan(self, haystack: &[u8], from: usize) -> Block {
        sse2_short_scan(haystack, from)
    }
}

impl Narrow for Sse2 {
    #[inline(always)]
    fn mask32(self, bytes: &[u8; 32]) -> u32 {
        // SAFETY: SSE2 is part of the x86-64 baseline.
        unsafe { sse2_mask32(bytes) }
    }

    #[inline(always)]
    fn mask16(self, bytes: &[u8; 16]) -> u16 {
        // SAFETY: SSE2 is part of the x86-64 baseline.
        unsafe { sse2_mask16(bytes) }
    }
}

/// Once for all routines: it is long, and needed once a chunk at most.
#[inline(never)]
fn sse2_short_scan(haystack: &[u8], from: usize) -> Block {
    short_scan(Sse2, haystack, from)
}

pub(super) fn scan_sse2(haystack: &[u8], from: usize) -> Block {
    scan_with(Sse2, haystack, from)
}

pub(super) fn scan_text_sse2(haystack: &[u8], from: usize, non_ascii: &mut NonAscii) -> Block {
    scan_text_with(Sse2, haystack, from, non_ascii)
}

#[target_feature(enable = "sse2")]
#[inline]
fn sse2_mask64(bytes: &[u8; 64]) -> Option<u64> {
    let ([a, b, c, d], _) = bytes.as_chunks::<16>() else { return None };
    let (a, b, c, d) = (sse2_line_ends(a), sse2_line_ends(b), sse2_line_ends(c), sse2_line_ends(d));
    if _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d))) == 0 {
        return None;
    }
    Some(sse2_bits(a) | sse2_bits(b) << 16 | sse2_bits(c) << 32 | sse2_bits(d) << 48)
}

#[target_feature(enable = "sse2")]
#[inline]
fn sse2_text64(bytes: &[u8; 64]) -> Option<(u64, u64)> {
    let (vectors, _) = bytes.as_chunks::<16>();
    let ends = vectors.iter().fold(_mm_setzero_si128(), |any, v| _mm_or_si128(any, sse2_line_ends(v)));
    let all = vectors.iter().fold(ends, |any, v| _mm_or_si128(any, sse2_load(v)));
    if _mm_movemask_epi8(all) == 0 {
        return None;
    }
    Some(vectors.iter().rev().fold((0, 0), |(mask, high), v| {
        (mask << 16 | sse2_bits(sse2_line_ends(v)), high << 16 | sse2_bits(sse2_load(v)))
    }))
}

#[target_feature(enable = "sse2")]
#[inline]
fn sse2_mask32(bytes: &[u8; 32]) -> u32 {
    let ([a, b], _) = bytes.as_chunks::<16>() else { return 0 };
    u32::from(sse2_mask16(a)) | u32::from(sse2_mask16(b)) << 16
}

#[target_feature(enable = "sse2")]
#[inline]
fn sse2_mask16(bytes: &[u8; 16]) -> u16 {
    sse2_bits(sse2_line_ends(bytes)) as u16
}

/// 0xFF in each byte that is CR or LF.
#[target_feature(enable = "sse2")]
#[inline]
fn sse2_line_ends(bytes: &[u8; 16]) -> __m128i {
    let v = sse2_load(bytes);
    _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(CR)), _mm_cmpeq_epi8(v, _mm_set1_epi8(LF)))
}

#[target_feature(enable = "sse2")]
#[inline]
fn sse2_load(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: the 16 bytes read are those of `bytes`; this load needs no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

/// The top bits of the 16 bytes.
#[target_feature(enable = "sse2")]
#[inline]
fn sse2_bits(v: __m128i) -> u64 {
    u64::from(_mm_movemask_epi8(v) as u16)
}

/// AVX2; to have one is to have detected it, or to be in a routine that is compiled for it.
#[derive(Clone, Copy)]
struct Avx2(());

impl Avx2 {
    #[inline]
    fn new() -> Option<Self> {
        detected::get().then_some(Self(()))
    }
}

cpufeatures::new!(detected, "avx2");

impl Kernel for Avx2 {
    #[inline(always)]
    fn mask64(self, bytes: &[u8; 64]) -> Option<u64> {
        // SAFETY: `self` is the proof that this processor has AVX2.
        unsafe { avx2_mask64(bytes) }
    }

    #[inline(always)]
    fn text64(self, bytes: &[u8; 64]) -> Option<(u64, u64)> {
        // SAFETY: `self` is the proof that this processor has AVX2.
        unsafe { avx2_text64(bytes) }
    }

    #[inline(always)]
    fn short_scan(self, haystack: &[u8], from: usize) -> Block {
        sse2_short_scan(haystack, from)
    }
}

#[target_feature(enable = "avx2")]
#[inline]
fn avx2_mask64(bytes: &[u8; 64]) -> Option<u64> {
    let ([low, high], _) = bytes.as_chunks::<32>() else { return None };
    let [low, high] = [avx2_line_ends(low), avx2_line_ends(high)];
    if _mm256_movemask_epi8(_mm256_or_si256(low, high)) == 0 {
        return None;
    }
    Some(avx2_bits([low, high]))
}

#[target_feature(enable = "avx2")]
#[inline]
fn avx2_text64(bytes: &[u8; 64]) -> Option<(u64, u64)> {
    let ([low, high], _) = bytes.as_chunks::<32>() else { return None };
    let ends = [avx2_line_ends(low), avx2_line_ends(high)];
    let bytes = [avx2_load(low), avx2_load(high)];
    let any = |[low, high]: [__m256i; 2]| _mm256_or_si256(low, high);
    if _mm256_movemask_epi8(_mm256_or_si256(any(ends), any(bytes))) == 0 {
        return None;
    }
    Some((avx2_bits(ends), avx2_bits(bytes)))
}

/// The top bits of the 64 bytes.
#[target_feature(enable = "avx2")]
#[inline]
fn avx2_bits([low, high]: [__m256i; 2]) -> u64 {
    u64::from(_mm256_movemask_epi8(low) as u32) | u64::from(_mm256_movemask_epi8(high) as u32) << 32
}

/// 0xFF in each byte that is CR or LF.
///
/// One look-up instead of two comparisons: each byte picks by its low four bits the one byte of the table that it may be equal to, CR
/// or LF, or one that no byte picks and equals. A byte above 0x7F picks zero, which it is not.
#[target_feature(enable = "avx2")]
#[inline]
fn avx2_line_ends(bytes: &[u8; 32]) -> __m256i {
    const NO: i8 = -1;
    let table = _mm256_setr_epi8(
        NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, LF, NO, NO, CR, NO, NO, //
        NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, LF, NO, NO, CR, NO, NO,
    );
    let v = avx2_load(bytes);
    _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, v), v)
}

#[target_feature(enable = "avx2")]
#[inline]
fn avx2_load(bytes: &[u8; 32]) -> __m256i {
    // SAFETY: the 32 bytes read are those of `bytes`; this load needs no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

/// The routine for those who know that AVX2 is there.
#[target_feature(enable = "avx2")]
fn scan_avx2(haystack: &[u8], from: usize) -> Block {
    scan_with(Avx2(()), haystack, from)
}

#[target_feature(enable = "avx2")]
fn scan_text_avx2(haystack: &[u8], from: usize, non_ascii: &mut NonAscii) -> Block {
    scan_text_with(Avx2(()), haystack, from, non_ascii)
}

/// The AVX2 routines, where this processor has it.
fn avx2() -> Option<Routines> {
    fn scan(haystack: &[u8], from: usize) -> Block {
        // SAFETY: `avx2` gives out this function only after it has detected AVX2.
        unsafe { scan_avx2(haystack, from) }
    }
    fn scan_text(haystack: &[u8], from: usize, non_ascii: &mut NonAscii) -> Block {
        // SAFETY: as above.
        unsafe { scan_text_avx2(haystack, from, non_ascii) }
    }
    Avx2::new().map(|_| ("avx2", scan as Scan, scan_text as ScanText))
}

/// See [`kernels`](super::kernels).
pub(super) fn kernels() -> Kernels {
    let [swar, ..] = swar::kernels();
    [swar, Some(("sse2", scan_sse2, scan_text_sse2)), avx2()]
}

#[cfg(not(eventwire_force_swar))]
pub(super) use dispatch::{name, scan, scan_text};

/// One kernel is possible: no indirection.
#[cfg(all(not(eventwire_force_swar), eventwire_force_sse2))]
mod dispatch {
    pub(in crate::scan) use super::{scan_sse2 as scan, scan_text_sse2 as scan_text};

    pub(in crate::scan) fn name() -> &'static str {
        "sse2"
    }
}

/// The compiler was told that AVX2 is there: no indirection either.
#[cfg(all(not(eventwire_force_swar), not(eventwire_force_sse2), target_feature = "avx2"))]
mod dispatch {
    use super::{Block, NonAscii};

    #[inline]
    pub(in crate::scan) fn scan(haystack: &[u8], from: usize) -> Block {
        // SAFETY: the compiler was told that every processor it compiles for has AVX2.
        unsafe { super::scan_avx2(haystack, from) }
    }

    #[inline]
    pub(in crate::scan) fn scan_text(haystack: &[u8], from: usize, non_ascii: &mut NonAscii) -> Block {
        // SAFETY: as above.
        unsafe { super::scan_text_avx2(haystack, from, non_ascii) }
    }

    pub(in crate::scan) fn name() -> &'static str {
        "avx2"
    }
}

#[cfg(all(not(eventwire_force_swar), not(eventwire_force_sse2), not(target_feature = "avx2")))]
mod dispatch {
    use core::mem::transmute;
    use core::sync::atomic::{AtomicPtr, Ordering};

    use super::{Avx2, Block, NonAscii, scan_avx2, scan_sse2, scan_text_avx2, scan_text_sse2};

    type Routine = unsafe fn(&[u8], usize) -> Block;

    /// The routine in use; at first `detect`, which puts the right one here. Racing threads store the same
    /// pointer, and nothing else is published with it: relaxed is enough.
    static ROUTINE: AtomicPtr<()> = AtomicPtr::new(detect as *mut ());

    #[inline]
    pub(in crate::scan) fn scan(haystack: &[u8], from: usize) -> Block {
        let routine = ROUTINE.load(Ordering::Relaxed);
        // SAFETY: `ROUTINE` only ever holds pointers to functions of the type `Routine`.
        let routine = unsafe { transmute::<*mut (), Routine>(routine) };
        // SAFETY: `detect` runs everywhere, and what it stores this processor can run.
        unsafe { routine(haystack, from) }
    }

    fn detect(haystack: &[u8], from: usize) -> Block {
        let routine: Routine = if Avx2::new().is_some() { scan_avx2 } else { scan_sse2 };
        ROUTINE.store(routine as *mut (), Ordering::Relaxed);
        scan(haystack, from)
    }

    /// Asks each time, which takes a load and a comparison: this one is called by those who pay for more than that.
    #[inline]
    pub(in crate::scan) fn scan_text(haystack: &[u8], from: usize, non_ascii: &mut NonAscii) -> Block {
        match Avx2::new() {
            // SAFETY: AVX2 has been detected.
            Some(_) => unsafe { scan_text_avx2(haystack, from, non_ascii) },
            None => scan_text_sse2(haystack, from, non_ascii),
        }
    }

    pub(in crate::scan) fn name() -> &'static str {
        if Avx2::new().is_some() { "avx2" } else { "sse2" }
    }
}
