//! What a redirect does to a request: where it goes next, what it carries there, and what stays behind.
//!
//! The rules are those of Fetch, for a client that belongs to no origin. That it belongs to none makes every request
//! a cross-origin one that no server was asked to allow, so of the user's header fields only what harms nobody goes to
//! another origin. A body goes along where the status says so, as in Fetch.

use reqwest::header::{
    self, ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LANGUAGE,
    CONTENT_LENGTH, CONTENT_LOCATION, CONTENT_TYPE, HeaderMap, HeaderName, TRANSFER_ENCODING, USER_AGENT,
};
use reqwest::{Method, StatusCode, Url};

use crate::error::{ErrorKind, Failure};
use crate::request::Outgoing;

/// How many redirects are followed for one request.
pub(crate) const MOST: u32 = 20;

/// What goes to any origin.
const HARMLESS: [HeaderName; 9] = [
    ACCEPT,
    ACCEPT_ENCODING,
    ACCEPT_LANGUAGE,
    CACHE_CONTROL,
    CONTENT_ENCODING,
    CONTENT_LANGUAGE,
    CONTENT_LOCATION,
    CONTENT_TYPE,
    USER_AGENT,
];

/// What is said of a body, and nothing of a request that has none any more. The last two Fetch lets nobody set.
const OF_BODIES: [HeaderName; 6] =
    [CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_TYPE, CONTENT_LENGTH, TRANSFER_ENCODING];

/// Where a response sends its request, if it does. One without a usable `Location` is an answer like any other
/// (statement 76).
pub(crate) fn target(status: StatusCode, headers: &HeaderMap, from: &Url) -> Option<Url> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let mut locations = headers.get_all(header::LOCATION).iter();
    let location = locations.next()?;
    if locations.any(|other| other != location) {
        return None;
    }
    let location = str::from_utf8(location.as_bytes()).ok()?.trim_ascii();
    if location.is_empty() {
        return None;
    }
    let mut url = from.join(location).ok()?;
    if url.fragment().is_none() {
        url.set_fragment(from.fragment());
    }
    Some(url)
}

