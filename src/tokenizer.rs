//! L1: a stream cut into lines, a line into a field and its value, a value into the pieces that the chunks hold.
//!
//! # How it works
//!
//! Most calls begin at the start of a line whose end is in the chunk: the line is found by one bit of the mask,
//! its field by its first bytes, and the value is a slice of it. That is [`token`], and it
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
//! A CR ends its line at once. That an LF right behind it belongs to the same line end is remembered in the
//! state, and the LF is passed over when it comes, in this chunk or the next.
//!
//! A line that does not end in the chunk goes the same way from its first byte: [`Tokenizer::open_line`] only says
//! what kind of line it may be, and [`Tokenizer::resume`] takes it from there.

use crate::input::Input;

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
    /// Of the line that has begun, in the states that say so.
    field: Field,
    /// Bytes of a known string that have matched, in the states that say so.
    matched: u8,
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

/// One byte, written whole and read whole: a read that is wider than the last write would have to wait for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// At the first line of a block.
    BlockStart,
    /// The same, behind a CR: an LF that comes now belongs to it.
    BlockStartAfterCr,
    /// At another line of the block.
    LineStart,
    /// The same, behind a CR.
    LineStartAfterCr,
    /// At the start of the stream, with `matched` bytes of a byte-order mark.
    Mark,
    /// In what may be the name of `field`, with `matched` of its bytes.
    Name,
    /// Behind the colon that follows the name of `field`.
    Colon,
    /// In the value of `field`.
    Value,
}

impl State {
    /// At the start of a line: the first of its block or not, behind a CR or not.
    #[inline(always)]
    const fn at_line(block_start: bool, after_cr: bool) -> Self {
        match (block_start, after_cr) {
            (true, false) => Self::BlockStart,
            (true, true) => Self::BlockStartAfterCr,
            (false, false) => Self::LineStart,
            (false, true) => Self::LineStartAfterCr,
        }
    }
}

