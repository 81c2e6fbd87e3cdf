//! What an `ew_source *` points to.

use core::ptr::NonNull;

use crate::EventSource;
use crate::capi::carry::Carry;
use crate::capi::heap;

/// The connection of an event source: says when to connect, with what, and what a response means. Opaque: made by
/// `ew_source_new`, used through its pointer, ended by `ew_source_free`.
#[derive(Debug)]
pub struct Source {
    pub(super) machine: EventSource<Carry>,
}

impl Source {
    /// A source on the heap; `None` if there is no memory.
    pub(super) fn on_heap(machine: EventSource<Carry>) -> Option<NonNull<Self>> {
        heap::put(Self { machine })
    }

    /// Ends a source.
    ///
    /// # Safety
    ///
    /// It was made by [`on_heap`](Self::on_heap), and is not used any more.
    pub(super) unsafe fn end(source: NonNull<Self>) {
        // SAFETY: the caller.
        unsafe { heap::end(source) };
    }
}
