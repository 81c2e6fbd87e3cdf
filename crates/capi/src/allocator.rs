//! Memory from libc.

use core::alloc::{GlobalAlloc, Layout};
use core::ffi::c_void;

#[cfg_attr(unix, link(name = "c"))]
unsafe extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn realloc(memory: *mut c_void, size: usize) -> *mut c_void;
    fn free(memory: *mut c_void);
}

/// `malloc`, `realloc` and `free`.
struct Libc;

#[global_allocator]
static ALLOCATOR: Libc = Libc;

/// What `malloc` aligns to, on all platforms. Nothing in the library asks for more; if something did, it would be told that
/// there is no memory.
const ALIGN: usize = 2 * size_of::<usize>();

// SAFETY: these functions do what the trait asks for, for sizes above zero, which its callers promise.
unsafe impl GlobalAlloc for Libc {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() > ALIGN {
            return core::ptr::null_mut();
        }
        // SAFETY: any size may be asked for.
        unsafe { malloc(layout.size()) }.cast()
    }

    #[inline]
    unsafe fn dealloc(&self, memory: *mut u8, _layout: Layout) {
        // SAFETY: the caller: it came from `alloc` or `realloc`, so from libc.
        unsafe { free(memory.cast()) };
    }

    #[inline]
    unsafe fn realloc(&self, memory: *mut u8, _layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller: it came from `alloc` or `realloc`, so from libc, with an alignment that `malloc` gives.
        unsafe { realloc(memory.cast(), size) }.cast()
    }
}
