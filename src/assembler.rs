//! The engine of L2: lines become events.
//!
//! # How it works
//!
//! One call takes lines until an event or item is complete or the chunk is used up. What it has seen of the
//! current block is in [`Parts`], local variables in effect: each value is absent, a slice of this chunk, or held in the carry. A
//! block that lies in the chunk and has one line of data touches nothing else; its event is made of those slices.
//!
//! There are ways of different speed to the same end. Each takes only what it is good at and leaves the rest unconsumed for the
//! next, so that any of the faster ones could be left out and nothing but speed would change:
//!
//! | file | way | takes |
//! |---|---|---|
//! | `straight.rs` | straight | a type perhaps, one line of data, the blank line, all in this chunk; inlined into the caller's loop |
//! | `straight.rs` | fast | blocks in this chunk of lines that can be borrowed or ignored as they are |
//! | `straddle.rs` | | one line of data that goes on in the next chunk |
//! | this file, `absorb.rs` | slow | everything: pieces from the tokenizer, joined, decoded, refused |
//!
//! `batch.rs` goes the first two ways for many events at once. All of them get their lines from [`Input`] and their fields
//! from the tokenizer's functions. `stream.rs` has the ends of streams, `flags.rs` what is remembered between calls: which
//! parts are held, and in which state the block and the value that is coming in are. Between calls nothing refers to a
//! chunk.
//!
//! Invariant: what is held and what has come in of a value obeys the limit at every moment, whatever the carry.

use crate::carry::sealed::Buffer;
use crate::config::{Config, Items, Utf8};
use crate::error::Error;
use crate::held::Held;
use crate::input::Input;
use crate::retry::Digits;
use crate::tokenizer::{Field, Token, Tokenizer};
use crate::utf8;

mod absorb;
#[cfg(feature = "capi-core")]
mod batch;
mod flags;
mod straddle;
mod straight;
mod stream;

use absorb::Piece;
use flags::Flags;
pub(crate) use straight::{Head, Quick, Straight, Whole};

/// See the module. `C` is the carry.
#[derive(Debug)]
pub(crate) struct Assembler<C> {
    pub(crate) held: Held<C>,
    pub(crate) tokenizer: Tokenizer,
    pub(crate) config: Config,
    flags: Flags,
    /// Bytes of the stream consumed.
    pub(crate) position: u64,
    /// Where the current block begins, once it has begun.
    pub(crate) block_begin: u64,
    pub(crate) retry: Option<u64>,
    /// The retry value that is coming in.
    digits: Digits,
    /// Under `Utf8::Replace`, a character of the value that is coming in of which only the beginning has come.
    partial: utf8::Partial,
    pub(crate) skipped: u64,
    /// Comments that were not asked for. Those of a block that a batch gives back count again.
    pub(crate) comments: u64,
}

/// Where a value of the current block is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part<'c> {
    Absent,
    Chunk(&'c [u8]),
    Held,
}

impl<'c> Part<'c> {
    /// The value, which is `held` if it is held at all.
    #[inline(always)]
    pub(crate) fn or_held<'a>(self, held: impl FnOnce() -> &'a [u8]) -> &'a [u8]
    where
        'c: 'a,
    {
        match self {
            Self::Absent => &[],
            Self::Chunk(bytes) => bytes,
            Self::Held => held(),
        }
    }

    #[inline(always)]
    pub(crate) const fn is_absent(self) -> bool {
        matches!(self, Self::Absent)
    }

    #[inline(always)]
    pub(crate) const fn is_held(self) -> bool {
        matches!(self, Self::Held)
    }
}

/// The current block as far as it has come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts<'c> {
    pub(crate) data: Part<'c>,
    pub(crate) event_type: Part<'c>,
    pub(crate) id: Part<'c>,
    /// Bytes of all three: what the limit counts.
    size: usize,
}

/// A block of which a beginning has come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Begun<'c> {
    parts: Parts<'c>,
    /// Where it begins in the stream.
    begin: u64,
}

