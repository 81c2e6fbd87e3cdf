//! The codes that functions answer with.

use core::ffi::{CStr, c_char};

use crate::Error;

/// What a call has to say: negative for an error, zero for "go on", positive for something that was found.
pub type Status = i32;

/// All is well, and there is nothing more to say.
pub const EW_OK: Status = 0;
/// The chunk is used up: nothing refers to it any more, go on with the next one. The same number as `EW_OK`.
pub const EW_NEED_INPUT: Status = 0;
/// An event is ready.
pub const EW_EVENT: Status = 1;
/// A `retry` line has set the reconnection time. Only if `EW_ITEM_RETRY` asks for it.
pub const EW_RETRY: Status = 2;
/// A comment. Only if `EW_ITEM_COMMENTS` asks for it.
pub const EW_COMMENT: Status = 3;
/// A line of a field that the standard does not know. Only if `EW_ITEM_UNKNOWN` asks for it.
pub const EW_UNKNOWN_FIELD: Status = 4;
/// From the tokenizer: a field's value, or a piece of it.
pub const EW_VALUE: Status = 5;
/// From the tokenizer: the blank line that ends a block.
pub const EW_END_OF_BLOCK: Status = 6;
/// From a source: there is something to tell its user.
pub const EW_NOTICE: Status = 7;

/// An argument that cannot be: NULL where it may not be, a position behind the chunk's end, an unknown setting.
/// Nothing was done and nothing was written. The same call fails again, so do not repeat it.
pub const EW_ERR_INVALID_ARGUMENT: Status = -1;
/// An event was larger than the limit and is dropped. Said once, as soon as the limit is passed. Keep calling.
pub const EW_ERR_EVENT_TOO_LARGE: Status = -2;
/// Under `EW_UTF8_STRICT`: an event or item was not valid UTF-8 and is dropped. Keep calling.
pub const EW_ERR_INVALID_UTF8: Status = -3;
/// The allocator refused memory. From a parser that runs: one event or item is dropped, an event with the
/// item in it that has just come; keep calling.
pub const EW_ERR_NO_MEMORY: Status = -4;
/// The buffer is too small for the result. From functions that write into a buffer of the caller's: they say what is needed.
pub const EW_ERR_BUFFER_TOO_SMALL: Status = -5;
/// A value holds CR, LF or NUL where no stream can carry it.
pub const EW_ERR_INVALID_FIELD: Status = -6;
/// A comment or unknown field that was asked for was larger than the limit and is dropped; the event around it is not.
/// Keep calling.
pub const EW_ERR_ITEM_TOO_LARGE: Status = -7;

/// The code for what the engine reports.
pub(super) const fn of_error(error: Error) -> Status {
    match error {
        Error::EventTooLarge => EW_ERR_EVENT_TOO_LARGE,
        Error::ItemTooLarge => EW_ERR_ITEM_TOO_LARGE,
        Error::InvalidUtf8 => EW_ERR_INVALID_UTF8,
        Error::NoMemory => EW_ERR_NO_MEMORY,
        Error::InvalidId => EW_ERR_INVALID_FIELD,
    }
}

/// Says in English what a negative status means: "event dropped: larger than the size limit". For logs: programs compare
/// the numbers, since the wording may change with any release.
///
/// # Parameters
///
/// - `status`: any number. One that is no error gives "no error", one that this library does not know gives "unknown
///   error".
///
/// # Returns
///
/// A NUL-terminated string, never NULL.
///
/// # Memory
///
/// The string is the library's own and always valid.
///
/// # Threads
///
/// Any thread, at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn ew_status_string(status: Status) -> *const c_char {
    let text: &CStr = match status {
        EW_OK.. => c"no error",
        EW_ERR_INVALID_ARGUMENT => c"invalid argument",
        EW_ERR_EVENT_TOO_LARGE => c"event dropped: larger than the size limit",
        EW_ERR_INVALID_UTF8 => c"event or item dropped: not valid UTF-8",
        EW_ERR_NO_MEMORY => c"out of memory",
        EW_ERR_BUFFER_TOO_SMALL => c"buffer too small",
        EW_ERR_INVALID_FIELD => c"value refused: it holds CR, LF or NUL",
        EW_ERR_ITEM_TOO_LARGE => c"comment or unknown field dropped: larger than the size limit",
        _ => c"unknown error",
    };
    text.as_ptr()
}
