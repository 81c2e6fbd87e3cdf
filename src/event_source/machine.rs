//! The machine: what it remembers, and how each thing that it is told changes that.

use alloc::string::String;
use core::fmt;

use super::random::Random;
use super::request::Template;
use super::{
    Action, BuildError, Builder, Fault, Head, MessageEvent, Notice, Policy, ReadyState, Reason, Replay,
    Request,
};
use super::{media_type, origin, retry_after};
use crate::carry::{Carry, VecCarry};
use crate::error::Error;
use crate::event::Item;
use crate::input::Input;
use crate::parser::Parser;

/// The connection of a source: decides when to connect, with what, and what a response means. See the [module](super).
///
/// It does no IO: a driver asks [`poll`](Self::poll) what to do and tells what came of it.
pub struct EventSource<C: Carry = VecCarry> {
    template: Template,
    policy: Policy,
    random: Random,
    parser: Parser<C>,
    /// The reconnection time until the stream sets one.
    reconnection_time: u64,
    /// The origin of the connection that was opened last.
    origin: String,
    state: State,
    /// The latest time seen.
    now: u64,
    attempts: u64,
    /// Failures in a row.
    failures: u32,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// A request is to be made at this time.
    Due {
        at: u64,
    },
    /// One has been made, at this time.
    Requested {
        at: u64,
    },
    /// Its response is being received, since `since`; at `heard` something came last.
    Open {
        since: u64,
        heard: u64,
    },
    Closed,
}

impl EventSource {
    /// A source that behaves as the standard says: a `GET` for `url`, to be made at once.
    ///
    /// The URL is what the driver will be asked to fetch, resolved and serialised (statements 67 and 68). The machine
    /// does not parse it.
    ///
    /// # Errors
    ///
    /// [`BuildError::InvalidUrl`] or [`BuildError::NoMemory`].
    pub fn new(url: &str) -> Result<Self, BuildError> {
        Self::builder(url).build()
    }

    /// For a source with other settings than the usual ones.
    pub fn builder(url: &str) -> Builder {
        Builder::new(url)
    }
}

impl<C: Carry> EventSource<C> {
    pub(super) fn from_parts(
        template: Template,
        policy: Policy,
        reconnection_time: u64,
        mut parser: Parser<C>,
        last_event_id: &[u8],
    ) -> Result<Self, BuildError> {
        parser.set_last_event_id(last_event_id)?;
        Ok(Self {
            template,
            policy,
            random: Random::new(policy.seed),
            parser,
            reconnection_time,
            origin: String::new(),
            state: State::Due { at: 0 },
            now: 0,
            attempts: 0,
            failures: 0,
        })
    }