/// The byte-order mark that a stream may begin with (statement 2).
pub(crate) const MARK: &[u8; 3] = b"\xEF\xBB\xBF";

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
        Self { state: State::Mark, field: Field::Unknown, matched: 0 }
    }

    /// The state as two numbers, zero at the start of a stream.
    #[cfg(feature = "capi-core")]
    pub(crate) fn to_bits(self) -> [u32; 2] {
        let state = (self.state as u8).wrapping_sub(State::Mark as u8) % 8;
        let field = (self.field as u8).wrapping_sub(Field::Unknown as u8) % 8;
        [u32::from_le_bytes([state, field, self.matched, 0]), 0]
    }

    /// The tokenizer with this state; `None` if no tokenizer has it.
    #[cfg(feature = "capi-core")]
    pub(crate) fn from_bits(bits: [u32; 2]) -> Option<Self> {
        const STATES: [State; 8] = [
            State::Mark,
            State::Name,
            State::Colon,
            State::Value,
            State::BlockStart,
            State::BlockStartAfterCr,
            State::LineStart,
            State::LineStartAfterCr,
        ];
        const FIELDS: [Field; 8] = [
            Field::Unknown,
            Field::Unknown,
            Field::Unknown,
            Field::Data,
            Field::Event,
            Field::Id,
            Field::Retry,
            Field::Comment,
        ];
        let [first, second] = bits;
        let [state, field, matched, rest] = first.to_le_bytes();
        let tokenizer = Self {
            state: *STATES.get(usize::from(state))?,
            field: *FIELDS.get(usize::from(field))?,
            matched,
        };
        (second == 0 && rest == 0).then_some(tokenizer)
    }

    /// The next token of the chunk; `None` when the chunk is used up.
    ///
    /// After `None` go on with the next chunk. Nothing is to be done at the end of the stream: a last line
    /// without terminator is not a line (statement 23), and its pieces were given out without `end`.
    #[inline(always)]
    pub fn next<'c>(&mut self, input: &mut Input<'c>) -> Option<Token<'c>> {
        self.skip_trivia(input);
        if matches!(self.state, State::BlockStart | State::LineStart) {
            if let Some(line) = input.peek_line() {
                let cr = input.consume(line);
                self.set_at_line(line.bytes.is_empty(), cr);
                return Some(token(line.bytes));
            }
            self.open_line(input);
        }
        // A piece is returned in registers, a token would be in memory: what else there is to say of it is in the state.
        let piece = self.resume(input)?;
        let end = matches!(self.state, State::LineStart | State::LineStartAfterCr);
        Some(Token::Value { field: self.field, piece, end })
    }

    /// Passes over what may stand before a line without being part of it: the LF of a CR LF, and the leading
    /// byte-order mark. Afterwards, if the chunk goes on, the next byte is the line's first.
    #[inline(always)]
    pub(crate) fn skip_trivia(&mut self, input: &mut Input<'_>) {
        match self.state {
            State::BlockStartAfterCr | State::LineStartAfterCr if input.remaining() != 0 => {
                input.take_lf();
                self.set_at_line(self.state == State::BlockStartAfterCr, false);
            }
            State::Mark => self.skip_mark(input),
            _ => {}
        }
    }

    /// Whether the next byte, trivia apart, is the first of a block.
    #[inline(always)]
    pub(crate) fn at_block_start(&self) -> bool {
        matches!(self.state, State::BlockStart | State::BlockStartAfterCr)
    }

    /// Whether the next byte, trivia apart, is the first of a line.
    #[cfg(feature = "alloc")]
    pub(crate) fn at_line_start(&self) -> bool {
        match self.state {
            State::Mark => self.matched == 0,
            State::Name | State::Colon | State::Value => false,
            _ => true,
        }
    }

    /// Whether an LF that is the next byte belongs to the CR before it.
    #[inline(always)]
    pub(crate) fn after_cr(&self) -> bool {
        matches!(self.state, State::BlockStartAfterCr | State::LineStartAfterCr)
    }

    /// Puts the tokenizer at the start of a line, for who has consumed whole lines in its place.
    #[inline(always)]
    pub(crate) fn set_at_line(&mut self, block_start: bool, after_cr: bool) {
        self.state = State::at_line(block_start, after_cr);
    }

    /// Whether this is in the value of a `data` line.
    #[inline(always)]
    pub(crate) fn in_data(&self) -> bool {
        self.state == State::Value && self.field == Field::Data
    }

    /// Puts the tokenizer into the value of a `data` line, for who has consumed what stands before it.
    #[inline(always)]
    pub(crate) fn set_in_data(&mut self) {
        (self.state, self.field) = (State::Value, Field::Data);
    }

    /// Goes into a line that begins here and does not end in the chunk, if one begins here.
    fn open_line(&mut self, input: &mut Input<'_>) {
        /// The longest of what stands before a value.
        const LONGEST: usize = b"event: ".len();
        let rest = input.rest();
        let Some(first) = rest.first() else { return };
        if rest.len() > LONGEST {
            let (field, value) = classify(rest);
            input.skip(rest.len() - value.len());
            (self.state, self.field) = (State::Value, field);
            return;
        }
        (self.field, self.matched) = (Field::by_first_byte(*first), 0);
        self.state = match self.field {
            Field::Comment => {
                input.skip(1);
                State::Value
            }
            Field::Unknown => State::Value,
            _ => State::Name,
        };
    }

    /// Goes on inside a line that began in an earlier chunk, or does not end in this one: the next piece of the
    /// value of `field`, which has ended if the state is at the start of a line then.
    #[inline(never)]
    fn resume<'c>(&mut self, input: &mut Input<'c>) -> Option<&'c [u8]> {
        input.rest().first()?;
        if self.state == State::Mark {
            return self.replay(MARK, input);
        }
        if self.state == State::Name {
            let name = self.field.name();
            self.match_on(name, input);
            match input.rest().first() {
                None => return None,
                Some(b':') if usize::from(self.matched) == name.len() => {
                    input.skip(1);
                    self.state = State::Colon;
                }
                // The name alone is a field with an empty value.
                Some(b'\r' | b'\n') if usize::from(self.matched) == name.len() => self.state = State::Value,
                Some(_) => return self.replay(name, input),
            }
        }
        if self.state == State::Colon {
            if *input.rest().first()? == b' ' {
                input.skip(1);
            }
            self.state = State::Value;
        }
        if let Some(line) = input.peek_line() {
            let cr = input.consume(line);
            self.set_at_line(false, cr);
            return Some(line.bytes);
        }
        let rest = input.take_rest();
        (!rest.is_empty()).then_some(rest)
    }

    /// Gives out the bytes of `known` that have matched, since they turn out to begin the line of an unknown field.
    fn replay<'c>(&mut self, known: &'static [u8], input: &mut Input<'c>) -> Option<&'c [u8]> {
        (self.state, self.field) = (State::Value, Field::Unknown);
        if matches!(input.rest().first()?, b'\r' | b'\n')
            && let Some(line) = input.peek_line()
        {
            let cr = input.consume(line);
            self.set_at_line(false, cr);
        }
        known.get(..usize::from(self.matched))
    }

    /// Matches the leading byte-order mark as far as the chunk goes. When another byte comes first, what has matched
    /// is left for `resume` to replay.
    #[cold]
    fn skip_mark(&mut self, input: &mut Input<'_>) {
        self.match_on(MARK, input);
        if self.matched == 3 || (self.matched == 0 && input.remaining() != 0) {
            self.state = State::BlockStart;
        }
    }

    /// Consumes what follows of `known` behind the bytes that have matched; none of it is a line end.
    fn match_on(&mut self, known: &[u8], input: &mut Input<'_>) {
        let wanted = known.get(usize::from(self.matched)..).unwrap_or_default();
        let common = wanted.iter().zip(input.rest()).take_while(|(a, b)| a == b).count();
        input.skip(common);
        self.matched += common as u8;
    }
}

