//! Many events that are all valid at once, for those to whom a call is dear: the C ABI.
//!
//! What an event refers to may lie in the chunk, which does not change, or in the carry, which does. So a batch goes on only
//! while there is nothing to be done to the carry that could be seen in the events before: where an event must be held, or
//! an id would take the place of one that an event refers to, the batch ends, and the block that was begun is given back
//! to the chunk for the next call.

use crate::assembler::straight::Commit;
use crate::assembler::{Assembler, Begun, Flags, Head, Quick, Whole};
use crate::carry::sealed::Buffer;
use crate::input::Input;

impl<C: Buffer> Assembler<C> {
    /// The next event of the chunk by the fast way, `head` being what the straight way has left.
    ///
    /// If there is none, the input stands at the start of a block, or it is used up. With `keep_id` something refers to the last
    /// event ID in the carry.
    #[inline(never)]
    pub(crate) fn next_in_batch<'c>(
        &mut self,
        input: &mut Input<'c>,
        head: Option<Head<'c>>,
        keep_id: bool,
    ) -> Option<Whole<'c>> {
        if self.flags.any(Flags::LEFT_OVER) {
            return None;
        }
        if let Some(head) = head
            && !keep_id
            && self.begin_data(input, head)
        {
            return None;
        }
        let origin = self.position.wrapping_sub(input.consumed() as u64);
        // Without data there is no event that could say what the last event ID is now.
        match self.fast(input, head, Commit { with_data: !keep_id, alone: false }) {
            Quick::Event(event) => return Some(event),
            Quick::Stopped(Some(Begun { begin, .. })) => {
                input.rewind(begin.wrapping_sub(origin) as usize);
                self.tokenizer.set_at_line(true, false);
                self.position = begin;
            }
            _ => {}
        }
        None
    }
}
