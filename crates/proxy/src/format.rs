//! Which responses are event streams that can be read as they go by.

use eventwire::event_source;
use http::header::{CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode, response};

/// What the head of a response says of its body, as far as event streams are concerned.
///
/// ```
/// use eventwire_proxy::Format;
/// use http::Response;
///
/// let response = Response::builder().header("Content-Type", "Text/Event-Stream; charset=utf-8").body(())?;
/// assert_eq!(Format::of(&response.into_parts().0), Format::EventStream);
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// An event stream, byte for byte.
    EventStream,
    /// An event stream in a content coding, such as gzip: its bytes are not those of events. A proxy that is to read streams does
    /// not ask for any; it sends `Accept-Encoding: identity` upstream.
    Encoded,
    /// A range of an event stream: it may begin within an event, and its length has been promised.
    Partial,
    /// Something else, or nothing.
    Other,
}

impl Format {
    /// What this head says. Of several fields `Content-Type` the last one with a media type counts, as it does to a client.
    #[must_use]
    pub fn of(head: &response::Parts) -> Self {
        let is_empty = matches!(head.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        if is_empty || head.status.is_informational() || !is_event_stream(&head.headers) {
            Self::Other
        } else if head.status == StatusCode::PARTIAL_CONTENT || head.headers.contains_key(CONTENT_RANGE) {
            Self::Partial
        } else if is_encoded(&head.headers) {
            Self::Encoded
        } else {
            Self::EventStream
        }
    }
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    let values: Vec<&[u8]> = headers.get_all(CONTENT_TYPE).iter().map(HeaderValue::as_bytes).collect();
    event_source::is_event_stream(&values.join(&b", "[..]))
}

fn is_encoded(headers: &HeaderMap) -> bool {
    let codings =
        |value: &HeaderValue| value.as_bytes().split(|&byte| byte == b',').any(|coding| !is_identity(coding));
    headers.get_all(CONTENT_ENCODING).iter().any(codings)
}

/// An empty element of a list says nothing (RFC 9110, section 5.6.1).
fn is_identity(coding: &[u8]) -> bool {
    let coding = coding.trim_ascii();
    coding.is_empty() || coding.eq_ignore_ascii_case(b"identity")
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;

    fn format(status: u16, fields: &[(&str, &str)]) -> Format {
        let response = Response::builder().status(status);
        let response = fields.iter().fold(response, |response, (name, value)| response.header(*name, *value));
        Format::of(&response.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn the_type_decides() {
        for value in [
            "text/event-stream",
            "TEXT/Event-Stream",
            " text/event-stream\t;charset=utf-8",
            "text/event-stream;",
        ] {
            assert_eq!(format(200, &[("content-type", value)]), Format::EventStream, "{value:?}");
        }
        for value in ["", ";", "text/event-streams", "text/plain; a=text/event-stream", "text /event-stream"]
        {
            assert_eq!(format(200, &[("content-type", value)]), Format::Other, "{value:?}");
        }
        assert_eq!(format(200, &[]), Format::Other);
        let fields = [("content-type", "text/event-stream"), ("content-type", "text/html")];
        assert_eq!(format(200, &fields), Format::Other);
        let [first, last] = fields;
        assert_eq!(format(200, &[last, first]), Format::EventStream);
    }

    #[test]
    fn codings_and_ranges_are_told_apart() {
        let with = |name, value| format(200, &[("content-type", "text/event-stream"), (name, value)]);
        for value in ["identity", "Identity", "", " , identity"] {
            assert_eq!(with("content-encoding", value), Format::EventStream, "{value:?}");
        }
        for value in ["gzip", "identity, br", "identityx"] {
            assert_eq!(with("content-encoding", value), Format::Encoded, "{value:?}");
        }
        assert_eq!(with("content-range", "bytes 0-9/20"), Format::Partial);
        assert_eq!(format(206, &[("content-type", "text/event-stream")]), Format::Partial);
        for status in [101, 204, 304] {
            assert_eq!(format(status, &[("content-type", "text/event-stream")]), Format::Other, "{status}");
        }
        assert_eq!(format(500, &[("content-type", "text/event-stream")]), Format::EventStream);
    }
}
