//! Who uses a source in the tests: a driver whose network is the test, and a user who writes down what there is to hear.

use eventwire::event_source::{Action, BuildError, Builder, Fault, Head, Notice, Request};
use eventwire::{EventSource, Input};

/// The URL of most sources here.
pub const URL: &str = "https://example.org/stream";

/// A source with its driver and its user.
pub struct Page {
    pub source: EventSource,
    /// The driver's clock.
    pub now: u64,
    log: Vec<String>,
    /// Where each event came from.
    pub origins: Vec<String>,
}

/// A request, as its receiver sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Option<Vec<u8>>,
}

impl Seen {
    pub fn of(request: &Request<'_>) -> Self {
        Self {
            method: request.method().to_string(),
            url: request.url().to_string(),
            headers: request.headers().map(|(name, value)| (name.to_string(), value.to_vec())).collect(),
            body: request.body().map(<[u8]>::to_vec),
        }
    }

    /// All values of fields of this name.
    pub fn all(&self, name: &str) -> Vec<&[u8]> {
        let named = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_slice()).collect()
    }

    pub fn last_event_id(&self) -> Option<&[u8]> {
        let values = self.all("last-event-id");
        assert!(values.len() <= 1, "{self:?}");
        values.first().copied()
    }
}

impl Page {
    pub fn new() -> Self {
        Self::with(|builder| builder)
    }

    pub fn with(settings: impl FnOnce(Builder) -> Builder) -> Self {
        Self::try_with(settings).unwrap()
    }

    pub fn try_with(settings: impl FnOnce(Builder) -> Builder) -> Result<Self, BuildError> {
        // Not at zero: no clock of a driver's need begin there.
        Ok(Self {
            source: settings(EventSource::builder(URL)).build()?,
            now: 1_000_000,
            log: Vec::new(),
            origins: Vec::new(),
        })
    }

    /// What the user has heard since this was called last: `open`, `error` with the ready state, events with type, data
    /// and last event ID, and the parser's errors.
    pub fn heard(&mut self) -> Vec<String> {
        std::mem::take(&mut self.log)
    }

    /// Expects a request, and gives it.
    #[track_caller]
    pub fn request(&mut self) -> Seen {
        match self.source.poll(self.now) {
            Action::Connect(request) => Seen::of(&request),
            other => panic!("{other:?}"),
        }
    }

    /// Expects a wait, sits it out, and answers how long it was.
    #[track_caller]
    pub fn wait(&mut self) -> u64 {
        match self.source.poll(self.now) {
            Action::Wait { until } => {
                let delay = until - self.now;
                self.now = until;
                delay
            }
            other => panic!("{other:?}"),
        }
    }

    /// Expects that the connection is to go on, and gives its deadline.
    #[track_caller]
    pub fn deadline(&mut self) -> Option<u64> {
        match self.source.poll(self.now) {
            Action::Receive { deadline } => deadline,
            other => panic!("{other:?}"),
        }
    }

    pub fn is_closed(&mut self) -> bool {
        matches!(self.source.poll(self.now), Action::Closed)
    }

    pub fn respond(&mut self, head: &Head<'_>) {
        let notice = self.source.handle_response(self.now, head);
        self.tell(notice);
    }

    /// A good response.
    pub fn accept(&mut self) {
        self.respond(&Head::new(200).content_type(b"text/event-stream"));
    }

    /// Request and good response.
    #[track_caller]
    pub fn connect(&mut self) -> Seen {
        let request = self.request();
        self.accept();
        request
    }

    /// A chunk of the body.
    pub fn chunk(&mut self, chunk: impl AsRef<[u8]>) {
        self.chunk_until(chunk, |_| false);
    }

    /// A chunk of the body; the user closes the source in the handler of an event whose data are chosen by `close_at`.
    pub fn chunk_until(&mut self, chunk: impl AsRef<[u8]>, close_at: impl Fn(&[u8]) -> bool) {
        let mut input = Input::new(chunk.as_ref());
        loop {
            let close = match self.source.next_event(self.now, &mut input) {
                Ok(Some(message)) => {
                    let event = message.event;
                    let mut line =
                        format!("{} {}", event.event_type().escape_ascii(), event.data().escape_ascii());
                    if !event.last_event_id().is_empty() {
                        line += &format!(" #{}", event.last_event_id().escape_ascii());
                    }
                    self.log.push(line);
                    self.origins.push(message.origin.to_string());
                    close_at(event.data())
                }
                Ok(None) => break,
                Err(error) => {
                    self.log.push(format!("{error:?}"));
                    false
                }
            };
            if close {
                self.source.close();
            }
        }
    }

    pub fn end(&mut self) {
        let notice = self.source.handle_end(self.now);
        self.tell(notice);
    }

    pub fn error(&mut self, fault: Fault) {
        let notice = self.source.handle_error(self.now, fault);
        self.tell(notice);
    }

    pub fn timeout(&mut self) {
        let notice = self.source.handle_timeout(self.now);
        self.tell(notice);
    }

    /// Tells the user, to whom the ready state is what the notice says it is.
    fn tell(&mut self, notice: Option<Notice>) {
        let number = self.source.ready_state() as u8;
        match notice {
            Some(Notice::Open) => self.log.push(format!("open {number}")),
            Some(Notice::Error { ready_state, reason }) => {
                assert_eq!(ready_state, self.source.ready_state());
                self.log.push(format!("error {number} {reason:?}"));
            }
            None => {}
        }
    }
}
