//! `ew_message`, `ew_encode`: messages written to a stream.

use core::mem::{self, MaybeUninit};
use core::ptr;

use super::input::Span;
use super::pointer::{self, place, places};
use super::status::{EW_ERR_BUFFER_TOO_SMALL, EW_ERR_INVALID_ARGUMENT, EW_ERR_INVALID_FIELD, EW_OK, Status};
use super::tokenizer::of_field;
use crate::EncodeError;
use crate::encoder::Sink;

/// In `flags` of a message: `retry` is to be written.
pub const EW_MESSAGE_RETRY: u32 = 1;

/// A message to be written to a stream: an event, a comment, a reconnection time, a last event ID, or several of these in one
/// block. Begin with `ew_message message = EW_MESSAGE_INIT;` and set what it is to have: then the program goes on working
/// when a later version of this struct has more members.
///
/// A span whose `ptr` is NULL is not written. One that is empty, and whose `ptr` is not NULL, is written with an empty value:
/// for `data` this makes an event without text, for `id` it makes the last event ID empty again. The bytes should be UTF-8,
/// which is not checked.
///
/// The lines are written in the order comment, event, id, retry, data; then the blank line. A message of which nothing is
/// set is the blank line alone.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Message {
    /// `sizeof(ew_message)`: tells the library which version of the struct this is.
    pub struct_size: u32,
    /// `EW_MESSAGE_RETRY`, or 0.
    pub flags: u32,
    /// The event's type, without CR and LF. An event without one, or with an empty one, is of the type "message". It means
    /// nothing without data.
    pub event: Span,
    /// The last event ID from this message on, without CR, LF and NUL.
    pub id: Span,
    /// The event's data. It is split at CR LF, LF and CR, and each line written behind a name of its own; a client gets them
    /// joined with LF.
    pub data: Span,
    /// What clients pass over, split like data. It stands directly behind the colon. An empty one is the usual keep-alive.
    pub comment: Span,
    /// With `EW_MESSAGE_RETRY`: the reconnection time, in milliseconds.
    pub retry: u64,
}

/// The byte for which a message was refused.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// The field: `EW_FIELD_EVENT` or `EW_FIELD_ID`.
    pub field: u32,
    /// The byte: CR, LF, or in an id NUL.
    pub byte: u32,
    /// Where in the value it is, counted from 0; the first one, if there are several.
    pub position: u64,
}

/// How many bytes a message takes in a stream, exactly.
///
/// # Parameters
///
/// - `message`: what is to be written.
/// - `len`: where the number is written.
/// - `fault`: where is written for which byte a message is refused; NULL if that does not matter.
///
/// # Returns
///
/// `EW_OK`: `*len` is written. `EW_ERR_INVALID_FIELD`: a value holds a byte that no stream can carry there, which would begin
/// another field or event; `*fault` is written. `EW_ERR_INVALID_ARGUMENT`; also for a message longer than `SIZE_MAX`.
///
/// # Memory
///
/// Nothing is allocated.
///
/// # Threads
///
/// Any thread, at any time.
///
/// # Safety
///
/// `message` is readable as far as its `struct_size` says, and so are its values; `len` and `fault` are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_encode_len(
    message: *const Message,
    len: *mut usize,
    fault: *mut Fault,
) -> Status {
    // SAFETY: the caller: it is readable, and its values are.
    let message = unsafe { read(message) };
    // SAFETY: the caller: it is writable.
    let place_of_len = unsafe { place(len) };
    if !is_place_or_null(fault) {
        return EW_ERR_INVALID_ARGUMENT;
    }
    let (Some(message), Some(len)) = (message, place_of_len) else { return EW_ERR_INVALID_ARGUMENT };
    match message.encoded_len() {
        Ok(needed) => {
            len.write(needed);
            EW_OK
        }
        // SAFETY: the caller: it is writable.
        Err(error) => unsafe { refuse(error, fault) },
    }
}

