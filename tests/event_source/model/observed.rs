//! A source driven through a scenario.

use eventwire::event_source::{Action, Backoff, Fault, Head, Notice, Policy};
use eventwire::{Config, EventSource, Input, ReadyState};
use eventwire_testkit::chunking::Chunking;
use eventwire_testkit::outcome;
use eventwire_testkit::settings::Utf8;

use super::Step;
use super::scenario::{Connection, Ending, Fate, Scenario};
use crate::page::{Seen, URL};

/// What is observed. Delays are what they were.
pub fn observed(scenario: &Scenario) -> Vec<Step> {
    let mut driver = Driver { source: source(scenario), now: 77, request: None, steps: Vec::new() };
    driver.poll();
    for connection in &scenario.connections {
        let Some(request) = driver.request.take() else { break };
        assert_eq!(request.url, URL);
        assert_eq!(request.all("Accept"), [b"text/event-stream"]);
        assert_eq!(request.all("Cache-Control"), [b"no-cache"]);
        assert_eq!(request.body.is_some(), scenario.body.is_some());
        let last_event_id = request.last_event_id().map(<[u8]>::to_vec);
        driver.steps.push(Step::Request { last_event_id });
        driver.connection(connection);
        let delay = driver.poll();
        driver.steps.push(delay.map_or(Step::Closed, |delay| Step::Delay(delay, delay)));
    }
    driver.steps
}

fn source(scenario: &Scenario) -> EventSource {
    let utf8 = match scenario.utf8 {
        Utf8::Raw => eventwire::Utf8::Raw,
        Utf8::Replace => eventwire::Utf8::Replace,
        Utf8::Strict => eventwire::Utf8::Strict,
    };
    let rules = scenario.rules;
    let mut policy = Policy::new().min_delay(rules.min_delay).jitter(rules.jitter, rules.seed);
    if let Some((factor, cap, reset_after)) = rules.backoff {
        policy = policy.backoff(Backoff::new(factor, cap).reset_after(reset_after));
    }
    if let Some(most) = rules.retry_after {
        policy = policy.retry_after(most);
    }
    if rules.statuses {
        policy = policy.retry_statuses(429..=429).retry_statuses(500..=599);
    }
    if let Some(most) = rules.idle_timeout {
        policy = policy.idle_timeout(most);
    }
    if let Some(most) = rules.max_failures {
        policy = policy.max_failures(most);
    }
    let mut builder = EventSource::builder(URL)
        .config(Config::new().utf8(utf8).max_event_size(scenario.max_event_size))
        .reconnection_time(scenario.reconnection_time)
        .last_event_id(scenario.last_event_id)
        .policy(policy);
    if let Some(replay) = scenario.body {
        builder = builder.body("body", replay);
    }
    builder.build().unwrap()
}

struct Driver {
    source: EventSource,
    now: u64,
    /// The request that has been handed out, if it has not been looked at.
    request: Option<Seen>,
    steps: Vec<Step>,
}

impl Driver {
    /// Waits for the next request, and answers how long that took; `None` if there will be none.
    fn poll(&mut self) -> Option<u64> {
        let start = self.now;
        loop {
            match self.source.poll(self.now) {
                Action::Connect(request) => {
                    self.request = Some(Seen::of(&request));
                    return Some(self.now - start);
                }
                Action::Wait { until } => {
                    assert!(until > self.now);
                    let before = self.source.poll(until - 1);
                    assert!(matches!(before, Action::Wait { until: again } if again == until), "{before:?}");
                    self.now = until;
                }
                Action::Closed => return None,
                other @ Action::Receive { .. } => panic!("{other:?}"),
            }
        }
    }

    fn connection(&mut self, Connection { after, fate }: &Connection) {
        if !self.sleep(*after) {
            return;
        }
        let head = Head::new(200).content_type(b"text/event-stream");
        let notice = match fate {
            Fate::Refused => self.source.handle_error(self.now, Fault::Transient),
            Fate::Fatal => self.source.handle_error(self.now, Fault::Fatal),
            Fate::ClosedByUser => {
                self.source.close();
                None
            }
            Fate::Status(status, None) => self.source.handle_response(self.now, &Head::new(*status)),
            Fate::Status(status, Some(seconds)) => {
                let seconds = seconds.to_string();
                let head = Head::new(*status).retry_after(seconds.as_bytes());
                self.source.handle_response(self.now, &head)
            }
            Fate::ContentType(content_type) => {
                let head = Head::new(200).content_type(content_type.as_bytes());
                self.source.handle_response(self.now, &head)
            }
            Fate::Body { .. } => self.source.handle_response(self.now, &head),
        };
        self.tell(notice);
        if let Fate::Body { bytes, chunking, gap, ending } = fate {
            self.body(bytes, chunking, *gap, *ending);
        }
    }

    fn body(&mut self, bytes: &[u8], chunking: &Chunking, gap: u64, ending: Ending) {
        let mut room = if let Ending::Close(count) = ending { count } else { usize::MAX };
        for chunk in chunking.chunks(bytes) {
            if !self.sleep(gap) {
                return;
            }
            let mut input = Input::new(chunk);
            loop {
                let step = match self.source.next_event(self.now, &mut input) {
                    Ok(Some(message)) => Step::Message {
                        event_type: message.event.event_type().to_vec(),
                        data: message.event.data().to_vec(),
                        last_event_id: message.event.last_event_id().to_vec(),
                    },
                    Ok(None) => break,
                    Err(error) => Step::Dropped(match error {
                        eventwire::Error::EventTooLarge => outcome::Fault::EventTooLarge,
                        eventwire::Error::InvalidUtf8 => outcome::Fault::InvalidUtf8,
                        error => panic!("{error:?}"),
                    }),
                };
                self.steps.push(step);
                room = room.wrapping_sub(1);
                if room == 0 {
                    // From inside the handler; the driver does not look, and goes on.
                    self.source.close();
                }
            }
        }
        if !self.sleep(gap) {
            return;
        }
        let notice = match ending {
            Ending::End => self.source.handle_end(self.now),
            Ending::Broken => self.source.handle_error(self.now, Fault::Transient),
            Ending::Fatal => self.source.handle_error(self.now, Fault::Fatal),
            Ending::Close(_) => {
                self.source.close();
                None
            }
        };
        self.tell(notice);
    }

    /// Answers whether the connection has outlived the time.
    fn sleep(&mut self, milliseconds: u64) -> bool {
        let until = self.now + milliseconds;
        if let Action::Receive { deadline: Some(deadline) } = self.source.poll(self.now)
            && deadline <= until
        {
            self.now = deadline;
            let notice = self.source.handle_timeout(self.now);
            assert!(notice.is_some());
            self.tell(notice);
            return false;
        }
        self.now = until;
        // Too early, or nothing to wait for.
        assert_eq!(self.source.handle_timeout(self.now), None);
        true
    }

    fn tell(&mut self, notice: Option<Notice>) {
        let state = self.source.ready_state();
        match notice {
            Some(Notice::Open) => {
                assert_eq!(state, ReadyState::Open);
                self.steps.push(Step::Open);
            }
            Some(Notice::Error { ready_state, reason }) => {
                assert_eq!(state, ready_state);
                self.steps.push(Step::Error { closed: state == ReadyState::Closed, reason });
            }
            None => {}
        }
    }
}
