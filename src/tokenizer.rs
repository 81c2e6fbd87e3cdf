//! L1: a stream cut into lines, a line into a field and its value, a value into the pieces that the chunks hold.
//!
//! # How it works
//!
//! Most calls begin at the start of a line whose end is in the chunk: the line is found by one bit of the mask,
//! its field by its first bytes, and the value is a slice of it. That is [`Tokenizer::whole_line`], and it
//! leaves nothing to remember but where the next line begins.
//!
//! Where a chunk ends inside a line the tokenizer remembers, in a few bytes, how far it has come:
//!
//! * in the leading byte-order mark ([`State::Mark`]) or in a field name ([`State::Name`]): how many bytes of it have matched.
//!   They are known bytes, so they need not be kept; if the next chunk shows that the line is of an unknown
//!   field after all, they are given out again from a constant.
//! * behind the colon, where one space may still come ([`State::Colon`]);
//! * in the value ([`State::Value`]).
//!
//! A CR ends its line at once. That an LF right behind it belongs to the same line end is remembered in
//! `after_cr`, and the LF is passed over when it comes, in this chunk or the next.
//!
//! If you change what a state stands for, change [`Tokenizer::resume`] and [`Tokenizer::open_line`] together: the first
//! takes up what the second leaves.

use crate::input::{Input, Line};

/// Cuts a stream into pieces of field values, for those who do not want whole events: proxies, filters, and
/// readers of values too large to hold.
///
/// Its state is a few bytes whatever the stream, it never copies and never allocates. A value that lies in one
/// chunk comes as one piece; one that straddles chunks comes in pieces, the last of which has `end` set.
///
/// ```
/// use eventwire::{Field, Input, Token, Tokenizer};
///
/// let mut tokenizer = Tokenizer::new();
/// let mut input = Input::new(b"data: one\n\nda");
/// assert_eq!(tokenizer.next(&mut input), Some(Token::Value { field: Field::Data, piece: b"one", end: true }));
/// assert_eq!(tokenizer.next(&mut input), Some(Token::EndOfBlock));
/// assert_eq!(tokenizer.next(&mut input), None); // the chunk is used up
///
/// let mut input = Input::new(b"ta:two");
/// assert_eq!(tokenizer.next(&mut input), Some(Token::Value { field: Field::Data, piece: b"two", end: false }));
/// assert_eq!(tokenizer.next(&mut input), None);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Tokenizer {
    state: State,
    /// The last byte consumed was a CR, so that an LF here belongs to it.
    after_cr: bool,
    /// No line of the current block has begun.
    block_start: bool,
}

/// What [`Tokenizer::next`] finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Token<'c> {
    /// A field's value, or a piece of it.
    Value {
        /// Whose value it is.
        field: Field,
        /// The next bytes of the value; empty only when `end` is set.
        ///
        /// Without the one space after the colon for `Data`, `Event`, `Id` and `Retry`; all that follows the
        /// colon for `Comment`; the whole line from its first byte for `Unknown` (see [`split_field`]).
        piece: &'c [u8],
        /// The line has ended: the next token begins another one.
        end: bool,
    },
    /// The blank line: what has come since the last one is to be dispatched (statement 24).
    EndOfBlock,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Field {
    /// `data`: a line of the event's data.
    Data,
    /// `event`: its type.
    Event,
    /// `id`: the last event ID from here on.
    Id,
    /// `retry`: the reconnection time.
    Retry,
    /// A line that begins with a colon.
    Comment,
    /// Any other line; names are compared exactly (statements 31 to 35).
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// At the start of a line.
    LineStart,
    /// At the start of the stream, with so many bytes of a byte-order mark matched.
    Mark { matched: u8 },
    /// In the name of what may be this field, with so many of its bytes matched (at least one).
    Name { field: Field, matched: u8 },
    /// Behind the colon that follows this field's name.
    Colon { field: Field },
    /// In this field's value.
    Value { field: Field },
}

const MARK: &[u8; 3] = b"\xEF\xBB\xBF";

