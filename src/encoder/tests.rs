//! The form of what is written, and what is refused.

use std::string::{String, ToString as _};
use std::vec::Vec;

use super::*;
use crate::tokenizer::Field;

fn encoded(message: Message<'_>) -> String {
    let mut out = Vec::new();
    message.encode_to_vec(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn every_field_has_its_form_and_place() {
    let message = Message::new().data("d").retry(3000).id("i").event("e").comment("c");
    assert_eq!(encoded(message), ":c\nevent: e\nid: i\nretry: 3000\ndata: d\n\n");
}

#[test]
fn empty_values_are_written_and_absent_ones_are_not() {
    assert_eq!(encoded(Message::new()), "\n");
    assert_eq!(encoded(Message::new().data("")), "data: \n\n");
    let message = Message::new().comment("").event("").id("").retry(0).data("");
    assert_eq!(encoded(message), ":\nevent: \nid: \nretry: 0\ndata: \n\n");
}

/// Statement 107.
#[test]
fn data_and_comments_are_split_at_all_three_line_ends() {
    let value = "a\nb\rc\r\nd\n\re\r\n";
    let message = Message::new().comment(value).data(value);
    assert_eq!(
        encoded(message),
        ":a\n:b\n:c\n:d\n:\n:e\n:\ndata: a\ndata: b\ndata: c\ndata: d\ndata: \ndata: e\ndata: \n\n"
    );
}

/// Statement 108.
#[test]
fn a_space_at_the_beginning_is_kept() {
    let message = Message::new().event(" e").id(" ").data(" a\n  b").comment(" c");
    assert_eq!(encoded(message), ": c\nevent:  e\nid:  \ndata:  a\ndata:   b\n\n");
}

#[test]
fn any_kind_of_text_or_bytes_will_do() {
    let (string, vector, boxed) = (String::from("s"), Vec::from(*b"v"), Vec::from(*b"b").into_boxed_slice());
    let message = Message::new().comment(b"c").event(&string).id(&vector).data(&boxed);
    assert_eq!(encoded(message), ":c\nevent: s\nid: v\ndata: b\n\n");
    assert_eq!(encoded(Message::new().data(&vector[..]).event(string.as_str())), "event: s\ndata: v\n\n");
}

#[test]
fn errors_say_what_and_where() {
    let refused = |message: Message<'_>| message.encoded_len().unwrap_err().to_string();
    assert_eq!(
        refused(Message::new().event("ab\rc\n")),
        "event type refused: CR at byte 2 (it may hold neither CR nor LF)"
    );
    assert_eq!(
        refused(Message::new().id("\0")),
        "id refused: NUL at byte 0 (it may hold neither CR, LF nor NUL)"
    );
    assert_eq!(
        Message::new().data("x").encode_to_slice(&mut [0; 8]).unwrap_err().to_string(),
        "message not written: the buffer is too small (9 bytes are needed)"
    );
    let invalid = EncodeError::InvalidByte { field: Field::Id, position: 3, byte: b'\n' };
    assert_eq!(Message::new().event("ok").id("abc\nd").pieces().unwrap_err(), invalid);
}

#[test]
fn debug_shows_what_is_set() {
    let message = Message::new().data(b"\xFF\n").retry(1);
    assert_eq!(std::format!("{message:?}"), r#"Message { data: "\xff\n", retry: 1 }"#);
    let pieces = message.pieces().unwrap();
    assert_eq!(std::format!("{pieces:?}"), r#"["retry: ", "1", "\ndata: ", "\xff", "\ndata: ", "\n\n"]"#);
}
