//! What is to be done to the proxy's buffer, so that it holds what is to be sent on instead of the chunk.
//!
//! The proxy can put bytes in the place of the buffer's first ones; what stands behind them stays where it is, and need not
//! be copied. So what is looked for is the end of the chunk that goes on as it is.

/// Bytes to be put in the place of a chunk's first ones.
#[derive(Debug, PartialEq, Eq)]
pub struct Splice {
    /// How many bytes of the chunk are replaced.
    pub removed: usize,
    /// By what.
    pub inserted: Vec<u8>,
}

impl Splice {
    /// What makes a buffer that holds the chunk hold these slices, some of them of the chunk; `None` if it does already.
    pub fn new<'s>(chunk: &'s [u8], slices: impl Iterator<Item = &'s [u8]>) -> Option<Self> {
        let mut inserted = Vec::new();
        let mut pending: Option<&[u8]> = None;
        for slice in slices {
            inserted.extend_from_slice(pending.replace(slice).unwrap_or_default());
        }
        let last = pending.unwrap_or_default();
        let removed = if !last.is_empty() && last.as_ptr_range().end == chunk.as_ptr_range().end {
            chunk.len() - last.len()
        } else {
            inserted.extend_from_slice(last);
            chunk.len()
        };
        (removed > 0 || !inserted.is_empty()).then_some(Self { removed, inserted })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn splice(chunk: &[u8], slices: &[&[u8]]) -> Option<(usize, Vec<u8>)> {
        let splice = Splice::new(chunk, slices.iter().copied())?;
        let mut buffer = splice.inserted.clone();
        buffer.extend_from_slice(&chunk[splice.removed..]);
        assert_eq!(buffer, slices.concat());
        Some((splice.removed, splice.inserted))
    }

    #[test]
    fn the_end_of_the_chunk_stays_where_it_is() {
        let chunk = b"0123456789";
        let held = b"held".to_vec();
        assert_eq!(splice(chunk, &[chunk]), None);
        assert_eq!(splice(b"", &[]), None);
        assert_eq!(splice(b"", &[&held]), Some((0, held.clone())));
        assert_eq!(splice(chunk, &[]), Some((10, vec![])));
        assert_eq!(splice(chunk, &[&held, chunk]), Some((0, held.clone())));
        assert_eq!(splice(chunk, &[&chunk[..2], &chunk[5..]]), Some((5, b"01".to_vec())));
        assert_eq!(splice(chunk, &[&chunk[..9]]), Some((10, b"012345678".to_vec())));
        assert_eq!(splice(chunk, &[&chunk[8..], &held]), Some((10, b"89held".to_vec())));
    }
}
