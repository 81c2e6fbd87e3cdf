//! The connection machine through the C functions, told anything at any time and misused in between: each answer is the one that
//! [`EventSource`] gives to the same call, and what cannot be is refused and changes nothing.
//!
//! That `EventSource` is right is what [`event_source`](crate::event_source) asserts.

#![expect(unsafe_code, reason = "C is called here")]

mod misuse;
mod owned;
mod setup;

use crate::capi::seen::{dirty_event, error, item, untouched};
use crate::event_source::MOST_CALLS;
use crate::event_source::calls::Call;
use crate::text::{Bytes, Head};
use eventwire::capi::{EW_ERR_INVALID_FIELD, EW_EVENT, EW_NEED_INPUT, EW_NEVER, EW_OK};
use eventwire::event_source::{self, Action, Fault};
use eventwire::{EventSource, Input};
use eventwire_testkit::drive;
use eventwire_testkit::outcome::Item;
use owned::{Owned, Polled};
use setup::Setup;

/// Calls as for [`event_source`](crate::event_source), where `b` asks for all items too, and `w` polls before it waits. The head is
/// of the same words, and of these: `url= method= header=name:value,... credentials`; `id=` takes any bytes; `dated`: responses
/// have a `Date`; `calls=`: capital letters, each a misuse of `misuse.rs`, one before each call in turn.
#[derive(Clone, Debug)]
pub struct Case {
    setup: Setup,
    calls: Vec<Call>,
    misuses: Vec<u8>,
    dated: bool,
}

/// What a response was sent at, if it says so.
const DATE: &[u8] = b"Fri, 20 Nov 2026 12:00:00 GMT";

impl crate::Case for Case {
    fn read(bytes: &[u8]) -> Self {
        let (head, body) = Head::of(bytes);
        let mut misuses = head.word("calls=").unwrap_or_default().to_vec();
        misuses.retain(u8::is_ascii_uppercase);
        Self {
            setup: Setup::read(head),
            calls: body.split(|&byte| byte == b'^').take(MOST_CALLS).filter_map(Call::read).collect(),
            misuses,
            dated: head.has("dated"),
        }
    }

    fn check(&self) {
        let (rust, c) = match (self.setup.of_rust(), self.setup.of_c()) {
            (Some(rust), Ok(c)) => (rust, c),
            (None, Err(status)) => return assert_eq!(status, EW_ERR_INVALID_FIELD),
            (rust, c) => panic!("{rust:?} of Rust, and {c:?} of C"),
        };
        let mut misuses = self.misuses.iter().copied().cycle();
        let mut pair = Pair { rust, c, clock: 0, date: self.dated.then_some(DATE) };
        pair.compare();
        for call in &self.calls {
            if let Some(letter) = misuses.next() {
                misuse::make(letter, &pair.c, pair.clock);
                pair.compare();
            }
            pair.make(call);
            pair.compare();
        }
    }
}

/// The head of a response.
#[derive(Clone, Copy)]
struct Response<'a> {
    status: u16,
    content_type: Option<&'a [u8]>,
    url: Option<&'a str>,
    retry_after: Option<&'a [u8]>,
    date: Option<&'a [u8]>,
}

impl<'a> Response<'a> {
    /// An event stream.
    const GOOD: Self = Self {
        status: 200,
        content_type: Some(b"text/event-stream"),
        url: None,
        retry_after: None,
        date: None,
    };

    fn of_rust(&self) -> event_source::Head<'a> {
        let mut head = event_source::Head::new(self.status);
        if let Some(value) = self.content_type {
            head = head.content_type(value);
        }
        if let Some(url) = self.url {
            head = head.url(url);
        }
        if let Some(value) = self.retry_after {
            head = head.retry_after(value);
        }
        if let Some(value) = self.date {
            head = head.date(value);
        }
        head
    }
}

/// Two sources that are told the same.
struct Pair {
    rust: EventSource,
    c: Owned,
    /// The driver's clock, which may run backwards.
    clock: u64,
    date: Option<&'static [u8]>,
}

