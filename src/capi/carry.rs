//! The memory for what straddles chunks: on the heap, or the caller's.
//!
//! One type for both, so that the library holds the engine once.

use core::ptr::NonNull;
use core::slice;

use crate::carry::{self, VecCarry, sealed::Buffer, slide};
use crate::error::Error;

/// What a parser of the C interface keeps things in.
#[derive(Debug)]
pub(super) enum Carry {
    Heap(VecCarry),
    Caller(CallerMemory),
}

/// Memory of the caller's, of which a part that grows as needed is initialised and in use: what no event needs is never
/// touched, though all of it is set aside.
#[derive(Debug)]
pub(super) struct CallerMemory {
    begin: NonNull<u8>,
    /// Bytes initialised and in use, at most `capacity`.
    len: usize,
    capacity: usize,
}

impl CallerMemory {
    /// Memory whose contents do not matter.
    ///
    /// # Safety
    ///
    /// The `capacity` bytes at `begin` are writable, and nobody else's, for as long as this is used.
    pub(super) const unsafe fn new(begin: NonNull<u8>, capacity: usize) -> Self {
        Self { begin, len: 0, capacity }
    }

    #[inline]
    fn bytes(&self) -> &[u8] {
        // SAFETY: by the contract of `new` the memory is ours, and its first `len` bytes are initialised.
        unsafe { slice::from_raw_parts(self.begin.as_ptr(), self.len) }
    }

    #[inline]
    fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: by the contract of `new` the memory is ours, and its first `len` bytes are initialised.
        unsafe { slice::from_raw_parts_mut(self.begin.as_ptr(), self.len) }
    }

    /// Makes it at least `needed` long; the last `back` bytes stay the last.
    fn grow(&mut self, needed: usize, back: usize) -> Result<(), Error> {
        /// Memory is filled before it is used, since it must be initialised: in steps, as the heap's is.
        const STEP: usize = 64 * 1024;
        if needed > self.capacity {
            return Err(Error::NoMemory);
        }
        let old = self.len;
        let new = old.saturating_add(back.max(STEP)).max(needed).min(self.capacity);
        // SAFETY: `old` is not beyond the end of the memory.
        let fresh = unsafe { self.begin.add(old) };
        // SAFETY: by the contract of `new` the memory up to `capacity` is ours, and `new` is not more than that.
        unsafe { fresh.write_bytes(0, new.saturating_sub(old)) };
        self.len = new;
        slide(self.bytes_mut(), old.saturating_sub(back), new.saturating_sub(back), back);
        Ok(())
    }

    /// Uses no more than `len` bytes from now on; the last `back` bytes stay the last, all others are lost.
    fn shrink(&mut self, len: usize, back: usize) {
        let old = self.len;
        if len < old && len >= back {
            slide(self.bytes_mut(), old.saturating_sub(back), len.saturating_sub(back), back);
            self.len = len;
        }
    }
}

impl carry::Carry for Carry {}

impl Buffer for Carry {
    #[inline]
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Heap(heap) => heap.bytes(),
            Self::Caller(memory) => memory.bytes(),
        }
    }

    #[inline]
    fn bytes_mut(&mut self) -> &mut [u8] {
        match self {
            Self::Heap(heap) => heap.bytes_mut(),
            Self::Caller(memory) => memory.bytes_mut(),
        }
    }

    fn max_len(&self) -> usize {
        match self {
            Self::Heap(heap) => heap.max_len(),
            Self::Caller(memory) => memory.capacity,
        }
    }

    fn grow(&mut self, needed: usize, most: usize, back: usize) -> Result<(), Error> {
        match self {
            Self::Heap(heap) => heap.grow(needed, most, back),
            Self::Caller(memory) => memory.grow(needed, back),
        }
    }

    fn shrink(&mut self, len: usize, back: usize) {
        match self {
            Self::Heap(heap) => heap.shrink(len, back),
            Self::Caller(memory) => memory.shrink(len, back),
        }
    }
}
