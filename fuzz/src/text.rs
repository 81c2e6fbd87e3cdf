//! The text that cases are made of.
//!
//! ```text
//! limit=20 replace comments
//! data: in thr|ee ch|unks
//! ```
//!
//! The first line is the *head*: words, and names with a number. A word is found wherever it stands, and what is no word means
//! nothing, so that a mutation changes a setting or is harmless. Behind it is the *body*; in one that is a stream, `|` stands for the end of a chunk and is
//! no part of the stream. Thus a cut moves with the bytes around it when the fuzzer moves those.

use eventwire_testkit::chunking::Chunking;
use eventwire_testkit::notation::Shown;
use eventwire_testkit::settings::{Eof, Items, Overflow, Settings, Utf8};
use std::fmt::{self, Debug, Formatter};
use std::ops::Deref;

/// The end of a chunk.
pub const CUT: u8 = b'|';

/// No body is longer: inputs are to be fast.
const LONGEST: usize = 8192;

/// The first line of a case.
#[derive(Clone, Copy, Debug)]
pub struct Head<'b>(&'b [u8]);

impl<'b> Head<'b> {
    /// Head and body.
    #[must_use]
    pub fn of(bytes: &'b [u8]) -> (Self, &'b [u8]) {
        let bytes = &bytes[..bytes.len().min(LONGEST)];
        match bytes.iter().position(|&byte| byte == b'\n') {
            Some(end) => (Self(&bytes[..end]), &bytes[end + 1..]),
            None => (Self(bytes), &[]),
        }
    }

    /// Whether a word stands there.
    #[must_use]
    pub fn has(self, word: &str) -> bool {
        self.behind(word).is_some()
    }

    /// The number behind a name, which ends with `=`.
    #[must_use]
    pub fn number(self, name: &str) -> Option<u64> {
        number(self.behind(name)?)
    }

    /// The bytes behind a name, up to the next space.
    #[must_use]
    pub fn word(self, name: &str) -> Option<&'b [u8]> {
        self.behind(name)?.split(|&byte| byte == b' ').next()
    }

    fn behind(self, word: &str) -> Option<&'b [u8]> {
        let at = self.0.windows(word.len()).position(|window| window == word.as_bytes())?;
        Some(&self.0[at + word.len()..])
    }

    /// The settings of a parser; sizes are what `size` makes of them.
    #[must_use]
    pub fn settings(self) -> Settings {
        let size = |name| self.number(name).map(|number| usize::try_from(number).unwrap_or(usize::MAX));
        let utf8 = match (self.has("strict"), self.has("replace")) {
            (true, _) => Utf8::Strict,
            (false, true) => Utf8::Replace,
            (false, false) => Utf8::Raw,
        };
        Settings {
            max_event_size: size("limit=").unwrap_or(Settings::default().max_event_size),
            // More than any case can need.
            capacity: size("carry=").map(|capacity| capacity.min(1 << 16)),
            overflow: if self.has("skip") { Overflow::Skip } else { Overflow::Error },
            utf8,
            eof: if self.has("dispatch") { Eof::Dispatch } else { Eof::Discard },
            items: Items {
                retry: self.has("retry"),
                comments: self.has("comments"),
                unknown: self.has("unknown"),
            },
        }
    }
}

/// The number that bytes begin with, if they begin with digits.
#[must_use]
pub fn number(bytes: &[u8]) -> Option<u64> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let digits = str::from_utf8(&bytes[..digits]).ok().filter(|digits| !digits.is_empty())?;
    Some(digits.parse().unwrap_or(u64::MAX))
}

/// Bytes that are shown as text.
#[derive(Clone)]
pub struct Bytes(pub Vec<u8>);

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Debug for Bytes {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Shown(&self.0).fmt(f)
    }
}

/// What stands for a run of bytes in a body that is [`stretch`]ed.
pub const RUN: u8 = b'~';

/// The body with runs of so many bytes in the place of the first two [`RUN`]s: for what is larger than a case may be.
#[must_use]
pub fn stretch(body: &[u8], len: usize) -> Vec<u8> {
    let run = vec![b'x'; len];
    let mut stretched = Vec::new();
    for (number, part) in body.splitn(3, |&byte| byte == RUN).enumerate() {
        if number > 0 {
            stretched.extend_from_slice(&run);
        }
        stretched.extend_from_slice(part);
    }
    stretched
}

/// A stream, and how it is cut.
#[must_use]
pub fn cut(body: &[u8]) -> (Bytes, Chunking) {
    let (mut stream, mut cuts) = (Vec::with_capacity(body.len()), Vec::new());
    for &byte in body {
        if byte == CUT {
            cuts.push(stream.len());
        } else {
            stream.push(byte);
        }
    }
    (Bytes(stream), Chunking::positions(cuts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_read() {
        let (head, body) = Head::of(b"limit=20 carry=x strict|skip retry\ndata|: 1||\n\n");
        let settings = head.settings();
        assert_eq!((settings.max_event_size, settings.capacity, settings.utf8), (20, None, Utf8::Strict));
        assert_eq!((settings.overflow, settings.eof), (Overflow::Skip, Eof::Discard));
        assert_eq!(settings.items, Items { retry: true, ..Items::NONE });
        let (stream, chunking) = cut(body);
        assert_eq!(*stream, *b"data: 1\n\n");
        assert_eq!(chunking.chunks(&stream).collect::<Vec<_>>(), [&b"data"[..], b": 1", b"", b"\n\n"]);
    }

    #[test]
    fn runs_are_put_in() {
        assert_eq!(stretch(b"a~b|~c~", 2), b"axxb|xxc~");
        assert_eq!(stretch(b"a", 2), b"a");
    }

    #[test]
    fn nothing_is_a_case() {
        let (head, body) = Head::of(b"");
        assert_eq!((head.settings(), body), (Settings::default(), &b""[..]));
        assert_eq!((number(b"x"), number(b"99999999999999999999")), (None, Some(u64::MAX)));
    }
}