impl Field {
    /// The field's name in the stream; empty for what has none of its own.
    const fn name(self) -> &'static [u8] {
        match self {
            Self::Data => b"data",
            Self::Event => b"event",
            Self::Id => b"id",
            Self::Retry => b"retry",
            Self::Comment | Self::Unknown => b"",
        }
    }

    const fn is_named(self) -> bool {
        !self.name().is_empty()
    }

    /// The field that a line beginning with this byte may be of; their first bytes differ.
    const fn by_first_byte(byte: u8) -> Self {
        match byte {
            b'd' => Self::Data,
            b'e' => Self::Event,
            b'i' => Self::Id,
            b'r' => Self::Retry,
            b':' => Self::Comment,
            _ => Self::Unknown,
        }
    }
}

impl Default for Tokenizer {
    fn default() -> Self {
        Self::new()
    }
}

impl Tokenizer {
    /// A tokenizer at the start of a stream.
    #[must_use]
    pub const fn new() -> Self {
        Self { state: State::Mark { matched: 0 }, after_cr: false, block_start: true }
    }

    /// The next token of the chunk; `None` when the chunk is used up.
    ///
    /// After `None` go on with the next chunk. Nothing is to be done at the end of the stream: a last line
    /// without terminator is not a line (statement 23), and its pieces were given out without `end`.
    #[inline]
    pub fn next<'c>(&mut self, input: &mut Input<'c>) -> Option<Token<'c>> {
        self.skip_trivia(input);
        if !matches!(self.state, State::LineStart) {
            return self.resume(input);
        }
        match input.take_line() {
            Line::Ended { line, cr } => Some(self.whole_line(line, cr)),
            Line::Open(rest) => self.open_line(rest),
        }
    }

    /// Passes over what may stand before a line without being part of it: the LF of a CR LF, and the leading
    /// byte-order mark. Afterwards, if the chunk goes on, the next byte is the line's first.
    #[inline(always)]
    pub(crate) fn skip_trivia(&mut self, input: &mut Input<'_>) {
        if self.after_cr && input.remaining() != 0 {
            self.after_cr = false;
            input.take_lf();
        }
        if matches!(self.state, State::Mark { .. }) {
            self.skip_mark(input);
        }
    }

    /// Whether the next byte, trivia apart, is the first of a block.
    #[inline(always)]
    pub(crate) fn at_block_start(&self) -> bool {
        self.block_start && self.state == State::LineStart
    }

    /// A line that lies in the chunk from its first byte to its last.
    #[inline(always)]
    fn whole_line<'c>(&mut self, line: &'c [u8], cr: bool) -> Token<'c> {
        self.after_cr = cr;
        self.block_start = line.is_empty();
        if line.is_empty() {
            return Token::EndOfBlock;
        }
        let (field, piece) = classify(line);
        Token::Value { field, piece, end: true }
    }

    /// The beginning of a line that goes on in the next chunk.
    fn open_line<'c>(&mut self, rest: &'c [u8]) -> Option<Token<'c>> {
        let field = Field::by_first_byte(*rest.first()?);
        self.block_start = false;
        if field.name().starts_with(rest) {
            self.state = State::Name { field, matched: rest.len() as u8 };
            return None;
        }
        let (field, piece) = classify(rest);
        self.state = if rest.len() == field.name().len() + 1 && field.is_named() {
            State::Colon { field }
        } else {
            State::Value { field }
        };
        (!piece.is_empty()).then_some(Token::Value { field, piece, end: false })
    }

    /// Goes on inside a line that began in an earlier chunk.
    #[inline(never)]
    fn resume<'c>(&mut self, input: &mut Input<'c>) -> Option<Token<'c>> {
        if let State::Mark { matched } = self.state {
            return self.replay(MARK.get(..usize::from(matched))?, input);
        }
        if let State::Name { field, matched } = self.state {
            let name = field.name();
            let matched = usize::from(matched) + skip_common(name.get(usize::from(matched)..)?, input);
            match input.rest().first() {
                None => {
                    self.state = State::Name { field, matched: matched as u8 };
                    return None;
                }
                Some(b':') if matched == name.len() => {
                    input.skip(1);
                    self.state = State::Colon { field };
                }
                // The name alone is a field with an empty value.
                Some(b'\r' | b'\n') if matched == name.len() => self.state = State::Value { field },
                Some(_) => return self.replay(name.get(..matched)?, input),
            }
        }
        if let State::Colon { field } = self.state {
            if *input.rest().first()? == b' ' {
                input.skip(1);
            }
            self.state = State::Value { field };
        }
        let State::Value { field } = self.state else { return None };
        match input.take_line() {
            Line::Ended { line, cr } => {
                self.state = State::LineStart;
                self.after_cr = cr;
                Some(Token::Value { field, piece: line, end: true })
            }
            Line::Open(rest) => (!rest.is_empty()).then_some(Token::Value { field, piece: rest, end: false }),
        }
    }

    /// Gives out bytes that were matched and turn out to belong to the line of an unknown field.
    fn replay<'c>(&mut self, matched: &'static [u8], input: &mut Input<'c>) -> Option<Token<'c>> {
        let end = matches!(input.rest().first()?, b'\r' | b'\n');
        self.block_start = false;
        self.state = State::Value { field: Field::Unknown };
        if end && let Line::Ended { cr, .. } = input.take_line() {
            self.state = State::LineStart;
            self.after_cr = cr;
        }
        Some(Token::Value { field: Field::Unknown, piece: matched, end })
    }

    /// Matches the leading byte-order mark as far as the chunk goes; when another byte comes first it stops in
    /// [`State::Mark`], for `resume` to replay what had matched.
    #[cold]
    fn skip_mark(&mut self, input: &mut Input<'_>) {
        let State::Mark { matched } = self.state else { return };
        let matched =
            matched + skip_common(MARK.get(usize::from(matched)..).unwrap_or_default(), input) as u8;
        let decided = matched == 3 || (matched == 0 && input.remaining() != 0);
        self.state = if decided { State::LineStart } else { State::Mark { matched } };
    }
}

