//! The tokenizer: the values are the oracle's, each piece is the bytes of the stream where it says to be, and all other bytes
//! are what stands between values.

use crate::text::{self, Bytes, Head};
use eventwire::{Field, Input, Token, Tokenizer};
use eventwire_testkit::chunking::Chunking;
use eventwire_testkit::drive;
use eventwire_testkit::notation::Shown;
use eventwire_testkit::tokens;

/// A stream and its cuts. The head means nothing.
#[derive(Clone, Debug)]
pub struct Case {
    stream: Bytes,
    chunking: Chunking,
}

impl crate::Case for Case {
    fn read(bytes: &[u8]) -> Self {
        let (stream, chunking) = text::cut(Head::of(bytes).1);
        Self { stream, chunking }
    }

    fn check(&self) {
        let expected = tokens::tokens(&self.stream);
        for chunking in [&self.chunking, &Chunking::whole()] {
            assert_eq!(drive::tokens(&self.stream, chunking), expected, "{chunking:?}");
            self.account_for_all(chunking);
        }
    }
}

impl Case {
    fn account_for_all(&self, chunking: &Chunking) {
        let mut account = Account { stream: &self.stream, at: 0, after_cr: false, in_value: false };
        let (mut tokenizer, mut fed) = (Tokenizer::new(), 0);
        for chunk in chunking.chunks(&self.stream) {
            let mut input = Input::new(chunk);
            while let Some(token) = tokenizer.next(&mut input) {
                account.token(&token, fed + input.consumed());
            }
            fed += chunk.len();
        }
        account.end();
    }
}

/// A walk along the stream from token to token.
struct Account<'s> {
    stream: &'s [u8],
    /// All before this is accounted for.
    at: usize,
    after_cr: bool,
    /// A value has begun and goes on.
    in_value: bool,
}

impl<'s> Account<'s> {
    /// Takes a token, after which so many bytes of the stream were consumed.
    fn token(&mut self, token: &Token<'_>, consumed: usize) {
        match *token {
            Token::EndOfBlock => {
                let gap = self.gap(consumed - 1);
                assert!(gap.is_empty() && !self.in_value, "before a blank line: {}", Shown(gap));
                self.line_end(consumed);
            }
            Token::Value { field, piece, end } => {
                let begin = consumed - usize::from(end) - piece.len();
                let gap = self.gap(begin);
                let stream = &self.stream[begin..begin + piece.len()];
                assert_eq!(Shown(piece).to_string(), Shown(stream).to_string(), "at {begin}");
                if self.in_value {
                    assert_eq!(gap, b"", "between two pieces of a value");
                } else {
                    assert!(opens(field, gap, piece), "{field:?} behind {}", Shown(gap));
                }
                self.at = begin + piece.len();
                self.in_value = !end;
                if end {
                    self.line_end(consumed);
                }
            }
            other => panic!("a token that is not known here: {other:?}"),
        }
    }

    /// What stands between what is accounted for and `begin`, but for what is no part of any line.
    fn gap(&mut self, begin: usize) -> &'s [u8] {
        let mut gap = &self.stream[self.at..begin];
        if self.at == 0 {
            gap = gap.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(gap);
        }
        if std::mem::take(&mut self.after_cr) {
            gap = gap.strip_prefix(b"\n").unwrap_or(gap);
        }
        gap
    }

    fn line_end(&mut self, consumed: usize) {
        let last = self.stream[consumed - 1];
        assert!(matches!(last, b'\r' | b'\n'), "a line ends with {last:#04x}");
        self.after_cr = last == b'\r';
        self.at = consumed;
    }

    /// What is left is the beginning of a line that has shown nothing of its value.
    fn end(&mut self) {
        let is_first = self.at == 0;
        let rest = self.gap(self.stream.len());
        let openings = [&b"data: "[..], b"event: ", b"id: ", b"retry: ", b":"];
        let may_be_mark = is_first && b"\xEF\xBB\xBF".starts_with(rest);
        let is_opening = openings.iter().any(|opening| opening.starts_with(rest));
        assert!(rest.is_empty() || (!self.in_value && (may_be_mark || is_opening)), "left: {}", Shown(rest));
    }
}

/// Whether a value may begin with this piece behind these bytes.
fn opens(field: Field, gap: &[u8], piece: &[u8]) -> bool {
    let name: &[u8] = match field {
        Field::Data => b"data",
        Field::Event => b"event",
        Field::Id => b"id",
        Field::Retry => b"retry",
        Field::Comment => return gap == b":",
        _ => return gap.is_empty(),
    };
    match gap.strip_prefix(name) {
        Some(b"") => piece.is_empty(),
        Some(b":") => piece.first() != Some(&b' '),
        Some(b": ") => true,
        _ => false,
    }
}
