//! The head of a response, as far as it matters.

/// The head of a response: what [`EventSource::handle_response`](crate::EventSource::handle_response) is told.
///
/// It is that of the last response, after all redirects. Values are bytes as the header fields hold them.
///
/// ```
/// use eventwire::event_source::Head;
///
/// let head = Head::new(200).content_type(b"text/event-stream; charset=utf-8").url("https://example.org/moved");
/// let busy = Head::new(503).retry_after(b"120");
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Head<'a> {
    pub(super) status: u16,
    pub(super) content_type: Option<&'a [u8]>,
    pub(super) url: Option<&'a str>,
    pub(super) retry_after: Option<&'a [u8]>,
    pub(super) date: Option<&'a [u8]>,
}

impl<'a> Head<'a> {
    /// A head with this status and nothing else.
    pub const fn new(status: u16) -> Self {
        Self { status, content_type: None, url: None, retry_after: None, date: None }
    }

    /// The value of `Content-Type`. Several of them are given as one, joined with commas in their order, as everywhere
    /// in HTTP.
    pub const fn content_type(mut self, value: &'a [u8]) -> Self {
        self.content_type = Some(value);
        self
    }

    /// The URL that has answered, serialised, where redirects have changed it. The events' origin is taken from it;
    /// without it, from the source's own.
    pub const fn url(mut self, url: &'a str) -> Self {
        self.url = Some(url);
        self
    }

    /// The value of `Retry-After`, which counts only if
    /// [`Policy::retry_after`](crate::event_source::Policy::retry_after) says so: seconds, or a date.
    pub const fn retry_after(mut self, value: &'a [u8]) -> Self {
        self.retry_after = Some(value);
        self
    }

    /// The value of `Date`: the server's idea of now, without which a date in `Retry-After` says nothing to a machine
    /// that has no clock. A driver whose server sends none may give its own, in the same form.
    pub const fn date(mut self, value: &'a [u8]) -> Self {
        self.date = Some(value);
        self
    }
}
