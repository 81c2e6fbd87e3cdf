//! Sources made and ended.

use core::ptr::NonNull;

use super::config::{self, SourceConfig};
use super::handle::Source;
use crate::capi::pointer::place;
use crate::capi::status::{EW_ERR_INVALID_ARGUMENT, EW_ERR_NO_MEMORY, EW_OK, Status};

/// Makes a source, which is to be connected at once.
///
/// # Parameters
///
/// - `config`: the settings, of which `url` must be set. They are copied, with all that they point to.
/// - `out`: where the source is written.
///
/// # Returns
///
/// `EW_OK`, and `*out` is a source. `EW_ERR_INVALID_FIELD`: the URL, the method, the name or value of a header field,
/// or the last event ID holds what may not stand there: CR, LF or NUL, for example. `EW_ERR_NO_MEMORY`.
/// `EW_ERR_INVALID_ARGUMENT`. In these cases `*out` is not written.
///
/// # Memory
///
/// The source is the caller's: end it with `ew_source_free`.
///
/// # Threads
///
/// Any thread. The source is bound to none.
///
/// # Safety
///
/// `config` is readable as far as its `struct_size` says, and so is all that it points to; `out` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_source_new(config: *const SourceConfig, out: *mut *mut Source) -> Status {
    // SAFETY: the caller: it is writable.
    let Some(out) = (unsafe { place(out) }) else { return EW_ERR_INVALID_ARGUMENT };
    // SAFETY: the caller: it is readable.
    let machine = match unsafe { config::build(config) } {
        Ok(machine) => machine,
        Err(status) => return status,
    };
    let Some(source) = Source::on_heap(machine) else { return EW_ERR_NO_MEMORY };
    out.write(source.as_ptr());
    EW_OK
}

/// Ends a source, and frees all that it has allocated. It must not be used afterwards.
///
/// # Parameters
///
/// - `source`: one made by `ew_source_new`; NULL is fine, and nothing is done.
///
/// # Threads
///
/// Any thread, but only one, and when no other is in a call with this source.
///
/// # Safety
///
/// `source` is valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_source_free(source: *mut Source) {
    if let Some(source) = NonNull::new(source).filter(|source| source.is_aligned()) {
        // SAFETY: the caller: it is valid.
        unsafe { Source::end(source) };
    }
}
