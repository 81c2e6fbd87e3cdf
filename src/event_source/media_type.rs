//! Whether a `Content-Type` is that of an event stream.
//!
//! The value is taken apart as Fetch does ("extract a MIME type"): it may be a list, since header fields of one name
//! are joined with commas, and then the last element counts that is a media type and not `*/*`. Of a media type only
//! the essence matters.

use super::words::{is_same_word, is_token_byte, trim};

/// Whether this value of `Content-Type` is that of an event stream: `text/event-stream`, in any case, whatever the parameters
/// (statements 78 and 79). Header fields of one name are one value, joined with commas.
///
/// ```
/// use eventwire::event_source::is_event_stream;
///
/// assert!(is_event_stream(b"Text/Event-Stream; charset=utf-8"));
/// assert!(!is_event_stream(b"text/plain"));
/// ```
#[must_use]
pub fn is_event_stream(content_type: &[u8]) -> bool {
    let mut found = false;
    for element in elements(content_type) {
        match essence(element) {
            Some((b"*", b"*")) | None => {}
            Some((kind, subtype)) => {
                found = is_same_word(kind, b"text") && is_same_word(subtype, b"event-stream");
            }
        }
    }
    found
}

/// The elements of a list, which are separated by commas, but not by those in quoted strings.
fn elements(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (mut quoted, mut escaped) = (false, false);
    list.split(move |byte| {
        let separates = *byte == b',' && !quoted;
        quoted ^= *byte == b'"' && !escaped;
        escaped = quoted && *byte == b'\\' && !escaped;
        separates
    })
}

/// Type and subtype of a media type; `None` if it is not one.
fn essence(media_type: &[u8]) -> Option<(&[u8], &[u8])> {
    let whole = media_type.split(|byte| *byte == b';').next()?;
    let mut halves = trim(whole).splitn(2, |byte| *byte == b'/');
    let (kind, subtype) = (halves.next()?, halves.next()?);
    (is_token(kind) && is_token(subtype)).then_some((kind, subtype))
}

fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|byte| is_token_byte(*byte))
}

#[cfg(test)]
mod tests {
    use super::is_event_stream;

    #[test]
    fn takes_the_essence_in_any_case_with_any_parameters() {
        for good in [
            "text/event-stream",
            "TEXT/Event-Stream",
            " \ttext/event-stream \t",
            "text/event-stream;",
            "text/event-stream ; charset=latin1",
            "text/event-stream;charset=\"a,b\"",
            "text/event-stream;x=\"\\\",text/html,\"",
            "text/html, text/event-stream",
            "text/event-stream, nonsense",
            "text/event-stream,",
            "*/*, text/event-stream",
        ] {
            assert!(is_event_stream(good.as_bytes()), "{good}");
        }
    }

    #[test]
    fn refuses_everything_else() {
        for bad in [
            "",
            ";",
            "/",
            "text",
            "text/",
            "/event-stream",
            "text/event-streams",
            "text/event-stream x",
            "text /event-stream",
            "text/ event-stream",
            "text/event-stream/x",
            "text/event-stream\0",
            "text/event-stream\u{e9}",
            "application/event-stream",
            "text/plain; x=text/event-stream",
            "text/event-stream, text/html",
            "text/plain;x=\", text/event-stream",
            "*/*",
        ] {
            assert!(!is_event_stream(bad.as_bytes()), "{bad}");
        }
    }
}
