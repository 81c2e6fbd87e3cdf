//! What is kept of the events that went by.

use alloc::vec::Vec;
use core::ops::Range;

use super::matched::Match;
use super::needle::Needle;
use super::types::{MESSAGE, Types};
use crate::assembler::Whole;
use crate::error::Error;
use crate::event::Event;
use crate::memory::copy;

pub(super) struct Account {
    pub(super) events: u64,
    pub(super) oversized: u64,
    pub(super) types: Types,
    pub(super) largest: Option<Range<u64>>,
    pub(super) arrivals: Option<Arrivals>,
    pub(super) matches: u64,
    pub(super) first_match: Option<Match>,
    /// The last one but for the first.
    pub(super) last_match: Option<Match>,
    pub(super) is_done: bool,
    pub(super) max_match_size: usize,
    needle: Option<Needle>,
    /// Whether it is in the type of the events that have none.
    message_holds_needle: bool,
    /// `None` for [`SENTINEL`].
    sentinel: Option<Vec<u8>>,
}

/// When events were complete, in milliseconds.
#[derive(Clone, Copy)]
pub(super) struct Arrivals {
    pub(super) first: u64,
    pub(super) last: u64,
    /// Between two that came one after the other.
    pub(super) max_gap: u64,
}

/// What ends the streams of chat completions.
const SENTINEL: &[u8] = b"[DONE]";

impl Default for Account {
    fn default() -> Self {
        Self {
            events: 0,
            oversized: 0,
            types: Types::default(),
            largest: None,
            arrivals: None,
            matches: 0,
            first_match: None,
            last_match: None,
            is_done: false,
            max_match_size: 64 << 10,
            needle: None,
            message_holds_needle: false,
            sentinel: None,
        }
    }
}

impl Account {
    pub(super) fn look_for(&mut self, needle: &[u8]) -> Result<(), Error> {
        let needle = Needle::new(needle)?;
        self.message_holds_needle = needle.is_in(MESSAGE);
        self.needle = Some(needle);
        Ok(())
    }

    pub(super) fn wait_for(&mut self, sentinel: &[u8]) -> Result<(), Error> {
        self.sentinel = Some(copy(sentinel)?);
        Ok(())
    }

    /// Takes account of an event that lies in the chunk, as most do.
    #[inline]
    pub(super) fn event(&mut self, event: &Whole<'_>) {
        self.events += 1;
        self.types.count(event.event_type);
        if self.largest.as_ref().is_none_or(|largest| event.end.wrapping_sub(event.begin) > size(largest)) {
            self.largest = Some(event.begin..event.end);
        }
        self.is_done |= event.data == self.sentinel.as_deref().unwrap_or(SENTINEL);
        if self.needle.is_some() {
            self.look_into(event);
        }
    }

    /// The same for one that does not; what it refers to is all the same here.
    #[inline(never)]
    pub(super) fn event_further(&mut self, event: &Event<'_>) {
        let Event { event_type, data, begin, end, .. } = *event;
        self.event(&Whole { event_type, data, id: None, begin, end });
    }

    /// Keeps an event that holds the needle.
    #[inline(never)]
    fn look_into(&mut self, event: &Whole<'_>) {
        let Some(needle) = &self.needle else { return };
        let type_holds_it = if event.event_type.is_empty() {
            self.message_holds_needle
        } else {
            needle.is_in(event.event_type)
        };
        if type_holds_it || needle.is_in(event.data) {
            self.matches += 1;
            let place = if self.first_match.is_none() { &mut self.first_match } else { &mut self.last_match };
            place.get_or_insert_default().assign(event, self.max_match_size);
        }
    }

    /// Says when the last event was complete, and those before it that are not accounted for.
    pub(super) fn arrived(&mut self, now: u64) {
        let arrivals = self.arrivals.get_or_insert(Arrivals { first: now, last: now, max_gap: 0 });
        arrivals.max_gap = arrivals.max_gap.max(now.saturating_sub(arrivals.last));
        arrivals.last = now;
    }
}

fn size(span: &Range<u64>) -> u64 {
    span.end.wrapping_sub(span.start)
}
