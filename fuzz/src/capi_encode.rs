//! Messages written by the C functions: what [`Message`](eventwire::Message) writes, byte for byte, into any room; what that refuses
//! is refused for the same byte; and misuse touches nothing.
//!
//! Each value and each room is memory of its own, with nothing to spare, so that a sanitizer sees what reads or writes too far.

#![expect(unsafe_code, reason = "C is called here")]

mod misuse;

use crate::round_trip::Fields;
use crate::text::{Bytes, Head};
use eventwire::EncodeError;
use eventwire::capi::{
    EW_ERR_BUFFER_TOO_SMALL, EW_ERR_INVALID_FIELD, EW_FIELD_EVENT, EW_FIELD_ID, EW_MESSAGE_RETRY, EW_OK,
    Fault, Message, Span, Status, ew_encode, ew_encode_len,
};
use std::ptr;

/// Messages, separated by `^`, as for [`round_trip`](crate::round_trip). `calls=`: capital letters, each a misuse of `misuse.rs`,
/// one before each message in turn. `room=`: how much room there is, beside what is too little, enough and too much.
#[derive(Clone, Debug)]
pub struct Case {
    messages: Vec<Fields>,
    calls: Vec<u8>,
    room: usize,
}

/// What a call must not write if it has nothing to say.
const DIRTY: usize = 99;

/// What there is in a room before anything is written.
const FILLING: u8 = 0xA5;

impl crate::Case for Case {
    fn read(bytes: &[u8]) -> Self {
        let (head, body) = Head::of(bytes);
        let mut calls = head.word("calls=").unwrap_or_default().to_vec();
        calls.retain(u8::is_ascii_uppercase);
        Self {
            messages: body.split(|&byte| byte == b'^').map(Fields::read).collect(),
            calls,
            room: head.number("room=").map_or(0, |room| room.min(4096) as usize),
        }
    }

    fn check(&self) {
        let mut calls = self.calls.iter().copied().cycle();
        for fields in &self.messages {
            let values = Values::of(fields);
            let message = values.message();
            if let Some(letter) = calls.next() {
                misuse::make(letter, &message);
            }
            match expected(fields) {
                Ok(written) => {
                    let len = written.len();
                    for room in [len, len + 1, len - 1, 0, self.room] {
                        check_written(&message, room, &written);
                    }
                    check_len(&message, EW_OK, len, &dirty_fault());
                }
                Err(fault) => {
                    for room in [0, self.room] {
                        check_refused(&message, room, &fault);
                    }
                    check_len(&message, EW_ERR_INVALID_FIELD, DIRTY, &fault);
                }
            }
        }
    }
}

/// What Rust's message writes, or what is wrong with it in the words of C.
fn expected(fields: &Fields) -> Result<Vec<u8>, Fault> {
    let mut written = Vec::new();
    match fields.message().encode_to_vec(&mut written) {
        Ok(()) => Ok(written),
        Err(EncodeError::InvalidByte { field, position, byte }) => Err(Fault {
            field: match field {
                eventwire::Field::Event => EW_FIELD_EVENT,
                eventwire::Field::Id => EW_FIELD_ID,
                other => panic!("{other:?} can hold any byte"),
            },
            byte: byte.into(),
            position: position as u64,
        }),
        Err(error) => panic!("{error}"),
    }
}

fn check_written(message: &Message, room: usize, written: &[u8]) {
    let (status, len, fault, out) = encode(message, room);
    assert!(is_same(&fault, &dirty_fault()));
    assert_eq!(len, written.len());
    if room < len {
        assert_eq!(status, EW_ERR_BUFFER_TOO_SMALL);
        assert!(out.iter().all(|&byte| byte == FILLING));
    } else {
        assert_eq!(status, EW_OK);
        let (begun, rest) = out.split_at(len);
        assert_eq!(begun, written);
        assert!(rest.iter().all(|&byte| byte == FILLING), "written behind the message");
    }
}

fn check_refused(message: &Message, room: usize, expected: &Fault) {
    let (status, len, fault, out) = encode(message, room);
    assert_eq!((status, len), (EW_ERR_INVALID_FIELD, DIRTY));
    assert!(is_same(&fault, expected), "{fault:?}, and not {expected:?}");
    assert!(out.iter().all(|&byte| byte == FILLING));
}

/// One call of `ew_encode`: status, length, the byte to blame, and what then is in the room. Whether the byte is asked for
/// changes nothing.
fn encode(message: &Message, room: usize) -> (Status, usize, Fault, Box<[u8]>) {
    let (mut len, mut fault) = (DIRTY, dirty_fault());
    let mut out = vec![FILLING; room].into_boxed_slice();
    // Without room there need be no memory.
    let place = if room == 0 { ptr::null_mut() } else { out.as_mut_ptr() };
    // SAFETY: the values are slices, the rest are references, and the memory has as many bytes.
    let status = unsafe { ew_encode(message, place, room, &mut len, ptr::null_mut()) };
    let first = (status, len, out.clone());
    (len, out) = (DIRTY, vec![FILLING; room].into_boxed_slice());
    let place = if room == 0 { ptr::null_mut() } else { out.as_mut_ptr() };
    // SAFETY: the same.
    let status = unsafe { ew_encode(message, place, room, &mut len, &mut fault) };
    assert_eq!((status, len, &out), (first.0, first.1, &first.2));
    (status, len, fault, out)
}

/// One call of `ew_encode_len`, and another without a place for the byte to blame.
fn check_len(message: &Message, status: Status, expected: usize, blamed: &Fault) {
    let (mut len, mut fault) = (DIRTY, dirty_fault());
    // SAFETY: the values are slices, the rest are references.
    assert_eq!(unsafe { ew_encode_len(message, &mut len, &mut fault) }, status);
    assert_eq!(len, expected);
    assert!(is_same(&fault, blamed), "{fault:?}, and not {blamed:?}");
    len = DIRTY;
    // SAFETY: the same.
    assert_eq!(unsafe { ew_encode_len(message, &mut len, ptr::null_mut()) }, status);
    assert_eq!(len, expected);
}

/// The values of a message, each in memory of its own.
struct Values {
    event: Option<Box<[u8]>>,
    id: Option<Box<[u8]>>,
    data: Option<Box<[u8]>>,
    comment: Option<Box<[u8]>>,
    retry: Option<u64>,
}

impl Values {
    fn of(fields: &Fields) -> Self {
        let apart = |value: &Option<Bytes>| value.as_ref().map(|value| Box::from(&value.0[..]));
        Self {
            event: apart(&fields.event),
            id: apart(&fields.id),
            data: apart(&fields.data),
            comment: apart(&fields.comment),
            retry: fields.retry,
        }
    }

    fn message(&self) -> Message {
        let span = |value: &Option<Box<[u8]>>| {
            let nothing = Span { ptr: ptr::null(), len: 0 };
            value.as_ref().map_or(nothing, |value| Span { ptr: value.as_ptr(), len: value.len() })
        };
        Message {
            struct_size: size_of::<Message>() as u32,
            flags: if self.retry.is_some() { EW_MESSAGE_RETRY } else { 0 },
            event: span(&self.event),
            id: span(&self.id),
            data: span(&self.data),
            comment: span(&self.comment),
            retry: self.retry.unwrap_or(7),
        }
    }
}

fn dirty_fault() -> Fault {
    Fault { field: 99, byte: 99, position: 99 }
}

fn is_same(one: &Fault, other: &Fault) -> bool {
    (one.field, one.byte, one.position) == (other.field, other.byte, other.position)
}
