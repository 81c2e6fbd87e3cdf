//! Events and other items as lines of JSON.
//!
//! Everything is streamed into the writer: the escapes by `serde_json`, bytes that are not UTF-8 as U+FFFD
//! while they are written, in pieces for which the output has room. No copy of a value is made, whatever its
//! size.

use std::io::{self, Write};

use serde::Serialize as _;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use crate::embed;
use crate::output::{MOST_ROOM, Output};

/// The length of `\u0000`, the most that one byte becomes.
const LONGEST_ESCAPE: usize = 6;

/// Writes the line of an event. With `embed_json`, data that is JSON stands there as it is, not as a string.
#[inline]
pub(crate) fn write_event<W: Write>(
    out: &mut Output<W>,
    event_type: &[u8],
    id: &[u8],
    data: &[u8],
    embed_json: bool,
) -> io::Result<()> {
    out.write_all(b"{\"event\":")?;
    write_string(out, event_type)?;
    out.write_all(b",\"id\":")?;
    write_string(out, id)?;
    out.write_all(b",\"data\":")?;
    let value = if embed_json { embed::json_value(data) } else { None };
    match value {
        Some(value) => embed::write_on_one_line(out, value)?,
        None => write_string(out, data)?,
    }
    out.write_all(b"}\n")
}

/// Writes the line of a reconnection time in milliseconds.
pub(crate) fn write_retry<W: Write>(out: &mut Output<W>, milliseconds: u64) -> io::Result<()> {
    writeln!(out, "{{\"retry\":{milliseconds}}}")
}

/// Writes the line of a comment.
pub(crate) fn write_comment<W: Write>(out: &mut Output<W>, comment: &[u8]) -> io::Result<()> {
    out.write_all(b"{\"comment\":")?;
    write_string(out, comment)?;
    out.write_all(b"}\n")
}

/// Writes the line of a lost connection.
#[cfg(feature = "get")]
pub(crate) fn write_error<W: Write>(out: &mut Output<W>, what: &str, ready_state: u8) -> io::Result<()> {
    out.write_all(b"{\"error\":")?;
    write_string(out, what.as_bytes())?;
    writeln!(out, ",\"ready_state\":{ready_state}}}")
}

/// Writes a JSON string, with one U+FFFD for every maximal invalid sequence, as decoders do.
fn write_string<W: Write>(out: &mut Output<W>, bytes: &[u8]) -> io::Result<()> {
    out.write_all(b"\"")?;
    match str::from_utf8(bytes) {
        Ok(text) => write_escaped(out, text)?,
        Err(_) => write_repaired(out, bytes)?,
    }
    out.write_all(b"\"")
}

#[cold]
fn write_repaired<W: Write>(out: &mut Output<W>, bytes: &[u8]) -> io::Result<()> {
    for chunk in bytes.utf8_chunks() {
        write_escaped(out, chunk.valid())?;
        if !chunk.invalid().is_empty() {
            out.write_all("\u{FFFD}".as_bytes())?;
        }
    }
    Ok(())
}

/// Writes the inside of a JSON string, piece by piece into the buffer of the output.
fn write_escaped<W: Write>(out: &mut Output<W>, text: &str) -> io::Result<()> {
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(piece_length(rest));
        let buffer = out.room(piece.len() * LONGEST_ESCAPE)?;
        piece.serialize(&mut Serializer::with_formatter(buffer, Unquoted))?;
        rest = after;
    }
    Ok(())
}

/// How much of `text` to write in one piece: whole characters, and what has room however it is escaped.
fn piece_length(text: &str) -> usize {
    const PIECE: usize = MOST_ROOM / LONGEST_ESCAPE;
    if text.len() <= PIECE {
        return text.len();
    }
    // A character has four bytes at most, so one of the last four places is between two.
    (PIECE - 3..=PIECE).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(PIECE)
}

/// Escapes as JSON does but sets no quotes, for strings that are written in pieces.
struct Unquoted;

impl Formatter for Unquoted {
    fn begin_string<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        Ok(())
    }

    fn end_string<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Output<&mut Vec<u8>>) -> io::Result<()>) -> String {
        let mut bytes = Vec::new();
        let mut out = Output::new(&mut bytes);
        write(&mut out).and_then(|()| out.flush()).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    fn string(bytes: &[u8]) -> String {
        written(|out| write_string(out, bytes))
    }

    #[test]
    fn strings_are_escaped() {
        assert_eq!(string(b""), r#""""#);
        assert_eq!(string(b"a\"b\\c/d"), r#""a\"b\\c/d""#);
        assert_eq!(string(b"\0\x01\x08\t\n\x0c\r\x1f\x7f"), "\"\\u0000\\u0001\\b\\t\\n\\f\\r\\u001f\x7f\"");
        assert_eq!(string("né\u{2028}😀".as_bytes()), "\"né\u{2028}😀\"");
    }

    #[test]
    fn bad_bytes_are_replaced_as_decoders_do() {
        for bytes in [
            &b"\xff"[..],
            b"a\xffb",
            b"\xf0\x9f\x98",
            b"\xf0\x9f\x98\"\xe2\x82",
            b"\xed\xa0\x80\n",
            b"\xc0\xaf\xfe\\",
            b"\x80\x80\x80",
        ] {
            let expected = serde_json::to_string(&String::from_utf8_lossy(bytes)).unwrap();
            assert_eq!(string(bytes), expected, "{bytes:x?}");
        }
    }

    #[test]
    fn long_strings_are_not_cut_within_a_character() {
        // Every alignment of characters of every length, and more than the buffer holds.
        for shift in 0..4 {
            for unit in ["x", "\"", "\0", "é", "€", "😀", "é\u{1}😀€"] {
                let text = " ".repeat(shift) + &unit.repeat(40_000);
                assert!(string(text.as_bytes()) == serde_json::to_string(&text).unwrap(), "{shift} {unit:?}");
            }
        }
    }

    #[test]
    fn other_lines_have_their_form() {
        assert_eq!(written(|out| write_retry(out, 3000)), "{\"retry\":3000}\n");
        assert_eq!(written(|out| write_comment(out, b" \"hi\"")), "{\"comment\":\" \\\"hi\\\"\"}\n");
    }

    #[test]
    fn the_writers_error_comes_back_as_it_was() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let long = [b'x'; 100_000];
        assert_eq!(
            write_string(&mut Output::new(Closed), &long).unwrap_err().kind(),
            io::ErrorKind::BrokenPipe
        );
    }
}
