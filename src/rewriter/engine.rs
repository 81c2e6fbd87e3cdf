//! Finds the blocks in the chunks, and carries out what is decided about them.
//!
//! # How it works
//!
//! [`Engine::step`] goes on to the next block with an event, and answers with the event; what becomes of it is asked of the
//! [`Output`] when the next step begins. So a caller may decide wherever it likes between two steps, and what it does there
//! needs no callback. Between two steps of one chunk the cursor tells how far the chunk has been read, and `begin`
//! from where on it is not settled; between two chunks nothing refers to them.

use alloc::vec::Vec;
use core::mem::take;

use crate::assembler::{Straight, Whole};
use crate::carry::Carry;
use crate::error::Error;
use crate::event::{Event, Item};
use crate::input::Input;
use crate::memory::{append, give_back, prepare};
use crate::parser::Parser;
use crate::rewriter::Oversized;
use crate::rewriter::output::{Output, Verdict};
use crate::tokenizer::{Field, MARK, Token, Tokenizer};

#[derive(Debug)]
pub(super) struct Engine<C: Carry> {
    pub(super) max_block_size: usize,
    pub(super) oversized: Oversized,
    pub(super) oversized_blocks: u64,
    tokenizer: Tokenizer,
    pub(super) parser: Parser<C>,
    /// What has come of the block that is not decided.
    pub(super) held: Vec<u8>,
    /// Whether the block is too large, and goes the way of those.
    is_oversized: bool,
    /// Whether the block has a line that is not a comment; not all of it may have come.
    has_fields: bool,
    /// Whether an LF that comes first belongs to what has been passed on, or to what has been dropped.
    late_lf: Option<Verdict>,
    /// How many bytes of a leading byte-order mark have come; [`NO_MARK`] behind it, or if there is none.
    mark: usize,
    /// Bytes of the stream before the chunk.
    position: u64,
    /// Where in the chunk begins what is not settled.
    begin: usize,
    stage: Stage,
    /// Where in the chunk its first byte of the stream lies.
    origin: usize,
    /// Whether what had been written before the chunk ended within a line or a block.
    has_begun_within: bool,
    /// The same of what goes on no more, since the stream has ended or a chunk was given up; until a block is written to its end.
    has_ended_within: bool,
}

/// What the next step begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// With a chunk.
    Idle,
    /// With the end of a block: it has come, and has been looked into.
    Ended(Found),
}

/// What there is in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// An event that is being decided about.
    Event,
    /// No event.
    Nothing,
    /// There was no memory to find out.
    Unknown,
}

/// What a step came to.
#[derive(Debug)]
pub(crate) enum Step<'a> {
    /// An event to be decided about before the next step.
    Event(Event<'a>),
    /// A block without one: go on.
    Passed,
    /// There is nothing left of the chunk, and the output is complete.
    UsedUp,
}

const NO_MARK: usize = MARK.len();

impl<C: Carry> Engine<C> {
    /// An engine that reads blocks with this parser, which is at the start of a stream.
    pub(super) fn new(parser: Parser<C>) -> Self {
        Self {
            max_block_size: 1 << 20,
            oversized: Oversized::Pass,
            oversized_blocks: 0,
            tokenizer: Tokenizer::new(),
            parser: behind_mark(parser),
            held: Vec::new(),
            is_oversized: false,
            has_fields: false,
            late_lf: None,
            mark: 0,
            position: 0,
            begin: 0,
            stage: Stage::Idle,
            origin: 0,
            has_begun_within: false,
            has_ended_within: false,
        }
    }

    /// Takes the memory for what is held of no block: the colon of a comment, or the beginning of a byte-order mark. To drop these as one
    /// drops a block would make something else of what follows.
    #[inline]
    pub(super) fn prepare(&mut self) -> Result<(), Error> {
        prepare(&mut self.held)
    }