/// Consumes the bytes that `expected` and the input have in common, none of them a line end.
fn skip_common(expected: &[u8], input: &mut Input<'_>) -> usize {
    let common = expected.iter().zip(input.rest()).take_while(|(a, b)| a == b).count();
    input.skip(common);
    common
}

/// The field of a line that is not empty, and its value; for an unknown field the whole line.
#[inline(always)]
fn classify(line: &[u8]) -> (Field, &[u8]) {
    let (field, after_name) = match line {
        [b'd', ..] => (Field::Data, line.strip_prefix(b"data")),
        [b'e', ..] => (Field::Event, line.strip_prefix(b"event")),
        [b'i', ..] => (Field::Id, line.strip_prefix(b"id")),
        [b'r', ..] => (Field::Retry, line.strip_prefix(b"retry")),
        [b':', comment @ ..] => return (Field::Comment, comment),
        _ => return (Field::Unknown, line),
    };
    match after_name {
        Some([b':', b' ', value @ ..] | [b':', value @ ..] | value @ []) => (field, value),
        _ => (Field::Unknown, line),
    }
}

/// Name and value of a line, as the standard cuts any line (9.2.6): the name is all before the first colon, the
/// value all after it but for one leading space; without a colon the line is a name with an empty value.
///
/// For the lines of [`Field::Unknown`], whose pieces are parts of the whole line.
///
/// ```
/// use eventwire::split_field;
///
/// assert_eq!(split_field(b"trace: a:b"), (&b"trace"[..], &b"a:b"[..]));
/// assert_eq!(split_field(b"trace"), (&b"trace"[..], &b""[..]));
/// ```
#[must_use]
pub fn split_field(line: &[u8]) -> (&[u8], &[u8]) {
    let colon = memchr::memchr(b':', line).unwrap_or(line.len());
    match line.split_at_checked(colon) {
        Some((name, [b':', b' ', value @ ..] | [b':', value @ ..])) => (name, value),
        _ => (line, &[]),
    }
}
