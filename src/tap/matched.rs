//! An event that was looked for.

use alloc::vec::Vec;
use core::ops::Range;

use super::types::MESSAGE;
use crate::assembler::Whole;
use crate::memory::append;

/// An event that holds the needle of a [`Tap`](crate::Tap), as much of it as is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Match {
    event_type: Vec<u8>,
    data: Vec<u8>,
    is_truncated: bool,
    span: Range<u64>,
}

impl Match {
    /// The event's type, `message` if the stream gives none: its first bytes if it is longer than
    /// [`Tap::max_match_size`](crate::Tap::max_match_size).
    #[must_use]
    pub fn event_type(&self) -> &[u8] {
        &self.event_type
    }

    /// The event's data: its first bytes if it is longer than [`Tap::max_match_size`](crate::Tap::max_match_size).
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// Whether there is more of the type or the data than is kept.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.is_truncated
    }

    /// Where in the stream the event lies: see [`Event::span`](crate::Event::span).
    #[must_use]
    pub fn span(&self) -> Range<u64> {
        self.span.clone()
    }

    /// Becomes a copy of this event, in the memory that is there already.
    pub(super) fn assign(&mut self, event: &Whole<'_>, max_size: usize) {
        let Self { event_type, data, is_truncated, span } = self;
        let named = if event.event_type.is_empty() { MESSAGE } else { event.event_type };
        *is_truncated = copy(named, event_type, max_size) | copy(event.data, data, max_size);
        *span = event.begin..event.end;
    }
}

/// Copies the first bytes, as many as there may be and as there is memory for, and tells whether there are more.
fn copy(from: &[u8], to: &mut Vec<u8>, max_size: usize) -> bool {
    to.clear();
    let wanted = from.get(..max_size).unwrap_or(from);
    if append(to, wanted).is_err() {
        // For the first ones there is the memory of an earlier match: that is no allocation, and does not fail.
        let _ = append(to, wanted.get(..to.capacity()).unwrap_or_default());
    }
    to.len() < from.len()
}
