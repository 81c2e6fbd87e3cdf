//! The connection machine, told anything at any time: what it answers is what a plain model answers (`model.rs`).

pub(crate) mod calls;
mod media_type;
pub(crate) mod model;

use crate::text::Head;
use calls::{Call, Way};
use eventwire::event_source::{Action, Backoff, Builder, Fault, Head as Response, Notice, Policy, Replay};
use eventwire::{EventSource, Input};
use eventwire_testkit::drive;
use eventwire_testkit::outcome::Item;
use model::{Answer, Model, Polled, Rules};

/// Calls, separated by `^`: see `calls.rs`. The head is settings as for [`parse_split`](crate::parse_split), but without a carry,
/// and what goes into a policy: `backoff= cap= reset= min= jitter= seed= after= idle= most= time= id= statuses body refused`.
#[derive(Clone, Debug)]
pub struct Case {
    rules: Rules,
    calls: Vec<Call>,
}

/// As many calls as one case makes.
pub(crate) const MOST_CALLS: usize = 120;

const URL: &str = "https://example.org/stream";

impl crate::Case for Case {
    fn read(bytes: &[u8]) -> Self {
        let (head, body) = Head::of(bytes);
        let calls = body.split(|&byte| byte == b'^').take(MOST_CALLS).filter_map(Call::read).collect();
        Self { rules: Rules::read(head), calls }
    }

    fn check(&self) {
        let mut driver = Driver { source: source(&self.rules), model: Model::new(&self.rules), clock: 0 };
        for call in &self.calls {
            driver.make(call);
            driver.compare();
        }
    }
}

fn source(rules: &Rules) -> EventSource {
    builder(URL, rules).build().expect("all that a case can say is valid")
}

/// For a source that follows these rules.
pub(crate) fn builder(url: &str, rules: &Rules) -> Builder {
    let mut policy = Policy::new().min_delay(rules.min_delay).jitter(rules.jitter, rules.seed);
    if let Some((factor, cap, reset_after)) = rules.backoff {
        policy = policy.backoff(Backoff::new(factor, cap).reset_after(reset_after));
    }
    if let Some(most) = rules.max_retry_after {
        policy = policy.retry_after(most);
    }
    if rules.statuses {
        policy = policy.retry_statuses(429..=429).retry_statuses(500..=599).retry_statuses(200..=204);
    }
    if let Some(most) = rules.idle_timeout {
        policy = policy.idle_timeout(most);
    }
    if let Some(most) = rules.max_failures {
        policy = policy.max_failures(most);
    }
    let mut builder = EventSource::builder(url)
        .config(drive::config(&rules.settings))
        .reconnection_time(rules.reconnection_time)
        .last_event_id(&rules.last_event_id)
        .policy(policy);
    if rules.body {
        builder = builder.body("body", if rules.refused { Replay::Refused } else { Replay::Allowed });
    }
    builder
}

struct Driver<'r> {
    source: EventSource,
    model: Model<'r>,
    /// The driver's clock, which may run backwards.
    clock: u64,
}

