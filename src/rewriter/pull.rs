//! The rewriter for callers who cannot hand in a closure: they ask for the next event, decide, and ask again.

use crate::carry::Carry;
use crate::input::Input;
use crate::rewriter::Rewriter;
use crate::rewriter::edit::Decision;
use crate::rewriter::engine::Step;
use crate::rewriter::output::{Sources, Span};

impl<C: Carry> Rewriter<C> {
    /// Goes on to the next event of the chunk.
    pub(crate) fn step<'a, 'c: 'a>(&'a mut self, input: &mut Input<'c>) -> Step<'a> {
        self.engine.step(input, &mut self.output)
    }

    /// What is said of the event that is being decided about, if one is.
    pub(crate) fn decision(&mut self) -> Option<&mut Decision> {
        self.engine.is_deciding().then_some(&mut self.output.decision)
    }

    /// Whether this is a chunk that has been used up, so that there is nothing new to list.
    pub(crate) fn is_done_with(&self, input: &Input<'_>) -> bool {
        self.engine.is_done_with(input)
    }

    /// Gives up a chunk that has been read in part: nothing of it is written.
    pub(crate) fn give_up_chunk(&mut self) {
        self.engine.give_up_chunk();
    }

    /// Whether there is no chunk that has been read in part.
    pub(crate) fn is_idle(&self) -> bool {
        self.engine.is_idle()
    }

    /// Ends the stream: what is held is listed.
    pub(crate) fn end(&mut self) {
        self.engine.finish(&mut self.output);
    }

    /// What is to be written, and what it is a list of. The list may be written over: it is not looked at before it is made anew.
    pub(crate) fn list<'s>(&'s mut self, chunk: &'s [u8]) -> (&'s mut [Span], Sources<'s>) {
        self.output.list(chunk)
    }

    /// The place of that list.
    pub(crate) fn listed(&self) -> &[Span] {
        self.output.listed()
    }
}
