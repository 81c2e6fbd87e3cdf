//! The words that header fields are made of.

/// Whether a byte may stand in a token of HTTP.
pub(super) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
}

/// Whether two words are the same but for case. (The standard library's way is faster for long texts, and larger.)
#[inline(never)]
pub(super) fn is_same_word(one: &[u8], other: &[u8]) -> bool {
    let same = |(one, other): (&u8, &u8)| one.eq_ignore_ascii_case(other);
    one.len() == other.len() && one.iter().zip(other).all(same)
}

/// Without white space of HTTP around it.
pub(super) fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t' | b'\r' | b'\n', rest @ ..] | [rest @ .., b' ' | b'\t' | b'\r' | b'\n'] = bytes {
        bytes = rest;
    }
    bytes
}
