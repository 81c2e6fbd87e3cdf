//! UTF-8: validation, and decoding with replacement of values that come in pieces.
//!
//! Values may be decoded one by one, although the standard decodes the stream before it looks for lines: no
//! ASCII byte is ever part of a bad sequence, so line ends, colons and names are found alike in either order
//! (statements 7 and 8; a property test holds it).

#[cfg(feature = "alloc")]
use alloc::{borrow::Cow, string::String};

pub(crate) const REPLACEMENT: &[u8] = "\u{FFFD}".as_bytes();

#[inline(never)]
pub(crate) fn is_valid(bytes: &[u8]) -> bool {
    simdutf8::basic::from_utf8(bytes).is_ok()
}

/// The text, borrowed if it is valid, with U+FFFD for what is not.
#[cfg(feature = "alloc")]
pub(crate) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    simdutf8::basic::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// The same for a part of `bytes`; an empty part is valid.
pub(crate) fn is_valid_at(bytes: &[u8], begin: usize, end: usize) -> bool {
    /// What is shorter is not validated with SIMD instructions.
    const SHORTEST: usize = 64;
    let Some(part) = bytes.get(begin..end) else { return true };
    // A short part together with what follows: there is mostly nothing wrong with that either.
    part.len() < SHORTEST
        && bytes.get(begin..).and_then(<[u8]>::first_chunk::<SHORTEST>).is_some_and(|longer| is_valid(longer))
        || is_valid(part)
}

/// The beginning of a character whose other bytes are yet to come.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Partial {
    bytes: [u8; 4],
    len: u8,
}

impl Partial {
    fn as_slice(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(usize::from(self.len)) {
            *slot = byte;
            self.len += 1;
        }
    }
}

/// Decodes the next piece of a value with replacement and hands over the text in parts.
///
/// What the piece leaves unfinished stays in `partial`; [`finish`] says that nothing follows. An error of
/// `put` is passed on.
pub(crate) fn decode<E>(
    partial: &mut Partial,
    mut piece: &[u8],
    mut put: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    while partial.len != 0 {
        let Some((&byte, rest)) = piece.split_first() else { return Ok(()) };
        let mut longer = *partial;
        longer.push(byte);
        match core::str::from_utf8(longer.as_slice()) {
            Ok(_) => {
                *partial = Partial::default();
                piece = rest;
                put(longer.as_slice())?;
            }
            Err(_) if may_go_on(longer.as_slice()) => {
                *partial = longer;
                piece = rest;
            }
            // `byte` does not continue the character: it was cut off there, and `byte` begins anew.
            Err(_) => finish(partial, &mut put)?,
        }
    }
    if is_valid(piece) {
        return if piece.is_empty() { Ok(()) } else { put(piece) };
    }
    for chunk in piece.utf8_chunks() {
        let (valid, invalid) = (chunk.valid().as_bytes(), chunk.invalid());
        piece = piece.get(valid.len() + invalid.len()..).unwrap_or_default();
        if !valid.is_empty() {
            put(valid)?;
        }
        if piece.is_empty() && may_go_on(invalid) {
            invalid.iter().for_each(|&byte| partial.push(byte));
        } else if !invalid.is_empty() {
            put(REPLACEMENT)?;
        }
    }
    Ok(())
}

/// Whether the bytes are the beginning of a character.
fn may_go_on(bytes: &[u8]) -> bool {
    core::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

/// Says that the value has ended: a character that was begun is a bad sequence.
pub(crate) fn finish<E>(partial: &mut Partial, mut put: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
    if partial.len == 0 {
        return Ok(());
    }
    *partial = Partial::default();
    put(REPLACEMENT)
}

#[cfg(test)]
mod tests {
    use core::convert::Infallible;
    use std::string::String;
    use std::vec::Vec;

    use super::*;

    fn decode_cut(bytes: &[u8], cuts: [usize; 2]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut partial = Partial::default();
        let mut put = |part: &[u8]| {
            assert!(!part.is_empty());
            out.extend_from_slice(part);
            Ok::<(), Infallible>(())
        };
        for piece in [&bytes[..cuts[0]], &bytes[cuts[0]..cuts[1]], &bytes[cuts[1]..]] {
            let Ok(()) = decode(&mut partial, piece, &mut put);
        }
        let Ok(()) = finish(&mut partial, &mut put);
        out
    }

    /// Every string of up to five bytes from the classes that UTF-8 tells apart, cut at every two places.
    #[test]
    fn decoding_in_pieces_equals_decoding_at_once() {
        const CLASSES: [u8; 14] =
            [b'a', 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xE0, 0xE2, 0xED, 0xF0, 0xF4, 0xFF];
        for len in 0..=5_u32 {
            for number in 0..CLASSES.len().pow(len) {
                let bytes: Vec<u8> =
                    (0..len).map(|i| CLASSES[number / CLASSES.len().pow(i) % CLASSES.len()]).collect();
                let whole = String::from_utf8_lossy(&bytes);
                for first in 0..=bytes.len() {
                    for second in first..=bytes.len() {
                        assert_eq!(decode_cut(&bytes, [first, second]), whole.as_bytes(), "{bytes:x?}");
                    }
                }
            }
        }
    }
}
