//! SSE2, which every x86-64 has, and AVX2, which is detected.
//!
//! With `std` the choice is made at the first call and kept in one relaxed function pointer; without `std`
//! (nothing there can ask the processor yet) it is what the compiler was told: SSE2, or AVX2 under
//! `-C target-feature=+avx2`. `--cfg eventwire_force_sse2` leaves AVX2 out.

#![allow(unsafe_code)]

use core::arch::x86_64::{
    __m128i, __m256i, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8,
    _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_or_si256, _mm256_setr_epi8,
    _mm256_shuffle_epi8,
};

use super::{Block, Kernel, Kernels, Scan, scan_with, swar};

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

pub(super) fn scan_sse2(haystack: &[u8], from: usize) -> Block {
    scan_with(Sse2, haystack, from)
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
    // SAFETY: the 16 bytes read are those of `bytes`; this load needs no alignment.
    let v = unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) };
    _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(CR)), _mm_cmpeq_epi8(v, _mm_set1_epi8(LF)))
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
    fn new() -> Option<Self> {
        #[cfg(any(feature = "std", test))]
        let detected = std::is_x86_feature_detected!("avx2");
        #[cfg(not(any(feature = "std", test)))]
        let detected = cfg!(target_feature = "avx2");
        detected.then_some(Self(()))
    }
}

impl Kernel for Avx2 {
    #[inline(always)]
    fn mask64(self, bytes: &[u8; 64]) -> Option<u64> {
        // SAFETY: `self` is the proof that this processor has AVX2.
        unsafe { avx2_mask64(bytes) }
    }

    #[inline(always)]
    fn mask32(self, bytes: &[u8; 32]) -> u32 {
        // SAFETY: `self` is the proof that this processor has AVX2.
        unsafe { avx2_mask32(bytes) }
    }

    #[inline(always)]
    fn mask16(self, bytes: &[u8; 16]) -> u16 {
        Sse2.mask16(bytes)
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
    Some(u64::from(_mm256_movemask_epi8(low) as u32) | u64::from(_mm256_movemask_epi8(high) as u32) << 32)
}

#[target_feature(enable = "avx2")]
#[inline]
fn avx2_mask32(bytes: &[u8; 32]) -> u32 {
    _mm256_movemask_epi8(avx2_line_ends(bytes)) as u32
}

/// 0xFF in each byte that is CR or LF.
///
/// One look-up instead of two comparisons: each byte picks by its low four bits the one byte of the table that it may be equal to, CR
/// or LF, or one that no byte picks and equals. A byte above 0x7F picks zero, which it is not.
#[target_feature(enable = "avx2")]
#[inline]
fn avx2_line_ends(bytes: &[u8; 32]) -> __m256i {
    // SAFETY: the 32 bytes read are those of `bytes`; this load needs no alignment.
    let v = unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) };
    const NO: i8 = -1;
    let table = _mm256_setr_epi8(
        NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, LF, NO, NO, CR, NO, NO, //
        NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, LF, NO, NO, CR, NO, NO,
    );
    _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, v), v)
}

/// The routine for those who know that AVX2 is there.
#[target_feature(enable = "avx2")]
fn scan_avx2(haystack: &[u8], from: usize) -> Block {
    scan_with(Avx2(()), haystack, from)
}

/// The AVX2 routine, where this processor has it.
fn avx2() -> Option<Scan> {
    fn proven(haystack: &[u8], from: usize) -> Block {
        // SAFETY: `avx2` gives out this function only after it has detected AVX2.
        unsafe { scan_avx2(haystack, from) }
    }
    Avx2::new().map(|_| proven as Scan)
}

/// See [`kernels`](super::kernels).
pub(super) fn kernels() -> Kernels {
    let [swar, ..] = swar::kernels();
    [swar, Some(("sse2", scan_sse2)), avx2().map(|scan| ("avx2", scan))]
}

#[cfg(not(eventwire_force_swar))]
pub(super) use dispatch::{name, scan};

/// One kernel is possible: no indirection.
#[cfg(all(
    not(eventwire_force_swar),
    any(eventwire_force_sse2, all(not(feature = "std"), not(target_feature = "avx2")))
))]
mod dispatch {
    pub(in crate::scan) use super::scan_sse2 as scan;

    pub(in crate::scan) fn name() -> &'static str {
        "sse2"
    }
}

/// The compiler was told that AVX2 is there: no indirection either.
#[cfg(all(not(eventwire_force_swar), not(eventwire_force_sse2), target_feature = "avx2"))]
mod dispatch {
    use super::Block;

    #[inline]
    pub(in crate::scan) fn scan(haystack: &[u8], from: usize) -> Block {
        // SAFETY: the compiler was told that every processor it compiles for has AVX2.
        unsafe { super::scan_avx2(haystack, from) }
    }

    pub(in crate::scan) fn name() -> &'static str {
        "avx2"
    }
}

#[cfg(all(
    not(eventwire_force_swar),
    not(eventwire_force_sse2),
    feature = "std",
    not(target_feature = "avx2")
))]
mod dispatch {
    use core::mem::transmute;
    use core::sync::atomic::{AtomicPtr, Ordering};

    use super::{Avx2, Block, scan_avx2, scan_sse2};

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

    pub(in crate::scan) fn name() -> &'static str {
        if Avx2::new().is_some() { "avx2" } else { "sse2" }
    }
}