    /// Goes on in a chunk to the next event that is to be decided about.
    #[inline(always)]
    pub(super) fn step<'a, 'c: 'a>(&'a mut self, input: &mut Input<'c>, output: &mut Output) -> Step<'a> {
        let chunk = input.chunk();
        match self.stage {
            // Nothing of a chunk has been read before its first event.
            Stage::Ended(found) if input.consumed() != 0 => {
                self.end_block(found, chunk, input.consumed(), output);
            }
            _ => self.begin_chunk(chunk, input.consumed(), output),
        }
        if !self.find_block(input, output) {
            self.hold(chunk, output);
            self.position = self.position.wrapping_add(chunk.len() as u64);
            (self.begin, self.stage) = (0, Stage::Idle);
            return Step::UsedUp;
        }
        let Self { parser, held, .. } = self;
        let end = input.consumed();
        let in_chunk = held.is_empty();
        let block = if held.is_empty() { chunk.get(self.begin..end).unwrap_or_default() } else { held };
        let end = self.position.wrapping_add(end as u64);
        let begin = end.wrapping_sub(block.len() as u64);
        let mut input = Input::new(block);
        match parser.next_whole(&mut input) {
            Straight::Event(event) => {
                self.stage = Stage::Ended(Found::Event);
                let event = parser.whole_event(Whole { begin, end, ..event });
                Step::Event(Event { borrowed: in_chunk, ..event })
            }
            Straight::UsedUp => {
                self.stage = Stage::Ended(Found::Nothing);
                Step::Passed
            }
            Straight::Stopped(head) => match parser.next_item_further(&mut input, head) {
                Ok(Some(Item::Event(event))) => {
                    self.stage = Stage::Ended(Found::Event);
                    Step::Event(Event { begin, end, borrowed: event.borrowed && in_chunk, ..event })
                }
                Ok(_) => {
                    self.stage = Stage::Ended(Found::Nothing);
                    Step::Passed
                }
                Err(_) => {
                    self.stage = Stage::Ended(Found::Unknown);
                    Step::Passed
                }
            },
        }
    }

    /// Whether this is a chunk that has been used up, and nothing has come since: there is nothing to go on to.
    #[cfg(feature = "capi-proxy")]
    pub(super) fn is_done_with(&self, input: &Input<'_>) -> bool {
        self.stage == Stage::Idle && input.remaining() == 0 && input.consumed() != 0
    }

    /// Whether an event is being decided about.
    #[cfg(feature = "capi-proxy")]
    pub(super) fn is_deciding(&self) -> bool {
        self.stage == Stage::Ended(Found::Event)
    }

    /// Whether the chunk is used up.
    pub(super) fn is_idle(&self) -> bool {
        self.stage == Stage::Idle
    }

    /// Whether what has been written, and is written now, ends where a block may be inserted.
    pub(super) fn is_between_events(&self) -> bool {
        let is_at_mark = self.mark != 0 && self.mark != NO_MARK;
        let is_within = match self.oversized {
            Oversized::Pass if self.is_oversized => true,
            // Nothing of the block is written, and all before it ends with a line.
            _ if self.is_oversized || !self.held.is_empty() => false,
            // In a comment, of which each piece is written.
            _ => !self.tokenizer.at_line_start(),
        };
        self.is_idle() && !is_at_mark && !is_within && !self.has_ended_within
    }

    /// Ends the stream: what is held is passed on.
    pub(super) fn finish(&mut self, output: &mut Output) {
        output.clear();
        self.give_up_chunk();
        self.has_ended_within = !self.held.is_empty() || !self.is_between_events();
        output.held(&mut self.held);
        self.tokenizer = Tokenizer::new();
        (self.is_oversized, self.has_fields) = (false, false);
        (self.late_lf, self.mark, self.position) = (None, 0, 0);
        (self.begin, self.stage) = (0, Stage::Idle);
    }

    /// Gives up a chunk that has not been used up: nothing of it is written, nor of what was held of a block that ended in it.
    pub(super) fn give_up_chunk(&mut self) {
        if matches!(self.stage, Stage::Ended(_)) {
            give_back(&mut self.held);
            self.has_fields = false;
            self.has_ended_within |= self.has_begun_within;
            self.late_lf = self.tokenizer.after_cr().then_some(Verdict::Drop);
            self.position = self.position.wrapping_add(self.origin as u64);
        }
        self.stage = Stage::Idle;
    }

    /// Sees to what a chunk may begin with that belongs to no line, and tells where its first line begins.
    fn begin_chunk(&mut self, chunk: &[u8], pos: usize, output: &mut Output) {
        output.clear();
        self.give_up_chunk();
        self.has_begun_within = !self.is_between_events();
        self.origin = pos;
        self.position = self.position.wrapping_sub(pos as u64);
        self.begin = pos;
        let mut at = pos;
        if let Some(first) = chunk.get(pos)
            && let Some(verdict) = self.late_lf.take()
            && *first == b'\n'
        {
            at = at.wrapping_add(1);
            output.chunk(pos..at, verdict);
            self.begin = at;
        }
        while let Some(expected) = MARK.get(self.mark) {
            let Some(byte) = chunk.get(at) else { return };
            if byte != expected {
                // What has matched of it begins a line.
                self.mark = NO_MARK;
                return;
            }
            (self.mark, at) = (self.mark.wrapping_add(1), at.wrapping_add(1));
            if self.mark == NO_MARK {
                output.held(&mut self.held);
                output.chunk(pos..at, Verdict::Keep);
                self.begin = at;
            }
        }
    }