impl Driver<'_> {
    fn make(&mut self, call: &Call) {
        let Self { source, model, clock } = self;
        let now = *clock;
        match call {
            Call::Later(milliseconds) => *clock = now.saturating_add(*milliseconds),
            Call::Earlier(milliseconds) => *clock = now.saturating_sub(*milliseconds),
            Call::Wait => *clock = now.max(model.due().unwrap_or(now)),
            Call::Poll => self.poll(),
            Call::Response { status, retry_after } => {
                let mut response = Response::new(*status).content_type(b"text/event-stream");
                if let Some(value) = retry_after {
                    response = response.retry_after(value);
                }
                let notice = source.handle_response(now, &response);
                assert_eq!(answer(notice), model.response(now, *status, retry_after.as_deref(), true));
                assert!(notice != Some(Notice::Open) || source.origin() == "https://example.org");
            }
            Call::Type(content_type) => {
                let notice = source.handle_response(now, &Response::new(200).content_type(content_type));
                let is_right = media_type::is_event_stream(content_type);
                assert_eq!(answer(notice), model.response(now, 200, None, is_right));
            }
            Call::Url(url) => {
                let response = Response::new(200).content_type(b"text/event-stream").url(url);
                let notice = source.handle_response(now, &response);
                assert_eq!(answer(notice), model.response(now, 200, None, true));
                assert!(notice != Some(Notice::Open) || is_origin(source.origin()), "{}", source.origin());
            }
            Call::Chunk { bytes, way, close_after } => self.chunk(bytes, *way, *close_after),
            Call::Finish => {
                let found = match source.finish() {
                    Ok(event) => event.map(|message| drive::owned(Ok(eventwire::Item::Event(message.event)))),
                    Err(error) => Some(drive::owned(Err(error))),
                };
                assert_eq!(found, model.finish());
            }
            Call::End => assert_eq!(answer(source.handle_end(now)), model.end(now)),
            Call::Transient => {
                assert_eq!(answer(source.handle_error(now, Fault::Transient)), model.transient(now));
            }
            Call::Fatal => assert_eq!(answer(source.handle_error(now, Fault::Fatal)), model.fatal(now)),
            Call::Timeout => assert_eq!(answer(source.handle_timeout(now)), model.timeout(now)),
            Call::Close => {
                source.close();
                model.close();
            }
        }
    }

    fn poll(&mut self) {
        let found = match self.source.poll(self.clock) {
            Action::Connect(request) => {
                assert_eq!((request.method(), request.url()), ("GET", URL));
                let sent = request.headers().find(|(name, _)| *name == "Last-Event-ID");
                let id = request.last_event_id();
                assert_eq!(sent.map(|(_, value)| value), (!id.is_empty()).then_some(id));
                assert_eq!(request.body().is_some(), self.model.rules.body);
                Polled::Connect(id.to_vec())
            }
            Action::Wait { until } => Polled::Wait(until),
            Action::Receive { deadline } => Polled::Receive(deadline),
            Action::Closed => Polled::Closed,
        };
        let expected = self.model.poll(self.clock, &found);
        assert_eq!(found, expected);
    }

    fn chunk(&mut self, bytes: &[u8], way: Way, close_after: Option<usize>) {
        let Self { source, model, clock } = self;
        let was_open = model.is_open();
        let mut expected = model.chunk(*clock, bytes);
        if way == Way::Events {
            expected.retain(|item| matches!(item, Item::Event(_) | Item::Error(_)));
        }
        if let Some(count) = close_after.filter(|&count| count <= expected.len()) {
            expected.truncate(count);
            model.close();
        }
        let (mut input, mut found) = (Input::new(bytes), vec![]);
        loop {
            if close_after == Some(found.len()) {
                source.close();
            }
            let next = match way {
                Way::Events => source
                    .next_event(*clock, &mut input)
                    .map(|message| message.map(|message| eventwire::Item::Event(message.event))),
                Way::Items => source.next_item(*clock, &mut input),
            };
            match next {
                Ok(None) => break,
                Ok(Some(item)) => found.push(drive::owned(Ok(item))),
                Err(error) => found.push(drive::owned(Err(error))),
            }
        }
        assert_eq!(found, expected);
        let is_used_up = input.remaining() == 0;
        assert!(is_used_up == (was_open || bytes.is_empty()) || !model.is_open());
    }

    /// What can be asked at any time.
    fn compare(&self) {
        let Self { source, model, .. } = self;
        assert_eq!(source.ready_state(), model.ready_state());
        assert_eq!((source.attempts(), source.failures()), (model.attempts, model.failures));
        // A source that was closed in the midst of a chunk has not seen the rest of it, as the model has.
        if !model.is_closed() {
            assert_eq!(source.last_event_id(), model.last_event_id());
            assert_eq!(source.reconnection_time(), model.reconnection_time());
        }
    }
}

fn answer(notice: Option<Notice>) -> Answer {
    match notice {
        None => Answer::Nothing,
        Some(Notice::Open) => Answer::Open,
        Some(Notice::Error { ready_state, reason }) => Answer::Error(ready_state, reason),
    }
}

/// Whether this is an origin as serialised.
fn is_origin(origin: &str) -> bool {
    let Some((scheme, host)) = origin.split_once("://") else { return origin == "null" };
    let is_plain =
        |byte: u8| byte.is_ascii_graphic() && !byte.is_ascii_uppercase() && !b"/?#@\\\"<>".contains(&byte);
    ["http", "https", "ws", "wss", "ftp"].contains(&scheme) && !host.is_empty() && host.bytes().all(is_plain)
}
