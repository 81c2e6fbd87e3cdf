//! The quick ways to an event that lies in one chunk.
//!
//! Both take whole lines only, and borrow what they take. What they cannot take they leave unconsumed, for the slow way; so
//! they need not know of anything that is rare.

use crate::assembler::{Assembler, Begun, Flags, Parts};
use crate::carry::sealed::Buffer;
use crate::input::{Input, Line};
use crate::tokenizer::{Field, Token, data_of, token, type_of};

/// An event that lies in the chunk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whole<'c> {
    pub(crate) data: &'c [u8],
    pub(crate) event_type: &'c [u8],
    /// The id that it sets; it is the last event ID by now.
    pub(crate) id: Option<&'c [u8]>,
    pub(crate) begin: u64,
    pub(crate) end: u64,
}

/// What the straight way has seen of a block that begins in the chunk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<'c> {
    /// The type, if there is a line with it, which is consumed.
    pub(super) event_type: Option<&'c [u8]>,
    /// Where the block begins in the stream.
    pub(super) begin: u64,
}

/// What the straight way came to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Straight<'c> {
    Event(Whole<'c>),
    /// There is nothing left of the chunk.
    UsedUp,
    /// Others must go on: in a block that begins in this chunk, or, without a head, where an earlier call has stopped.
    Stopped(Option<Head<'c>>),
}

/// What the other quick ways came to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Quick<'c> {
    Event(Whole<'c>),
    /// An event that straddles chunks, without an id; all of it is held.
    HeldEvent,
    /// There is nothing left of the chunk.
    UsedUp,
    /// The slow way must go on, with a block of which a beginning has been seen, or without one.
    Stopped(Option<Begun<'c>>),
}

/// Which ids the fast way may make the last event ID.
#[derive(Clone, Copy, Debug)]
pub(super) struct Commit {
    /// Those of events.
    pub(super) with_data: bool,
    /// Those of blocks that hold nothing else.
    pub(super) alone: bool,
}

/// Passes over an LF that belongs to the CR before it.
#[inline(always)]
fn skip_lf(after_cr: &mut bool, cursor: &mut Input<'_>) {
    if *after_cr && cursor.remaining() != 0 {
        *after_cr = false;
        cursor.take_lf();
    }
}

/// Passes over keep-alives, of which there are often many: a comment, which is this line, and a blank line. Answers how many there were.
#[inline(never)]
fn pass_keep_alives<'c>(input: &mut Input<'c>, mut line: Line<'c>, after_cr: &mut bool) -> u64 {
    let mut passed = 0_u64;
    while let Some(cr) = input.consume_with_blank(line) {
        passed = passed.wrapping_add(1);
        *after_cr = cr;
        skip_lf(after_cr, input);
        match input.peek_line() {
            Some(next) if next.bytes.first() == Some(&b':') => line = next,
            _ => break,
        }
    }
    passed
}

impl<C: Buffer> Assembler<C> {
    /// The straight way: the next event, if it lies in the chunk and is a type perhaps, one line of data, and the blank line.
    ///
    /// That is what most streams are made of, so it is inlined into the caller's loop, and it is all that is: whatever else
    /// were to go on here would take registers from it. What it cannot take is left for [`Assembler::quick`].
    #[inline(always)]
    pub(crate) fn straight<'c>(&mut self, input: &mut Input<'c>) -> Straight<'c> {
        if input.remaining() == 0 {
            return Straight::UsedUp;
        }
        if self.flags == Flags::CHECK_UTF8 {
            input.watch();
        } else if self.flags != Flags::NONE {
            let used_up = self.flags.without(Flags::TYPE) == Flags::IN_DATA && self.go_on_with_data(input);
            return if used_up { Straight::UsedUp } else { Straight::Stopped(None) };
        }
        if !self.tokenizer.at_block_start() {
            return Straight::Stopped(None);
        }
        let origin = self.position.wrapping_sub(input.consumed() as u64);
        let mut after_cr = self.tokenizer.after_cr();
        if after_cr {
            skip_lf(&mut after_cr, input);
            if input.remaining() == 0 {
                self.tokenizer.set_at_line(true, after_cr);
                self.position = origin.wrapping_add(input.consumed() as u64);
                return Straight::UsedUp;
            }
        }
        let begin = input.consumed();
        let mut event_type = None;
        let mut line = input.peek_clear_line();
        if let Some(first) = line
            && first.bytes.first() == Some(&b'e')
            && let Some(value) = type_of(first.bytes)
        {
            event_type = Some(value);
            after_cr = input.consume(first);
            skip_lf(&mut after_cr, input);
            line = input.peek_clear_line();
        }
        if let Some(line) = line
            && let Some(data) = data_of(line.bytes)
            // What is in a block is not larger than the block.
            && line.len_from(begin) <= self.held.limit()
            && let Some(after_cr) = input.consume_with_blank(line)
        {
            let (begin, end) =
                (origin.wrapping_add(begin as u64), origin.wrapping_add(input.consumed() as u64));
            self.tokenizer.set_at_line(true, after_cr);
            self.position = end;
            let event_type = event_type.unwrap_or_default();
            return Straight::Event(Whole { data, event_type, id: None, begin, end });
        }
        self.tokenizer.set_at_line(input.consumed() == begin, after_cr);
        self.position = origin.wrapping_add(input.consumed() as u64);
        let begin = origin.wrapping_add(begin as u64);
        Straight::Stopped(Some(Head { event_type, begin }))
    }

    /// The quick ways that are not inlined into the caller's loop, `head` being what [`Assembler::straight`] has left.
    #[inline(always)]
    pub(crate) fn quick<'c>(&mut self, input: &mut Input<'c>, mut head: Option<Head<'c>>) -> Quick<'c> {
        if self.flags.any(Flags::COMPLETE) {
            self.flags.clear(Flags::COMPLETE);
            self.flags.set(Flags::STALE_EVENT);
            return Quick::HeldEvent;
        }
        if self.flags.any(Flags::CHORES) && self.tidy() {
            // The event before straddled; this one need not.
            match self.straight(input) {
                Straight::Event(event) => return Quick::Event(event),
                Straight::UsedUp => return Quick::UsedUp,
                Straight::Stopped(stopped) => head = stopped,
            }
        }
        if let Some(head) = head
            && self.begin_data(input, head)
        {
            return Quick::UsedUp;
        }
        self.fast(input, head, Commit { with_data: true, alone: true })
    }

    /// The fast way: the next event, if it and the blocks before it lie in the chunk, with each value there once and fit to be
    /// borrowed as it is.
    ///
    /// What is not for the fast way is left unconsumed, for [`Assembler::advance`]; so is a block with an id that
    /// `commit` does not allow.
    #[inline(always)]
    pub(super) fn fast<'c>(
        &mut self,
        input: &mut Input<'c>,
        head: Option<Head<'c>>,
        commit: Commit,
    ) -> Quick<'c> {
        if self.flags.any(Flags::LEFT_OVER) || (head.is_none() && !self.tokenizer.at_block_start()) {
            return Quick::Stopped(None);
        }
        if self.flags.any(Flags::CHECK_UTF8) {
            input.watch();
        }
        let origin = self.position.wrapping_sub(input.consumed() as u64);
        let offset = |at: usize| origin.wrapping_add(at as u64);
        let mut after_cr = self.tokenizer.after_cr();
        skip_lf(&mut after_cr, input);
        let (mut begin, mut event_type) = match head {
            Some(Head { event_type, begin }) => (begin.wrapping_sub(origin) as usize, event_type),
            None => (input.consumed(), None),
        };
        let (mut data, mut id) = (None, None);
        while let Some(line) = input.peek_line() {
            if line.bytes.first() == Some(&b':')
                && input.consumed() == begin
                && !self.is_wanted(Field::Comment)
            {
                let passed = pass_keep_alives(input, line, &mut after_cr);
                if passed != 0 {
                    self.comments = self.comments.wrapping_add(passed);
                    begin = input.consumed();
                    continue;
                }
            }
            match token(line.bytes) {
                Token::Value { field: Field::Data, piece, .. }
                    if data.is_none() && input.is_utf8(line, piece) =>
                {
                    data = Some(piece);
                }
                Token::Value { field: Field::Event, piece, .. }
                    if event_type.is_none() && input.is_utf8(line, piece) =>
                {
                    event_type = Some(piece);
                }
                Token::Value { field: Field::Id, piece, .. }
                    if id.is_none() && input.is_utf8(line, piece) && memchr::memchr(0, piece).is_none() =>
                {
                    id = Some(piece);
                }
                Token::Value { field: field @ (Field::Comment | Field::Unknown), .. }
                    if self.passes_over(field) => {}
                // What is in a block is not larger than the block.
                Token::EndOfBlock if line.len_from(begin) <= self.held.limit() => {
                    let may_commit = if data.is_some() { commit.with_data } else { commit.alone };
                    if let Some(id) = id
                        && (!may_commit || self.held.commit_id(id).is_err())
                    {
                        break;
                    }
                    after_cr = input.consume(line);
                    if let Some(data) = data {
                        let (begin, end) = (offset(begin), offset(input.consumed()));
                        self.tokenizer.set_at_line(true, after_cr);
                        self.position = end;
                        let event_type = event_type.unwrap_or_default();
                        return Quick::Event(Whole { data, event_type, id, begin, end });
                    }
                    skip_lf(&mut after_cr, input);
                    begin = input.consumed();
                    (event_type, id) = (None, None);
                    continue;
                }
                _ => break,
            }
            after_cr = input.consume(line);
            skip_lf(&mut after_cr, input);
        }
        self.tokenizer.set_at_line(input.consumed() == begin, after_cr);
        self.position = offset(input.consumed());
        Quick::Stopped(Some(Begun { parts: Parts::in_chunk(data, event_type, id), begin: offset(begin) }))
    }
}
