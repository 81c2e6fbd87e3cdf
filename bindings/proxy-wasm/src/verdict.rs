//! Which responses are watched: event streams that are not encoded, in particular not compressed.

use eventwire::event_source::is_event_stream;

/// What becomes of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is watched, and rewritten if there are rules.
    EventStream,
    /// Its type is not `text/event-stream`.
    OtherType,
    /// It has a `Content-Encoding`, so that its bytes are not those of the stream.
    Encoded,
    /// It is a range of one, which may begin within an event.
    Partial,
    /// It has no body: an answer to HEAD, status 204, or an empty one.
    NoBody,
}

impl Verdict {
    /// What the head of a response says: the values of two fields, if they are there, whether it is of a range, and whether that is all
    /// of the response.
    pub fn new(
        content_type: Option<&[u8]>,
        content_encoding: Option<&[u8]>,
        is_partial: bool,
        is_all: bool,
    ) -> Self {
        if !content_type.is_some_and(is_event_stream) {
            Self::OtherType
        } else if is_all {
            Self::NoBody
        } else if !content_encoding.is_none_or(is_identity) {
            Self::Encoded
        } else if is_partial {
            Self::Partial
        } else {
            Self::EventStream
        }
    }

    /// What it is called in metrics and filter state.
    pub fn name(self) -> &'static str {
        match self {
            Self::EventStream => "event_stream",
            Self::OtherType => "other_type",
            Self::Encoded => "encoded",
            Self::Partial => "partial",
            Self::NoBody => "no_body",
        }
    }
}

/// Whether this list of encodings names none.
fn is_identity(encodings: &[u8]) -> bool {
    encodings
        .split(|byte| *byte == b',')
        .map(<[u8]>::trim_ascii)
        .all(|encoding| encoding.is_empty() || encoding.eq_ignore_ascii_case(b"identity"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_decides() {
        for (content_type, encoding, is_all, verdict) in [
            (Some("text/event-stream"), None, false, Verdict::EventStream),
            (Some("Text/Event-Stream ; charset=utf-8;"), Some("identity"), false, Verdict::EventStream),
            (Some("text/event-stream"), Some(""), false, Verdict::EventStream),
            (Some("text/event-stream"), Some("gzip"), false, Verdict::Encoded),
            (Some("text/event-stream"), Some("identity, br"), false, Verdict::Encoded),
            (Some("text/event-stream"), None, true, Verdict::NoBody),
            (Some("text/event-streams"), None, false, Verdict::OtherType),
            (Some("application/json"), Some("gzip"), false, Verdict::OtherType),
            (None, None, false, Verdict::OtherType),
        ] {
            let seen =
                Verdict::new(content_type.map(str::as_bytes), encoding.map(str::as_bytes), false, is_all);
            assert_eq!(seen, verdict, "{content_type:?}, {encoding:?}");
        }
        assert_eq!(Verdict::new(Some(b"text/event-stream"), None, true, false), Verdict::Partial);
    }
}
