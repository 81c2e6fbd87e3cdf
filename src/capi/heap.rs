//! Values on the heap, for those who ask for them by a pointer. Unlike those of `Box` they can be refused.

use alloc::alloc::{alloc, dealloc};
use core::alloc::Layout;
use core::ptr::NonNull;

/// Puts a value on the heap; `None` if there is no memory, and the value is gone.
#[inline]
pub(super) fn put<T>(value: T) -> Option<NonNull<T>> {
    const { assert!(size_of::<T>() != 0) };
    // SAFETY: the type is not of size zero.
    let memory = unsafe { alloc(Layout::new::<T>()) };
    let place = NonNull::new(memory.cast::<T>())?;
    // SAFETY: the memory is fresh, and of the type's layout.
    unsafe { place.write(value) };
    Some(place)
}

/// Drops a value and frees its memory.
///
/// # Safety
///
/// It was put there by [`put`], and is not used any more.
#[inline]
pub(super) unsafe fn end<T>(place: NonNull<T>) {
    // SAFETY: the caller: nobody uses it any more.
    unsafe { place.drop_in_place() };
    // SAFETY: it was allocated with this layout, by `put`.
    unsafe { dealloc(place.as_ptr().cast(), Layout::new::<T>()) };
}
