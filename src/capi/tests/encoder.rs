//! Messages: what is written, what is refused, and that nothing else is touched.

use core::ptr;
use std::vec::Vec;

use super::super::{
    EW_ERR_BUFFER_TOO_SMALL, EW_ERR_INVALID_ARGUMENT, EW_ERR_INVALID_FIELD, EW_FIELD_EVENT, EW_FIELD_ID,
    EW_MESSAGE_RETRY, EW_OK, Fault, Message, Span, Status, ew_encode, ew_encode_len,
};

/// `EW_MESSAGE_INIT`.
const MESSAGE: Message = Message {
    struct_size: size_of::<Message>() as u32,
    flags: 0,
    event: Span::NONE,
    id: Span::NONE,
    data: Span::NONE,
    comment: Span::NONE,
    retry: 0,
};

/// What a call must not write if it has nothing to say.
const DIRTY: usize = 99;

fn dirty_fault() -> Fault {
    Fault { field: 99, byte: 99, position: 99 }
}

fn span(text: &str) -> Span {
    Span::of(text.as_bytes())
}

/// The status of both functions, which must agree, and what was written.
fn encode(message: &Message, capacity: usize) -> (Status, usize, Fault, Vec<u8>) {
    let (mut len, mut fault, mut out) = (DIRTY, dirty_fault(), std::vec![0xAA; capacity]);
    // SAFETY: all are references, and the values are slices.
    let status = unsafe { ew_encode(message, out.as_mut_ptr(), capacity, &mut len, &mut fault) };
    let (mut only_len, mut only_fault) = (DIRTY, dirty_fault());
    // SAFETY: the same.
    let only_status = unsafe { ew_encode_len(message, &mut only_len, &mut only_fault) };
    assert_eq!(only_status, if status == EW_ERR_BUFFER_TOO_SMALL { EW_OK } else { status });
    assert_eq!(only_len, len);
    assert_eq!(std::format!("{only_fault:?}"), std::format!("{fault:?}"));
    (status, len, fault, out)
}

#[test]
fn messages_are_written() {
    let all = Message {
        flags: EW_MESSAGE_RETRY,
        event: span("e"),
        id: span("i"),
        data: span("a\r\nb"),
        comment: span("c"),
        retry: u64::MAX,
        ..MESSAGE
    };
    for (message, stream) in [
        (MESSAGE, "\n"),
        (Message { retry: 7, ..MESSAGE }, "\n"),
        (Message { comment: span(""), ..MESSAGE }, ":\n\n"),
        (Message { event: span(""), id: span(""), data: span(""), ..MESSAGE }, "event: \nid: \ndata: \n\n"),
        (all, ":c\nevent: e\nid: i\nretry: 18446744073709551615\ndata: a\ndata: b\n\n"),
    ] {
        let needed = stream.len();
        let (status, len, fault, out) = encode(&message, needed + 1);
        assert_eq!((status, len, &out[..needed], out[needed]), (EW_OK, needed, stream.as_bytes(), 0xAA));
        assert_eq!(fault.field, 99);
        for capacity in [needed - 1, 0] {
            let (status, len, fault, out) = encode(&message, capacity);
            assert_eq!((status, len, fault.field), (EW_ERR_BUFFER_TOO_SMALL, needed, 99));
            assert!(out.iter().all(|&byte| byte == 0xAA));
        }
        let mut len = DIRTY;
        // SAFETY: without room there need be no memory; the rest are references.
        let status = unsafe { ew_encode(&message, ptr::null_mut(), 0, &mut len, ptr::null_mut()) };
        assert_eq!((status, len), (EW_ERR_BUFFER_TOO_SMALL, needed));
    }
}

