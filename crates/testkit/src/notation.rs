//! The one notation for bytes: what vectors are written in and what failing assertions print.
//!
//! Printable ASCII stands for itself; everything else is escaped. What [`Shown`] prints can be pasted into a
//! vector's `input`, and [`parse`] reads it back.
//!
//! | escape | stands for |
//! |---|---|
//! | `\r` `\n` `\t` `\0` `\\` | CR, LF, TAB, NUL, backslash |
//! | `\xNN` | the byte with these two hexadecimal digits |
//! | `\u{N}` | the UTF-8 bytes of the scalar value with these one to six hexadecimal digits |

use std::fmt::{self, Debug, Display, Formatter, Write as _};

/// Above this many bytes only the two ends of a value are printed.
const LONGEST_SHOWN: usize = 600;

/// Prints bytes in the notation, between single quotes; very long values are cut in the middle.
#[derive(Clone, Copy)]
pub struct Shown<'a>(pub &'a [u8]);

impl Debug for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('\'')?;
        if self.0.len() <= LONGEST_SHOWN {
            write_escaped(f, self.0)?;
        } else {
            let (head, tail) = (&self.0[..LONGEST_SHOWN / 2], &self.0[self.0.len() - LONGEST_SHOWN / 2..]);
            write_escaped(f, head)?;
            write!(f, "' ... {} bytes in all ... '", self.0.len())?;
            write_escaped(f, tail)?;
        }
        f.write_char('\'')
    }
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Debug::fmt(self, f)
    }
}

fn write_escaped(f: &mut Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\r' => f.write_str("\\r")?,
                '\n' => f.write_str("\\n")?,
                '\t' => f.write_str("\\t")?,
                '\0' => f.write_str("\\0")?,
                '\\' => f.write_str("\\\\")?,
                // A single quote would end the literal string of a vector.
                '\'' | '\x01'..='\x1f' | '\x7f' => write!(f, "\\x{:02x}", u32::from(c))?,
                ' '..='~' => f.write_char(c)?,
                _ => write!(f, "\\u{{{:x}}}", u32::from(c))?,
            }
        }
        for byte in chunk.invalid() {
            write!(f, "\\x{byte:02x}")?;
        }
    }
    Ok(())
}

/// Reads text in the notation. Characters beyond ASCII may also stand for themselves.
///
/// # Errors
///
/// Names the first escape that is not one.
pub fn parse(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at..];
        rest = parse_escape(rest, &mut bytes)
            .ok_or_else(|| format!("bad escape at: {}", rest.chars().take(12).collect::<String>()))?;
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

/// Reads the escape that `text` begins with, and gives back what follows it.
fn parse_escape<'t>(text: &'t str, bytes: &mut Vec<u8>) -> Option<&'t str> {
    let rest = text.get(2..)?;
    match text.as_bytes()[1] {
        b'r' => bytes.push(b'\r'),
        b'n' => bytes.push(b'\n'),
        b't' => bytes.push(b'\t'),
        b'0' => bytes.push(0),
        b'\\' => bytes.push(b'\\'),
        b'x' => {
            bytes.push(u8::try_from(hex(rest.get(..2)?)?).ok()?);
            return rest.get(2..);
        }
        b'u' => {
            let (digits, rest) = rest.strip_prefix('{')?.split_once('}')?;
            let c = char::from_u32(hex(digits)?)?;
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            return Some(rest);
        }
        _ => return None,
    }
    Some(rest)
}

fn hex(digits: &str) -> Option<u32> {
    // `from_str_radix` alone would take a sign.
    let all_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
    if all_hex && digits.len() <= 6 { u32::from_str_radix(digits, 16).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read() {
        assert_eq!(parse(r"a\r\n\t\0\\\x41\xff\u{2028}é").unwrap(), b"a\r\n\t\0\\A\xff\xe2\x80\xa8\xc3\xa9");
        assert_eq!(parse("").unwrap(), b"");
    }

    #[test]
    fn bad_escapes_are_refused() {
        for bad in [
            r"\",
            r"\q",
            r"\x",
            r"\x4",
            r"\xg0",
            r"\x+1",
            r"\u41",
            r"\u{}",
            r"\u{d800}",
            r"\u{1234567}",
            r"\é",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_shown_reads_back() {
        let all: Vec<u8> = (0..=255).chain("é\u{2028}😀'\\".bytes()).collect();
        let shown = format!("{:?}", Shown(&all));
        let inner = shown.strip_prefix('\'').and_then(|s| s.strip_suffix('\'')).unwrap();
        assert!(!inner.contains('\''));
        assert_eq!(parse(inner).unwrap(), all);
    }

    #[test]
    fn long_values_are_cut() {
        let shown = format!("{:?}", Shown(&[b'a'; 100_000]));
        assert!(shown.len() < 1_000 && shown.contains("100000 bytes"), "{shown}");
    }
}
