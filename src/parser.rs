//! L2: the parser's public face. The work is done in [`Assembler`].

use core::fmt;
use core::ops::ControlFlow;

use crate::assembler::{Assembler, Head, Part, Parts, Quick, Ready, Straight, Whole};
use crate::carry::Carry;
#[cfg(feature = "alloc")]
use crate::carry::VecCarry;
use crate::config::Config;
use crate::error::Error;
use crate::event::{Event, Item};
use crate::input::Input;
use crate::tokenizer::split_field;

macro_rules! define_parser {
    ($($default:tt)*) => {
        /// Parses an event stream that arrives in chunks.
        ///
        /// Push a chunk by making an [`Input`] of it, pull events until [`next_event`](Self::next_event) answers
        /// `None`, go on with the next chunk. An event is there as soon as the byte that completes it has come, and
        /// the events are the same wherever the stream is cut.
        ///
        /// An event that lies in one chunk, with one line of data, is borrowed from it. What straddles chunks, and
        /// data of several lines, is copied once, to the carry `C`: on the heap, or in the caller's memory.
        ///
        /// ```
        /// use eventwire::{Input, Parser};
        ///
        /// let mut parser = Parser::new();
        /// let mut seen = Vec::new();
        /// for chunk in ["event: tick\nda", "ta: 1\n\ndata: 2\n", "\n"] {
        ///     let mut input = Input::new(chunk.as_bytes());
        ///     while let Some(event) = parser.next_event(&mut input)? {
        ///         seen.push(format!("{} {}", event.event_type_str(), event.data_str()));
        ///     }
        /// }
        /// assert_eq!(seen, ["tick 1", "message 2"]);
        /// # Ok::<(), eventwire::Error>(())
        /// ```
        ///
        /// An event must be let go before the next call; keeping one does not compile:
        ///
        /// ```compile_fail,E0499
        /// # use eventwire::{Input, Parser};
        /// let mut parser = Parser::new();
        /// let mut input = Input::new(b"data: 1\n\ndata: 2\n\n");
        /// let first = parser.next_event(&mut input)?;
        /// let second = parser.next_event(&mut input)?;
        /// println!("{first:?}");
        /// # Ok::<(), eventwire::Error>(())
        /// ```
        pub struct Parser<C: Carry $($default)*>(Assembler<C>);
    };
}

#[cfg(feature = "alloc")]
define_parser!(= VecCarry);
#[cfg(not(feature = "alloc"))]
define_parser!();

#[cfg(feature = "alloc")]
impl Parser {
    /// A parser with the default settings, at the start of a stream. It allocates nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::with_config(Config::new())
    }

    /// A parser with these settings, at the start of a stream. It allocates nothing yet.
    #[must_use]
    pub fn with_config(config: Config) -> Self {
        Self::with_carry(config, VecCarry::new())
    }
}

#[cfg(feature = "alloc")]
impl Default for Parser {
    fn default() -> Self {
        Self::new()
    }
}

impl<C: Carry> Parser<C> {
    /// A parser with these settings that keeps what it must in `carry`.
    #[must_use]
    pub fn with_carry(config: Config, carry: C) -> Self {
        Self(Assembler::new(config, carry))
    }

    /// The next event; `None` when the chunk is used up. Items that are not events are passed over.
    ///
    /// # Errors
    ///
    /// Any [`Error`] but `InvalidId`. Each tells of one event or item that was dropped; the next call goes on behind it.
    #[inline(always)]
    pub fn next_event<'a, 'c: 'a>(&'a mut self, input: &mut Input<'c>) -> Result<Option<Event<'a>>, Error> {
        match self.0.straight(input) {
            Straight::Event(event) => Ok(Some(self.whole_event(event))),
            Straight::UsedUp => Ok(None),
            Straight::Stopped(head) => {
                let mut event = Event::EMPTY;
                Ok(self.next_event_further(input, head, &mut event)?.then_some(event))
            }
        }
    }