/// Makes of a request the one that a redirect with this status asks for.
///
/// `everywhere` names the user's header fields that may go to any origin.
pub(crate) fn follow(
    outgoing: &mut Outgoing,
    status: StatusCode,
    mut to: Url,
    everywhere: &[HeaderName],
) -> Result<(), Failure> {
    if !matches!(to.scheme(), "http" | "https") {
        return Err(Failure::detailed(ErrorKind::Redirect, format!("to the scheme {}", to.scheme())));
    }
    let has_credentials = !to.username().is_empty() || to.password().is_some();
    if to.origin() == outgoing.url.origin() {
        if !has_credentials {
            // Those of the first URL count for its origin. Setting them fails for no URL of HTTP.
            let _ = to.set_username(outgoing.url.username());
            let _ = to.set_password(outgoing.url.password());
        }
    } else {
        if has_credentials {
            return Err(Failure::detailed(ErrorKind::Redirect, "to another origin, with credentials"));
        }
        outgoing.headers = std::mem::take(&mut outgoing.headers)
            .into_iter()
            .scan(None, |last, (name, value)| {
                // Of several values of one name only the first comes with it.
                *last = name.or(last.take());
                last.clone().map(|name| (name, value))
            })
            .filter(|(name, _)| {
                HARMLESS.contains(name) || everywhere.contains(name) || name == "last-event-id"
            })
            .fold(HeaderMap::new(), |mut kept, (name, value)| {
                kept.append(name, value);
                kept
            });
    }
    let becomes_get = match status.as_u16() {
        301 | 302 => outgoing.method == Method::POST,
        303 => !matches!(outgoing.method, Method::GET | Method::HEAD),
        _ => false,
    };
    if becomes_get {
        outgoing.method = Method::GET;
        outgoing.body = None;
        for name in OF_BODIES {
            outgoing.headers.remove(name);
        }
    }
    outgoing.url = to;
    Ok(())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use reqwest::header::{HeaderValue, LOCATION};

    use super::*;

    fn location(status: u16, values: &[&[u8]]) -> Option<String> {
        let headers = values.iter().map(|value| (LOCATION, HeaderValue::from_bytes(value).unwrap())).fold(
            HeaderMap::new(),
            |mut headers, (name, value)| {
                headers.append(name, value);
                headers
            },
        );
        let from = Url::parse("http://a.example/x/y#f").unwrap();
        target(StatusCode::from_u16(status).unwrap(), &headers, &from).map(String::from)
    }

    #[test]
    fn goes_where_location_says() {
        for status in [301, 302, 303, 307, 308] {
            assert_eq!(location(status, &[b"../z"]).unwrap(), "http://a.example/z#f");
        }
        assert_eq!(location(307, &[b"//b.example#g"]).unwrap(), "http://b.example/#g");
        assert_eq!(location(307, &[b" z "]).unwrap(), "http://a.example/x/z#f");
        assert_eq!(location(307, &[b"z", b"z"]).unwrap(), "http://a.example/x/z#f");
        assert_eq!(location(307, &["/\u{e9}".as_bytes()]).unwrap(), "http://a.example/%C3%A9#f");
        assert_eq!(location(307, &[b"ftp://b.example"]).unwrap(), "ftp://b.example/#f");
    }

    #[test]
    fn statement_76_goes_nowhere_without_a_usable_location() {
        let useless: [&[&[u8]]; 6] = [&[], &[b""], &[b"  "], &[b"http://[::1"], &[b"/\xff"], &[b"a", b"b"]];
        for values in useless {
            assert_eq!(location(302, values), None, "{values:?}");
        }
        for status in [200, 204, 300, 304, 305, 306, 309, 404] {
            assert_eq!(location(status, &[b"/z"]), None, "{status}");
        }
    }

    const USERS: [&str; 4] = ["authorization", "cookie", "x-key", "x-open"];

    fn request() -> Outgoing {
        let mut headers = HeaderMap::new();
        for name in USERS.into_iter().chain(["accept", "content-length", "content-type", "last-event-id"]) {
            headers.append(name, HeaderValue::from_static("1"));
        }
        headers.append("x-open", HeaderValue::from_static("2"));
        Outgoing {
            method: Method::POST,
            url: Url::parse("http://u:p@a.example/x").unwrap(),
            headers,
            body: Some(Bytes::from_static(b"body")),
        }
    }

    fn followed(status: u16, to: &str) -> Result<Outgoing, Failure> {
        let mut outgoing = request();
        let everywhere = [HeaderName::from_static("x-open")];
        let status = StatusCode::from_u16(status).unwrap();
        follow(&mut outgoing, status, Url::parse(to).unwrap(), &everywhere).map(|()| outgoing)
    }

    #[test]
    fn credentials_stay_with_their_origin() {
        for to in ["http://b.example/", "https://a.example/", "http://a.example:81/", "http://a.example.org/"]
        {
            let outgoing = followed(307, to).unwrap();
            assert_eq!(outgoing.url.as_str(), to);
            let names: Vec<_> = outgoing.headers.keys().map(HeaderName::as_str).collect();
            assert_eq!(names, ["x-open", "accept", "content-type", "last-event-id"], "{to}");
            assert_eq!(outgoing.headers.get_all("x-open").iter().count(), 2);
        }
        let outgoing = followed(307, "http://a.example:80/y").unwrap();
        assert_eq!(outgoing.url.as_str(), "http://u:p@a.example/y");
        assert_eq!(outgoing.headers.len(), request().headers.len());
        assert_eq!(followed(307, "http://v@a.example/y").unwrap().url.as_str(), "http://v@a.example/y");
    }

    #[test]
    fn some_targets_are_network_errors() {
        for to in
            ["ftp://a.example/", "data:text/event-stream,data", "http://v@b.example/", "http://:p@b.example/"]
        {
            assert_eq!(followed(307, to).unwrap_err().kind, ErrorKind::Redirect, "{to}");
        }
    }

    #[test]
    fn method_and_body_change_as_fetch_says() {
        for (status, method) in [(301, Method::GET), (302, Method::GET), (303, Method::GET)] {
            let outgoing = followed(status, "http://a.example/y").unwrap();
            assert_eq!((outgoing.method, outgoing.body), (method, None), "{status}");
            assert!(OF_BODIES.iter().all(|name| !outgoing.headers.contains_key(name)));
            assert!(outgoing.headers.contains_key("authorization"));
        }
        for status in [307, 308] {
            let outgoing = followed(status, "http://a.example/y").unwrap();
            assert_eq!((outgoing.method, outgoing.body), (Method::POST, request().body), "{status}");
        }
        for (method, status, becomes) in
            [("REPORT", 301, "REPORT"), ("REPORT", 303, "GET"), ("HEAD", 303, "HEAD"), ("GET", 303, "GET")]
        {
            let mut outgoing = Outgoing { method: method.parse().unwrap(), ..request() };
            let to = outgoing.url.clone();
            follow(&mut outgoing, StatusCode::from_u16(status).unwrap(), to, &[]).unwrap();
            assert_eq!(outgoing.method.as_str(), becomes, "{method} {status}");
        }
    }
}
