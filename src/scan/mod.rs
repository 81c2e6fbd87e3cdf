//! L0: find the line ends of a chunk, 64 bytes at a time.
//!
//! The unit of work is a *block* of 64 bytes and a 64-bit mask in which bit `i` is set when byte `i` of the
//! block is CR or LF. A kernel has a routine, [`Scan`]: from a position, go over blocks until one holds a
//! line end, and give that block's offset and mask. Another one, [`ScanText`], takes note of bytes that are not ASCII beside. The caller ([`Input`](crate::Input)) takes the bits off
//! the mask one by one and comes back only when the mask is empty, so no block is scanned twice however many
//! lines it holds.
//!
//! The loop over blocks is written once, here, for any `Kernel`; the files beside this one say only how an
//! instruction set compares 64, 32, 16 or 8 bytes. Blocks begin at the position asked for and are not aligned.
//! The tail of a slice, shorter than a block, is covered by loads that overlap bytes already seen, whose bits
//! are then shifted out: nothing is read past the slice and callers owe no padding.
//!
//! This module knows nothing of event streams. It is public for the tests, benchmarks and fuzz targets of this
//! repository only, and may change at any time.

#[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
mod aarch64;
mod swar;
#[cfg(test)]
mod tests;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm32;
#[cfg(target_arch = "x86_64")]
mod x86_64;

/// What a scan found: the first block at or after a position that holds a line end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Offset of the block in the slice; the slice's length when there is no further line end.
    pub base: usize,
    /// Bit `i`: the byte at `base + i` is CR or LF. Zero only when there is no further line end.
    pub mask: u64,
}

/// Finds the first block at or after `from` that holds a CR or LF.
///
/// `from` may be anything: at or past the end of the slice there is nothing to find. Blocks are counted from
/// `from`, so a `Block` of a later call need not be aligned with one of an earlier call, except in the last 64
/// bytes of the slice `base` is always `from` plus a multiple of 64. Bits beyond the slice are zero.
pub type Scan = fn(haystack: &[u8], from: usize) -> Block;

/// The same, and takes note of the bytes above 0x7F in the blocks that it goes over, the one that it gives included.
///
/// For those who must validate text: what is ASCII need not be looked at again.
pub type ScanText = fn(haystack: &[u8], from: usize, non_ascii: &mut NonAscii) -> Block;

/// Where bytes above 0x7F are: all that were seen lie in `begin..end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NonAscii {
    /// The first of them.
    pub begin: usize,
    /// Behind the last of them.
    pub end: usize,
}

impl NonAscii {
    /// Takes note of the bytes that the bits of `high` stand for, counted from `base`.
    #[inline(always)]
    fn add(&mut self, base: usize, high: u64) {
        if high != 0 {
            self.add_range(base + high.trailing_zeros() as usize, base + 64 - high.leading_zeros() as usize);
        }
    }

    #[inline(always)]
    fn add_range(&mut self, begin: usize, end: usize) {
        if self.begin >= self.end {
            self.begin = begin;
        }
        self.end = end;
    }
}

/// An instruction set: compares fixed numbers of bytes with CR and LF.
///
/// Every method gives a mask whose bit `i` tells of byte `i`. A value of the type is the proof that the
/// instructions are there, so that a kernel for an instruction set that must be detected can be constructed
/// only by its detection.
trait Kernel: Copy {
    /// The mask of a block, if it is not zero: most blocks of a long line hold no line end, and to tell that takes less
    /// than the mask.
    fn mask64(self, bytes: &[u8; 64]) -> Option<u64>;

    /// The mask of a block and that of its bytes above 0x7F, if they are not both zero.
    #[inline(always)]
    fn text64(self, bytes: &[u8; 64]) -> Option<(u64, u64)> {
        swar::text64(bytes)
    }

    /// [`Scan`] in a haystack of fewer than 64 bytes.
    fn short_scan(self, haystack: &[u8], from: usize) -> Block;
}

/// An instruction set that compares fewer bytes at a time as well: see [`short_scan`].
trait Narrow: Copy {
    fn mask32(self, bytes: &[u8; 32]) -> u32;
    fn mask16(self, bytes: &[u8; 16]) -> u16;
}

/// The loop over blocks, once for all kernels: inlined into a routine per instruction set.
#[inline(always)]
fn scan_with<K: Kernel>(kernel: K, haystack: &[u8], from: usize) -> Block {
    let Some(rest) = haystack.get(from..) else { return Block { base: haystack.len(), mask: 0 } };
    let (mut blocks, tail) = rest.as_chunks::<64>();
    let mut base = from;
    while let [block, others @ ..] = blocks {
        if let Some(mask) = kernel.mask64(block) {
            return Block { base, mask };
        }
        (blocks, base) = (others, base + 64);
    }
    if tail.is_empty() {
        return found(haystack, base, 0);
    }
    match haystack.last_chunk::<64>() {
        Some(last) => found(haystack, base, kernel.mask64(last).map_or(0, |mask| behind(mask, tail.len()))),
        None => kernel.short_scan(haystack, base),
    }
}