#[test]
fn bytes_that_no_stream_can_carry() {
    for (message, field, byte, position) in [
        (Message { event: span("ab\nc\r"), data: span("x"), ..MESSAGE }, EW_FIELD_EVENT, b'\n', 2),
        (Message { id: span("\r"), ..MESSAGE }, EW_FIELD_ID, b'\r', 0),
        (Message { event: span("a"), id: span("1\0"), ..MESSAGE }, EW_FIELD_ID, 0, 1),
    ] {
        let (status, len, fault, out) = encode(&message, 100);
        assert_eq!((status, len), (EW_ERR_INVALID_FIELD, DIRTY));
        assert_eq!((fault.field, fault.byte, fault.position), (field, u32::from(byte), position));
        assert!(out.iter().all(|&byte| byte == 0xAA));
        let mut out = [0xAA; 100];
        // SAFETY: who does not want to know the byte gives no place for it; the rest are references.
        let status = unsafe { ew_encode(&message, out.as_mut_ptr(), 100, &mut 0, ptr::null_mut()) };
        assert_eq!((status, out), (EW_ERR_INVALID_FIELD, [0xAA; 100]));
    }
}

#[test]
fn arguments_that_cannot_be() {
    let null = Span { ptr: ptr::null(), len: 1 };
    let long = Span { len: isize::MAX.unsigned_abs() + 1, ..span("x") };
    for message in [
        Message { struct_size: 0, ..MESSAGE },
        Message { struct_size: MESSAGE.struct_size - 1, ..MESSAGE },
        Message { struct_size: MESSAGE.struct_size + 1, ..MESSAGE },
        Message { flags: 2, ..MESSAGE },
        Message { flags: u32::MAX, ..MESSAGE },
        Message { event: null, ..MESSAGE },
        Message { id: null, ..MESSAGE },
        Message { data: null, ..MESSAGE },
        Message { comment: null, ..MESSAGE },
        Message { event: long, ..MESSAGE },
        Message { id: long, ..MESSAGE },
        Message { data: long, ..MESSAGE },
        Message { comment: long, ..MESSAGE },
    ] {
        let (status, len, fault, out) = encode(&message, 100);
        assert_eq!((status, len, fault.field), (EW_ERR_INVALID_ARGUMENT, DIRTY, 99));
        assert!(out.iter().all(|&byte| byte == 0xAA));
    }
    let (mut len, mut faults, mut out) = (DIRTY, [dirty_fault(); 2], [0xAA_u8; 100]);
    let (out_at, len_at, fault_at) = (out.as_mut_ptr(), ptr::from_mut(&mut len), faults.as_mut_ptr());
    let misaligned_message = ptr::from_ref(&MESSAGE).wrapping_byte_add(1);
    let misaligned_len = len_at.wrapping_byte_add(1);
    let misaligned_fault = fault_at.wrapping_byte_add(1);
    for (message, out, capacity, len, fault) in [
        (ptr::null(), out_at, 100, len_at, fault_at),
        (misaligned_message, out_at, 100, len_at, fault_at),
        (&MESSAGE, ptr::null_mut(), 100, len_at, fault_at),
        (&MESSAGE, out_at, isize::MAX.unsigned_abs() + 1, len_at, fault_at),
        (&MESSAGE, out_at, 100, ptr::null_mut(), fault_at),
        (&MESSAGE, out_at, 100, misaligned_len, fault_at),
        (&MESSAGE, out_at, 100, len_at, misaligned_fault),
    ] {
        // SAFETY: what is not refused is a reference.
        assert_eq!(unsafe { ew_encode(message, out, capacity, len, fault) }, EW_ERR_INVALID_ARGUMENT);
    }
    for (message, len, fault) in [
        (ptr::null(), len_at, fault_at),
        (misaligned_message, len_at, fault_at),
        (&MESSAGE, ptr::null_mut(), fault_at),
        (&MESSAGE, misaligned_len, fault_at),
        (&MESSAGE, len_at, misaligned_fault),
    ] {
        // SAFETY: what is not refused is a reference.
        assert_eq!(unsafe { ew_encode_len(message, len, fault) }, EW_ERR_INVALID_ARGUMENT);
    }
    assert_eq!((len, faults[0].field, out), (DIRTY, 99, [0xAA; 100]));
}