/// The token that a whole line is.
#[inline(always)]
pub(crate) fn token(line: &[u8]) -> Token<'_> {
    if line.is_empty() {
        return Token::EndOfBlock;
    }
    let (field, piece) = classify(line);
    Token::Value { field, piece, end: true }
}

/// The field of a line that is not empty, and its value; for an unknown field the whole line.
///
/// The order is that of what is common in streams, and each branch knows its field: inlined, the caller's `match` on it is
/// decided there.
#[inline(always)]
fn classify(line: &[u8]) -> (Field, &[u8]) {
    if let Some(value) = data_of(line) {
        return (Field::Data, value);
    }
    if let Some(value) = type_of(line) {
        return (Field::Event, value);
    }
    if let [b':', comment @ ..] = line {
        return (Field::Comment, comment);
    }
    if let Some(value) = line.strip_prefix(b"id").and_then(value) {
        return (Field::Id, value);
    }
    if let Some(value) = line.strip_prefix(b"retry").and_then(value) {
        return (Field::Retry, value);
    }
    (Field::Unknown, line)
}

/// The value of a `data` line.
#[inline(always)]
pub(crate) fn data_of(line: &[u8]) -> Option<&[u8]> {
    // The usual form first: one comparison.
    line.strip_prefix(b"data: ").or_else(|| line.strip_prefix(b"data").and_then(value))
}

/// The value of an `event` line.
#[inline(always)]
pub(crate) fn type_of(line: &[u8]) -> Option<&[u8]> {
    line.strip_prefix(b"event: ").or_else(|| line.strip_prefix(b"event").and_then(value))
}

/// The value behind a name, if the name ends there.
#[inline(always)]
fn value(behind_name: &[u8]) -> Option<&[u8]> {
    match behind_name {
        [b':', b' ', value @ ..] | [b':', value @ ..] | value @ [] => Some(value),
        _ => None,
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
