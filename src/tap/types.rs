//! How many events there are of each type: a table with a bound, so that a stream that makes up types does not fill memory.

use alloc::vec::Vec;
use core::iter::FusedIterator;
use core::mem::take;
use core::slice;

use crate::error::Error;
use crate::memory::copy;

/// How many types there is room for.
const MAX_TYPES: usize = 32;
/// How many bytes a type may have that is in the table.
const MAX_LEN: usize = 64;

/// What an event is that says nothing else (statement 42).
pub(super) const MESSAGE: &[u8] = b"message";

#[derive(Default)]
pub(super) struct Types {
    /// Events of the type `message`: those that say so, and the many that say nothing.
    messages: u64,
    counts: Vec<(Vec<u8>, u64)>,
    /// Where in the table the type of the event before stands: most often the next one is of the same.
    recent: usize,
    others: u64,
}

impl Types {
    /// Counts an event of this type; empty is `message`.
    #[inline]
    pub(super) fn count(&mut self, event_type: &[u8]) {
        if event_type.is_empty() {
            self.messages += 1;
            return;
        }
        match self.counts.get_mut(self.recent) {
            Some((known, count)) if known == event_type => *count += 1,
            _ => self.look_up(event_type),
        }
    }

    #[inline(never)]
    fn look_up(&mut self, event_type: &[u8]) {
        if event_type == MESSAGE {
            self.messages += 1;
            return;
        }
        match self.counts.iter().position(|(known, _)| known == event_type) {
            Some(place) => {
                self.recent = place;
                if let Some((_, count)) = self.counts.get_mut(place) {
                    *count += 1;
                }
            }
            None if self.counts.len() < MAX_TYPES
                && event_type.len() <= MAX_LEN
                && self.enter(event_type).is_ok() =>
            {
                self.recent = self.counts.len().saturating_sub(1);
            }
            None => self.others += 1,
        }
    }

    /// Adds a type to the table, with one event.
    fn enter(&mut self, event_type: &[u8]) -> Result<(), Error> {
        self.counts.try_reserve(1).map_err(|_| Error::NoMemory)?;
        let name = copy(event_type)?;
        // In the words in which `push` asks: so the compiler knows that it need not reallocate.
        if self.counts.len() < self.counts.capacity() {
            self.counts.push((name, 1));
        }
        Ok(())
    }

    pub(super) fn iter(&self) -> EventTypes<'_> {
        EventTypes { messages: self.messages, others: self.counts.iter() }
    }

    pub(super) fn others(&self) -> u64 {
        self.others
    }
}

/// Types and the number of events of each: see [`Tap::event_types`](crate::Tap::event_types).
#[derive(Clone, Debug)]
pub struct EventTypes<'a> {
    messages: u64,
    others: slice::Iter<'a, (Vec<u8>, u64)>,
}

impl<'a> Iterator for EventTypes<'a> {
    type Item = (&'a [u8], u64);

    fn next(&mut self) -> Option<Self::Item> {
        match take(&mut self.messages) {
            0 => self.others.next().map(|(event_type, count)| (event_type.as_slice(), *count)),
            messages => Some((MESSAGE, messages)),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = self.others.len() + usize::from(self.messages != 0);
        (len, Some(len))
    }
}

impl ExactSizeIterator for EventTypes<'_> {}
impl FusedIterator for EventTypes<'_> {}
