//! What a tokenizer must make of a stream, from the same plain view of its lines as the oracle's.
//!
//! The real tokenizer emits a value in pieces, wherever the stream is cut. A test joins the pieces of each value,
//! and keeps what is left over at the end as [`Token::Partial`]: the result must be equal to [`tokens`].

use crate::lines::{self, Field};
use crate::notation::Shown;
use std::fmt::{self, Debug, Formatter};

/// A line of a stream, or the beginning of one.
#[derive(Clone, PartialEq, Eq)]
pub enum Token {
    /// A whole line that is not empty.
    Value {
        /// What the line is about.
        field: Field,
        /// All after the colon, less one leading space (which a comment keeps); of an unknown field the whole line.
        value: Vec<u8>,
    },
    /// A blank line.
    EndOfBlock,
    /// The unfinished last line: what has been emitted of its value. There is none while nothing has been
    /// emitted, because the name is undecided or the value has no byte yet.
    Partial {
        /// What the line is about.
        field: Field,
        /// The value so far; never empty.
        value: Vec<u8>,
    },
}

/// The tokens of a whole stream. No decoding takes place but for the leading byte-order mark.
#[must_use]
pub fn tokens(stream: &[u8]) -> Vec<Token> {
    lines::split(stream)
        .filter_map(|line| match line.end {
            Some(_) if line.text.is_empty() => Some(Token::EndOfBlock),
            Some(_) => {
                let (field, value) = lines::field_and_value(line.text);
                Some(Token::Value { field, value: value.to_vec() })
            }
            None => {
                let (field, value) = lines::decided_field_and_value(line.text, line.begin == 0)?;
                (!value.is_empty()).then(|| Token::Partial { field, value: value.to_vec() })
            }
        })
        .collect()
}

impl Debug for Token {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value { field, value } => write!(f, "{field:?}({:?})", Shown(value)),
            Self::EndOfBlock => f.write_str("EndOfBlock"),
            Self::Partial { field, value } => write!(f, "Partial{field:?}({:?})", Shown(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(stream: &[u8]) -> Vec<String> {
        tokens(stream).iter().map(|token| format!("{token:?}")).collect()
    }

    #[test]
    fn whole_lines() {
        let stream = b"\xef\xbb\xbfdata: a\r\nevent:b\rid\nretry:  1\n: c\ndat: x\ndata \n\n\r\n";
        let expected = [
            "Data('a')",
            "Event('b')",
            "Id('')",
            "Retry(' 1')",
            "Comment(' c')",
            "Unknown('dat: x')",
            "Unknown('data ')",
            "EndOfBlock",
            "EndOfBlock",
        ];
        assert_eq!(shown(stream), expected);
    }

    #[test]
    fn unfinished_lines() {
        // Undecided, or decided but empty.
        for rest in ["", "d", "dat", "data", "event", "i", "retr", "data:", "data: ", ":", "id:"] {
            assert_eq!(shown(rest.as_bytes()), [""; 0], "{rest}");
        }
        for (rest, expected) in [
            ("data: a", "PartialData('a')"),
            ("data:  ", "PartialData(' ')"),
            (": ", "PartialComment(' ')"),
            ("datax", "PartialUnknown('datax')"),
            ("dat:", "PartialUnknown('dat:')"),
            ("x", "PartialUnknown('x')"),
            ("retry:1", "PartialRetry('1')"),
        ] {
            assert_eq!(shown(rest.as_bytes()), [expected]);
            assert_eq!(shown(format!("\n{rest}").as_bytes()), ["EndOfBlock", expected]);
        }
    }

    #[test]
    fn a_mark_is_undecided_only_at_the_start() {
        for part in [&b"\xef"[..], b"\xef\xbb", b"\xef\xbb\xbf"] {
            assert_eq!(tokens(part), []);
            let behind_line = [b"\n", part].concat();
            let partial = Token::Partial { field: Field::Unknown, value: part.to_vec() };
            assert_eq!(tokens(&behind_line), [Token::EndOfBlock, partial.clone()]);
            let behind_mark = [b"\xef\xbb\xbf", part].concat();
            assert_eq!(tokens(&behind_mark), [partial]);
        }
    }
}
