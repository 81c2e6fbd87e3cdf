//! The tokenizer.

use core::ptr;
use std::vec::Vec;

use super::super::{
    EW_END_OF_BLOCK, EW_ERR_INVALID_ARGUMENT, EW_FIELD_COMMENT, EW_FIELD_DATA, EW_FIELD_EVENT, EW_FIELD_ID,
    EW_FIELD_RETRY, EW_FIELD_UNKNOWN, EW_NEED_INPUT, EW_OK, EW_TOKEN_LAST, EW_VALUE, Span, Token, Tokenizer,
    ew_split_field, ew_tokenizer_next,
};
use super::{CUT_EVERY, input, text};

/// Fields and whole values, with the end of a block as a field of its own.
fn values(chunks: &[&[u8]]) -> Vec<(u32, Vec<u8>)> {
    const END: u32 = 99;
    let (mut tokenizer, mut values, mut whole) = (Tokenizer { reserved: [0; 2] }, Vec::new(), true);
    for chunk in chunks {
        let mut cursor = input(chunk);
        loop {
            let none = Span { ptr: ptr::null(), len: 0 };
            let mut token = Token { piece: none, field: 98, flags: 98, reserved: [98; 4] };
            // SAFETY: all are references, the chunk is a slice.
            let status = unsafe { ew_tokenizer_next(&mut tokenizer, &mut cursor, &mut token) };
            if status == EW_VALUE {
                assert_eq!(token.reserved, [0; 4]);
                if whole {
                    values.push((token.field, Vec::new()));
                }
                values.last_mut().unwrap().1.extend_from_slice(text(token.piece));
                whole = token.flags == EW_TOKEN_LAST;
                continue;
            }
            assert_eq!((token.field, token.flags, token.reserved), (98, 98, [98; 4]));
            if status == EW_NEED_INPUT {
                assert_eq!(cursor.pos, chunk.len());
                break;
            }
            assert_eq!(status, EW_END_OF_BLOCK);
            values.push((END, Vec::new()));
        }
    }
    values
}

#[test]
fn fields_at_every_cut() {
    let stream = b"\xEF\xBB\xBFdata: 1\nevent:2\r\nid\nretry: 3\r: 4\nfoo: 5\n\ndatax\n";
    let expected = [
        (EW_FIELD_DATA, "1"),
        (EW_FIELD_EVENT, "2"),
        (EW_FIELD_ID, ""),
        (EW_FIELD_RETRY, "3"),
        (EW_FIELD_COMMENT, " 4"),
        (EW_FIELD_UNKNOWN, "foo: 5"),
        (99, ""),
        (EW_FIELD_UNKNOWN, "datax"),
    ];
    let expected = expected.map(|(field, value)| (field, value.as_bytes().to_vec()));
    for cut in (0..=stream.len()).step_by(CUT_EVERY) {
        let (first, second) = stream.split_at(cut);
        assert_eq!(values(&[first, second]), expected, "cut at {cut}");
    }
    let bytes: Vec<&[u8]> = stream.chunks(1).collect();
    assert_eq!(values(&bytes), expected);
}

#[test]
fn any_state_is_one_or_refused() {
    let most = if cfg!(miri) { 64 } else { u32::from(u16::MAX) };
    for word in 0..=most {
        for reserved in [[word, 0], [word << 16, 0], [0, word]] {
            let (mut tokenizer, mut cursor) = (Tokenizer { reserved }, input(b"data: 1\n\n"));
            let none = Span { ptr: ptr::null(), len: 0 };
            let mut token = Token { piece: none, field: 0, flags: 0, reserved: [0; 4] };
            // SAFETY: all are references, the chunk is a slice.
            let status = unsafe { ew_tokenizer_next(&mut tokenizer, &mut cursor, &mut token) };
            if status == EW_ERR_INVALID_ARGUMENT {
                assert_eq!((tokenizer.reserved, cursor.pos), (reserved, 0));
            } else {
                assert!(reserved[0] >> 24 == 0 && reserved[1] == 0, "{reserved:?}");
            }
        }
    }
}

#[test]
fn lines_are_split() {
    for (line, wanted) in [("a: b", ("a", "b")), ("a:  b:", ("a", " b:")), ("a", ("a", "")), ("", ("", ""))] {
        let mut parts = [Span { ptr: ptr::null(), len: 99 }; 2];
        let [name, value] = &mut parts;
        // SAFETY: all are references, the line is a slice.
        let status = unsafe { ew_split_field(Span { ptr: line.as_ptr(), len: line.len() }, name, value) };
        assert_eq!((status, text(*name), text(*value)), (EW_OK, wanted.0.as_bytes(), wanted.1.as_bytes()));
    }
}
