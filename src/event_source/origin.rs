//! The origin of a URL, serialised: where events say that they come from (statement 99).
//!
//! The URL is one that a client has requested, so it has been parsed and serialised by a URL library; this takes the
//! origin out of it and is no URL parser. What it does not understand has an opaque origin, which is serialised as
//! `null` and equal to no other.

use alloc::string::String;

use super::words::is_same_word;
use crate::error::Error;

/// The opaque origin.
const OPAQUE: &str = "null";

/// Schemes whose origins are not opaque, and their default ports.
const SCHEMES: [(&str, &str); 5] =
    [("http", "80"), ("https", "443"), ("ws", "80"), ("wss", "443"), ("ftp", "21")];

/// Writes the origin of `url` into `out`, in the place of what is there.
///
/// # Errors
///
/// [`Error::NoMemory`]; `out` is then empty.
pub(super) fn write_origin(url: &str, out: &mut String) -> Result<(), Error> {
    let pieces = pieces(url).unwrap_or([OPAQUE, "", "", "", ""]);
    let len = pieces.iter().map(|piece| piece.len()).sum();
    out.clear();
    out.try_reserve(len).map_err(|_| Error::NoMemory)?;
    for piece in pieces {
        append(out, piece);
    }
    out.make_ascii_lowercase();
    Ok(())
}

/// What the origin is put together from; `None` if it is opaque.
fn pieces(url: &str) -> Option<[&str; 5]> {
    let (scheme, rest) = cut(url, find(url, |byte| byte == b':')?)?;
    let (_, default_port) =
        SCHEMES.iter().find(|(name, _)| is_same_word(name.as_bytes(), scheme.as_bytes()))?;
    let rest = rest.strip_prefix("//")?;
    let authority = rest.get(..find(rest, |byte| b"/?#\\".contains(&byte)).unwrap_or(rest.len()))?;
    let host_and_port = match authority.bytes().rposition(|byte| byte == b'@') {
        Some(at) => cut(authority, at)?.1,
        None => authority,
    };
    // The colons of an IPv6 address are within brackets.
    let colon = host_and_port.bytes().rposition(|byte| byte == b':');
    let (host, port) = match colon.and_then(|colon| cut(host_and_port, colon)) {
        Some((host, port)) if !host.starts_with('[') || host.ends_with(']') => (host, port),
        _ => (host_and_port, ""),
    };
    if !is_host(host) {
        return None;
    }
    let port = written_port(port)?;
    if port.is_empty() || port == *default_port {
        return Some([scheme, "://", host, "", ""]);
    }
    Some([scheme, "://", host, ":", port])
}

/// Where the first such byte stands.
fn find(text: &str, such: impl FnMut(u8) -> bool) -> Option<usize> {
    text.bytes().position(such)
}

/// What stands before and behind the byte of ASCII at a place.
fn cut(text: &str, at: usize) -> Option<(&str, &str)> {
    Some((text.get(..at)?, text.get(at.checked_add(1)?..)?))
}

/// A port without zeros before its number; `None` if it is none.
fn written_port(port: &str) -> Option<&str> {
    let zeros = find(port, |byte| byte != b'0').unwrap_or(port.len().saturating_sub(1));
    let mut number = 0_u16;
    for byte in port.bytes() {
        number = number
            .checked_mul(10)?
            .checked_add(u16::from(byte.checked_sub(b'0').filter(|digit| *digit < 10)?))?;
    }
    port.get(zeros..)
}

/// Whether this is a host as serialised: a name in ASCII, or an address.
fn is_host(host: &str) -> bool {
    if let [b'[', address @ .., b']'] = host.as_bytes() {
        return !address.is_empty()
            && address.iter().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'));
    }
    let stands_for_itself = |byte| match byte {
        b'"' | b'#' | b'%' | b'/' | b':' | b'<' | b'>' | b'?' | b'@' | b'[' | b'\\' | b']' | b'^' | b'`' => {
            false
        }
        b'{' | b'|' | b'}' => false,
        _ => byte.is_ascii_graphic(),
    };
    !host.is_empty() && host.bytes().all(stands_for_itself)
}

/// Adds a piece for which there is room.
fn append(out: &mut String, piece: &str) {
    let room = out.capacity().wrapping_sub(out.len());
    if piece.len() <= room {
        out.push_str(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(url: &str) -> String {
        let mut out = String::from("what was there");
        write_origin(url, &mut out).unwrap();
        out
    }

    #[test]
    fn is_scheme_host_and_port() {
        for (url, expected) in [
            ("http://example.org", "http://example.org"),
            ("https://example.org/a/b?c#d", "https://example.org"),
            ("HTTPS://EXAMPLE.org:8443/", "https://example.org:8443"),
            ("http://example.org?x=http://other", "http://example.org"),
            ("http://user:pass@example.org:81/@x", "http://example.org:81"),
            ("http://a@b@example.org/", "http://example.org"),
            ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080"),
            ("http://[::1]/x", "http://[::1]"),
            ("http://[2001:DB8::1]:8080/x", "http://[2001:db8::1]:8080"),
            ("http://xn--bcher-kva.example/", "http://xn--bcher-kva.example"),
            ("wss://example.org/", "wss://example.org"),
        ] {
            assert_eq!(origin(url), expected, "{url}");
        }
    }

    #[test]
    fn leaves_out_the_default_port() {
        for (url, expected) in [
            ("http://h:80/", "http://h"),
            ("http://h:0080/", "http://h"),
            ("http://h:/", "http://h"),
            ("https://h:443/", "https://h"),
            ("https://h:80/", "https://h:80"),
            ("http://h:443/", "http://h:443"),
            ("http://h:000/", "http://h:0"),
            ("http://h:65535/", "http://h:65535"),
        ] {
            assert_eq!(origin(url), expected, "{url}");
        }
    }

    #[test]
    fn is_opaque_where_there_is_none() {
        for url in [
            "",
            "http",
            "http:",
            "http:/h",
            "http://",
            "http:///x",
            "http://:80/",
            "http://@/",
            "http://h:65536/",
            "http://h:99999999999999999999999/",
            "http://h:+1/",
            "http://h:8x/",
            "http://h:1:2/",
            "http://[::1",
            "http://[]/",
            "http://[::g]/",
            "http://[::1]x/",
            "http://a b/",
            "http://a%62/",
            "http://b\u{fc}cher.example/",
            "file:///tmp/x",
            "data:text/event-stream,data",
            "about:blank",
            "urn:x://y",
            "//h/x",
            "/x",
        ] {
            assert_eq!(origin(url), "null", "{url}");
        }
    }
}
