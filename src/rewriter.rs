//! Changes a stream event by event, and leaves every other byte of it as it came.
//!
//! # How it works
//!
//! The [`Tokenizer`] says where blocks begin and end, whatever the chunks; a block that is whole is then read by a [`Parser`],
//! and what it is about is asked for. What may go on goes on as a range of the chunk:
//!
//! * what no event depends on (a byte-order mark, comments before a block's first field) as soon as it has come;
//! * a block without an event with its blank line, as it is;
//! * a block with an event with its blank line, as the caller says.
//!
//! Only the block that is not decided when the chunk ends is copied, to `held`. When its last byte has come it is in one piece
//! there, so the parser never sees a block that straddles, and holds nothing itself but the last event ID.
//!
//! The LF of a CR LF that ends a block goes the way of the block. It may come with the next chunk: `late_lf`.
//!
//! Invariant: what is held lies in the stream just before what is not settled of the chunk; so it is passed on at most once a
//! chunk, before any of it, and that takes no copy.

use alloc::vec::Vec;
use core::fmt;
use core::mem::take;

use crate::config::Config;
use crate::event::Event;
use crate::input::Input;
use crate::parser::Parser;
use crate::tokenizer::{Field, MARK, Token, Tokenizer};

mod output;

use output::{Output, Verdict};

pub use output::{Edit, Spans};

/// Passes an event stream on, with events dropped, replaced or inserted, and all else byte for byte as it came.
///
/// For proxies. Each chunk goes in as it comes from upstream, what is to be written downstream comes out as slices, most
/// of them of the chunk. Every event is shown to the caller once, when the byte that completes it has come, and is passed on
/// unless the caller says otherwise.
///
/// ```
/// use eventwire::Rewriter;
///
/// let mut rewriter = Rewriter::new();
/// let mut written = Vec::new();
/// for chunk in [": hello\ndata: 1\n\nevent: deb", "ug\ndata: 2\n\ndata: 3\n\n"] {
///     let spans = rewriter.rewrite(chunk.as_bytes(), |event, edit| match event.event_type() {
///         b"debug" => edit.drop_event(),
///         _ => edit.insert_after(b": seen\n\n"),
///     });
///     spans.for_each(|span| written.extend_from_slice(span));
/// }
/// rewriter.finish().for_each(|span| written.extend_from_slice(span));
/// assert_eq!(written, b": hello\ndata: 1\n\n: seen\n\ndata: 3\n\n: seen\n\n");
/// ```
///
/// What the caller decides about is the event's block, from its first line that is not a comment to its blank line, comments and
/// unknown fields in between included. Comments before it, and blocks without data, are not asked about and stay. An event that
/// is dropped or replaced takes its `id` and `retry` along.
///
/// # Bounds
///
/// A block that straddles chunks is held until it is whole; between blocks nothing is. A block that is larger than
/// [`max_block_size`](Self::max_block_size), wherever it is cut, is not shown: it is passed on or dropped as
/// [`Oversized`] says. So is one for which there is no memory.
pub struct Rewriter {
    max_block_size: usize,
    oversized: Oversized,
    tokenizer: Tokenizer,
    parser: Parser,
    /// What has come of the block that is not decided.
    held: Vec<u8>,
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
    oversized_blocks: u64,
    output: Output,
}

/// What becomes of a block larger than [`Rewriter::max_block_size`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Oversized {
    /// It is passed on as it is, unseen.
    #[default]
    Pass,
    /// It is dropped.
    Drop,
}

const NO_MARK: usize = MARK.len();

/// The smallest that blocks may be bound to: there is no event in less, and a byte-order mark takes as much before it is known for one.
const SMALLEST: usize = 2;

impl Default for Rewriter {
    fn default() -> Self {
        Self::new()
    }
}

