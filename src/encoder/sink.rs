//! Where the bytes of a message go. There is room for all of them before the first is put.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

#[cfg(feature = "bytes")]
use bytes::BytesMut;

pub(crate) trait Sink {
    fn put(&mut self, bytes: &[u8]);
}

/// What is left of the caller's memory.
pub(super) struct Slice<'o>(pub(super) &'o mut [u8]);

impl Sink for Slice<'_> {
    #[inline(always)]
    fn put(&mut self, bytes: &[u8]) {
        if let Some((place, rest)) = core::mem::take(&mut self.0).split_at_mut_checked(bytes.len()) {
            place.copy_from_slice(bytes);
            self.0 = rest;
        }
    }
}

#[cfg(feature = "alloc")]
impl Sink for Vec<u8> {
    #[inline(always)]
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

#[cfg(feature = "bytes")]
impl Sink for BytesMut {
    #[inline(always)]
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}
