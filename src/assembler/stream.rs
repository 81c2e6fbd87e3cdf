//! The ends of things: what is put off to the next call, the end of a stream, the beginning of the next.

use crate::assembler::{Assembler, Flags, Ready};
use crate::carry::sealed::Buffer;
use crate::config::{Eof, Items, Utf8};
use crate::error::Error;
use crate::input::Input;
use crate::tokenizer::Tokenizer;
use crate::utf8;

impl<C: Buffer> Assembler<C> {
    /// Does what was put off at the end of the last call, when its caller could still see the event. Answers whether
    /// nothing at all is left over.
    #[cold]
    pub(super) fn tidy(&mut self) -> bool {
        if self.flags.any(Flags::STALE_ITEM) {
            self.held.drop_incoming();
        }
        if self.flags.any(Flags::STALE_EVENT) {
            self.clear_block();
            if self.held.is_roomy() {
                self.flags.set(Flags::ROOMY);
            }
        }
        self.flags.clear(Flags::STALE_ITEM);
        self.flags.clear(Flags::STALE_EVENT);
        if self.flags.any(Flags::ROOMY) && self.tokenizer.at_block_start() && !self.held.relax() {
            self.flags.clear(Flags::ROOMY);
        }
        !self.flags.any(Flags::LEFT_OVER)
    }

    /// Whether a blank line that came now would end nothing: at the start of a block, or behind lines that leave nothing behind.
    #[cfg(feature = "alloc")]
    pub(crate) fn is_between_events(&self) -> bool {
        let has_begun = self.flags.any(Flags::PARTS) || self.flags.any(Flags::DISCARD);
        self.tokenizer.at_block_start() || (self.tokenizer.at_line_start() && !has_begun)
    }

    /// The end of the stream, by [`Config::eof`](crate::Config::eof).
    pub(crate) fn finish(&mut self) -> Result<Option<Ready<'static>>, Error> {
        let result = match self.config.eof {
            Eof::Discard => Ok(None),
            Eof::Dispatch => self.dispatch_rest(),
        };
        self.begin_stream();
        self.block_begin = self.position;
        result
    }

    /// Goes on as if a line end and a blank line had followed: as CRs, since an LF may belong to a CR before it.
    fn dispatch_rest(&mut self) -> Result<Option<Ready<'static>>, Error> {
        let (position, items) = (self.position, self.config.items);
        self.config.items = Items::NONE;
        let ready = self.advance(&mut Input::new(b"\r\r"), None);
        self.config.items = items;
        self.position = position;
        Ok(ready?.map(|ready| match ready {
            Ready::Event { parts, begin, .. } => Ready::Event { parts, begin, end: position },
            item => item,
        }))
    }

    /// Back to the start of a stream, but for the position, the last event ID and the retry time. An event just
    /// delivered stays until the next call.
    fn begin_stream(&mut self) {
        self.tokenizer = Tokenizer::new();
        self.partial = utf8::Partial::default();
        self.held.drop_incoming();
        if !self.flags.any(Flags::STALE_EVENT) {
            self.clear_block();
        }
        self.flags.clear(Flags::BUSY);
    }

    /// A new stream, which keeps only the last event ID and the retry time.
    pub(crate) fn reset(&mut self) {
        self.begin_stream();
        self.clear_block();
        self.flags.clear(Flags::STALE_EVENT);
        self.position = 0;
        self.block_begin = 0;
    }

    /// A new stream with this last event ID.
    pub(crate) fn set_last_event_id(&mut self, id: &[u8]) -> Result<(), Error> {
        if id.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            return Err(Error::InvalidId);
        }
        if self.config.utf8 == Utf8::Strict && !utf8::is_valid(id) {
            return Err(Error::InvalidUtf8);
        }
        self.reset();
        self.held.commit_id(id)
    }
}
