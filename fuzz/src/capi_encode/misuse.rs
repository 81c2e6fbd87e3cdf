//! Messages and places that cannot be: both functions refuse them, and write nothing.

use super::{DIRTY, FILLING, dirty_fault, is_same};
use crate::capi::misuse::misaligned;
use eventwire::capi::{EW_ERR_INVALID_ARGUMENT, Fault, Message, Span, Status, ew_encode, ew_encode_len};
use std::ptr;

/// Where the functions are told to write.
#[derive(Clone, Copy)]
struct Places {
    out: *mut u8,
    capacity: usize,
    len: *mut usize,
    fault: *mut Fault,
}

/// Makes the calls that a capital letter stands for, with a message that would be right.
pub(super) fn make(letter: u8, message: &Message) {
    let (mut len, mut out, mut faults) = ([DIRTY; 2], [FILLING; 64], [dirty_fault(), dirty_fault()]);
    let places = Places { out: out.as_mut_ptr(), capacity: 64, len: &mut len[0], fault: faults.as_mut_ptr() };
    let null = Span { ptr: ptr::null(), len: 1 };
    let long = Span { ptr: out.as_ptr(), len: isize::MAX.unsigned_abs() + 1 };
    let mut copy = *message;
    match letter {
        b'A' => refused(ptr::null(), places),
        b'B' => refused(misaligned(&mut copy), places),
        b'C' => refused(message, Places { len: ptr::null_mut(), ..places }),
        b'D' => refused(message, Places { len: places.len.wrapping_byte_add(1), ..places }),
        b'E' => refused(message, Places { fault: places.fault.wrapping_byte_add(1), ..places }),
        b'F' => refused_room(message, Places { out: ptr::null_mut(), ..places }),
        b'G' => refused_room(message, Places { capacity: isize::MAX.unsigned_abs() + 1, ..places }),
        b'H' => refused(&Message { struct_size: 0, ..copy }, places),
        b'I' => refused(&Message { struct_size: message.struct_size - 1, ..copy }, places),
        b'J' => refused(&Message { struct_size: message.struct_size + 1, ..copy }, places),
        b'K' => refused(&Message { flags: 2, ..copy }, places),
        b'L' => refused(&Message { flags: u32::MAX, ..copy }, places),
        b'M' => refused(&Message { event: null, ..copy }, places),
        b'N' => refused(&Message { id: null, ..copy }, places),
        b'O' => refused(&Message { data: null, ..copy }, places),
        b'P' => refused(&Message { comment: null, ..copy }, places),
        b'Q' => refused(&Message { event: long, ..copy }, places),
        b'R' => refused(&Message { id: long, ..copy }, places),
        b'S' => refused(&Message { data: long, ..copy }, places),
        _ => refused(&Message { comment: long, ..copy }, places),
    }
    assert_eq!((len, out), ([DIRTY; 2], [FILLING; 64]));
    assert!(faults.iter().all(|fault| is_same(fault, &dirty_fault())));
}

/// By both functions.
fn refused(message: *const Message, places: Places) {
    refused_room(message, places);
    // SAFETY: what is not refused is a reference.
    let status: Status = unsafe { ew_encode_len(message, places.len, places.fault) };
    assert_eq!(status, EW_ERR_INVALID_ARGUMENT);
}

/// By the one that writes.
fn refused_room(message: *const Message, places: Places) {
    let Places { out, capacity, len, fault } = places;
    // SAFETY: what is not refused is a reference, and the room has 64 bytes.
    let status: Status = unsafe { ew_encode(message, out, capacity, len, fault) };
    assert_eq!(status, EW_ERR_INVALID_ARGUMENT);
}
