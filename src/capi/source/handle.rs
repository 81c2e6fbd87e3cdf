//! What an `ew_source *` points to.

use alloc::alloc::{alloc, dealloc};
use core::alloc::Layout;
use core::ptr::NonNull;

use crate::EventSource;
use crate::capi::carry::Carry;

/// The connection of an event source: says when to connect, with what, and what a response means. Opaque: made by
/// `ew_source_new`, used through its pointer, ended by `ew_source_free`.
#[derive(Debug)]
pub struct Source {
    pub(super) machine: EventSource<Carry>,
}

impl Source {
    /// A source on the heap; `None` if there is no memory.
    pub(super) fn on_heap(machine: EventSource<Carry>) -> Option<NonNull<Self>> {
        // SAFETY: the type is not of size zero.
        let memory = unsafe { alloc(Layout::new::<Self>()) };
        let source = NonNull::new(memory.cast::<Self>())?;
        // SAFETY: the memory is fresh, and of the type's layout.
        unsafe { source.write(Self { machine }) };
        Some(source)
    }

    /// Ends a source.
    ///
    /// # Safety
    ///
    /// It was made by [`on_heap`](Self::on_heap), and is not used any more.
    pub(super) unsafe fn end(source: NonNull<Self>) {
        // SAFETY: the caller: nobody uses it any more.
        unsafe { source.drop_in_place() };
        // SAFETY: it was allocated with this layout, by `on_heap`.
        unsafe { dealloc(source.as_ptr().cast(), Layout::new::<Self>()) };
    }
}
