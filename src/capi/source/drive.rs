//! What a source is asked, and what it is told.

use super::handle::Source;
use super::messages::{Action, Head, Notice};
use crate::EventSource;
use crate::capi::carry::Carry;
use crate::capi::event::Event;
use crate::capi::input::{Input, Span};
use crate::capi::pointer::{exclusive, place, shared};
use crate::capi::status::{EW_ERR_INVALID_ARGUMENT, EW_EVENT, EW_NEED_INPUT, EW_OK, Status, of_error};
use crate::event_source::{self, Fault};

/// In `kind` of a network error: one after which another attempt may succeed. Refused, reset, no address, a broken body.
pub const EW_NETWORK_ERROR_TRANSIENT: u32 = 0;
/// In `kind` of a network error: one after which none will. A load that was cancelled, a scheme that cannot be fetched.
pub const EW_NETWORK_ERROR_FATAL: u32 = 1;

/// Asks what to do now. Asking again is harmless: `EW_ACTION_CONNECT` is said once for each attempt.
///
/// # Parameters
///
/// - `source`: the source.
/// - `now`: the time in milliseconds, of any clock that does not run backwards; the same one in all calls.
/// - `out`: where the answer is written.
///
/// # Returns
///
/// `EW_OK`, and `*out` is written. `EW_ERR_INVALID_ARGUMENT`.
///
/// # Threads
///
/// One at a time for each source. Different ones are independent.
///
/// # Safety
///
/// `source` is valid, and `out` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_source_poll(source: *mut Source, now: u64, out: *mut Action) -> Status {
    // SAFETY: the caller: it is valid.
    let source = unsafe { exclusive(source) };
    // SAFETY: the caller: it is writable.
    let out = unsafe { place(out) };
    let (Some(source), Some(out)) = (source, out) else { return EW_ERR_INVALID_ARGUMENT };
    out.write(Action::of(&source.machine.poll(now)));
    EW_OK
}

/// Tells the head of the response to the request. With `EW_NOTICE_OPEN` the body is to be given to `ew_source_next`;
/// otherwise the connection is to be dropped.
///
/// # Parameters
///
/// - `source`: the source.
/// - `now`: the time.
/// - `head`: the head. Nothing of it is kept.
/// - `out`: where it is written what the user is to be told, if anything.
///
/// # Returns
///
/// `EW_NOTICE`: `*out` is written. `EW_OK`: there is nothing to tell, since no response was waited for.
/// `EW_ERR_INVALID_ARGUMENT`: nothing was done.
///
/// # Threads
///
/// One at a time for each source. Different ones are independent.
///
/// # Safety
///
/// `source` is valid, `head` is readable as far as its `struct_size` says, so is what it points to, and `out` is
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_source_handle_response(
    source: *mut Source,
    now: u64,
    head: *const Head,
    out: *mut Notice,
) -> Status {
    // SAFETY: the caller: it is readable.
    let Some(head) = (unsafe { read(head) }) else { return EW_ERR_INVALID_ARGUMENT };
    // SAFETY: the caller.
    unsafe { tell(source, out, |machine| machine.handle_response(now, &head)) }
}