    /// What to do now. Calling it again is harmless: a request is handed out once for each attempt.
    #[must_use]
    pub fn poll(&mut self, now: u64) -> Action<'_> {
        let now = self.tick(now);
        match self.state {
            State::Due { at } if at <= now => {
                self.state = State::Requested { at: now };
                self.attempts = self.attempts.saturating_add(1);
                Action::Connect(self.request())
            }
            State::Due { at } => Action::Wait { until: at },
            State::Requested { .. } | State::Open { .. } => Action::Receive { deadline: self.deadline() },
            State::Closed => Action::Closed,
        }
    }

    /// The request as it would be made now, or has just been handed out.
    #[must_use]
    pub fn request(&self) -> Request<'_> {
        Request { template: &self.template, last_event_id: self.parser.last_event_id() }
    }

    /// Takes the head of the response to the request that was handed out.
    ///
    /// [`Notice::Open`]: pass the body on to [`next_event`](Self::next_event). Otherwise drop the connection. The
    /// status is looked at before the media type.
    #[must_use = "the user is to be told"]
    pub fn handle_response(&mut self, now: u64, head: &Head<'_>) -> Option<Notice> {
        let now = self.tick(now);
        let State::Requested { .. } = self.state else { return None };
        if head.status != 200 {
            let reason = Reason::Status(head.status);
            if !self.policy.statuses.contains(head.status) {
                return Some(self.fail(reason));
            }
            let retry_after = head.retry_after.and_then(|value| retry_after::delay(value, head.date));
            return Some(self.reestablish(reason, retry_after));
        }
        if !head.content_type.is_some_and(media_type::is_event_stream) {
            return Some(self.fail(Reason::ContentType));
        }
        if origin::write_origin(head.url.unwrap_or(&self.template.url), &mut self.origin).is_err() {
            return Some(self.reestablish(Reason::NoMemory, None));
        }
        self.state = State::Open { since: now, heard: now };
        if self.policy.reset_after() == 0 {
            self.failures = 0;
        }
        Some(Notice::Open)
    }

    /// The next event of a chunk of the body; `None` when the chunk is used up.
    ///
    /// Call it for each chunk until `None`, with the time at which it came or any later one. Without an open connection
    /// there is nothing to be had, whatever the chunk holds: nothing comes after [`close`](Self::close) (statement 96).
    ///
    /// # Errors
    ///
    /// As for [`Parser::next_event`]. None of them ends the connection: keep calling.
    #[inline]
    pub fn next_event<'a, 'c: 'a>(
        &'a mut self,
        now: u64,
        input: &mut Input<'c>,
    ) -> Result<Option<MessageEvent<'a>>, Error> {
        if !self.hear(now, input) {
            return Ok(None);
        }
        let event = self.parser.next_event(input)?;
        Ok(event.map(|event| MessageEvent { event, origin: &self.origin }))
    }

    /// The same with all items that [`Config::items`](crate::Config::items) asks for. Where the events come from is what
    /// [`origin`](Self::origin) says from [`Notice::Open`] on.
    ///
    /// # Errors
    ///
    /// As for [`next_event`](Self::next_event).
    #[inline]
    pub fn next_item<'a, 'c: 'a>(
        &'a mut self,
        now: u64,
        input: &mut Input<'c>,
    ) -> Result<Option<Item<'a>>, Error> {
        if !self.hear(now, input) {
            return Ok(None);
        }
        self.parser.next_item(input)
    }

    /// The same, but all of it out of line: for the C library, which is to be small.
    #[cfg(feature = "capi")]
    pub(crate) fn next_item_out_of_line<'a, 'c: 'a>(
        &'a mut self,
        now: u64,
        input: &mut Input<'c>,
    ) -> Result<Option<Item<'a>>, Error> {
        if !self.hear(now, input) {
            return Ok(None);
        }
        self.parser.next_item_further(input, None)
    }

    /// The event that the end of the body has cut off, if [`Config::eof`](crate::Config::eof) asks for it. To be called
    /// before [`handle_end`](Self::handle_end), which drops it; by the standard it is dropped (statement 63).
    ///
    /// # Errors
    ///
    /// As for [`Parser::finish`].
    pub fn finish(&mut self) -> Result<Option<MessageEvent<'_>>, Error> {
        let State::Open { .. } = self.state else { return Ok(None) };
        let event = self.parser.finish()?;
        Ok(event.map(|event| MessageEvent { event, origin: &self.origin }))
    }

    /// Takes the end of the body, in good order: the connection is to be made again (statement 64). Where there was no
    /// head yet, it is a network error.
    #[must_use = "the user is to be told"]
    pub fn handle_end(&mut self, now: u64) -> Option<Notice> {
        self.tick(now);
        match self.state {
            State::Open { .. } => Some(self.reestablish(Reason::End, None)),
            State::Requested { .. } => Some(self.reestablish(Reason::Network, None)),
            State::Due { .. } | State::Closed => None,
        }
    }

    /// Takes a network error, before the head or in the midst of the body.
    ///
    /// A transient one counts only while there is a connection to be lost; a fatal one ends the source at any time.
    #[must_use = "the user is to be told"]
    pub fn handle_error(&mut self, now: u64, fault: Fault) -> Option<Notice> {
        self.tick(now);
        match (self.state, fault) {
            (State::Closed, _) | (State::Due { .. }, Fault::Transient) => None,
            (_, Fault::Fatal) => Some(self.fail(Reason::Fatal)),
            (_, Fault::Transient) => Some(self.reestablish(Reason::Network, None)),
        }
    }

    /// Takes the time: if the deadline of [`Action::Receive`] has come, the connection is lost. Otherwise, nothing
    /// happens.
    #[must_use = "the user is to be told"]
    pub fn handle_timeout(&mut self, now: u64) -> Option<Notice> {
        let now = self.tick(now);
        let due = self.deadline().is_some_and(|deadline| deadline <= now);
        due.then(|| self.reestablish(Reason::IdleTimeout, None))
    }

    /// Closes the source, at any moment: nothing more comes out of it, no event of the chunk at hand and no notice
    /// (statements 95 and 96). What there is of a connection is to be dropped. Closing again does nothing (98).
    pub fn close(&mut self) {
        self.state = State::Closed;
    }

    /// Where the source stands.
    #[must_use]
    pub fn ready_state(&self) -> ReadyState {
        match self.state {
            State::Due { .. } | State::Requested { .. } => ReadyState::Connecting,
            State::Open { .. } => ReadyState::Open,
            State::Closed => ReadyState::Closed,
        }
    }

    /// The URL that the source was made with, whatever redirects there were (statement 68).
    #[must_use]
    pub fn url(&self) -> &str {
        &self.template.url
    }

    /// Whether all credentials go with a request (statement 69).
    #[must_use]
    pub fn with_credentials(&self) -> bool {
        self.template.with_credentials
    }

    /// The last event ID: what the next request will say.
    #[must_use]
    pub fn last_event_id(&self) -> &[u8] {
        self.parser.last_event_id()
    }

    /// The reconnection time in force, in milliseconds: of the stream's last valid `retry`, which outlives connections
    /// (statement 62), or else the one the source was made with.
    #[must_use]
    pub fn reconnection_time(&self) -> u64 {
        self.parser.retry().unwrap_or(self.reconnection_time)
    }

    /// The origin of the events: that of the URL that has answered, after redirects, serialised (statement 99).
    ///
    /// `scheme://host` or `scheme://host:port` for HTTP and HTTPS, the port only if it is not the scheme's default one;
    /// `null` for a URL that has no such origin, or is not serialised. Of the connection opened last; empty before the
    /// first.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many requests have been handed out.
    #[must_use]
    pub fn attempts(&self) -> u64 {
        self.attempts
    }

    /// How many failures there were in a row: what back-off and [`Policy::max_failures`] go by.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// The parser: for its position, and what it has skipped.
    #[must_use]
    pub fn parser(&self) -> &Parser<C> {
        &self.parser
    }

    /// Takes the time, which does not run backwards.
    #[inline]
    fn tick(&mut self, now: u64) -> u64 {
        self.now = self.now.max(now);
        self.now
    }

    /// Notes that a chunk came, and answers whether it is to be looked at.
    ///
    /// The time that a caller takes for the events of a chunk is none that the server was silent, so the last call for
    /// it counts like the first.
    #[inline]
    fn hear(&mut self, now: u64, input: &Input<'_>) -> bool {
        let now = self.tick(now);
        let State::Open { heard, .. } = &mut self.state else { return false };
        if input.consumed() + input.remaining() > 0 {
            *heard = now;
        }
        true
    }

    /// When the connection is lost if nothing comes.
    fn deadline(&self) -> Option<u64> {
        match self.state {
            State::Requested { at: heard } | State::Open { heard, .. } => {
                Some(heard.saturating_add(self.policy.idle_timeout?))
            }
            State::Due { .. } | State::Closed => None,
        }
    }

    /// Statement 86.
    fn fail(&mut self, reason: Reason) -> Notice {
        self.state = State::Closed;
        Notice::Error { ready_state: ReadyState::Closed, reason }
    }

    /// Statement 87, unless the policy or the request's body stand against it.
    fn reestablish(&mut self, reason: Reason, retry_after: Option<u64>) -> Notice {
        if let State::Open { since, .. } = self.state
            && self.now.saturating_sub(since) >= self.policy.reset_after()
        {
            self.failures = 0;
        }
        self.failures = self.failures.saturating_add(1);
        let exhausted = self.policy.max_failures.is_some_and(|most| self.failures >= most);
        if exhausted || self.template.replay == Replay::Refused {
            return self.fail(reason);
        }
        // What was incomplete is no part of the next stream (statement 63).
        self.parser.reset();
        let delay = self.policy.delay(self.reconnection_time(), self.failures, retry_after);
        let jitter = self.random.up_to(self.policy.max_jitter(delay));
        self.state = State::Due { at: self.now.saturating_add(delay).saturating_add(jitter) };
        Notice::Error { ready_state: ReadyState::Connecting, reason }
    }
}

impl<C: Carry> fmt::Debug for EventSource<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventSource")
            .field("request", &self.request())
            .field("state", &self.state)
            .field("now", &self.now)
            .field("reconnection_time", &self.reconnection_time())
            .field("failures", &self.failures)
            .finish_non_exhaustive()
    }
}
