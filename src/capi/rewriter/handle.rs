//! What an `ew_rewriter *` points to.

use core::mem;
use core::ptr;
use core::slice;

use crate::capi::carry::Carry;
use crate::capi::input::Span;
use crate::rewriter;

/// Passes a stream on, with events dropped, replaced or inserted, and all else byte for byte as it came. Opaque: made by
/// `ew_rewriter_new`, used through its pointer, ended by `ew_rewriter_free`.
#[derive(Debug)]
pub struct Rewriter {
    pub(super) engine: crate::Rewriter<Carry>,
    /// Whether the engine's list has been written over with what it stands for: that takes no memory that might not be there.
    is_listed: bool,
    /// Address and length of the chunk that was read last.
    chunk: (usize, usize),
}

const _: () = assert!(size_of::<rewriter::Span>() == size_of::<Span>());
const _: () = assert!(align_of::<rewriter::Span>() == align_of::<Span>());

impl Rewriter {
    pub(super) const fn new(engine: crate::Rewriter<Carry>) -> Self {
        Self { engine, is_listed: false, chunk: (0, 0) }
    }

    /// Whether this is the chunk that was read last; remembers it if it is not.
    pub(super) fn goes_on_in(&mut self, chunk: &[u8]) -> bool {
        let chunk = (chunk.as_ptr().addr(), chunk.len());
        mem::replace(&mut self.chunk, chunk) == chunk
    }

    /// What is to be written is not known any more.
    pub(super) fn unlist(&mut self) {
        self.is_listed = false;
    }

    /// Lists what is to be written, now that all of it is known.
    pub(super) fn list(&mut self, chunk: &[u8]) {
        let (spans, sources) = self.engine.list(chunk);
        for span in spans {
            let bytes = sources.resolve(*span);
            // SAFETY: the place is ours alone, and of the layout of what is written; the engine does not read it again.
            unsafe { ptr::from_mut(span).cast::<Span>().write(Span::of(bytes)) };
        }
        self.is_listed = true;
    }

    /// What is to be written.
    pub(super) fn listed(&self) -> &[Span] {
        if !self.is_listed {
            return &[];
        }
        let spans = self.engine.listed();
        // SAFETY: `list` has written as many spans there, and the engine has not touched its list since.
        unsafe { slice::from_raw_parts(spans.as_ptr().cast(), spans.len()) }
    }
}
