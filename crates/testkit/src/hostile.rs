//! Streams as an attacker would send them, or a broken server: each aims at one weakness that parsers of this
//! format have had, or invite.
//!
//! Sizes are arguments, so that a test can run every cut of a small one, and watch time and memory of a large one.

use crate::rng::Rng;

/// A generated stream and the name of its generator.
pub type Hostile = (&'static str, Vec<u8>);

/// What makes about so many bytes of a kind.
type Generator = fn(usize) -> Vec<u8>;

/// Each kind by its name.
const KINDS: [(&str, Generator); 19] = [
    ("unterminated data", |n| unterminated("data: ", n)),
    ("unterminated unknown", |n| unterminated("x", n)),
    ("unterminated comment", |n| unterminated(":", n)),
    ("unterminated id", |n| unterminated("id: ", n)),
    ("unterminated event", |n| unterminated("event: ", n)),
    ("unterminated retry", unterminated_retry),
    ("blank lines", blank_lines),
    ("cr only", cr_only),
    ("mixed line ends", |n| mixed_line_ends(n, 1)),
    ("giant ids", |n| giant_ids(4, n / 4)),
    ("ids voided late", |n| ids_voided_late(4, n / 4)),
    ("retry overflow", retry_overflow),
    ("comment flood", comment_flood),
    ("invalid utf-8", invalid_utf8),
    ("truncated sequences", truncated_sequences),
    ("replacements", replacements),
    ("empty data lines", |n| empty_data_lines(n / 5)),
    ("nearly names", nearly_names),
    ("marks", byte_order_marks),
];

/// One stream of each kind, of about `n` bytes.
#[must_use]
pub fn all(n: usize) -> Vec<Hostile> {
    KINDS.iter().map(|(name, make)| (*name, make(n))).collect()
}

/// The stream of this kind, of about `n` bytes; `None` if nothing is called so.
#[must_use]
pub fn named(name: &str, n: usize) -> Option<Vec<u8>> {
    KINDS.iter().find(|(known, _)| *known == name).map(|(_, make)| make(n))
}

/// A line that never ends, `n` bytes behind its opening. Attacks whatever keeps a line until it is whole: memory
/// without bound, and quadratic time when each chunk makes the line be scanned again from its start.
#[must_use]
pub fn unterminated(opening: &str, n: usize) -> Vec<u8> {
    let mut stream = opening.as_bytes().to_vec();
    stream.resize(stream.len() + n, b'a');
    stream
}

/// A reconnection time of `n` digits that never ends. Attacks a parser that collects the digits first.
#[must_use]
pub fn unterminated_retry(n: usize) -> Vec<u8> {
    let mut stream = b"retry: ".to_vec();
    stream.resize(stream.len() + n, b'9');
    stream
}

/// `n` blank lines. Attacks what is done for every block: allocation, dispatch of nothing, recursion.
#[must_use]
pub fn blank_lines(n: usize) -> Vec<u8> {
    vec![b'\n'; n]
}

/// Events of a stream that knows no LF, about `n` bytes. Attacks a parser that looks for LF, or waits behind each
/// CR for the next byte: it then keeps everything, or delivers late.
#[must_use]
pub fn cr_only(n: usize) -> Vec<u8> {
    repeated(b"data: x\r\r", n)
}

/// `n` bytes of CR and LF in random order, a short data line among them now and then. Attacks the memory of a CR
/// across lines, blocks and chunks.
#[must_use]
pub fn mixed_line_ends(n: usize, seed: u64) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    let mut stream = Vec::with_capacity(n + 8);
    while stream.len() < n {
        stream.extend_from_slice(rng.pick(&[&b"\r"[..], b"\n", b"\r\n", b"\n\r", b"\r\r\n", b"data:x"]));
    }
    stream
}

/// `count` events with IDs of `n` bytes. Attacks a parser that bounds data only: the last event ID is kept over
/// events and goes into the next request.
#[must_use]
pub fn giant_ids(count: usize, n: usize) -> Vec<u8> {
    let mut stream = Vec::with_capacity(count * (n + 16));
    for i in 0..count {
        stream.extend_from_slice(b"id: ");
        stream.resize(stream.len() + n, b'a' + (i % 26) as u8);
        stream.extend_from_slice(b"\ndata: x\n\n");
    }
    stream
}

/// `count` events with an ID each that becomes void by a NUL after `n` bytes. Attacks a parser that has taken the
/// value over, or lost the one before, by the time the NUL comes.
#[must_use]
pub fn ids_voided_late(count: usize, n: usize) -> Vec<u8> {
    let mut stream = b"id: kept\n\n".to_vec();
    for _ in 0..count {
        stream.extend_from_slice(b"id: ");
        stream.resize(stream.len() + n, b'a');
        stream.extend_from_slice(b"\0\ndata: x\n\n");
    }
    stream
}

/// A reconnection time of `n` digits. Attacks arithmetic that wraps or panics on overflow.
#[must_use]
pub fn retry_overflow(n: usize) -> Vec<u8> {
    let mut stream = unterminated_retry(n);
    stream.extend_from_slice(b"\ndata: x\n\n");
    stream
}

/// Comments without a blank line, about `n` bytes, then an event. Attacks a parser that collects a block before it
/// looks at its lines, or that counts comments against the event.
#[must_use]
pub fn comment_flood(n: usize) -> Vec<u8> {
    let mut stream = repeated(b": keep-alive\n", n);
    stream.extend_from_slice(b"data: x\n\n");
    stream
}

