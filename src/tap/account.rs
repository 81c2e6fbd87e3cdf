//! What is kept of the events that went by.

use alloc::vec::Vec;
use core::ops::Range;

use memchr::memmem::Finder;

use super::matched::Match;
use super::types::Types;
use crate::event::Event;

pub(super) struct Account {
    pub(super) events: u64,
    pub(super) comments: u64,
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
    needle: Option<Finder<'static>>,
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
            comments: 0,
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
            sentinel: None,
        }
    }
}

impl Account {
    pub(super) fn look_for(&mut self, needle: &[u8]) {
        self.needle = Some(Finder::new(needle).into_owned());
    }

    pub(super) fn wait_for(&mut self, sentinel: &[u8]) {
        self.sentinel = Some(sentinel.into());
    }

    /// Takes account of an event.
    #[inline]
    pub(super) fn event(&mut self, event: &Event<'_>) {
        self.events += 1;
        self.types.count(event.event_type);
        let (span, data) = (event.span(), event.data());
        if self.largest.as_ref().is_none_or(|largest| size(&span) > size(largest)) {
            self.largest = Some(span);
        }
        self.is_done |= data == self.sentinel.as_deref().unwrap_or(SENTINEL);
        if let Some(needle) = &self.needle
            && (needle.find(data).is_some() || needle.find(event.event_type()).is_some())
        {
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