impl Pair {
    fn make(&mut self, call: &Call) {
        let now = self.clock;
        match call {
            Call::Later(milliseconds) => self.clock = now.saturating_add(*milliseconds),
            Call::Earlier(milliseconds) => self.clock = now.saturating_sub(*milliseconds),
            Call::Wait => {
                if let Polled::Wait(until) = self.poll() {
                    self.clock = now.max(until);
                }
            }
            Call::Poll => drop(self.poll()),
            Call::Response { status, retry_after } => {
                let retry_after = retry_after.as_ref().map(|value| &value.0[..]);
                self.respond(Response { status: *status, retry_after, ..Response::GOOD });
            }
            Call::Type(value) => self.respond(Response { content_type: Some(value), ..Response::GOOD }),
            Call::Url(url) => self.respond(Response { url: Some(url), ..Response::GOOD }),
            Call::Chunk { bytes, close_after, .. } => self.chunk(bytes, *close_after),
            Call::Finish => self.finish(),
            Call::End => assert_eq!(self.c.handle_end(now), self.rust.handle_end(now)),
            Call::Transient => self.fail(Fault::Transient),
            Call::Fatal => self.fail(Fault::Fatal),
            Call::Timeout => assert_eq!(self.c.handle_timeout(now), self.rust.handle_timeout(now)),
            Call::Close => self.close(),
        }
    }

    fn poll(&mut self) -> Polled {
        let expected = match self.rust.poll(self.clock) {
            Action::Connect(_) => Polled::Connect,
            Action::Wait { until } => Polled::Wait(until),
            Action::Receive { deadline } => Polled::Receive(deadline.unwrap_or(EW_NEVER)),
            Action::Closed => Polled::Closed,
        };
        let found = self.c.poll(self.clock);
        assert_eq!(found, expected);
        found
    }

    fn respond(&mut self, response: Response<'_>) {
        let response = Response { date: self.date, ..response };
        let expected = self.rust.handle_response(self.clock, &response.of_rust());
        assert_eq!(self.c.handle_response(self.clock, &response), expected);
    }

    fn fail(&mut self, fault: Fault) {
        let expected = self.rust.handle_error(self.clock, fault);
        assert_eq!(self.c.handle_error(self.clock, fault), expected);
    }

    fn close(&mut self) {
        self.rust.close();
        self.c.close();
    }

    /// All that comes of a chunk; after so many items both are closed.
    fn chunk(&mut self, bytes: &Bytes, close_after: Option<usize>) {
        // In memory of its own, which is freed at the end.
        let chunk: Box<[u8]> = Box::from(&bytes.0[..]);
        let (mut plain, mut input) = (Input::new(bytes), crate::capi::input(&chunk));
        for count in 0.. {
            if close_after == Some(count) {
                self.close();
            }
            let expected = match self.rust.next_item(self.clock, &mut plain) {
                Ok(None) => None,
                Ok(Some(item)) => Some(drive::owned(Ok(item))),
                Err(error) => Some(drive::owned(Err(error))),
            };
            let mut event = dirty_event();
            let found = match self.c.next(self.clock, &mut input, &mut event) {
                EW_NEED_INPUT => None,
                status if status < 0 => Some(error(status)),
                status => {
                    assert_eq!(event.kind, status.unsigned_abs());
                    Some(item(&event, &chunk))
                }
            };
            assert!(untouched(&event) || !matches!(found, None | Some(Item::Error(_))));
            assert_eq!(found, expected);
            assert_eq!(input.pos, bytes.len() - plain.remaining());
            if found.is_none() {
                break;
            }
        }
    }

    fn finish(&mut self) {
        let expected = match self.rust.finish() {
            Ok(event) => event.map(|message| drive::owned(Ok(eventwire::Item::Event(message.event)))),
            Err(error) => Some(drive::owned(Err(error))),
        };
        let mut event = dirty_event();
        let found = match self.c.finish(&mut event) {
            EW_OK => None,
            EW_EVENT => Some(item(&event, &[])),
            status => Some(error(status)),
        };
        assert!(untouched(&event) || matches!(found, Some(Item::Event(_))));
        assert_eq!(found, expected);
    }

    /// What can be asked at any time.
    fn compare(&self) {
        let Self { rust, c, .. } = self;
        assert_eq!(c.ready_state(), rust.ready_state());
        assert_eq!((c.attempts(), c.failures()), (rust.attempts(), rust.failures()));
        assert_eq!(c.reconnection_time(), rust.reconnection_time());
        assert_eq!(c.last_event_id(), rust.last_event_id());
        assert_eq!(c.origin(), rust.origin().as_bytes());
        c.compare_request(&rust.request());
    }
}
