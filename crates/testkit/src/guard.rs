//! Memory that ends, or begins, where the process may not read: a read of one byte too many ends the process
//! instead of going unnoticed.
//!
//! Three regions are mapped in a row, a wall, room for the bytes, and another wall; a wall is one page that allows
//! no access. The bytes are put against one of the walls. They need not fill whole pages, so only that one side is
//! watched to the byte: run a test once for each.

use std::ffi::c_void;
use std::fmt::{self, Debug, Formatter};
use std::io;
use std::ops::Deref;
use std::ptr::{self, NonNull};
use std::slice;

/// A copy of some bytes, placed against a page without access.
pub struct Guarded {
    /// The mapping, walls included.
    mapping: NonNull<u8>,
    mapping_len: usize,
    /// Where in the mapping the bytes lie.
    offset: usize,
    len: usize,
}

impl Guarded {
    /// A copy that ends directly before a page without access: to catch a read past the end.
    ///
    /// # Panics
    ///
    /// If the system grants no memory.
    #[must_use]
    pub fn before_wall(bytes: &[u8]) -> Self {
        Self::new(bytes, |room| room - bytes.len())
    }

    /// A copy that begins directly after a page without access: to catch a read before the start.
    ///
    /// # Panics
    ///
    /// If the system grants no memory.
    #[must_use]
    pub fn after_wall(bytes: &[u8]) -> Self {
        Self::new(bytes, |_| 0)
    }

    /// Copies `bytes` to the place that `place` chooses in a room of so many bytes.
    fn new(bytes: &[u8], place: impl FnOnce(usize) -> usize) -> Self {
        let page = page_size();
        // At least one page: a slice of no bytes needs an address between the walls as well.
        let room = bytes.len().max(1).next_multiple_of(page);
        let mapping_len = room + 2 * page;
        let mapping = map_without_access(mapping_len);
        // From here on an unwind unmaps.
        let guarded = Self { mapping, mapping_len, offset: page + place(room), len: bytes.len() };

        // SAFETY: `page` is less than the length of the mapping.
        let first = unsafe { mapping.add(page) };
        // SAFETY: `first` is page-aligned, and `room` bytes from there are within the mapping, which is ours alone.
        let status = unsafe {
            libc::mprotect(first.as_ptr().cast::<c_void>(), room, libc::PROT_READ | libc::PROT_WRITE)
        };
        assert_eq!(status, 0, "mprotect: {}", io::Error::last_os_error());
        // SAFETY: `place` leaves room for the bytes behind `offset`, between the walls, where writing is allowed
        // since the call above; fresh memory does not overlap `bytes`.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), guarded.begin(), bytes.len()) };
        guarded
    }

    const fn begin(&self) -> *mut u8 {
        // SAFETY: `offset` is less than the length of the mapping, or at most at the wall at its end.
        unsafe { self.mapping.as_ptr().add(self.offset) }
    }
}

impl Deref for Guarded {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: `len` bytes from there are readable and initialised, belong to this mapping alone, and are not
        // written to while `self` is borrowed.
        unsafe { slice::from_raw_parts(self.begin(), self.len) }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // SAFETY: this is the whole mapping as it was made, and no borrow of its bytes outlives `self`.
        unsafe { libc::munmap(self.mapping.as_ptr().cast::<c_void>(), self.mapping_len) };
    }
}

impl Debug for Guarded {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").field("len", &self.len).finish_non_exhaustive()
    }
}

/// Maps `len` bytes, a multiple of the page size, that allow no access yet.
fn map_without_access(len: usize) -> NonNull<u8> {
    // SAFETY: a new anonymous mapping at an address of the system's choice touches no memory that exists.
    let mapping = unsafe {
        libc::mmap(ptr::null_mut(), len, libc::PROT_NONE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0)
    };
    assert_ne!(mapping, libc::MAP_FAILED, "mmap: {}", io::Error::last_os_error());
    NonNull::new(mapping.cast()).expect("the system maps nothing at address zero unless asked to")
}

fn page_size() -> usize {
    // SAFETY: `sysconf` only reads what it is given.
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    usize::try_from(size).expect("every system has a page size")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::env;
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::{Command, Stdio};

    /// Set in the children that are to die.
    const TRESPASS: &str = "EVENTWIRE_TESTKIT_TRESPASS";

    #[test]
    fn holds_the_bytes_against_the_wall() {
        let page = page_size();
        for len in [0, 1, 63, page - 1, page, page + 1, 3 * page] {
            let bytes: Vec<u8> = (0..=255).cycle().take(len).collect();
            let (before, after) = (Guarded::before_wall(&bytes), Guarded::after_wall(&bytes));
            assert_eq!((&before[..], &after[..]), (&bytes[..], &bytes[..]));
            assert_eq!((before.as_ptr() as usize + len) % page, 0);
            assert_eq!(after.as_ptr() as usize % page, 0);
        }
    }

    /// Run by the parent below in a process of its own, where it reads behind or before the bytes; in an ordinary
    /// run it reads only within them.
    #[test]
    fn trespasser() {
        let guarded = match env::var(TRESPASS).as_deref() {
            Ok("start") => Guarded::after_wall(b"bytes"),
            _ => Guarded::before_wall(b"bytes"),
        };
        let address = match env::var(TRESPASS).as_deref() {
            Ok("end") => guarded.as_ptr().wrapping_add(guarded.len()),
            Ok("start") => guarded.as_ptr().wrapping_sub(1),
            _ => guarded.as_ptr(),
        };
        // SAFETY: within the bytes unless the parent asks for the fault that must end this process.
        let byte = unsafe { address.read_volatile() };
        assert_eq!(byte, b'b');
    }

    #[test]
    fn a_read_beyond_either_end_is_fatal() {
        for side in ["end", "start"] {
            let child = Command::new(env::current_exe().unwrap())
                .args(["--exact", "guard::tests::trespasser"])
                .env(TRESPASS, side)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .unwrap();
            // Some systems report a protected page as a bus error.
            assert!(matches!(child.signal(), Some(libc::SIGSEGV | libc::SIGBUS)), "{side}: {child}");
        }
    }
}
