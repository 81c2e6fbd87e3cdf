//! Bytes and chunks.

use core::ptr;

use super::pointer;

/// Some bytes: a pointer and how many there are. Not NUL-terminated; if `len` is 0, `ptr` may be anything and is not
/// to be read.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// The first of the bytes.
    pub ptr: *const u8,
    /// How many there are. At most `PTRDIFF_MAX`.
    pub len: usize,
}

/// A chunk of the stream, of any size, and how far it has been read.
///
/// Fill in `ptr` and `len` and set all else to zero, for each chunk. When a call answers `EW_NEED_INPUT` the chunk is used
/// up, and may be freed. The struct can be used again for the next chunk: set `ptr`, `len`, and `pos` to 0.
///
/// Between the calls that read one chunk, its bytes must stay what and where they are, and `pos` and `reserved` belong to the
/// library. To give up a chunk, just do not use it any more.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Input {
    /// The first byte of the chunk.
    pub ptr: *const u8,
    /// The chunk's length in bytes. At most `PTRDIFF_MAX`; 0 is fine.
    pub len: usize,
    /// How many bytes have been consumed. 0 at first.
    pub pos: usize,
    /// Where the search for line ends stands. Ignored while `pos` is 0.
    pub reserved: [u64; 2],
}

impl Span {
    /// No bytes, and no pointer either.
    pub(super) const NONE: Self = Self { ptr: ptr::null(), len: 0 };

    /// These bytes.
    #[inline(always)]
    pub(super) const fn of(bytes: &[u8]) -> Self {
        Self { ptr: bytes.as_ptr(), len: bytes.len() }
    }

    /// The bytes, if the span can be.
    ///
    /// # Safety
    ///
    /// They are readable for as long as the slice is used.
    #[inline(always)]
    pub(super) unsafe fn bytes<'a>(self) -> Option<&'a [u8]> {
        // SAFETY: the caller.
        unsafe { pointer::bytes(self.ptr, self.len) }
    }
}

impl Input {
    /// The engine's cursor, if chunk and position can be.
    ///
    /// # Safety
    ///
    /// The chunk is readable for as long as the cursor, or what it leads to, is used.
    #[inline(always)]
    pub(super) unsafe fn cursor<'c>(&self) -> Option<crate::Input<'c>> {
        // SAFETY: the caller.
        let chunk = unsafe { pointer::bytes(self.ptr, self.len) }?;
        (self.pos <= chunk.len()).then(|| crate::Input::resume(chunk, self.pos, self.reserved))
    }

    /// Takes down how far the cursor has come.
    #[inline(always)]
    pub(super) fn advance_to(&mut self, cursor: &crate::Input<'_>) {
        (self.pos, self.reserved) = cursor.suspend();
    }
}
