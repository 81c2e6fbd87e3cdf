//! The memory for what straddles chunks: it grows on the heap, or is the caller's.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use crate::error::Error;

/// Memory in which a [`Parser`](crate::Parser) keeps what it cannot borrow: events that straddle chunks or have
/// several lines of data, and the last event ID.
///
/// [`VecCarry`] and [`SliceCarry`] are all there are; the trait is sealed.
pub trait Carry: sealed::Buffer {}

pub(crate) mod sealed {
    use crate::error::Error;

    /// A run of initialised bytes whose two ends are in use.
    pub trait Buffer {
        fn bytes(&self) -> &[u8];
        fn bytes_mut(&mut self) -> &mut [u8];

        /// The most bytes it can ever have.
        fn max_len(&self) -> usize;

        /// Makes it at least `needed` long, and not longer than `most` where that is enough. The last `back` bytes stay the
        /// last, all others stay where they are.
        fn grow(&mut self, needed: usize, most: usize, back: usize) -> Result<(), Error>;

        /// Makes it `len` long, if it is longer and can be. The last `back` bytes stay the last; all others are lost.
        fn shrink(&mut self, len: usize, back: usize);
    }
}

/// Memory on the heap that grows as needed, up to what [`Config::max_event_size`](crate::Config::max_event_size)
/// allows.
///
/// Nothing is allocated before something must be kept, nor in steady state, and memory taken for a large event is
/// given back after a number of smaller ones.
#[cfg(feature = "alloc")]
#[derive(Clone, Debug, Default)]
pub struct VecCarry(Vec<u8>);

#[cfg(feature = "alloc")]
impl VecCarry {
    /// An empty one, without memory.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Bytes allocated.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.0.capacity()
    }
}

#[cfg(feature = "alloc")]
impl Carry for VecCarry {}

#[cfg(feature = "alloc")]
impl sealed::Buffer for VecCarry {
    #[inline]
    fn bytes(&self) -> &[u8] {
        &self.0
    }

    #[inline]
    fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }

    fn max_len(&self) -> usize {
        usize::MAX
    }

    fn grow(&mut self, needed: usize, most: usize, back: usize) -> Result<(), Error> {
        /// The first allocation: most last event IDs and pieces of small events fit.
        const LEAST: usize = 64;
        /// Memory is filled before it is used, since it must be initialised: step by step, while it is still in the cache that
        /// the data will be written to. The back moves with each step, so a step is not smaller than that.
        const STEP: usize = 64 * 1024;
        let old = self.0.len();
        if needed > self.0.capacity() {
            let capacity = self.0.capacity().saturating_mul(2).max(LEAST).min(most).max(needed);
            self.0.try_reserve_exact(capacity.saturating_sub(old)).map_err(|_| Error::NoMemory)?;
        }
        // Not more than there is room for, in the words in which `resize` asks: so the compiler knows that it need not
        // reallocate, which it could not report.
        let room = self.0.capacity().wrapping_sub(self.0.len());
        let more = back.max(STEP).max(needed.saturating_sub(old)).min(room);
        let new = old.wrapping_add(more);
        self.0.resize(new, 0);
        move_back(&mut self.0, old, new, back);
        Ok(())
    }

    fn shrink(&mut self, len: usize, back: usize) {
        // Not `shrink_to_fit`, which ends the process when there is no memory for the smaller piece.
        let mut smaller = Vec::new();
        if len >= self.0.len() || len < back || smaller.try_reserve_exact(len).is_err() {
            return;
        }
        smaller.resize(len, 0);
        let from = self.0.get(self.0.len().saturating_sub(back)..);
        if let (Some(from), Some(to)) = (from, smaller.get_mut(len - back..))
            && from.len() == to.len()
        {
            #[cfg(test)]
            crate::work::moved(back);
            to.copy_from_slice(from);
            self.0 = smaller;
        }
    }
}

/// Moves the `back` bytes that end at `old` so that they end at `new`.
#[cfg(feature = "alloc")]
fn move_back(bytes: &mut [u8], old: usize, new: usize, back: usize) {
    slide(bytes, old.saturating_sub(back), new.saturating_sub(back), back);
}

/// Memory of the caller's, for those who allocate nothing.
///
/// An event must fit, together with the last event ID in force, or it is too large: the limit is the smaller of
/// [`Config::max_event_size`](crate::Config::max_event_size) and the slice's length less that of the last event ID. It holds
/// for all events alike, wherever the stream is cut, also for those that would not have needed the slice.
///
/// ```
/// use eventwire::{Config, Input, Parser, SliceCarry};
///
/// let mut memory = [0; 4096];
/// let mut parser = Parser::with_carry(Config::new(), SliceCarry::new(&mut memory));
/// assert_eq!(parser.next_event(&mut Input::new(b"data: tic")), Ok(None));
/// let mut input = Input::new(b"k\n\n");
/// assert_eq!(parser.next_event(&mut input).unwrap().unwrap().data(), b"tick");
/// ```
#[derive(Debug)]
pub struct SliceCarry<'m>(&'m mut [u8]);

impl<'m> SliceCarry<'m> {
    /// A carry in `memory`, whose contents do not matter.
    #[must_use]
    pub const fn new(memory: &'m mut [u8]) -> Self {
        Self(memory)
    }
}

impl Carry for SliceCarry<'_> {}

impl sealed::Buffer for SliceCarry<'_> {
    #[inline]
    fn bytes(&self) -> &[u8] {
        self.0
    }

    #[inline]
    fn bytes_mut(&mut self) -> &mut [u8] {
        self.0
    }

    fn max_len(&self) -> usize {
        self.0.len()
    }

    fn grow(&mut self, needed: usize, _most: usize, _back: usize) -> Result<(), Error> {
        if needed <= self.0.len() { Ok(()) } else { Err(Error::NoMemory) }
    }

    fn shrink(&mut self, _len: usize, _back: usize) {}
}

/// Moves `len` bytes within a slice, whether the places overlap or not; out of range nothing happens.
pub(crate) fn slide(bytes: &mut [u8], from: usize, to: usize, len: usize) {
    // In these words the compiler knows that `copy_within` does not panic.
    let (Some(last), Some(end)) = (bytes.len().checked_sub(len), from.checked_add(len)) else { return };
    if end <= bytes.len() && to <= last {
        #[cfg(test)]
        crate::work::moved(len);
        bytes.copy_within(from..end, to);
    }
}
