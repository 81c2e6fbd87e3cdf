//! Parsers made and ended.

use core::ffi::c_void;
use core::ptr::NonNull;

use crate::capi::config::{self, Config};
use crate::capi::handle::Parser;
use crate::capi::pointer::place;
use crate::capi::status::{EW_ERR_INVALID_ARGUMENT, EW_ERR_NO_MEMORY, EW_OK, Status};

/// Makes a parser at the start of a stream. It allocates no more than itself (less than 256 bytes) until an event has to be kept.
///
/// # Parameters
///
/// - `config`: the settings; NULL for the default ones. They are copied.
/// - `out`: where the parser is written.
///
/// # Returns
///
/// `EW_OK`, and `*out` is a parser. `EW_ERR_INVALID_ARGUMENT` or `EW_ERR_NO_MEMORY`, and `*out` is not written.
///
/// # Memory
///
/// The parser is the caller's: end it with `ew_parser_free`.
///
/// # Threads
///
/// Any thread. The parser is bound to none.
///
/// # Safety
///
/// `config` is readable as far as its `struct_size` says, and `out` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_parser_new(config: *const Config, out: *mut *mut Parser) -> Status {
    // SAFETY: the caller: it is readable.
    let config = unsafe { config::read(config) };
    // SAFETY: the caller: it is writable.
    let out = unsafe { place(out) };
    let (Some(config), Some(out)) = (config, out) else { return EW_ERR_INVALID_ARGUMENT };
    let Some(parser) = Parser::on_heap(config) else { return EW_ERR_NO_MEMORY };
    out.write(parser.as_ptr());
    EW_OK
}

/// How much memory `ew_parser_init` needs: for the parser, an event of the largest size and a last event ID of that size.
///
/// # Parameters
///
/// - `config`: the settings, of which `max_event_size` decides; NULL for the default ones, which need more than 32
///   MiB.
///
/// # Returns
///
/// A number of bytes; 0 if the settings are invalid or so much memory cannot be.
///
/// # Threads
///
/// Any thread, at any time.
///
/// # Safety
///
/// `config` is readable as far as its `struct_size` says.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ew_parser_sizeof(config: *const Config) -> usize {
    // SAFETY: the caller: it is readable.
    let config = unsafe { config::read(config) };
    config.and_then(|config| Parser::size_with_carry(&config)).unwrap_or(0)
}

/// How the memory for `ew_parser_init` must be aligned. What `malloc` gives is.
///
/// # Returns
///
/// A number of bytes, a power of two.
///
/// # Threads
///
/// Any thread, at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn ew_parser_alignof() -> usize {
    align_of::<Parser>()
}

/// Makes a parser in memory of the caller's. It never allocates, and accepts what one made by `ew_parser_new` accepts.
/// Memory that no event has needed yet is not touched.
///
/// # Parameters
///
/// - `memory`: where; aligned to `ew_parser_alignof()`, contents of no matter.
/// - `size`: its size in bytes, at least `ew_parser_sizeof(config)`.
/// - `config`: the settings; NULL for the default ones. They are copied.
/// - `out`: where the parser, a pointer into the memory, is written.
///
/// # Returns
///
/// `EW_OK`, and `*out` is a parser. `EW_ERR_INVALID_ARGUMENT`, also if the memory is too small or misaligned, and nothing
/// is written.
///
/// # Memory
///
/// The memory stays the caller's, and the parser has it to itself until `ew_parser_free` or until the parser is not used any
/// more: there is nothing else to clean up. It must not be moved.
///
/// # Threads
///
/// Any thread. The parser is bound to none.
///
/// # Safety
///
/// The `size` bytes at `memory` are writable, now and for as long as the parser is used; `config` is readable as far as its
/// `struct_size` says; `out` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_parser_init(
    memory: *mut c_void,
    size: usize,
    config: *const Config,
    out: *mut *mut Parser,
) -> Status {
    // SAFETY: the caller: it is readable.
    let config = unsafe { config::read(config) };
    // SAFETY: the caller: it is writable.
    let out = unsafe { place(out) };
    let (Some(memory), Some(config), Some(out)) = (NonNull::new(memory.cast()), config, out) else {
        return EW_ERR_INVALID_ARGUMENT;
    };
    // SAFETY: the caller: the memory is writable for as long as the parser is used.
    let Some(parser) = (unsafe { Parser::in_memory(config, memory, size) }) else {
        return EW_ERR_INVALID_ARGUMENT;
    };
    out.write(parser.as_ptr());
    EW_OK
}

/// Ends a parser. It must not be used afterwards.
///
/// # Parameters
///
/// - `parser`: one made by `ew_parser_new` or `ew_parser_init`; NULL is fine, and nothing is done.
///
/// # Memory
///
/// All that `ew_parser_new` and the calls since have allocated is freed. What was made in memory of the caller's leaves that to
/// the caller.
///
/// # Threads
///
/// Any thread, but only one, and when no other is in a call with this parser.
///
/// # Safety
///
/// `parser` is valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_parser_free(parser: *mut Parser) {
    if let Some(parser) = NonNull::new(parser).filter(|parser| parser.is_aligned()) {
        // SAFETY: the caller: it is valid.
        unsafe { Parser::end(parser) };
    }
}
