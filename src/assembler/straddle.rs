//! The straight way through an event that straddles chunks: one line of data, behind a type perhaps.
//!
//! This does what the long way would do, in fewer steps: with chunks of network size it is done once a chunk, with tiny
//! ones always. What is not so simple is left unconsumed.

use crate::assembler::straight::Head;
use crate::assembler::{Assembler, Flags};
use crate::carry::sealed::Buffer;
use crate::held::Short;
use crate::input::Input;

impl<C: Buffer> Assembler<C> {
    /// [`Assembler::open_data`], if nothing is left over and no line ends in what is left of the chunk.
    #[inline(always)]
    pub(super) fn begin_data<'c>(&mut self, input: &mut Input<'c>, head: Head<'c>) -> bool {
        self.flags == Flags::NONE && input.peek_line().is_none() && self.open_data(input, head)
    }

    /// Takes what this chunk holds of a line of data that goes on in the next one, if that is what begins here, behind
    /// a type perhaps. Answers whether it did, which uses up the chunk; if not, nothing is done.
    ///
    /// No line ends in what is left of the chunk.
    fn open_data(&mut self, input: &mut Input<'_>, head: Head<'_>) -> bool {
        let Some(value @ [_, ..]) = input.rest().strip_prefix(b"data: ") else { return false };
        let size = value.len() + head.event_type.map_or(0, <[u8]>::len);
        if size > self.held.limit() || self.held.push_data(value).is_err() {
            return false;
        }
        if let Some(event_type) = head.event_type {
            if self.held.set_short(Short::Type, event_type).is_err() {
                self.held.clear_block();
                return false;
            }
            self.flags.set(Flags::TYPE);
        }
        self.position = self.position.wrapping_add(input.take_rest().len() as u64);
        self.tokenizer.set_in_data();
        self.block_begin = head.begin;
        self.flags.set(Flags::IN_DATA);
        true
    }

    /// Goes on with a line of data that has begun in an earlier chunk. Answers whether that uses up the chunk, with nothing
    /// to deliver.
    #[cold]
    #[inline(never)]
    pub(super) fn go_on_with_data(&mut self, input: &mut Input<'_>) -> bool {
        if !self.tokenizer.in_data() {
            return false;
        }
        let consumed = input.consumed();
        let line = input.peek_line();
        let bytes = line.map_or_else(|| input.rest(), |line| line.bytes);
        if self.held.block_len() + bytes.len() > self.held.limit() || self.held.push_data(bytes).is_err() {
            return false;
        }
        match line {
            None => {
                input.take_rest();
            }
            Some(line) => {
                self.flags.clear(Flags::INCOMING);
                if let Some(after_cr) = input.consume_with_blank(line) {
                    self.tokenizer.set_at_line(true, after_cr);
                    self.flags.set(Flags::COMPLETE);
                } else {
                    let after_cr = input.consume(line);
                    self.tokenizer.set_at_line(false, after_cr);
                }
            }
        }
        self.position = self.position.wrapping_add((input.consumed() - consumed) as u64);
        line.is_none()
    }
}
