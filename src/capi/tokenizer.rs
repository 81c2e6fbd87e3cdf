//! `ew_tokenizer`, `ew_token`, `ew_split_field`: pieces of fields, for those who do not want whole events.

use super::input::{Input, Span};
use super::pointer::{exclusive, place};
use super::status::{EW_END_OF_BLOCK, EW_ERR_INVALID_ARGUMENT, EW_NEED_INPUT, EW_OK, EW_VALUE, Status};
use crate::Field;

/// In `field` of a token: a line of the event's data.
pub const EW_FIELD_DATA: u32 = 0;
/// In `field` of a token: the event's type.
pub const EW_FIELD_EVENT: u32 = 1;
/// In `field` of a token: the last event ID from here on.
pub const EW_FIELD_ID: u32 = 2;
/// In `field` of a token: the reconnection time.
pub const EW_FIELD_RETRY: u32 = 3;
/// In `field` of a token: a line that begins with a colon.
pub const EW_FIELD_COMMENT: u32 = 4;
/// In `field` of a token: any other line.
pub const EW_FIELD_UNKNOWN: u32 = 5;

/// In `flags` of a token: this is the value's last piece, its line has ended.
pub const EW_TOKEN_LAST: u32 = 1;

/// Cuts a stream into pieces of field values as they arrive: for proxies and filters, and for values too large to hold. Its
/// state is this struct, whatever the stream; it never copies and never allocates.
///
/// The struct is the caller's: `ew_tokenizer tokenizer = { { 0, 0 } };`, or all bytes zero, is the start of a stream. It may
/// be copied, which saves its place, and needs no cleaning up. One for each stream.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Tokenizer {
    /// The library's own, zero at the start of a stream.
    pub reserved: [u32; 2],
}

/// A field's value, or a piece of it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// The next bytes of the value; empty only with `EW_TOKEN_LAST`. Without the one space after the colon for data, event, id and
    /// retry; all that follows the colon for a comment; the whole line from its first byte for an unknown field.
    pub piece: Span,
    /// Whose value it is: `EW_FIELD_DATA` and so on.
    pub field: u32,
    /// `EW_TOKEN_LAST`, or 0: the value goes on.
    pub flags: u32,
    /// Zero.
    pub reserved: [u32; 4],
}

/// The number of a field.
#[inline(always)]
pub(super) const fn of_field(field: Field) -> u32 {
    match field {
        Field::Data => EW_FIELD_DATA,
        Field::Event => EW_FIELD_EVENT,
        Field::Id => EW_FIELD_ID,
        Field::Retry => EW_FIELD_RETRY,
        Field::Comment => EW_FIELD_COMMENT,
        Field::Unknown => EW_FIELD_UNKNOWN,
    }
}

/// The next piece of a field's value, or the end of a block.
///
/// A value that lies in one chunk comes as one piece; one that straddles chunks comes in pieces, of which the last has
/// `EW_TOKEN_LAST`. Nothing is to be done at the end of a stream: a last line without line end is not a line, and its
/// pieces have come without that flag.
///
/// # Parameters
///
/// - `tokenizer`: where the stream stands.
/// - `input`: a chunk, and how far it has been read; see `ew_input`.
/// - `out`: where the token is written, if there is one.
///
/// # Returns
///
/// `EW_VALUE`: `*out` holds a value or a piece of it. `EW_END_OF_BLOCK`: the blank line; what has come since the last
/// one is to be dispatched. `EW_NEED_INPUT`: the chunk is used up. `EW_ERR_INVALID_ARGUMENT`. Only with `EW_VALUE` is `*out`
/// written.
///
/// # Memory
///
/// `out->piece` is a slice of the chunk, and valid as long as that; or, a few bytes that came in an earlier chunk, the library's
/// own and always valid.
///
/// # Threads
///
/// One at a time for each tokenizer. Different ones are independent.
///
/// # Safety
///
/// `tokenizer` and `input` are readable and writable, `out` is writable, and the chunk is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_tokenizer_next(
    tokenizer: *mut Tokenizer,
    input: *mut Input,
    out: *mut Token,
) -> Status {
    // SAFETY: the caller: it is readable and writable.
    let tokenizer = unsafe { exclusive(tokenizer) };
    // SAFETY: the caller: it is readable and writable.
    let input = unsafe { exclusive(input) };
    // SAFETY: the caller: it is writable.
    let out = unsafe { place(out) };
    let (Some(tokenizer), Some(input), Some(out)) = (tokenizer, input, out) else {
        return EW_ERR_INVALID_ARGUMENT;
    };
    let Some(mut engine) = crate::Tokenizer::from_bits(tokenizer.reserved) else {
        return EW_ERR_INVALID_ARGUMENT;
    };
    // SAFETY: the caller: the chunk is readable.
    let Some(mut cursor) = (unsafe { input.cursor() }) else { return EW_ERR_INVALID_ARGUMENT };
    let status = match engine.next(&mut cursor) {
        Some(crate::Token::Value { field, piece, end }) => {
            let flags = if end { EW_TOKEN_LAST } else { 0 };
            out.write(Token { piece: Span::of(piece), field: of_field(field), flags, reserved: [0; 4] });
            EW_VALUE
        }
        Some(crate::Token::EndOfBlock) => EW_END_OF_BLOCK,
        None => EW_NEED_INPUT,
    };
    tokenizer.reserved = engine.to_bits();
    input.advance_to(&cursor);
    status
}

/// Cuts a line into name and value, as the standard cuts any line: the name is all before the first colon, the value all
/// after it but for one leading space; without a colon the line is a name with an empty value. For the lines of
/// `EW_FIELD_UNKNOWN`, once all their pieces are together.
///
/// # Parameters
///
/// - `line`: a line without its line end.
/// - `name`, `value`: where the parts are written.
///
/// # Returns
///
/// `EW_OK`, or `EW_ERR_INVALID_ARGUMENT` with nothing written.
///
/// # Memory
///
/// Both parts are slices of the line, and valid as long as that.
///
/// # Threads
///
/// Any thread, at any time.
///
/// # Safety
///
/// `name` and `value` are writable, and the bytes of `line` are readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ew_split_field(line: Span, name: *mut Span, value: *mut Span) -> Status {
    // SAFETY: the caller: it is writable.
    let name = unsafe { place(name) };
    // SAFETY: the caller: it is writable.
    let value = unsafe { place(value) };
    // SAFETY: the caller: the bytes are readable.
    let line = unsafe { line.bytes() };
    let (Some(name), Some(value), Some(line)) = (name, value, line) else { return EW_ERR_INVALID_ARGUMENT };
    let parts = crate::split_field(line);
    name.write(Span::of(parts.0));
    value.write(Span::of(parts.1));
    EW_OK
}
