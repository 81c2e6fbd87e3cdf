//! Changes a stream event by event, and leaves every other byte of it as it came.
//!
//! # How it works
//!
//! The [`Tokenizer`](crate::Tokenizer) says where blocks begin and end, whatever the chunks; a block that is whole is then read by a
//! [`Parser`], and what it is about is asked for. What may go on goes on as a range of the chunk:
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
//!
//! | file | what it does |
//! |---|---|
//! | `engine.rs` | finds the blocks, stops at each event, and carries out what is decided |
//! | `edit.rs` | takes the decision about an event, and what is inserted |
//! | `output.rs` | lists what is to be written |

use alloc::alloc::handle_alloc_error;
use core::alloc::Layout;
use core::fmt;

use crate::carry::{Carry, VecCarry};
use crate::config::Config;
use crate::error::Error;
use crate::event::Event;
use crate::input::Input;
use crate::parser::Parser;

mod edit;
mod engine;
mod output;
#[cfg(feature = "capi-proxy")]
mod pull;

use engine::Engine;
use output::Output;

#[cfg(feature = "capi-proxy")]
pub(crate) use edit::Decision;
pub use edit::Edit;
pub(crate) use engine::Step;
#[cfg(feature = "capi-proxy")]
pub(crate) use output::Span;
pub use output::Spans;

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
/// [`Oversized`] says. So is one for which there is no memory. Data of several lines and the last event ID are joined beside that, in as much
/// memory once more at most.
pub struct Rewriter<C: Carry = VecCarry> {
    engine: Engine<C>,
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
        Self::with_carry(VecCarry::new())
    }
}

impl<C: Carry> Rewriter<C> {
    /// The same, with what the parser must keep in `carry`: data of several lines, and the last event ID.
    pub(crate) fn with_carry(carry: C) -> Self {
        let parser = Parser::with_carry(Config::new().max_event_size(usize::MAX), carry);
        Self { engine: Engine::new(parser), output: Output::default() }
    }

    /// Takes the memory without which nothing can be listed, nor the beginning of a stream be held. To be done once, before the first chunk.
    pub(crate) fn prepare(&mut self) -> Result<(), Error> {
        self.engine.prepare()?;
        self.output.prepare()
    }

    /// Sets the size in bytes, line ends included, up to which blocks are held and shown; less than 2 is taken for 2. To be
    /// said before the stream begins.
    #[must_use]
    pub fn max_block_size(mut self, bytes: usize) -> Self {
        self.engine.max_block_size = bytes.max(SMALLEST);
        self
    }

    /// Sets what becomes of larger ones. To be said before the stream begins.
    #[must_use]
    pub fn oversized(mut self, oversized: Oversized) -> Self {
        self.engine.oversized = oversized;
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
        if self.prepare().is_err() {
            handle_alloc_error(Layout::new::<Spans<'_>>());
        }
        let Self { engine, output } = self;
        let mut input = Input::new(chunk);
        loop {
            match engine.step(&mut input, output) {
                Step::Event(event) => decide(&event, &mut Edit(&mut output.decision)),
                Step::Passed => {}
                Step::UsedUp => return output.spans(chunk),
            }
        }
    }

    /// Says that the stream has ended: what is held is passed on, as a client without a rewriter would have got it.
    ///
    /// The rewriter then stands at the start of a new stream; the last event ID and [`oversized_blocks`](Self::oversized_blocks) stay.
    pub fn finish(&mut self) -> Spans<'_> {
        self.engine.finish(&mut self.output);
        self.output.spans(&[])
    }

    /// The last event ID of the stream that comes in, dropped events included, but not blocks that were too large to be shown.
    #[must_use]
    pub fn last_event_id(&self) -> &[u8] {
        self.engine.parser.last_event_id()
    }

    /// Bytes that came and are not decided: zero between blocks.
    #[must_use]
    pub fn held(&self) -> usize {
        self.engine.held.len()
    }

    /// Blocks that were too large to be shown.
    #[must_use]
    pub fn oversized_blocks(&self) -> u64 {
        self.engine.oversized_blocks
    }

    /// Whether a whole block, such as a comment and a blank line, may be written here, behind what
    /// [`rewrite`](Self::rewrite) gave out last, without changing any event, id or reconnection time: what has been written ends
    /// with a blank line, or with a comment before a block's first field, or is nothing at all.
    ///
    /// Behind [`finish`](Self::finish) it is false if the stream has ended within a block: its piece is written, and would become one
    /// with what is inserted. So it stays until a block of the new stream has been written. The same holds if `decide` has panicked in a
    /// chunk, which is then given up, in the midst of what had been written.
    ///
    /// What is held has not been written: a block that straddles chunks is no obstacle. One that is passed on unseen because of
    /// its size is, up to its blank line.
    ///
    /// At the very start of a stream, what is written makes a byte-order mark that follows something else than that: who writes
    /// there has to take the mark away when it comes.
    ///
    /// ```
    /// use eventwire::Rewriter;
    ///
    /// let mut rewriter = Rewriter::new();
    /// for (chunk, expected) in [("data: 1\n\n", true), ("data: 2\n", true), ("\n: ping", false), ("\n", true)] {
    ///     rewriter.rewrite(chunk.as_bytes(), |_, _| {});
    ///     assert_eq!(rewriter.is_between_events(), expected);
    /// }
    /// ```
    #[must_use]
    pub fn is_between_events(&self) -> bool {
        self.engine.is_between_events()
    }
}

impl<C: Carry> fmt::Debug for Rewriter<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rewriter")
            .field("max_block_size", &self.engine.max_block_size)
            .field("oversized", &self.engine.oversized)
            .field("held", &self.held())
            .field("oversized_blocks", &self.oversized_blocks())
            .finish_non_exhaustive()
    }
}
