//! The oracle's view of lines: a whole stream cut at its line ends, and a line taken apart into field and value.

/// What a line is about. The four names that the format knows, and the two other kinds of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `data`
    Data,
    /// `event`
    Event,
    /// `id`
    Id,
    /// `retry`
    Retry,
    /// A line that begins with a colon.
    Comment,
    /// A line with any other name.
    Unknown,
}

/// The names that the format knows.
const NAMES: [(&[u8], Field); 4] =
    [(b"data", Field::Data), (b"event", Field::Event), (b"id", Field::Id), (b"retry", Field::Retry)];

const BOM: &[u8] = b"\xef\xbb\xbf";

/// A line of a stream.
pub(crate) struct Line<'s> {
    /// The line without its end.
    pub(crate) text: &'s [u8],
    /// The stream offset of its first byte.
    pub(crate) begin: usize,
    /// The stream offset after the byte that ended it, which is the CR of a CR LF; `None` for the unfinished
    /// rest of the stream, which may be empty.
    pub(crate) end: Option<usize>,
}

/// Cuts a whole stream, less a leading byte-order mark, into its lines and the unfinished rest, which comes last.
pub(crate) fn split(stream: &[u8]) -> impl Iterator<Item = Line<'_>> {
    let mut next = Some(if stream.starts_with(BOM) { BOM.len() } else { 0 });
    std::iter::from_fn(move || {
        let begin = next?;
        let line_end = stream[begin..].iter().position(|&byte| byte == b'\r' || byte == b'\n');
        let Some(length) = line_end else {
            next = None;
            return Some(Line { text: &stream[begin..], begin, end: None });
        };
        let end = begin + length + 1;
        let is_crlf = stream[end - 1] == b'\r' && stream.get(end) == Some(&b'\n');
        next = Some(if is_crlf { end + 1 } else { end });
        Some(Line { text: &stream[begin..end - 1], begin, end: Some(end) })
    })
}

/// Takes a line that is not empty apart. The value of an unknown field is the whole line, its name included.
pub(crate) fn field_and_value(line: &[u8]) -> (Field, &[u8]) {
    let (name, value) = name_and_value(line);
    if name.is_empty() {
        // The one space after a colon belongs to the grammar of fields; a comment is everything behind it.
        return (Field::Comment, &line[1..]);
    }
    match NAMES.iter().find(|(known, _)| *known == name) {
        Some((_, field)) => (*field, value),
        None => (Field::Unknown, line),
    }
}

/// Cuts a line at its first colon, and removes one space after that.
pub(crate) fn name_and_value(line: &[u8]) -> (&[u8], &[u8]) {
    match line.iter().position(|&byte| byte == b':') {
        Some(colon) => {
            let value = &line[colon + 1..];
            (&line[..colon], value.strip_prefix(b" ").unwrap_or(value))
        }
        None => (line, b""),
    }
}

/// Takes the unfinished rest of a stream apart as far as its bytes already decide: `None` while it can still
/// become fields of different names, or a byte-order mark (`is_first`: it is the stream's first line).
pub(crate) fn decided_field_and_value(rest: &[u8], is_first: bool) -> Option<(Field, &[u8])> {
    let may_become_name = NAMES.iter().any(|(name, _)| name.starts_with(rest));
    let may_become_bom = is_first && BOM.starts_with(rest);
    if may_become_name || may_become_bom { None } else { Some(field_and_value(rest)) }
}