    /// Answers whether there is an event, and puts it into `out`.
    ///
    /// Were it returned, the compiler would have the straight way, too, put its event together in memory.
    #[cold]
    #[inline(never)]
    fn next_event_further<'a, 'c: 'a>(
        &'a mut self,
        input: &mut Input<'c>,
        head: Option<Head<'c>>,
        out: &mut Event<'a>,
    ) -> Result<bool, Error> {
        let mut begun = match self.0.quick(input, head) {
            Quick::Event(event) => {
                *out = self.whole_event(event);
                return Ok(true);
            }
            Quick::HeldEvent => {
                *out = self.held_event();
                return Ok(true);
            }
            Quick::UsedUp => return Ok(false),
            Quick::Stopped(begun) => begun,
        };
        loop {
            match self.0.advance(input, begun.take())? {
                Some(Ready::Event { parts, begin, end }) => {
                    *out = self.event(parts, begin, end);
                    return Ok(true);
                }
                Some(_) => {}
                None => return Ok(false),
            }
        }
    }

    /// The next event, or other item that [`Config::items`] asks for; `None` when the chunk is used up.
    ///
    /// An item in the midst of an event is delivered at its line, before the event. What had come of the event
    /// is then copied to the carry.
    ///
    /// ```
    /// use eventwire::{Config, Input, Item, Items, Parser};
    ///
    /// let mut parser = Parser::with_config(Config::new().items(Items::ALL));
    /// let mut input = Input::new(b"retry: 3000\n: ping\nfoo: bar\n");
    /// assert_eq!(parser.next_item(&mut input)?, Some(Item::Retry(3000)));
    /// assert_eq!(parser.next_item(&mut input)?, Some(Item::Comment(b" ping")));
    /// assert_eq!(parser.next_item(&mut input)?, Some(Item::Unknown { name: b"foo", value: b"bar" }));
    /// assert_eq!(parser.next_item(&mut input)?, None);
    /// # Ok::<(), eventwire::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`next_event`](Self::next_event).
    #[inline(always)]
    pub fn next_item<'a, 'c: 'a>(&'a mut self, input: &mut Input<'c>) -> Result<Option<Item<'a>>, Error> {
        match self.0.straight(input) {
            Straight::Event(event) => Ok(Some(Item::Event(self.whole_event(event)))),
            Straight::UsedUp => Ok(None),
            Straight::Stopped(head) => self.next_item_further(input, head),
        }
    }

    /// The rest of [`next_item`](Self::next_item), `head` being what the straight way has left.
    #[cold]
    #[inline(never)]
    pub(crate) fn next_item_further<'a, 'c: 'a>(
        &'a mut self,
        input: &mut Input<'c>,
        head: Option<Head<'c>>,
    ) -> Result<Option<Item<'a>>, Error> {
        let begun = match self.0.quick(input, head) {
            Quick::Event(event) => return Ok(Some(Item::Event(self.whole_event(event)))),
            Quick::HeldEvent => return Ok(Some(Item::Event(self.held_event()))),
            Quick::UsedUp => return Ok(None),
            Quick::Stopped(begun) => begun,
        };
        let Some(ready) = self.0.advance(input, begun)? else { return Ok(None) };
        let held = |part: Part<'c>| part.or_held(|| self.0.held.incoming());
        Ok(Some(match ready {
            Ready::Event { parts, begin, end } => Item::Event(self.event(parts, begin, end)),
            Ready::Retry(milliseconds) => Item::Retry(milliseconds),
            Ready::Comment(part) => Item::Comment(held(part)),
            Ready::Unknown(part) => {
                let (name, value) = split_field(held(part));
                Item::Unknown { name, value }
            }
        }))
    }

    /// The next event if it is whole in the chunk, or what else is the case: for callers who tell an event in words of
    /// their own. They go on with [`next_item_further`](Self::next_item_further) as [`next_item`](Self::next_item) does.
    #[cfg(feature = "alloc")]
    #[inline(always)]
    pub(crate) fn next_whole<'c>(&mut self, input: &mut Input<'c>) -> Straight<'c> {
        self.0.straight(input)
    }

    /// Puts events that are whole in the chunk, and answers how many, and whether the chunk is used up: as many as follow on
    /// each other, and as `places` there are. `put` is told the event and its last event ID, if that is not the one there was before the call.
    ///
    /// What they refer to, the last event ID of before included, stays until the next call: see [`batch`](crate::assembler).
    #[cfg(feature = "capi-core")]
    #[inline(always)]
    pub(crate) fn next_many<'c, P>(
        &mut self,
        input: &mut Input<'c>,
        places: &mut [P],
        put: impl Fn(&mut P, &Whole<'c>, Option<&'c [u8]>),
    ) -> (usize, bool) {
        let had_id = !self.last_event_id().is_empty();
        let mut last_event_id = None;
        let mut keep_id = false;
        let mut count = 0;
        loop {
            let first = count;
            // A loop of its own for what has no id, as most has not.
            let stopped = loop {
                let Some(place) = places.get_mut(count) else { return (count, false) };
                match self.0.straight(input) {
                    Straight::Event(event) => put(place, &Whole { id: None, ..event }, last_event_id),
                    Straight::UsedUp => return (count, true),
                    Straight::Stopped(head) => break head,
                }
                count += 1;
            };
            keep_id |= had_id && last_event_id.is_none() && first != count;
            let Some(event) = self.0.next_in_batch(input, stopped, keep_id) else { return (count, false) };
            let Some(place) = places.get_mut(count) else { return (count, false) };
            last_event_id = event.id.or(last_event_id);
            keep_id |= had_id && last_event_id.is_none();
            put(place, &event, last_event_id);
            count += 1;
        }
    }

    /// Calls `f` with each event of the chunk, until the chunk is used up, `f` breaks, or there is an error.
    ///
    /// In the latter two cases the rest of the chunk is still in `input`, for another call.
    ///
    /// # Errors
    ///
    /// As for [`next_event`](Self::next_event).
    #[inline]
    pub fn for_each<'c>(
        &mut self,
        input: &mut Input<'c>,
        mut f: impl FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        while let Some(event) = self.next_event(input)? {
            if f(event).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Says that the stream has ended, and gives the event that it cut off if [`Config::eof`] asks for that.
    ///
    /// Whatever else was incomplete is dropped, an uncommitted id with it. The parser then stands at the start
    /// of a new stream, as after [`reset`](Self::reset), but for [`position`](Self::position), which keeps
    /// telling how many bytes there were.
    ///
    /// # Errors
    ///
    /// Under [`Eof::Dispatch`](crate::Eof::Dispatch) as for [`next_event`](Self::next_event).
    ///
    /// ```
    /// use eventwire::{Config, Eof, Input, Parser};
    ///
    /// let mut parser = Parser::with_config(Config::new().eof(Eof::Dispatch));
    /// assert_eq!(parser.next_event(&mut Input::new(b"data: [DONE]"))?, None);
    /// assert_eq!(parser.finish()?.unwrap().data(), b"[DONE]");
    /// # Ok::<(), eventwire::Error>(())
    /// ```
    pub fn finish(&mut self) -> Result<Option<Event<'_>>, Error> {
        match self.0.finish()? {
            Some(Ready::Event { parts, begin, end }) => Ok(Some(self.event(parts, begin, end))),
            _ => Ok(None),
        }
    }

    /// The last event ID: what a reconnection sends as `Last-Event-ID`, unless it is empty.
    ///
    /// It is committed by the blank line of the block that sets it (statement 49), event or none.
    #[inline]
    #[must_use]
    pub fn last_event_id(&self) -> &[u8] {
        self.0.held.last_event_id()
    }

    /// Starts a new stream, like [`reset`](Self::reset), with this last event ID: one that was saved, say.
    ///
    /// [`Config::max_event_size`] does not bind it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidId`] if it holds CR, LF or NUL; [`Error::InvalidUtf8`] under
    /// [`Utf8::Strict`](crate::Utf8::Strict) if it is not; [`Error::NoMemory`] if the carry cannot hold it. The last event ID is
    /// then what it was; behind `NoMemory` the new stream has begun all the same.
    pub fn set_last_event_id(&mut self, id: &[u8]) -> Result<(), Error> {
        self.0.set_last_event_id(id)
    }

    /// The reconnection time in milliseconds: the last valid `retry` seen, `None` if there was none.
    ///
    /// It counts from its own line on (statement 58). Values above `u64::MAX` are taken for that.
    #[must_use]
    pub fn retry(&self) -> Option<u64> {
        self.0.retry
    }

    /// Bytes of the stream consumed: when an event is delivered, its span ends here.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.0.position
    }

    /// Events and items dropped without an error under [`Overflow::Skip`](crate::Overflow::Skip), since the parser was made.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.0.skipped
    }

    /// Starts a new stream: the next connection of the same source.
    ///
    /// The last event ID and the retry time stay. What was incomplete is dropped, the position is 0, and a
    /// byte-order mark is looked for again (statement 12).
    pub fn reset(&mut self) {
        self.0.reset();
    }

    /// Comments that were passed over, since the parser was made: those that [`Config::items`] does not ask for.
    #[cfg(feature = "alloc")]
    pub(crate) fn comments(&self) -> u64 {
        self.0.comments
    }

    /// Whether a whole block may stand behind the bytes that were consumed without changing what the stream says.
    #[cfg(feature = "alloc")]
    pub(crate) fn is_between_events(&self) -> bool {
        self.0.is_between_events()
    }

    /// Where the parser keeps what it must.
    #[must_use]
    pub fn carry(&self) -> &C {
        self.0.held.carry()
    }

    #[inline(always)]
    pub(crate) fn whole_event<'a, 'c: 'a>(&'a self, event: Whole<'c>) -> Event<'a> {
        let Whole { data, event_type, id, begin, end } = event;
        let last_event_id = self.0.held.last_event_id();
        Event { event_type, data, last_event_id, has_id: id.is_some(), borrowed: true, begin, end }
    }

    #[inline(always)]
    fn held_event(&self) -> Event<'_> {
        let Assembler { held, block_begin: begin, position: end, .. } = &self.0;
        let (event_type, data, last_event_id) = (held.event_type(), held.data(), held.last_event_id());
        Event { event_type, data, last_event_id, has_id: false, borrowed: false, begin: *begin, end: *end }
    }

    fn event<'a, 'c: 'a>(&'a self, parts: Parts<'c>, begin: u64, end: u64) -> Event<'a> {
        let held = &self.0.held;
        Event {
            event_type: parts.event_type.or_held(|| held.event_type()),
            data: parts.data.or_held(|| held.data()),
            last_event_id: held.last_event_id(),
            has_id: !parts.id.is_absent(),
            borrowed: !parts.data.is_held() && !parts.event_type.is_held(),
            begin,
            end,
        }
    }
}

impl<C: Carry> fmt::Debug for Parser<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parser")
            .field("position", &self.position())
            .field("last_event_id", &format_args!("{}", self.last_event_id().escape_ascii()))
            .field("retry", &self.retry())
            .finish_non_exhaustive()
    }
}
