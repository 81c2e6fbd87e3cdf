//! Watches a stream that goes by, and keeps bounded account of it.
//!
//! # How it works
//!
//! The chunks go through a [`Parser`] like anybody's. What it finds goes to `Account`, which takes some numbers out of it, and a
//! copy of the events that are asked for ([`Match`]). What the parser holds is the event that straddles chunks, as large as
//! [`Tap::max_event_size`] lets it be; what is kept beside has bounds of its own. Time is the caller's: a chunk
//! comes with the moment of its arrival, and events have that of the chunk that completes them.

use alloc::alloc::handle_alloc_error;
use core::alloc::Layout;
use core::fmt;
use core::ops::Range;

use crate::assembler::Straight;
use crate::carry::{Carry, VecCarry};
use crate::config::Config;
use crate::error::Error;
use crate::event::Item;
use crate::input::Input;
use crate::parser::Parser;

mod account;
mod matched;
mod needle;
mod types;

use account::Account;

pub use matched::Match;
pub use types::EventTypes;

/// Counts what goes by in a stream, and keeps the data of events that hold a needle: for proxies that log.
///
/// ```
/// use eventwire::Tap;
///
/// let mut tap = Tap::new().needle("\"usage\"");
/// let stream = [
///     (40, "data: {\"delta\":\"Hi\"}\n\n"),
///     (55, "data: {\"usage\":{\"total_"),
///     (90, "tokens\":12}}\n\ndata: [DONE]\n\n"),
/// ];
/// for (milliseconds, chunk) in stream {
///     tap.observe(chunk.as_bytes(), milliseconds);
/// }
/// assert_eq!((tap.events(), tap.first_event_at(), tap.max_gap()), (3, Some(40), Some(50)));
/// assert_eq!(tap.last_match().unwrap().data(), b"{\"usage\":{\"total_tokens\":12}}");
/// assert!(tap.is_done());
/// ```
///
/// It reads the chunks and leaves them alone: what is passed on is the caller's business, and may have been passed on before.
/// What a client would see is what counts: an event that the stream's end cuts off is none.
pub struct Tap<C: Carry = VecCarry> {
    parser: Parser<C>,
    account: Account,
}

impl Default for Tap {
    fn default() -> Self {
        Self::new()
    }
}

impl Tap {
    /// A tap at the start of a stream. It allocates nothing yet.
    ///
    /// Events of up to 1 MiB are seen; there is no needle; 64 KiB of a match are kept; the sentinel is `[DONE]`.
    #[must_use]
    pub fn new() -> Self {
        Self::with_carry(MAX_EVENT_SIZE, VecCarry::new())
    }

    /// Sets the size in bytes up to which events are seen: see [`Config::max_event_size`]. To be said before the stream begins.
    #[must_use]
    pub fn max_event_size(mut self, bytes: usize) -> Self {
        self.parser = parser(bytes, VecCarry::new());
        self
    }

    /// Keeps the first and the last event whose type or data holds these bytes. An empty needle is in every event.
    #[must_use]
    pub fn needle(mut self, needle: impl AsRef<[u8]>) -> Self {
        let needle = needle.as_ref();
        or_abort(needle, self.look_for(needle));
        self
    }

    /// Sets how many bytes are kept of a match's data at most, and of its type.
    #[must_use]
    pub fn max_match_size(mut self, bytes: usize) -> Self {
        self.set_max_match_size(bytes);
        self
    }

    /// Sets the data, byte for byte, of the event that says that the stream is complete.
    #[must_use]
    pub fn sentinel(mut self, data: impl AsRef<[u8]>) -> Self {
        let data = data.as_ref();
        or_abort(data, self.wait_for(data));
        self
    }
}

impl<C: Carry> Tap<C> {
    /// A tap that sees events of up to this size, and keeps those that straddle chunks in `carry`.
    pub(crate) fn with_carry(max_event_size: usize, carry: C) -> Self {
        Self { parser: parser(max_event_size, carry), account: Account::default() }
    }

    /// [`needle`](Tap::needle) for who can do without.
    pub(crate) fn look_for(&mut self, needle: &[u8]) -> Result<(), Error> {
        self.account.look_for(needle)
    }

    /// [`sentinel`](Tap::sentinel), likewise.
    pub(crate) fn wait_for(&mut self, sentinel: &[u8]) -> Result<(), Error> {
        self.account.wait_for(sentinel)
    }

    /// [`max_match_size`](Tap::max_match_size) of a tap that is there.
    pub(crate) fn set_max_match_size(&mut self, bytes: usize) {
        self.account.max_match_size = bytes;
    }

