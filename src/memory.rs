//! Buffers that grow if there is memory, and tell if there is none.
//!
//! The methods of `Vec` end the process then. What a stream can make grow is grown by these functions, and what becomes of
//! the stream is the caller's to say.

use alloc::vec::Vec;

use crate::error::Error;

/// Appends bytes, or leaves the buffer as it is.
#[inline]
pub(crate) fn append(buffer: &mut Vec<u8>, bytes: &[u8]) -> Result<(), Error> {
    buffer.try_reserve(bytes.len()).map_err(|_| Error::NoMemory)?;
    // There is room: said in the words in which `extend_from_slice` asks, so that the compiler knows it too.
    if buffer.capacity().wrapping_sub(buffer.len()) >= bytes.len() {
        buffer.extend_from_slice(bytes);
    }
    Ok(())
}

/// A copy of these bytes.
#[inline]
pub(crate) fn copy(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(bytes.len()).map_err(|_| Error::NoMemory)?;
    append(&mut copy, bytes)?;
    Ok(copy)
}

/// Makes room for some bytes, which [`give_back`] leaves.
#[inline]
pub(crate) fn prepare(buffer: &mut Vec<u8>) -> Result<(), Error> {
    if buffer.capacity() < LEAST { buffer.try_reserve(LEAST).map_err(|_| Error::NoMemory) } else { Ok(()) }
}

/// How many bytes of memory a buffer never gives back.
const LEAST: usize = 8;

/// Empties a buffer, and gives back its memory if that is much.
pub(crate) fn give_back(buffer: &mut Vec<u8>) {
    /// How many bytes of memory are kept.
    const KEPT: usize = 64 << 10;
    buffer.clear();
    if buffer.capacity() > KEPT {
        // Not `shrink_to`, which ends the process when there is no memory for the smaller piece.
        let mut fewer = Vec::new();
        if prepare(&mut fewer).is_ok() {
            *buffer = fewer;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::{LEAST, give_back, prepare};

    #[test]
    fn a_buffer_keeps_some_room() {
        let mut buffer = Vec::new();
        prepare(&mut buffer).unwrap();
        for (capacity, kept) in [(0, LEAST..=100), (1000, 1000..=2000), (1 << 20, LEAST..=100)] {
            buffer.reserve(capacity);
            give_back(&mut buffer);
            assert!(buffer.is_empty() && kept.contains(&buffer.capacity()), "{}", buffer.capacity());
        }
    }
}
