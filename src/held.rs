//! What a parser holds of a block whose end has not come: the arrangement of one buffer.
//!
//! ```text
//! | data | incoming |          free          | type, id | last event ID |
//! ^ front                                     ^ back
//! ```
//!
//! Data must be contiguous and grows at its end, so nothing may stand behind it but the value that is just coming in, which
//! is dropped or moved before more data can come. The short values stand at the back, where one that is replaced leaves no
//! hole in the data. Of type and id the one that was set later is on the side of the free space ("on top"), so that setting
//! it again moves nothing else. Setting the other one moves what is on top; but that one was set after it, from as
//! many bytes of input, and afterwards it is on top no more: each value is moved at most once for having been set, and
//! the work stays linear however often a hostile stream sets them.
//!
//! The methods rely on the parser's limit for room (the limit counts all that is held, see
//! [`Config::max_event_size`](crate::Config::max_event_size)); [`Held::reserve`] fails where that does not help.

use crate::carry::{sealed::Buffer, slide};
use crate::error::Error;

/// The two values beside data that an event may set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Short {
    Type,
    Id,
}

#[derive(Debug)]
pub(crate) struct Held<C> {
    carry: C,
    max_event_size: usize,
    /// What an event may hold now: `max_event_size`, or less where a carry of fixed size must also hold the last event ID.
    limit: usize,
    data: usize,
    incoming: usize,
    event_type: usize,
    id: usize,
    last_event_id: usize,
    /// The most bytes in use at once since [`Held::relax`] looked last.
    peak: usize,
    top: Short,
    /// Blocks in a row that needed little of the memory there is.
    quiet: u8,
}

impl<C: Buffer> Held<C> {
    pub(crate) fn new(carry: C, max_event_size: usize) -> Self {
        Self {
            limit: max_event_size.min(carry.max_len()),
            carry,
            max_event_size,
            data: 0,
            incoming: 0,
            event_type: 0,
            id: 0,
            last_event_id: 0,
            peak: 0,
            top: Short::Type,
            quiet: 0,
        }
    }

    pub(crate) fn carry(&self) -> &C {
        &self.carry
    }

    /// The most bytes an event may hold now.
    #[inline]
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    #[inline]
    pub(crate) fn data(&self) -> &[u8] {
        self.slice(0, self.data)
    }

    #[inline]
    pub(crate) fn incoming(&self) -> &[u8] {
        self.slice(self.data, self.incoming)
    }

    #[inline]
    pub(crate) fn event_type(&self) -> &[u8] {
        self.slice(self.begin_of(Short::Type), self.event_type)
    }

    #[inline]
    pub(crate) fn id(&self) -> &[u8] {
        self.slice(self.begin_of(Short::Id), self.id)
    }

    #[inline]
    pub(crate) fn last_event_id(&self) -> &[u8] {
        self.slice(self.carry.bytes().len().wrapping_sub(self.last_event_id), self.last_event_id)
    }

    #[inline]
    fn slice(&self, begin: usize, len: usize) -> &[u8] {
        self.carry.bytes().get(begin..begin.wrapping_add(len)).unwrap_or_default()
    }

    /// Bytes held of the current block: data, type and id.
    pub(crate) fn block_len(&self) -> usize {
        self.data + self.event_type + self.id
    }

    /// Appends to the data.
    pub(crate) fn push_data(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.reserve(bytes.len())?;
        self.write(self.data, bytes);
        self.data += bytes.len();
        Ok(())
    }

    /// Appends to the value that is coming in.
    pub(crate) fn push_incoming(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.reserve(bytes.len())?;
        self.write(self.data + self.incoming, bytes);
        self.incoming += bytes.len();
        Ok(())
    }

    pub(crate) fn drop_incoming(&mut self) {
        self.incoming = 0;
    }

    /// The value that came in is the new type or id.
    pub(crate) fn settle_incoming(&mut self, short: Short) {
        self.drop_short(short);
        let len = core::mem::take(&mut self.incoming);
        let to = self.back_begin().wrapping_sub(len);
        slide(self.carry.bytes_mut(), self.data, to, len);
        *self.len_of(short) = len;
    }

    /// Sets type or id, of which there is none; nothing is coming in.
    pub(crate) fn set_short(&mut self, short: Short, bytes: &[u8]) -> Result<(), Error> {
        self.push_incoming(bytes)?;
        self.settle_incoming(short);
        Ok(())
    }

    /// Drops type or id, and makes room for it on top.
    fn drop_short(&mut self, short: Short) {
        let dropped = core::mem::take(self.len_of(short));
        if self.top != short {
            // What is on top moves over the gap. Its own length is all that is left of the two.
            let moved = self.event_type + self.id;
            let to = self.back_begin();
            slide(self.carry.bytes_mut(), to.wrapping_sub(dropped), to, moved);
            self.top = short;
        }
    }