    /// Takes account of the next chunk of the stream, which came at this time: in milliseconds since whenever the caller
    /// likes, if only always the same.
    pub fn observe(&mut self, chunk: &[u8], milliseconds: u64) {
        let Self { parser, account } = self;
        let seen = account.events;
        let mut input = Input::new(chunk);
        loop {
            match parser.next_whole(&mut input) {
                Straight::Event(event) => account.event(&event),
                Straight::UsedUp => break,
                Straight::Stopped(head) => match parser.next_item_further(&mut input, head) {
                    Ok(Some(Item::Event(event))) => account.event_further(&event),
                    Ok(Some(_)) => {}
                    Ok(None) => break,
                    Err(_) => account.oversized += 1,
                },
            }
        }
        if account.events != seen {
            account.arrived(milliseconds);
        }
    }

    /// Bytes of the stream so far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.parser.position()
    }

    /// Events of the stream so far, without the [oversized](Self::oversized) ones.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.account.events
    }

    /// Blocks that were larger than [`max_event_size`](Self::max_event_size) or than the memory that there was: they are in no other number.
    #[must_use]
    pub fn oversized(&self) -> u64 {
        self.account.oversized
    }

    /// Comments of the stream so far.
    #[must_use]
    pub fn comments(&self) -> u64 {
        self.parser.comments()
    }

    /// The types that there were, with the number of events of each: `message`, then the others in the order of their first events.
    #[must_use]
    pub fn event_types(&self) -> EventTypes<'_> {
        self.account.types.iter()
    }

    /// Events of types that are not in [`event_types`](Self::event_types): beside `message` there is room for 32, of up to 64 bytes each. So
    /// are those for whose type there was no memory when they came.
    #[must_use]
    pub fn events_of_other_types(&self) -> u64 {
        self.account.types.others()
    }

    /// The last event ID of the stream so far (statement 49), without those of [oversized](Self::oversized) events.
    #[must_use]
    pub fn last_event_id(&self) -> &[u8] {
        self.parser.last_event_id()
    }

    /// Where the largest event lies, the first of them if there are several: see [`Event::span`](crate::Event::span).
    #[must_use]
    pub fn largest_event(&self) -> Option<Range<u64>> {
        self.account.largest.clone()
    }

    /// When the first event was complete, in the caller's milliseconds.
    #[must_use]
    pub fn first_event_at(&self) -> Option<u64> {
        self.account.arrivals.map(|arrivals| arrivals.first)
    }

    /// When the last event was complete.
    #[must_use]
    pub fn last_event_at(&self) -> Option<u64> {
        self.account.arrivals.map(|arrivals| arrivals.last)
    }

    /// The longest time in milliseconds between two events that followed on each other; `None` if there were not two.
    #[must_use]
    pub fn max_gap(&self) -> Option<u64> {
        self.account.arrivals.filter(|_| self.account.events > 1).map(|arrivals| arrivals.max_gap)
    }

    /// Events that hold the needle.
    #[must_use]
    pub fn matches(&self) -> u64 {
        self.account.matches
    }

    /// The first event that holds the needle.
    #[must_use]
    pub fn first_match(&self) -> Option<&Match> {
        self.account.first_match.as_ref()
    }

    /// The last event that holds the needle; the first, if there was no other.
    #[must_use]
    pub fn last_match(&self) -> Option<&Match> {
        self.account.last_match.as_ref().or(self.first_match())
    }

    /// Whether the [sentinel](Self::sentinel) has come.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.account.is_done
    }

    /// Whether a whole block, such as a comment and a blank line, may be written into the stream here, behind the bytes that were
    /// observed, without changing any event, id or reconnection time: they end with a blank line, or with a line that no
    /// event depends on, or there are none.
    ///
    /// At the very start of a stream, what is written makes a byte-order mark that follows something else than that: who writes
    /// there has to take the mark away when it comes.
    ///
    /// ```
    /// let mut tap = eventwire::Tap::new();
    /// for (chunk, expected) in [("data: 1\n\n", true), ("data: 2\n", false), ("\n: ping", false), ("\n", true)] {
    ///     tap.observe(chunk.as_bytes(), 0);
    ///     assert_eq!(tap.is_between_events(), expected);
    /// }
    /// ```
    #[must_use]
    pub fn is_between_events(&self) -> bool {
        self.parser.is_between_events()
    }
}

/// The size up to which events are seen, unless another is set.
pub(crate) const MAX_EVENT_SIZE: usize = 1 << 20;

fn parser<C: Carry>(max_event_size: usize, carry: C) -> Parser<C> {
    Parser::with_carry(Config::new().max_event_size(max_event_size), carry)
}

/// Does what `Vec` does if there is no memory for these bytes.
fn or_abort(bytes: &[u8], kept: Result<(), Error>) {
    if kept.is_err() {
        handle_alloc_error(Layout::for_value(bytes));
    }
}

impl<C: Carry> fmt::Debug for Tap<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tap")
            .field("bytes", &self.bytes())
            .field("events", &self.events())
            .field("comments", &self.comments())
            .field("matches", &self.matches())
            .field("is_done", &self.is_done())
            .finish_non_exhaustive()
    }
}
