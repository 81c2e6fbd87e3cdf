//! Pointers checked and turned into references.

use core::mem::MaybeUninit;

/// What `pointer` points to, unless it is null or misaligned.
///
/// # Safety
///
/// It is readable for as long as the reference is used.
#[inline(always)]
pub(super) unsafe fn shared<'a, T>(pointer: *const T) -> Option<&'a T> {
    if pointer.is_null() || !pointer.is_aligned() {
        return None;
    }
    // SAFETY: it is neither null nor misaligned; the caller: it is readable.
    Some(unsafe { &*pointer })
}

/// What `pointer` points to, unless it is null or misaligned.
///
/// # Safety
///
/// It is readable and writable for as long as the reference is used.
#[inline(always)]
pub(super) unsafe fn exclusive<'a, T>(pointer: *mut T) -> Option<&'a mut T> {
    if pointer.is_null() || !pointer.is_aligned() {
        return None;
    }
    // SAFETY: it is neither null nor misaligned; the caller: it is readable and writable.
    Some(unsafe { &mut *pointer })
}

/// The place that `pointer` points to, unless it is null or misaligned.
///
/// # Safety
///
/// It is writable for as long as the reference is used.
#[inline(always)]
pub(super) unsafe fn place<'a, T>(pointer: *mut T) -> Option<&'a mut MaybeUninit<T>> {
    if pointer.is_null() || !pointer.is_aligned() {
        return None;
    }
    // SAFETY: it is neither null nor misaligned; the caller: it is writable, and no more is asked of what may be uninitialised.
    Some(unsafe { &mut *pointer.cast() })
}

/// The places of `count` values at `pointer`, unless it is null or misaligned, or there are none or more than there can be.
///
/// # Safety
///
/// They are writable for as long as the slice is used.
#[inline(always)]
pub(super) unsafe fn places<'a, T>(pointer: *mut T, count: usize) -> Option<&'a mut [MaybeUninit<T>]> {
    let possible = 1..=isize::MAX.unsigned_abs() / size_of::<T>();
    if pointer.is_null() || !pointer.is_aligned() || !possible.contains(&count) {
        return None;
    }
    // SAFETY: it is neither null nor misaligned and the size is possible; the caller: the places are writable, and no more is
    // asked of what may be uninitialised.
    Some(unsafe { core::slice::from_raw_parts_mut(pointer.cast(), count) })
}

/// The `len` bytes at `pointer`, unless it is null though there are some, or there are more than there can be.
///
/// # Safety
///
/// They are readable for as long as the slice is used.
#[inline(always)]
pub(super) unsafe fn bytes<'a>(pointer: *const u8, len: usize) -> Option<&'a [u8]> {
    if len == 0 {
        return Some(&[]);
    }
    if pointer.is_null() || len > isize::MAX.unsigned_abs() {
        return None;
    }
    // SAFETY: the pointer is not null and the length is possible; the caller: the bytes are readable.
    Some(unsafe { core::slice::from_raw_parts(pointer, len) })
}
