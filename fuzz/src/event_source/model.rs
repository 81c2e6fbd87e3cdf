//! What the machine must answer, said plainly: it keeps the whole body of a connection and asks the parser's oracle anew for
//! each chunk, and counts in numbers that cannot overflow.

use crate::text::{Head, number};
use eventwire::ReadyState;
use eventwire::event_source::Reason;
use eventwire_testkit::oracle::interpret;
use eventwire_testkit::outcome::{Item, Outcome};
use eventwire_testkit::settings::{Eof, Settings, Start};

/// How a source is set up.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) settings: Settings,
    pub(crate) reconnection_time: u64,
    pub(crate) last_event_id: Vec<u8>,
    pub(crate) body: bool,
    /// The body may not be sent again.
    pub(crate) refused: bool,
    /// Factor, cap, reset after.
    pub(crate) backoff: Option<(u32, u64, u64)>,
    pub(crate) min_delay: u64,
    pub(crate) jitter: u32,
    pub(crate) seed: u64,
    pub(crate) max_retry_after: Option<u64>,
    /// 429 and 5xx are tried again, and 200 to 204 but for those that cannot be.
    pub(crate) statuses: bool,
    pub(crate) idle_timeout: Option<u64>,
    pub(crate) max_failures: Option<u32>,
}

impl Rules {
    pub(crate) fn read(head: Head<'_>) -> Self {
        let number = |name| head.number(name);
        let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let mut last_event_id = head.word("id=").unwrap_or_default().to_vec();
        last_event_id.retain(u8::is_ascii_alphanumeric);
        Self {
            settings: Settings { capacity: None, ..head.settings() },
            reconnection_time: number("time=").unwrap_or(3000),
            last_event_id,
            body: head.has("body"),
            refused: head.has("body") && head.has("refused"),
            backoff: number("backoff=")
                .map(|factor| (small(factor), number("cap=").unwrap_or(0), number("reset=").unwrap_or(0))),
            min_delay: number("min=").unwrap_or(0),
            jitter: small(number("jitter=").unwrap_or(0)),
            seed: number("seed=").unwrap_or(0),
            max_retry_after: number("after="),
            statuses: head.has("statuses"),
            idle_timeout: number("idle="),
            max_failures: number("most=").map(small),
        }
    }
}

/// What a call of the driver is answered with.
#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    Nothing,
    Open,
    Error(ReadyState, Reason),
}

/// What a poll is answered with.
#[derive(Debug, PartialEq)]
pub(super) enum Polled {
    Connect(Vec<u8>),
    Wait(u64),
    Receive(Option<u64>),
    Closed,
}

#[derive(Clone, Copy)]
enum State {
    /// A request is to be made, at some time between these two.
    Due(u64, u64),
    Requested {
        at: u64,
    },
    Open {
        since: u64,
        heard: u64,
    },
    Closed,
}

pub(super) struct Model<'r> {
    pub(super) rules: &'r Rules,
    state: State,
    now: u64,
    pub(super) attempts: u64,
    pub(super) failures: u32,
    /// What was known when the stream began.
    start: Start,
    /// The stream so far, where it begins in the connection's body, and what has been delivered of it.
    stream: Vec<u8>,
    origin: u64,
    delivered: usize,
}

impl<'r> Model<'r> {
    pub(super) fn new(rules: &'r Rules) -> Self {
        Self {
            rules,
            state: State::Due(0, 0),
            now: 0,
            attempts: 0,
            failures: 0,
            start: Start { last_event_id: rules.last_event_id.clone(), retry: None },
            stream: vec![],
            origin: 0,
            delivered: 0,
        }
    }

    /// Answers a poll. Where jitter leaves open what the answer is, it is the one that was `found`.
    pub(super) fn poll(&mut self, clock: u64, found: &Polled) -> Polled {
        self.tick(clock);
        match self.state {
            State::Due(least, most) => {
                if let Polled::Wait(until) = *found
                    && (least..=most).contains(&until)
                    && until > self.now
                {
                    self.state = State::Due(until, until);
                    return Polled::Wait(until);
                }
                if self.now < least {
                    return Polled::Wait(least);
                }
                self.state = State::Requested { at: self.now };
                self.attempts += 1;
                Polled::Connect(self.start.last_event_id.clone())
            }
            State::Requested { .. } | State::Open { .. } => Polled::Receive(self.deadline()),
            State::Closed => Polled::Closed,
        }
    }

    /// When the next attempt is to be made.
    pub(super) fn due(&self) -> Option<u64> {
        if let State::Due(_, most) = self.state { Some(most) } else { None }
    }

    pub(super) fn response(
        &mut self,
        clock: u64,
        status: u16,
        retry_after: Option<&[u8]>,
        is_event_stream: bool,
    ) -> Answer {
        self.tick(clock);
        if !matches!(self.state, State::Requested { .. }) {
            return Answer::Nothing;
        }
        match status {
            200 if is_event_stream => {
                self.state = State::Open { since: self.now, heard: self.now };
                if self.reset_after() == 0 {
                    self.failures = 0;
                }
                Answer::Open
            }
            200 => self.fail(Reason::ContentType),
            201..=203 | 429 | 500..=599 if self.rules.statuses => {
                self.lose(Reason::Status(status), retry_after.and_then(seconds))
            }
            _ => self.fail(Reason::Status(status)),
        }
    }

    /// What a chunk delivers.
    pub(super) fn chunk(&mut self, clock: u64, bytes: &[u8]) -> Vec<Item> {
        self.tick(clock);
        let State::Open { since, heard } = self.state else { return vec![] };
        self.state = State::Open { since, heard: if bytes.is_empty() { heard } else { self.now } };
        self.stream.extend_from_slice(bytes);
        let items = self.interpreted(Eof::Discard).items;
        let fresh = items[self.delivered..].to_vec();
        self.delivered = items.len();
        fresh
    }