/// [`ScanText`] for all kernels.
#[inline(always)]
fn scan_text_with<K: Kernel>(kernel: K, haystack: &[u8], from: usize, non_ascii: &mut NonAscii) -> Block {
    let Some(rest) = haystack.get(from..) else { return Block { base: haystack.len(), mask: 0 } };
    let (mut blocks, tail) = rest.as_chunks::<64>();
    let mut base = from;
    while let [block, others @ ..] = blocks {
        if let Some((mask, high)) = kernel.text64(block) {
            non_ascii.add(base, high);
            if mask != 0 {
                return Block { base, mask };
            }
        }
        (blocks, base) = (others, base + 64);
    }
    let Some(last) = haystack.last_chunk::<64>() else {
        if !tail.is_ascii() {
            non_ascii.add_range(base, haystack.len());
        }
        return kernel.short_scan(haystack, base);
    };
    let (mask, high) = kernel.text64(last).unwrap_or_default();
    non_ascii.add(base, behind(high, tail.len()));
    found(haystack, base, behind(mask, tail.len()))
}

/// The last `n` bits of a mask, moved to its beginning.
#[inline(always)]
fn behind(mask: u64, n: usize) -> u64 {
    mask.checked_shr(64 - n as u32).unwrap_or(0)
}

/// What a scan answers that has come to the last block.
#[inline(always)]
fn found(haystack: &[u8], base: usize, mask: u64) -> Block {
    Block { base: if mask == 0 { haystack.len() } else { base }, mask }
}

/// [`Kernel::short_scan`] of those that can.
#[inline(always)]
fn short_scan<N: Narrow>(kernel: N, haystack: &[u8], from: usize) -> Block {
    found(haystack, from, short_mask(kernel, haystack.get(from..).unwrap_or_default()))
}

/// The mask of fewer than 64 bytes: of the first and the last 32, 16 or 8 of them.
#[inline(always)]
fn short_mask<N: Narrow>(kernel: N, bytes: &[u8]) -> u64 {
    let len = bytes.len();
    if let (Some(first), Some(last)) = (bytes.first_chunk::<32>(), bytes.last_chunk::<32>()) {
        return u64::from(kernel.mask32(first)) | u64::from(kernel.mask32(last)) << (len - 32);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<16>(), bytes.last_chunk::<16>()) {
        return u64::from(kernel.mask16(first)) | u64::from(kernel.mask16(last)) << (len - 16);
    }
    swar::short_mask(bytes)
}

/// Finds line ends with the best kernel of this machine: see [`Scan`].
#[inline]
#[must_use]
pub fn scan(haystack: &[u8], from: usize) -> Block {
    let block = best::scan(haystack, from);
    #[cfg(test)]
    crate::work::scanned(haystack.len().min(block.base + 64).saturating_sub(from));
    block
}

/// Finds line ends, and bytes that are not ASCII, with the best kernel of this machine: see [`ScanText`].
#[inline]
pub fn scan_text(haystack: &[u8], from: usize, non_ascii: &mut NonAscii) -> Block {
    let block = best::scan_text(haystack, from, non_ascii);
    #[cfg(test)]
    crate::work::scanned(haystack.len().min(block.base + 64).saturating_sub(from));
    block
}

/// The name of the kernel in use: `"avx2"`, `"sse2"`, `"neon"`, `"simd128"` or `"swar"`.
///
/// ```
/// println!("line ends are found with {}", eventwire::scanner_name());
/// ```
#[must_use]
pub fn scanner_name() -> &'static str {
    best::name()
}

/// A kernel's name and its two routines.
pub type Routines = (&'static str, Scan, ScanText);

/// The fallback first and the best one last.
pub type Kernels = [Option<Routines>; 3];

/// Every kernel that this machine can run: what the tests and benchmarks compare.
#[must_use]
pub fn kernels() -> Kernels {
    native::kernels()
}

// The one place where it is decided which file is `native`, the one for this target, and whether its kernels are used.
#[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
use aarch64 as native;
#[cfg(not(any(
    all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"),
    all(target_arch = "wasm32", target_feature = "simd128"),
    target_arch = "x86_64",
)))]
use swar as native;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use wasm32 as native;
#[cfg(target_arch = "x86_64")]
use x86_64 as native;

#[cfg(not(eventwire_force_swar))]
use native as best;
#[cfg(eventwire_force_swar)]
use swar as best;