/// An event whose data is `n` bytes that occur nowhere in UTF-8. Attacks decoding: each byte becomes three, and a
/// decoder may restart for each.
#[must_use]
pub fn invalid_utf8(n: usize) -> Vec<u8> {
    let mut stream = b"data: ".to_vec();
    stream.resize(stream.len() + n, 0xff);
    stream.extend_from_slice(b"\n\n");
    stream
}

/// Data lines that end within a multi-byte sequence, about `n` bytes. Attacks a decoder that takes the line end,
/// or the beginning of the next line, for the rest of the sequence.
#[must_use]
pub fn truncated_sequences(n: usize) -> Vec<u8> {
    let mut stream = repeated(b"data: \xf0\x9f\x98\ndata: \xe2\x82\nevent: \xc3\nid: \xf4\x8f\xbf\n", n);
    stream.push(b'\n');
    stream
}

/// One block in which type and ID are replaced over and over, by long and short values in turn, about `n` bytes.
/// Attacks a parser that keeps the replaced values, or whose count of the event's size drifts.
#[must_use]
pub fn replacements(n: usize) -> Vec<u8> {
    let mut lines = Vec::new();
    for (long, short) in [("event", "id"), ("id", "event")] {
        lines.extend_from_slice(format!("{long}: {:a<200}\n{short}: b\n", "").as_bytes());
    }
    let mut stream = repeated(&lines, n);
    stream.extend_from_slice(b"data: x\n\n");
    stream
}

/// An event of `n` data lines without a value. Attacks limits that count values: the data is `n - 1` LF.
#[must_use]
pub fn empty_data_lines(n: usize) -> Vec<u8> {
    let mut stream = repeated(b"data\n", 5 * n);
    stream.push(b'\n');
    stream
}

/// Lines whose names are nearly those of the format: prefixes, longer, other case, spaces, about `n` bytes, and
/// then an event. Attacks recognition of names, above all when they are cut.
#[must_use]
pub fn nearly_names(n: usize) -> Vec<u8> {
    let lines = b"dat: 1\ndata1: 2\nDATA: 3\n data: 4\ndata : 5\nd\ni: 6\nidd: 7\nretr: 8\nretryy: 9\neven: 10\nevents: 11\n";
    let mut stream = repeated(lines, n);
    stream.extend_from_slice(b"data: x\n\n");
    stream
}

/// Nothing but byte-order marks, about `n` bytes, and then an event on lines of its own. Attacks a parser that
/// removes more than one, or removes them elsewhere.
#[must_use]
pub fn byte_order_marks(n: usize) -> Vec<u8> {
    let mut stream = repeated(b"\xef\xbb\xbf", n);
    stream.extend_from_slice(b"\ndata: \xef\xbb\xbf\n\n");
    stream
}

/// `unit` over and over, until there are `n` bytes or a few more.
fn repeated(unit: &[u8], n: usize) -> Vec<u8> {
    unit.repeat(n.div_ceil(unit.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::interpret;
    use crate::outcome::{Item, Outcome};
    use crate::settings::{Settings, Start, Utf8};

    fn outcome(stream: &[u8]) -> Outcome {
        interpret(stream, &Settings { utf8: Utf8::Replace, ..Settings::default() }, &Start::default())
    }

    fn only_data(stream: &[u8]) -> Vec<u8> {
        match outcome(stream).items.as_slice() {
            [Item::Event(event)] => event.data.clone(),
            items => panic!("{items:?}"),
        }
    }

    #[test]
    fn sizes_are_about_as_asked() {
        for (name, stream) in all(10_000) {
            assert!((9_900..10_500).contains(&stream.len()), "{name}: {}", stream.len());
        }
    }

    #[test]
    fn kinds_have_names() {
        for (name, stream) in all(100) {
            assert_eq!(named(name, 100), Some(stream));
        }
        assert_eq!(named("harmless", 100), None);
    }

    #[test]
    fn what_never_ends_delivers_nothing() {
        for (name, stream) in all(1_000) {
            let is_silent = name.starts_with("unterminated") || name == "blank lines";
            assert_eq!(outcome(&stream).items.is_empty(), is_silent, "{name}");
        }
    }

    #[test]
    fn each_holds_the_event_it_should() {
        assert_eq!(only_data(&comment_flood(1_000)), b"x");
        assert_eq!(only_data(&nearly_names(1_000)), b"x");
        assert_eq!(only_data(&replacements(1_000)), b"x");
        assert_eq!(only_data(&empty_data_lines(3)), b"\n\n");
        assert_eq!(only_data(&invalid_utf8(2)), "\u{fffd}\u{fffd}".as_bytes());
        assert_eq!(only_data(&byte_order_marks(9)), b"\xef\xbb\xbf");
        assert_eq!(only_data(&truncated_sequences(1)), "\u{fffd}\n\u{fffd}".as_bytes());
        assert_eq!(outcome(&cr_only(900)).items.len(), 100);
        assert_eq!(outcome(&retry_overflow(30)).retry, Some(u64::MAX));
        assert_eq!(outcome(&giant_ids(2, 5)).last_event_id, b"bbbbb");
        assert_eq!(outcome(&ids_voided_late(2, 5)).last_event_id, b"kept");
    }
}