/// The next event of a chunk of the body, or other item that the settings ask for. Call it until it answers
/// `EW_NEED_INPUT`, then go on with the next chunk. Without an open connection it answers that at once, and leaves the
/// chunk unread: nothing comes after `ew_source_close`.
///
/// # Parameters
///
/// - `source`: the source.
/// - `now`: the time: when the chunk came, or later.
/// - `input`: a chunk, and how far it has been read; see `ew_input`.
/// - `out`: where the event or item is written, if there is one. Where it comes from is what `ew_source_origin` says.
///
/// # Returns
///
/// As `ew_parser_next`. No error ends the connection.
///
/// # Memory
///
/// What `*out` points to lies in the chunk or in the source: it is valid until the next call that takes this source as
/// other than `const` (`ew_source_close` is fine), and no longer than the chunk.
///
/// # Threads
///
/// One at a time for each source. Different ones are independent.
///
/// # Safety
///
/// `source` is valid, `input` is readable and writable, `out` is writable, and the chunk is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_source_next(
    source: *mut Source,
    now: u64,
    input: *mut Input,
    out: *mut Event,
) -> Status {
    // SAFETY: the caller: it is valid.
    let source = unsafe { exclusive(source) };
    // SAFETY: the caller: it is readable and writable.
    let input = unsafe { exclusive(input) };
    // SAFETY: the caller: it is writable.
    let out = unsafe { place(out) };
    let (Some(source), Some(input), Some(out)) = (source, input, out) else { return EW_ERR_INVALID_ARGUMENT };
    // SAFETY: the caller: the chunk is readable.
    let Some(mut cursor) = (unsafe { input.cursor() }) else { return EW_ERR_INVALID_ARGUMENT };
    let status = match source.machine.next_item_out_of_line(now, &mut cursor) {
        Ok(Some(item)) => out.write(Event::of(&item)).kind.cast_signed(),
        Ok(None) => EW_NEED_INPUT,
        Err(error) => of_error(error),
    };
    input.advance_to(&cursor);
    status
}

/// The event that the end of the body has cut off, if `EW_EOF_DISPATCH` asks for it; otherwise it is dropped, as the
/// standard says. Call it before `ew_source_handle_end`.
///
/// # Parameters
///
/// - `source`: the source.
/// - `out`: where the event is written, if there is one.
///
/// # Returns
///
/// As `ew_parser_finish`.
///
/// # Memory
///
/// As for `ew_source_next`; no chunk is needed any more.
///
/// # Threads
///
/// One at a time for each source. Different ones are independent.
///
/// # Safety
///
/// `source` is valid, and `out` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_source_finish(source: *mut Source, out: *mut Event) -> Status {
    // SAFETY: the caller: it is valid.
    let source = unsafe { exclusive(source) };
    // SAFETY: the caller: it is writable.
    let out = unsafe { place(out) };
    let (Some(source), Some(out)) = (source, out) else { return EW_ERR_INVALID_ARGUMENT };
    match source.machine.finish() {
        Ok(Some(message)) => {
            out.write(Event::of_event(&message.event));
            EW_EVENT
        }
        Ok(None) => EW_OK,
        Err(error) => of_error(error),
    }
}

/// Tells that the body has ended in good order: the connection is to be made again.
///
/// # Parameters
///
/// - `source`: the source.
/// - `now`: the time.
/// - `out`: where it is written what the user is to be told, if anything.
///
/// # Returns
///
/// `EW_NOTICE`: `*out` is written. `EW_OK`: there is nothing to tell. `EW_ERR_INVALID_ARGUMENT`: nothing was done.
///
/// # Threads
///
/// One at a time for each source. Different ones are independent.
///
/// # Safety
///
/// `source` is valid, and `out` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_source_handle_end(source: *mut Source, now: u64, out: *mut Notice) -> Status {
    // SAFETY: the caller.
    unsafe { tell(source, out, |machine| machine.handle_end(now)) }
}

/// Tells of a network error, before the response or in its body.
///
/// # Parameters
///
/// - `source`: the source.
/// - `now`: the time.
/// - `kind`: `EW_NETWORK_ERROR_TRANSIENT`, or `EW_NETWORK_ERROR_FATAL` to end the source.
/// - `out`: where it is written what the user is to be told, if anything.
///
/// # Returns
///
/// `EW_NOTICE`: `*out` is written. `EW_OK`: there is nothing to tell. `EW_ERR_INVALID_ARGUMENT`: nothing was done.
///
/// # Threads
///
/// One at a time for each source. Different ones are independent.
///
/// # Safety
///
/// `source` is valid, and `out` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_source_handle_error(
    source: *mut Source,
    now: u64,
    kind: u32,
    out: *mut Notice,
) -> Status {
    let fault = match kind {
        EW_NETWORK_ERROR_TRANSIENT => Fault::Transient,
        EW_NETWORK_ERROR_FATAL => Fault::Fatal,
        _ => return EW_ERR_INVALID_ARGUMENT,
    };
    // SAFETY: the caller.
    unsafe { tell(source, out, |machine| machine.handle_error(now, fault)) }
}