    /// What the end of the stream delivers, at the end of which another one begins.
    pub(super) fn finish(&mut self) -> Option<Item> {
        if !self.is_open() {
            return None;
        }
        let outcome = self.interpreted(self.rules.settings.eof);
        assert!(outcome.items.len() <= self.delivered + 1, "an end completes one event at most");
        let last = outcome.items.get(self.delivered).cloned();
        self.origin += self.stream.len() as u64;
        self.begin_stream(&outcome);
        last
    }

    pub(super) fn end(&mut self, clock: u64) -> Answer {
        self.tick(clock);
        match self.state {
            State::Open { .. } => self.lose(Reason::End, None),
            State::Requested { .. } => self.lose(Reason::Network, None),
            State::Due(..) | State::Closed => Answer::Nothing,
        }
    }

    pub(super) fn transient(&mut self, clock: u64) -> Answer {
        self.tick(clock);
        match self.state {
            State::Open { .. } | State::Requested { .. } => self.lose(Reason::Network, None),
            State::Due(..) | State::Closed => Answer::Nothing,
        }
    }

    pub(super) fn fatal(&mut self, clock: u64) -> Answer {
        self.tick(clock);
        if self.is_closed() { Answer::Nothing } else { self.fail(Reason::Fatal) }
    }

    pub(super) fn timeout(&mut self, clock: u64) -> Answer {
        self.tick(clock);
        match self.deadline() {
            Some(deadline) if deadline <= self.now => self.lose(Reason::IdleTimeout, None),
            _ => Answer::Nothing,
        }
    }

    pub(super) fn close(&mut self) {
        self.state = State::Closed;
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Open { .. })
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed)
    }

    pub(super) fn ready_state(&self) -> ReadyState {
        match self.state {
            State::Due(..) | State::Requested { .. } => ReadyState::Connecting,
            State::Open { .. } => ReadyState::Open,
            State::Closed => ReadyState::Closed,
        }
    }

    pub(super) fn last_event_id(&self) -> Vec<u8> {
        self.interpreted(Eof::Discard).last_event_id
    }

    pub(super) fn reconnection_time(&self) -> u64 {
        self.interpreted(Eof::Discard).retry.unwrap_or(self.rules.reconnection_time)
    }

    fn tick(&mut self, clock: u64) {
        self.now = self.now.max(clock);
    }

    /// What there is to the stream so far, with offsets in the connection's body.
    fn interpreted(&self, eof: Eof) -> Outcome {
        let settings = Settings { eof, ..self.rules.settings };
        let mut outcome = interpret(&self.stream, &settings, &self.start);
        for item in &mut outcome.items {
            if let Item::Event(event) = item {
                event.span = event.span.start + self.origin..event.span.end + self.origin;
            }
        }
        outcome
    }

    fn begin_stream(&mut self, before: &Outcome) {
        self.start = Start { last_event_id: before.last_event_id.clone(), retry: before.retry };
        self.stream.clear();
        self.delivered = 0;
    }

    fn deadline(&self) -> Option<u64> {
        match self.state {
            State::Requested { at: heard } | State::Open { heard, .. } => {
                Some(heard.saturating_add(self.rules.idle_timeout?))
            }
            State::Due(..) | State::Closed => None,
        }
    }

    fn reset_after(&self) -> u64 {
        self.rules.backoff.map_or(0, |(.., reset_after)| reset_after)
    }

    fn fail(&mut self, reason: Reason) -> Answer {
        self.state = State::Closed;
        Answer::Error(ReadyState::Closed, reason)
    }

    fn lose(&mut self, reason: Reason, retry_after: Option<u128>) -> Answer {
        if let State::Open { since, .. } = self.state
            && self.now - since >= self.reset_after()
        {
            self.failures = 0;
        }
        self.failures += 1;
        if self.rules.refused || self.rules.max_failures.is_some_and(|most| self.failures >= most) {
            return self.fail(reason);
        }
        let outcome = self.interpreted(Eof::Discard);
        self.begin_stream(&outcome);
        self.origin = 0;

        let least = u128::from(self.reconnection_time().max(self.rules.min_delay));
        let mut delay = least;
        if let Some((factor, cap, _)) = self.rules.backoff {
            for _ in 1..self.failures {
                delay = (delay * u128::from(factor.max(1))).min(u128::from(cap).max(least));
            }
            delay = delay.min(u128::from(cap).max(least));
        }
        if let (Some(asked), Some(most)) = (retry_after, self.rules.max_retry_after) {
            delay = delay.max(asked.min(u128::from(most)));
        }
        let most = delay + delay * u128::from(self.rules.jitter) / 100;
        let time = |delay: u128| u64::try_from(u128::from(self.now) + delay).unwrap_or(u64::MAX);
        self.state = State::Due(time(delay), time(most));
        Answer::Error(ReadyState::Connecting, reason)
    }
}

/// The milliseconds of a `Retry-After` that is a number; a date says nothing without another one.
fn seconds(value: &[u8]) -> Option<u128> {
    let is_space = |byte: &u8| b" \t\r\n".contains(byte);
    let begin = value.iter().position(|byte| !is_space(byte))?;
    let (digits, rest) =
        value[begin..].split_at(value[begin..].iter().take_while(|byte| !is_space(byte)).count());
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) && rest.iter().all(is_space);
    is_number.then(|| number(digits)).flatten().map(|seconds| u128::from(seconds) * 1000)
}