/// Writes a message as it stands in a stream.
///
/// # Parameters
///
/// - `message`: what is to be written.
/// - `out`: where to. It may not overlap the message's values.
/// - `capacity`: how much room there is, at most `PTRDIFF_MAX`. With 0 `out` may be NULL.
/// - `len`: where is written how many bytes it took.
/// - `fault`: where is written for which byte a message is refused; NULL if that does not matter.
///
/// # Returns
///
/// `EW_OK`: `*len` bytes are written to `out`. `EW_ERR_BUFFER_TOO_SMALL`: `*len` bytes are needed.
/// `EW_ERR_INVALID_FIELD`: a value holds a byte that no stream can carry there, which would begin another field or event;
/// `*fault` is written. `EW_ERR_INVALID_ARGUMENT`; also for a message longer than `SIZE_MAX`. Unless it is `EW_OK`, nothing
/// is written to `out`.
///
/// # Memory
///
/// Nothing is allocated.
///
/// # Threads
///
/// Any thread, at any time.
///
/// # Safety
///
/// `message` is readable as far as its `struct_size` says, and so are its values; `out`, `len` and `fault` are writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_encode(
    message: *const Message,
    out: *mut u8,
    capacity: usize,
    len: *mut usize,
    fault: *mut Fault,
) -> Status {
    // SAFETY: the caller: it is readable, and its values are.
    let message = unsafe { read(message) };
    // SAFETY: the caller: they are writable.
    let room = if capacity == 0 { Some(Default::default()) } else { unsafe { places(out, capacity) } };
    // SAFETY: the caller: it is writable.
    let place_of_len = unsafe { place(len) };
    if !is_place_or_null(fault) {
        return EW_ERR_INVALID_ARGUMENT;
    }
    let (Some(message), Some(room), Some(len)) = (message, room, place_of_len) else {
        return EW_ERR_INVALID_ARGUMENT;
    };
    let pieces = match message.pieces() {
        Ok(pieces) => pieces,
        // SAFETY: the caller: it is writable.
        Err(error) => return unsafe { refuse(error, fault) },
    };
    let needed = pieces.encoded_len();
    len.write(needed);
    let Some(room) = room.get_mut(..needed) else { return EW_ERR_BUFFER_TOO_SMALL };
    pieces.write(&mut Room(room));
    EW_OK
}

/// What is left of the caller's memory, which need not be initialised.
struct Room<'o>(&'o mut [MaybeUninit<u8>]);

impl Sink for Room<'_> {
    #[inline(always)]
    fn put(&mut self, bytes: &[u8]) {
        if let Some((places, rest)) = mem::take(&mut self.0).split_at_mut_checked(bytes.len()) {
            // SAFETY: there are as many places as bytes, and nothing else refers to them.
            unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), places.as_mut_ptr().cast(), bytes.len()) };
            self.0 = rest;
        }
    }
}

/// The engine's message for the caller's. `None` if it is of another version of the struct or holds what this one does
/// not know.
///
/// # Safety
///
/// `message` is readable as far as its `struct_size` says; its values are readable for as long as the result is used.
unsafe fn read<'a>(message: *const Message) -> Option<crate::Message<'a>> {
    // The size first, alone: a struct of another version may be shorter.
    // SAFETY: the caller; the size is the first member.
    let size = *unsafe { pointer::shared(message.cast::<u32>()) }?;
    if usize::try_from(size) != Ok(size_of::<Message>()) {
        return None;
    }
    // SAFETY: the caller; it is of this size.
    let Message { struct_size: _, flags, event, id, data, comment, retry } =
        *unsafe { pointer::shared(message) }?;
    let mut message = crate::Message::new();
    // SAFETY: the caller: the bytes are readable.
    if let Some(event) = unsafe { value(event) }? {
        message = message.event(event);
    }
    // SAFETY: the caller: the bytes are readable.
    if let Some(id) = unsafe { value(id) }? {
        message = message.id(id);
    }
    // SAFETY: the caller: the bytes are readable.
    if let Some(data) = unsafe { value(data) }? {
        message = message.data(data);
    }
    // SAFETY: the caller: the bytes are readable.
    if let Some(comment) = unsafe { value(comment) }? {
        message = message.comment(comment);
    }
    match flags {
        0 => Some(message),
        EW_MESSAGE_RETRY => Some(message.retry(retry)),
        _ => None,
    }
}

/// The bytes of a value, if it is one: `Some(None)` for one that is not set.
///
/// # Safety
///
/// The bytes of `span` are readable for as long as the slice is used.
unsafe fn value<'a>(span: Span) -> Option<Option<&'a [u8]>> {
    // SAFETY: the caller.
    let bytes = unsafe { span.bytes() }?;
    Some((!span.ptr.is_null()).then_some(bytes))
}

fn is_place_or_null<T>(pointer: *mut T) -> bool {
    pointer.is_null() || pointer.is_aligned()
}

/// The status for a message that cannot be written, with the byte that is to blame.
///
/// # Safety
///
/// `fault` is writable.
unsafe fn refuse(error: EncodeError, fault: *mut Fault) -> Status {
    let EncodeError::InvalidByte { field, position, byte } = error else { return EW_ERR_INVALID_ARGUMENT };
    // SAFETY: the caller.
    if let Some(fault) = unsafe { place(fault) } {
        // No position is beyond 64 bits.
        fault.write(Fault { field: of_field(field), byte: u32::from(byte), position: position as u64 });
    }
    EW_ERR_INVALID_FIELD
}