impl Rewriter {
    /// A rewriter at the start of a stream, for blocks of up to 1 MiB, which passes larger ones on. It allocates nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            max_block_size: 1 << 20,
            oversized: Oversized::Pass,
            tokenizer: Tokenizer::new(),
            parser: behind_mark(Parser::with_config(Config::new().max_event_size(usize::MAX))),
            held: Vec::new(),
            is_oversized: false,
            has_fields: false,
            late_lf: None,
            mark: 0,
            position: 0,
            oversized_blocks: 0,
            output: Output::default(),
        }
    }

    /// Sets the size in bytes, line ends included, up to which blocks are held and shown; less than 2 is taken for 2.
    #[must_use]
    pub fn max_block_size(mut self, bytes: usize) -> Self {
        self.max_block_size = bytes.max(SMALLEST);
        self
    }

    /// Sets what becomes of larger ones.
    #[must_use]
    pub fn oversized(mut self, oversized: Oversized) -> Self {
        self.oversized = oversized;
        self
    }

    /// Takes the next chunk of the stream, asks about each event that it completes, and gives what is to be written.
    ///
    /// [`Event::span`] is that of the bytes that are decided about, in the stream that comes in.
    pub fn rewrite<'s>(
        &'s mut self,
        chunk: &'s [u8],
        mut decide: impl FnMut(&Event<'_>, &mut Edit<'_>),
    ) -> Spans<'s> {
        self.output.clear();
        let mut begin = self.begin_chunk(chunk);
        let mut input = Input::new(chunk);
        while let Some(token) = self.tokenizer.next(&mut input) {
            let end = input.consumed();
            match token {
                Token::EndOfBlock => begin = self.end_block(chunk, begin, end, &mut decide),
                Token::Value { field: Field::Comment, .. } if !self.has_fields => {
                    self.pass_held();
                    begin = self.settle(chunk, begin, end, Verdict::Keep);
                }
                Token::Value { .. } => self.has_fields = true,
            }
        }
        self.hold(chunk, begin);
        self.position = self.position.wrapping_add(chunk.len() as u64);
        self.output.spans(chunk)
    }

    /// Says that the stream has ended: what is held is passed on, as a client without a rewriter would have got it.
    ///
    /// The rewriter then stands at the start of a new stream; the last event ID and [`oversized_blocks`](Self::oversized_blocks) stay.
    pub fn finish(&mut self) -> Spans<'_> {
        self.output.clear();
        self.pass_held();
        self.tokenizer = Tokenizer::new();
        (self.is_oversized, self.has_fields) = (false, false);
        (self.late_lf, self.mark, self.position) = (None, 0, 0);
        self.output.spans(&[])
    }

    /// The last event ID of the stream that comes in, dropped events included.
    #[must_use]
    pub fn last_event_id(&self) -> &[u8] {
        self.parser.last_event_id()
    }

    /// Bytes that came and are not decided: zero between blocks.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// Blocks that were too large to be shown.
    #[must_use]
    pub fn oversized_blocks(&self) -> u64 {
        self.oversized_blocks
    }

    /// Sees to what a chunk may begin with that belongs to no line, and tells where its first line begins.
    fn begin_chunk(&mut self, chunk: &[u8]) -> usize {
        let mut begin = 0;
        if !chunk.is_empty()
            && let Some(verdict) = self.late_lf.take()
            && chunk.starts_with(b"\n")
        {
            begin = 1;
            self.output.chunk(0..1, verdict);
        }
        while let Some(expected) = MARK.get(self.mark) {
            let Some(byte) = chunk.get(begin) else { return 0 };
            if byte != expected {
                // What has matched of it begins a line.
                self.mark = NO_MARK;
                return 0;
            }
            (self.mark, begin) = (self.mark + 1, begin + 1);
            if self.mark == NO_MARK {
                self.pass_held();
                self.output.chunk(0..begin, Verdict::Keep);
            }
        }
        begin
    }

    /// Decides about the block that ends before `end`, and tells where the next one begins.
    fn end_block(
        &mut self,
        chunk: &[u8],
        begin: usize,
        end: usize,
        decide: impl FnMut(&Event<'_>, &mut Edit<'_>),
    ) -> usize {
        let rest = chunk.get(begin..end).unwrap_or_default();
        let mut begin = begin;
        if !self.is_oversized && !self.makes_room(rest) {
            self.give_up_block();
        }
        if !self.held.is_empty() {
            self.held.extend_from_slice(rest);
            begin = end;
        }
        let has_fields = take(&mut self.has_fields);
        let verdict = if take(&mut self.is_oversized) {
            self.oversized.verdict()
        } else if has_fields {
            self.decide(rest, end, decide)
        } else {
            Verdict::Keep
        };
        if verdict == Verdict::Keep {
            self.pass_held();
        }
        output::give_back(&mut self.held);
        let next = self.settle(chunk, begin, end, verdict);
        self.output.end_edit();
        next
    }

    /// Asks about the block that ends before `end` of the chunk, if there is an event in it: it is all held, or else it is `rest`.
    fn decide(
        &mut self,
        rest: &[u8],
        end: usize,
        mut decide: impl FnMut(&Event<'_>, &mut Edit<'_>),
    ) -> Verdict {
        let end = self.position.wrapping_add(end as u64);
        let block = if self.held.is_empty() { rest } else { &self.held };
        let mut input = Input::new(block);
        match self.parser.next_event(&mut input) {
            Ok(Some(mut event)) => {
                (event.begin, event.end) = (end.wrapping_sub(block.len() as u64), end);
                let mut edit = self.output.begin_edit();
                decide(&event, &mut edit);
                self.output.verdict()
            }
            Ok(None) => Verdict::Keep,
            // No memory. The parser has to come to the end of the block all the same.
            Err(_) => {
                while !matches!(self.parser.next_event(&mut input), Ok(None)) {}
                self.oversized_blocks += 1;
                self.oversized.verdict()
            }
        }
    }

    /// Passes `begin..end` on or drops it, and with it an LF that belongs to the CR before `end`; tells where the next line begins.
    fn settle(&mut self, chunk: &[u8], begin: usize, end: usize, verdict: Verdict) -> usize {
        let mut next = end;
        if self.tokenizer.after_cr() {
            match chunk.get(end) {
                Some(b'\n') => next += 1,
                Some(_) => {}
                None => self.late_lf = Some(verdict),
            }
        }
        self.output.chunk(begin..next, verdict);
        next
    }

    /// Passes on what is held.
    fn pass_held(&mut self) {
        self.output.held(&mut self.held);
    }

    /// Whether the block may go on with these bytes; if so there is room for them behind what is held.
    fn makes_room(&mut self, more: &[u8]) -> bool {
        let fits = self.held.len().checked_add(more.len()).is_some_and(|size| size <= self.max_block_size);
        fits && (self.held.is_empty() || self.held.try_reserve(more.len()).is_ok())
    }

    /// Keeps what has come of a block and is not decided.
    fn hold(&mut self, chunk: &[u8], begin: usize) {
        let rest = chunk.get(begin..).unwrap_or_default();
        if rest.is_empty() {
            return;
        }
        if !self.is_oversized {
            if self.makes_room(rest) && self.held.try_reserve(rest.len()).is_ok() {
                self.held.extend_from_slice(rest);
                return;
            }
            self.give_up_block();
        }
        self.output.chunk(begin..chunk.len(), self.oversized.verdict());
    }

    /// Gives up deciding about the block: what is held of it goes where the rest will go.
    fn give_up_block(&mut self) {
        self.is_oversized = true;
        self.oversized_blocks += 1;
        match self.oversized {
            Oversized::Pass => self.pass_held(),
            Oversized::Drop => output::give_back(&mut self.held),
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

impl fmt::Debug for Rewriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rewriter")
            .field("max_block_size", &self.max_block_size)
            .field("oversized", &self.oversized)
            .field("held", &self.held())
            .field("oversized_blocks", &self.oversized_blocks)
            .finish_non_exhaustive()
    }
}

/// The parser behind where a byte-order mark may stand. An empty block takes it there.
fn behind_mark(mut parser: Parser) -> Parser {
    let nothing = parser.next_event(&mut Input::new(b"\n"));
    debug_assert!(matches!(nothing, Ok(None)), "there is no event in an empty block");
    parser
}
