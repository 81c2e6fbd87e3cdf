//! The request that a driver is to send: what stays the same for all attempts, and what changes.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::origin::write_origin;

/// What is asked for at each attempt alike.
#[derive(Clone)]
pub(super) struct Template {
    /// Empty for `GET`.
    pub(super) method: String,
    pub(super) url: String,
    pub(super) fields: Vec<Field>,
    /// Whether one of the fields is `Accept`.
    pub(super) has_accept: bool,
    /// Whether one of the fields is `Cache-Control`.
    pub(super) has_cache_control: bool,
    pub(super) body: Option<Vec<u8>>,
    pub(super) replay: Replay,
    pub(super) with_credentials: bool,
}

/// A header field of the user's.
#[derive(Clone)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) value: Vec<u8>,
}

/// Whether a request's body may be sent again, in another attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Replay {
    /// It may: to send it twice does no harm.
    Allowed,
    /// It may not. After the first attempt there is no other, and whatever ends that one closes the source.
    Refused,
}

/// Which credentials (cookies, authentication) go with a request: the credentials modes of Fetch that a source can have
/// (statement 69).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Credentials {
    /// Those of the source's own origin only; to a client that has no origin: none but what the user gave in header
    /// fields.
    SameOrigin,
    /// All that the client has for the URL.
    Include,
}

/// A request to be sent now: what comes with [`Action::Connect`](crate::event_source::Action::Connect).
///
/// ```
/// use eventwire::EventSource;
/// use eventwire::event_source::Action;
///
/// let mut source = EventSource::builder("https://example.org/stream").last_event_id("41").build()?;
/// let Action::Connect(request) = source.poll(0) else { unreachable!() };
/// let lines: Vec<String> =
///     request.headers().map(|(name, value)| format!("{name}: {}", value.escape_ascii())).collect();
/// assert_eq!(lines, ["Accept: text/event-stream", "Cache-Control: no-cache", "Last-Event-ID: 41"]);
/// # Ok::<(), eventwire::event_source::BuildError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Request<'a> {
    pub(super) template: &'a Template,
    pub(super) last_event_id: &'a [u8],
}

impl<'a> Request<'a> {
    /// The method: `GET` unless the user chose another.
    #[must_use]
    pub fn method(&self) -> &'a str {
        if self.template.method.is_empty() { "GET" } else { &self.template.method }
    }

    /// The URL that the source was made with; never one to which a redirect has led (statement 93).
    #[must_use]
    pub fn url(&self) -> &'a str {
        &self.template.url
    }

    /// The header fields, each with its name and value.
    ///
    /// * `Accept: text/event-stream` and `Cache-Control: no-cache`, unless the user gave fields of these names (70 and 71);
    /// * `Last-Event-ID`, if the last event ID is not empty (91 and 92);
    /// * the user's, in their order.
    ///
    /// A name is a token, and a value of the user's holds no control character but tabs. The last event ID may hold any
    /// byte except CR, LF and NUL (102). Under [`Utf8::Raw`](crate::Utf8::Raw) it is what the stream held; otherwise it
    /// is UTF-8.
    pub fn headers(&self) -> impl Iterator<Item = (&'a str, &'a [u8])> + Clone + use<'a> {
        let request = *self;
        (0..).map_while(move |index| request.header(index))
    }

    /// One of the header fields, by its place among them; `None` behind the last.
    #[must_use]
    pub fn header(&self, index: usize) -> Option<(&'a str, &'a [u8])> {
        let own: [(bool, &str, &[u8]); 3] = [
            (!self.template.has_accept, ACCEPT, b"text/event-stream"),
            (!self.template.has_cache_control, CACHE_CONTROL, b"no-cache"),
            (!self.last_event_id.is_empty(), LAST_EVENT_ID, self.last_event_id),
        ];
        let mut before = 0;
        for (is_sent, name, value) in own {
            if is_sent && before == index {
                return Some((name, value));
            }
            before += usize::from(is_sent);
        }
        let field = self.template.fields.get(index.checked_sub(before)?)?;
        Some((&field.name, &field.value))
    }

    /// The last event ID; empty if there is none, and then no header field says so.
    #[must_use]
    pub fn last_event_id(&self) -> &'a [u8] {
        self.last_event_id
    }

    /// The body, if there is one.
    #[must_use]
    pub fn body(&self) -> Option<&'a [u8]> {
        self.template.body.as_deref()
    }

    /// Which credentials go with it.
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        if self.template.with_credentials { Credentials::Include } else { Credentials::SameOrigin }
    }
}

// The header fields that do not come from the user alone.
pub(super) const ACCEPT: &str = "Accept";
pub(super) const CACHE_CONTROL: &str = "Cache-Control";
pub(super) const LAST_EVENT_ID: &str = "Last-Event-ID";

// URLs, header fields and bodies hold secrets, and what is shown here ends up in logs: so only the origin and names are.

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = self.body.as_ref().map(Vec::len);
        let mut origin = String::new();
        // Without memory there is nothing to show.
        let _ = write_origin(&self.url, &mut origin);
        f.debug_struct("Template")
            .field("method", &self.method)
            .field("origin", &origin)
            .field("fields", &self.fields)
            .field("body_len", &body)
            .field("replay", &self.replay)
            .field("with_credentials", &self.with_credentials)
            .finish()
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("template", self.template)
            .field("last_event_id", &format_args!("{}", self.last_event_id.escape_ascii()))
            .finish()
    }
}
