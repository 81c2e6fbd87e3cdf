//! Data that is JSON already, embedded in a line of output without being changed.
//!
//! The text is checked, not read: numbers, escapes, order and repeated keys reach the output as they came.

use std::io::{self, Write};

use memchr::memchr2;
use serde_json::value::RawValue;

/// How deep embedded JSON may nest. Readers of JSON have limits (`serde_json` and others take 128), and one
/// document beyond them would make the whole line unreadable; the check itself keeps a byte for each level.
const DEEPEST: usize = 128;

/// The JSON value that `data` is, without white space around it; nothing if it is not one JSON value in
/// valid UTF-8 or nests too deep.
pub(crate) fn json_value(data: &[u8]) -> Option<&str> {
    if nests_too_deep(data) {
        return None;
    }
    serde_json::from_slice::<&RawValue>(data).ok().map(RawValue::get)
}

/// Writes a JSON value without its line ends. They can only stand between tokens (in strings they are
/// escaped), where they mean nothing.
pub(crate) fn write_on_one_line<W: Write>(out: &mut W, value: &str) -> io::Result<()> {
    let mut rest = value.as_bytes();
    while let Some(end) = memchr2(b'\n', b'\r', rest) {
        out.write_all(&rest[..end])?;
        rest = &rest[end + 1..];
    }
    out.write_all(rest)
}

fn nests_too_deep(data: &[u8]) -> bool {
    // Data with few brackets, which is nearly all data, needs no closer look.
    let brackets = data.iter().filter(|byte| matches!(byte, b'[' | b'{')).count();
    brackets > DEEPEST && depth(data) > DEEPEST
}

/// How deep the brackets outside of strings nest. Right for JSON, and any number for other data.
fn depth(data: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in data {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn embedded(data: &[u8]) -> Option<String> {
        let mut out = Vec::new();
        write_on_one_line(&mut out, json_value(data)?).unwrap();
        Some(String::from_utf8(out).unwrap())
    }

    #[test]
    fn json_stays_as_it_is() {
        for text in [
            r#"{"b":1,"a":[1.0,1e400,-0,12345678901234567890123],"b":2}"#,
            r#""a\u0000\ud83d\ude00 / \/""#,
            r#"{ "a" : [ ] }"#,
            "null",
            "0.10",
            "\"né\u{2028}\"",
        ] {
            assert_eq!(embedded(text.as_bytes()).as_deref(), Some(text));
        }
    }

    #[test]
    fn line_ends_go_and_nothing_else() {
        assert_eq!(
            embedded(b"\n {\n  \"a\": \"x\\n\",\r\n\t\"b\": [1,\r2]\n}\n").unwrap(),
            "{  \"a\": \"x\\n\",\t\"b\": [1,2]}"
        );
    }

    #[test]
    fn what_is_not_json_is_not_embedded() {
        for data in [
            &b""[..],
            b" ",
            b"[DONE]",
            b"{'a':1}",
            b"{} {}",
            b"[1,]",
            b"\"a\nb\"",
            b"\"\xff\"",
            b"nul",
            b"01",
            b"NaN",
        ] {
            assert_eq!(embedded(data), None, "{data:?}");
        }
    }

    #[test]
    fn depth_has_a_limit() {
        let nested = |levels: usize| [b"[".repeat(levels), b"]".repeat(levels)].concat();
        assert!(embedded(&nested(DEEPEST)).is_some());
        assert!(embedded(&nested(DEEPEST + 1)).is_none());
        assert!(embedded(&nested(1 << 20)).is_none());
        // Many brackets, but side by side or within strings.
        let wide = format!("[{}[]]", "{\"a\":[]},".repeat(1_000));
        assert!(embedded(wide.as_bytes()).is_some());
        let text = format!("[\"\\\"{}\"]", "[".repeat(1_000));
        assert!(embedded(text.as_bytes()).is_some());
    }
}