    /// The id becomes the last event ID; type and data stay.
    pub(crate) fn commit_held_id(&mut self) {
        let (begin, held) = (self.back_begin(), self.event_type + self.id);
        if self.top == Short::Id {
            if let Some(both) = self.carry.bytes_mut().get_mut(begin..begin.wrapping_add(held)) {
                #[cfg(test)]
                crate::work::moved(held);
                rotate_left(both, self.id);
            }
            self.top = Short::Type;
        }
        slide(self.carry.bytes_mut(), begin, begin + self.last_event_id, held);
        self.last_event_id = core::mem::take(&mut self.id);
        self.update_limit();
    }

    /// Sets the last event ID from outside the carry; data and type stay, and no id is held.
    #[inline(never)]
    pub(crate) fn commit_id(&mut self, id: &[u8]) -> Result<(), Error> {
        if self.event_type + self.id + self.incoming != 0 {
            self.set_short(Short::Id, id)?;
            self.commit_held_id();
            return Ok(());
        }
        self.reserve(id.len().saturating_sub(self.last_event_id))?;
        self.last_event_id = id.len();
        self.write(self.carry.bytes().len().wrapping_sub(id.len()), id);
        self.update_limit();
        Ok(())
    }

    /// Drops all but the last event ID.
    pub(crate) fn clear_block(&mut self) {
        self.data = 0;
        self.incoming = 0;
        self.event_type = 0;
        self.id = 0;
    }

    /// Gives memory back when the last blocks needed little of it; to be called between blocks. Answers whether
    /// there is still so much that it should be called again.
    pub(crate) fn relax(&mut self) -> bool {
        /// Blocks in a row that must have been small.
        const PATIENCE: u8 = 32;
        let (len, peak) = (self.carry.bytes().len(), core::mem::take(&mut self.peak));
        let small = peak.max(self.last_event_id) < len / 4;
        self.quiet = if small { self.quiet + 1 } else { 0 };
        if self.quiet >= PATIENCE {
            self.quiet = 0;
            self.carry.shrink(self.kept(), self.last_event_id);
        }
        self.is_roomy()
    }

    /// Whether there is so much memory that some may be given back. Of what cannot grow any more none is: it is the caller's, or at its
    /// bound.
    pub(crate) fn is_roomy(&self) -> bool {
        let len = self.carry.bytes().len();
        len > self.kept() && len < self.carry.max_len()
    }

    /// How much memory is never given back.
    fn kept(&self) -> usize {
        (self.last_event_id * 2).max(Self::ROOMY)
    }

    const ROOMY: usize = 64 * 1024;

    fn update_limit(&mut self) {
        self.limit = self.max_event_size.min(self.carry.max_len().saturating_sub(self.last_event_id));
    }

    /// Makes room for `more` bytes.
    fn reserve(&mut self, more: usize) -> Result<(), Error> {
        let back = self.event_type + self.id + self.last_event_id;
        let used = self.data + self.incoming + back;
        let needed = used.checked_add(more).ok_or(Error::NoMemory)?;
        self.peak = self.peak.max(needed);
        if needed <= self.carry.bytes().len() {
            Ok(())
        } else {
            let most = self.max_event_size.saturating_add(self.last_event_id);
            self.carry.grow(needed, most, back)
        }
    }

    fn write(&mut self, at: usize, bytes: &[u8]) {
        if let Some(place) = self.carry.bytes_mut().get_mut(at..at.wrapping_add(bytes.len())) {
            #[cfg(test)]
            crate::work::moved(bytes.len());
            place.copy_from_slice(bytes);
        }
    }

    fn back_begin(&self) -> usize {
        self.carry.bytes().len().wrapping_sub(self.event_type + self.id + self.last_event_id)
    }

    fn begin_of(&self, short: Short) -> usize {
        let other = if short == Short::Type { self.id } else { self.event_type };
        if self.top == short { self.back_begin() } else { self.back_begin() + other }
    }

    fn len_of(&mut self, short: Short) -> &mut usize {
        match short {
            Short::Type => &mut self.event_type,
            Short::Id => &mut self.id,
        }
    }
}

/// Moves the first `mid` bytes behind the others; out of range nothing happens.
///
/// As the slices' own method, but for the panic that the compiler leaves in when it does not inline that.
fn rotate_left(bytes: &mut [u8], mid: usize) {
    if let Some((first, second)) = bytes.split_at_mut_checked(mid) {
        first.reverse();
        second.reverse();
        bytes.reverse();
    }
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use std::vec;

    use super::Held;
    use crate::carry::{SliceCarry, VecCarry};

    /// Who asks whether memory can be given back takes slower ways through the parser meanwhile, so the answer has to become no.
    #[test]
    fn what_cannot_be_given_back_is_not_asked_for() {
        let mut memory = vec![0; 200 << 10];
        let mut held = Held::new(SliceCarry::new(&mut memory), 1 << 20);
        held.push_data(&[b'x'; 70 << 10]).unwrap();
        assert!(!held.is_roomy(), "a slice stays what it is");

        let mut held = Held::new(VecCarry::new(), 1 << 20);
        held.commit_id(&[b'7'; 40 << 10]).unwrap();
        held.push_data(&[b'x'; 200 << 10]).unwrap();
        held.clear_block();
        assert!(
            held.is_roomy() && (0..100).any(|_| !held.relax()),
            "an id of more than half of what is kept"
        );
    }
}
