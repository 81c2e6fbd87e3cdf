//! What the head of a response may no longer say once its body is rewritten.

use http::header::{ACCEPT_RANGES, CONTENT_LENGTH, ETAG, HeaderName};
use http::{HeaderMap, HeaderValue};

/// Fields that tell the length or a digest of the bytes, or offer ranges of them.
const OF_THE_BYTES: [HeaderName; 6] = [
    ACCEPT_RANGES,
    CONTENT_LENGTH,
    HeaderName::from_static("content-digest"),
    HeaderName::from_static("content-md5"),
    HeaderName::from_static("digest"),
    HeaderName::from_static("repr-digest"),
];

/// Takes back what a head says of the very bytes of a body that is going to be rewritten.
///
/// The length, digests and ranges go. An entity tag stays, as a weak one: the new bytes are another form of the same thing.
///
/// [`RewriteLayer`](crate::RewriteLayer) does this; it is for those who use a [`RewriteBody`](crate::RewriteBody) by itself, or
/// a [`Rewriter`](eventwire::Rewriter) in a filter of another proxy.
pub fn disclaim_bytes(headers: &mut HeaderMap) {
    for name in &OF_THE_BYTES {
        headers.remove(name);
    }
    if let Some(weak) = headers.get(ETAG).and_then(weakened) {
        headers.insert(ETAG, weak);
    }
}

/// The weak form of a strong entity tag (RFC 9110, section 8.8.3).
fn weakened(tag: &HeaderValue) -> Option<HeaderValue> {
    let is_strong = tag.as_bytes().starts_with(b"\"");
    is_strong.then(|| HeaderValue::from_bytes(&[b"W/", tag.as_bytes()].concat()).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disclaimed(fields: &[(&'static str, &'static str)]) -> Vec<(String, String)> {
        let mut headers = HeaderMap::new();
        for &(name, value) in fields {
            headers.append(name, HeaderValue::from_static(value));
        }
        disclaim_bytes(&mut headers);
        let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
        headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
    }

    #[test]
    fn only_what_is_said_of_the_bytes_goes() {
        let kept = [("content-type", "text/event-stream"), ("cache-control", "no-store")];
        let gone = [
            ("content-length", "10"),
            ("content-md5", "x"),
            ("content-digest", "sha-256=:x:"),
            ("repr-digest", "sha-256=:x:"),
            ("digest", "x"),
            ("accept-ranges", "bytes"),
        ];
        let left = disclaimed(&[&kept[..], &gone[..]].concat());
        assert_eq!(left, kept.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn a_tag_is_weak_afterwards() {
        let tag = |value| disclaimed(&[("etag", value)]).remove(0).1;
        assert_eq!(tag("\"a\""), "W/\"a\"");
        assert_eq!(tag("W/\"a\""), "W/\"a\"");
    }
}