/// What [`Assembler::advance`] found; what is held of it stays so until the next call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ready<'c> {
    /// An event; its id is the last event ID by now.
    Event {
        parts: Parts<'c>,
        begin: u64,
        end: u64,
    },
    Retry(u64),
    Comment(Part<'c>),
    Unknown(Part<'c>),
}

impl<'c> Parts<'c> {
    const NONE: Self = Self { data: Part::Absent, event_type: Part::Absent, id: Part::Absent, size: 0 };

    fn in_chunk(data: Option<&'c [u8]>, event_type: Option<&'c [u8]>, id: Option<&'c [u8]>) -> Self {
        let part = |value: Option<&'c [u8]>| value.map_or(Part::Absent, Part::Chunk);
        let size = [data, event_type, id].into_iter().flatten().map(<[u8]>::len).sum();
        Self { data: part(data), event_type: part(event_type), id: part(id), size }
    }
}

impl<C: Buffer> Assembler<C> {
    pub(crate) fn new(config: Config, carry: C) -> Self {
        Self {
            held: Held::new(carry, config.max_event_size),
            tokenizer: Tokenizer::new(),
            config,
            flags: if config.utf8 == Utf8::Raw { Flags::NONE } else { Flags::CHECK_UTF8 },
            position: 0,
            block_begin: 0,
            retry: None,
            digits: Digits::None,
            partial: utf8::Partial::default(),
            skipped: 0,
            comments: 0,
        }
    }

    /// The next event or item; `None` when the chunk is used up. `begun` is what [`Assembler::quick`] has left.
    pub(crate) fn advance<'c>(
        &mut self,
        input: &mut Input<'c>,
        begun: Option<Begun<'c>>,
    ) -> Result<Option<Ready<'c>>, Error> {
        if self.flags.any(Flags::CHORES) {
            self.tidy();
        }
        let origin = self.position.wrapping_sub(input.consumed() as u64);
        let result = self.next_ready(origin, input, begun);
        self.position = origin.wrapping_add(input.consumed() as u64);
        result
    }

    /// `origin` is the stream offset of the chunk.
    fn next_ready<'c>(
        &mut self,
        origin: u64,
        input: &mut Input<'c>,
        begun: Option<Begun<'c>>,
    ) -> Result<Option<Ready<'c>>, Error> {
        let Begun { mut parts, mut begin } = match begun {
            Some(begun) => begun,
            None => self.begin_block(origin, input),
        };
        if parts.size > self.held.limit() {
            self.block_begin = begin;
            self.drop_event(Error::EventTooLarge, &mut parts)?;
        }
        loop {
            match self.tokenizer.next(input) {
                Some(Token::Value { field, piece: bytes, end }) => {
                    if end && self.take_whole(&mut parts, field, bytes) {
                        continue;
                    }
                    if let Some(ready) = self.absorb(&mut parts, begin, Piece { field, bytes, end })? {
                        return Ok(Some(ready));
                    }
                }
                Some(Token::EndOfBlock) => {
                    if self.end_block(&parts)? {
                        let end = origin.wrapping_add(input.consumed() as u64);
                        return Ok(Some(Ready::Event { parts, begin, end }));
                    }
                    Begun { parts, begin } = self.begin_block(origin, input);
                }
                None => {
                    self.spill(&mut parts, begin)?;
                    return Ok(None);
                }
            }
        }
    }

    /// What is there of the current block, and where it begins: here, unless it has begun before.
    fn begin_block<'c>(&mut self, origin: u64, input: &mut Input<'c>) -> Begun<'c> {
        self.tokenizer.skip_trivia(input);
        let begin = if self.tokenizer.at_block_start() {
            origin.wrapping_add(input.consumed() as u64)
        } else {
            self.block_begin
        };
        Begun { parts: self.held_parts(), begin }
    }

    /// Whether a value may be borrowed as it is, as far as UTF-8 goes.
    #[inline(always)]
    fn is_fit(&self, value: &[u8]) -> bool {
        !self.flags.any(Flags::CHECK_UTF8) || utf8::is_valid(value)
    }

    /// Takes a value that lies in the chunk, if it can be borrowed, or ignored, just so.
    #[inline(always)]
    fn take_whole<'c>(&mut self, parts: &mut Parts<'c>, field: Field, value: &'c [u8]) -> bool {
        if self.flags.any(Flags::BUSY) {
            return false;
        }
        let part = match field {
            Field::Data if parts.data.is_absent() => &mut parts.data,
            Field::Event => &mut parts.event_type,
            Field::Id if memchr::memchr(0, value).is_none() => &mut parts.id,
            Field::Comment | Field::Unknown => return self.passes_over(field),
            _ => return false,
        };
        let replaced = match part {
            Part::Absent => 0,
            Part::Chunk(replaced) => replaced.len(),
            Part::Held => return false,
        };
        let size = parts.size + value.len();
        if size > self.held.limit() || !self.is_fit(value) {
            return false;
        }
        *part = Part::Chunk(value);
        parts.size = size - replaced;
        true
    }

    /// Passes over a comment or unknown line, unless it is asked for: answers whether it is not, and counts the comment then.
    #[inline(always)]
    fn passes_over(&mut self, field: Field) -> bool {
        let passes = !self.is_wanted(field);
        self.comments = self.comments.wrapping_add(u64::from(passes && field == Field::Comment));
        passes
    }

    #[inline]
    fn is_wanted(&self, field: Field) -> bool {
        self.config.items.contains(if field == Field::Comment { Items::COMMENTS } else { Items::UNKNOWN })
    }

    /// The parts of the current block that earlier calls have left in the carry.
    #[inline(always)]
    fn held_parts<'c>(&self) -> Parts<'c> {
        if !self.flags.any(Flags::PARTS) {
            return Parts::NONE;
        }
        let part = |flag| if self.flags.any(flag) { Part::Held } else { Part::Absent };
        Parts {
            data: part(Flags::DATA),
            event_type: part(Flags::TYPE),
            id: part(Flags::ID),
            size: self.held.block_len(),
        }
    }

    /// What the blank line asks for: the id becomes the last event ID (statement 49), and if there is data the event is
    /// to be dispatched. Answers whether it is.
    #[inline(always)]
    fn end_block(&mut self, parts: &Parts<'_>) -> Result<bool, Error> {
        if self.flags.any(Flags::DISCARD) {
            self.flags.clear(Flags::DISCARD);
            return Ok(false);
        }
        if self.config.utf8 == Utf8::Strict && !self.is_valid(parts) {
            self.clear_block();
            return Err(Error::InvalidUtf8);
        }
        if !parts.id.is_absent() {
            self.commit_id(parts.id)?;
        }
        if parts.data.is_absent() {
            self.clear_block();
            return Ok(false);
        }
        if self.flags.any(Flags::PARTS) {
            self.flags.set(Flags::STALE_EVENT);
        }
        Ok(true)
    }

    #[inline(never)]
    fn commit_id(&mut self, id: Part<'_>) -> Result<(), Error> {
        let committed = match id {
            Part::Chunk(id) => self.held.commit_id(id),
            _ => {
                self.held.commit_held_id();
                Ok(())
            }
        };
        if committed.is_err() {
            self.clear_block();
        }
        committed
    }

    /// Whether what would be delivered of a block is UTF-8: its event, or without data its id alone.
    fn is_valid(&self, parts: &Parts<'_>) -> bool {
        utf8::is_valid(parts.id.or_held(|| self.held.id()))
            && (parts.data.is_absent()
                || utf8::is_valid(parts.data.or_held(|| self.held.data()))
                    && utf8::is_valid(parts.event_type.or_held(|| self.held.event_type())))
    }

    #[inline]
    fn clear_block(&mut self) {
        if self.flags.any(Flags::PARTS) {
            self.flags.clear(Flags::PARTS);
            self.held.clear_block();
        }
    }
}