    /// Reads on to the end of a block that is to be looked into; settles what comes before it. Answers whether there is one.
    #[inline(always)]
    fn find_block(&mut self, input: &mut Input<'_>, output: &mut Output) -> bool {
        let chunk = input.chunk();
        while let Some(token) = self.tokenizer.next(input) {
            let end = input.consumed();
            match token {
                Token::EndOfBlock => {
                    if self.has_fields {
                        self.complete_block(chunk.get(self.begin..end).unwrap_or_default(), output);
                        if !self.is_oversized {
                            return true;
                        }
                    }
                    self.end_block(Found::Nothing, chunk, end, output);
                }
                Token::Value { field: Field::Comment, .. } if !self.has_fields => {
                    output.held(&mut self.held);
                    self.settle(chunk, end, Verdict::Keep, output);
                }
                Token::Value { .. } => self.has_fields = true,
            }
        }
        false
    }

    /// Has the block, which ends with `rest`, in one piece, unless it is too large to be decided about.
    fn complete_block(&mut self, rest: &[u8], output: &mut Output) {
        if self.is_oversized {
            return;
        }
        let is_in_one_piece = output.has_room() && self.takes(rest, !self.held.is_empty());
        if !is_in_one_piece {
            self.give_up_block(output);
        }
    }

    /// Carries out what becomes of the block that ends before `end`.
    fn end_block(&mut self, found: Found, chunk: &[u8], end: usize, output: &mut Output) {
        self.has_fields = false;
        let verdict = match found {
            _ if take(&mut self.is_oversized) => self.oversized.verdict(),
            Found::Event => output.begin_event(),
            Found::Nothing => Verdict::Keep,
            Found::Unknown => {
                // The parser has to come to the end of the block all the same.
                self.parser.reset();
                pass_mark(&mut self.parser);
                self.oversized_blocks = self.oversized_blocks.saturating_add(1);
                self.oversized.verdict()
            }
        };
        if !self.held.is_empty() {
            // All of the block is held.
            self.begin = end;
        }
        if verdict == Verdict::Keep {
            output.held(&mut self.held);
            self.has_ended_within = false;
        }
        give_back(&mut self.held);
        self.settle(chunk, end, verdict, output);
        if found == Found::Event {
            output.end_event();
        }
    }

    /// Passes on or drops what is not settled before `end`, and with it an LF that belongs to the CR before `end`.
    fn settle(&mut self, chunk: &[u8], end: usize, verdict: Verdict, output: &mut Output) {
        let mut next = end;
        if self.tokenizer.after_cr() {
            match chunk.get(end) {
                Some(b'\n') => next = next.wrapping_add(1),
                Some(_) => {}
                None => self.late_lf = Some(verdict),
            }
        }
        output.chunk(self.begin..next, verdict);
        self.begin = next;
    }

    /// Whether the block may go on with these bytes; if so they are held as well, should that be asked for.
    fn takes(&mut self, more: &[u8], hold: bool) -> bool {
        let fits = self.held.len().checked_add(more.len()).is_some_and(|size| size <= self.max_block_size);
        fits && (!hold || append(&mut self.held, more).is_ok())
    }

    /// Keeps what has come of a block and is not decided when the chunk ends.
    fn hold(&mut self, chunk: &[u8], output: &mut Output) {
        let rest = chunk.get(self.begin..).unwrap_or_default();
        if rest.is_empty() {
            return;
        }
        if !self.is_oversized {
            // Always, if it is the colon of a comment or the beginning of a byte-order mark: see `prepare`.
            if self.takes(rest, true) {
                return;
            }
            self.give_up_block(output);
        }
        output.chunk(self.begin..chunk.len(), self.oversized.verdict());
    }

    /// Gives up deciding about the block: what is held of it goes where the rest will go.
    fn give_up_block(&mut self, output: &mut Output) {
        self.is_oversized = true;
        self.oversized_blocks = self.oversized_blocks.saturating_add(1);
        match self.oversized {
            Oversized::Pass => output.held(&mut self.held),
            Oversized::Drop => give_back(&mut self.held),
        }
    }
}

impl Oversized {
    fn verdict(self) -> Verdict {
        match self {
            Self::Pass => Verdict::Keep,
            Self::Drop => Verdict::Drop,
        }
    }
}

/// The parser behind where a byte-order mark may stand.
fn behind_mark<C: Carry>(mut parser: Parser<C>) -> Parser<C> {
    pass_mark(&mut parser);
    parser
}

/// Has a parser pass where a byte-order mark may stand: an empty block takes it there.
fn pass_mark<C: Carry>(parser: &mut Parser<C>) {
    let nothing = parser.next_item(&mut Input::new(b"\n"));
    debug_assert!(matches!(nothing, Ok(None)), "there is no event in an empty block");
}