/// Tells the time: if it is the one in `until` of `EW_ACTION_RECEIVE`, the connection is lost. Otherwise, nothing
/// happens.
///
/// # Parameters
///
/// - `source`: the source.
/// - `now`: the time.
/// - `out`: where it is written what the user is to be told, if anything.
///
/// # Returns
///
/// `EW_NOTICE`: `*out` is written. `EW_OK`: there is nothing to tell. `EW_ERR_INVALID_ARGUMENT`: nothing was done.
///
/// # Threads
///
/// One at a time for each source. Different ones are independent.
///
/// # Safety
///
/// `source` is valid, and `out` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_source_handle_timeout(source: *mut Source, now: u64, out: *mut Notice) -> Status {
    // SAFETY: the caller.
    unsafe { tell(source, out, |machine| machine.handle_timeout(now)) }
}

/// Closes a source, at any moment: nothing more comes out of it, no event of the chunk at hand and no notice. The
/// connection is to be dropped. Closing again does nothing.
///
/// # Parameters
///
/// - `source`: the source; NULL is fine, and nothing is done.
///
/// # Memory
///
/// What the last event points to stays valid.
///
/// # Threads
///
/// One at a time for each source. Different ones are independent.
///
/// # Safety
///
/// `source` is valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_source_close(source: *mut Source) {
    // SAFETY: the caller: it is valid.
    if let Some(source) = unsafe { exclusive(source) } {
        source.machine.close();
    }
}

/// Tells a source something, and writes what comes of it.
///
/// # Safety
///
/// `source` is valid, and `out` is writable.
unsafe fn tell(
    source: *mut Source,
    out: *mut Notice,
    what: impl FnOnce(&mut EventSource<Carry>) -> Option<event_source::Notice>,
) -> Status {
    // SAFETY: the caller: it is valid.
    let source = unsafe { exclusive(source) };
    // SAFETY: the caller: it is writable.
    let out = unsafe { place(out) };
    let (Some(source), Some(out)) = (source, out) else { return EW_ERR_INVALID_ARGUMENT };
    Notice::put(what(&mut source.machine), out)
}

/// The machine's head for the caller's; `None` if it is of another version of the struct or cannot be.
///
/// # Safety
///
/// `head` is null or readable, as far as its `struct_size` says, and so is what it points to.
unsafe fn read<'a>(head: *const Head) -> Option<event_source::Head<'a>> {
    // The size first, alone: a struct of another version may be shorter.
    // SAFETY: the caller; the size is the first member.
    let size = *unsafe { shared(head.cast::<u32>()) }?;
    if usize::try_from(size) != Ok(size_of::<Head>()) {
        return None;
    }
    // SAFETY: the caller; it is of this size.
    let Head { struct_size: _, status, content_type, url, retry_after, date } = *unsafe { shared(head) }?;
    let mut read = event_source::Head::new(u16::try_from(status).ok()?);
    // SAFETY: the caller: it is readable.
    if let Some(value) = unsafe { optional(content_type) }? {
        read = read.content_type(value);
    }
    // SAFETY: the caller: it is readable.
    if let Some(value) = unsafe { optional(retry_after) }? {
        read = read.retry_after(value);
    }
    // SAFETY: the caller: it is readable.
    if let Some(value) = unsafe { optional(date) }? {
        read = read.date(value);
    }
    // SAFETY: the caller: it is readable.
    if let Some(url) = unsafe { optional(url) }? {
        // What is not text is no URL as it is serialised, and has no origin.
        read = read.url(str::from_utf8(url).unwrap_or_default());
    }
    Some(read)
}

/// The bytes of a span that may be missing: then its pointer is null. `None` if it cannot be.
///
/// # Safety
///
/// They are readable for as long as the slice is used.
unsafe fn optional<'a>(span: Span) -> Option<Option<&'a [u8]>> {
    // SAFETY: the caller.
    let bytes = unsafe { span.bytes() }?;
    Some((!span.ptr.is_null()).then_some(bytes))
}
