//! The model: what must be observed, out of the rules and of the parser's oracle.

use eventwire::event_source::{Reason, Replay};
use eventwire_testkit::chunking::Chunking;
use eventwire_testkit::oracle::interpret;
use eventwire_testkit::outcome::{self, Item};
use eventwire_testkit::settings::{Settings, Start};

use super::Step;
use super::scenario::{Connection, Ending, Fate, Rules, Scenario};

/// What must be observed.
pub fn expected(scenario: &Scenario) -> Vec<Step> {
    let mut model = Model {
        scenario,
        start: Start { last_event_id: scenario.last_event_id.as_bytes().to_vec(), retry: None },
        failures: 0,
        steps: Vec::new(),
    };
    if !scenario.connections.iter().all(|connection| model.connection(connection)) {
        model.steps.push(Step::Closed);
    }
    model.steps
}

struct Model<'s> {
    scenario: &'s Scenario,
    /// What outlives a connection.
    start: Start,
    failures: u32,
    steps: Vec<Step>,
}

impl Model<'_> {
    /// Answers whether there is to be another one.
    fn connection(&mut self, connection: &Connection) -> bool {
        let id = &self.start.last_event_id;
        let last_event_id = (!id.is_empty()).then(|| id.clone());
        self.steps.push(Step::Request { last_event_id });
        let rules = self.scenario.rules;
        if rules.idle_timeout.is_some_and(|most| connection.after >= most) {
            return self.lost(Reason::IdleTimeout, 0, None);
        }
        match &connection.fate {
            Fate::Refused => self.lost(Reason::Network, 0, None),
            Fate::Fatal => self.failed(Reason::Fatal),
            Fate::ClosedByUser => false,
            Fate::Status(status, retry_after) => {
                let again = rules.statuses && matches!(status, 429 | 500..=599);
                let reason = Reason::Status(*status);
                if again { self.lost(reason, 0, *retry_after) } else { self.failed(reason) }
            }
            Fate::ContentType(_) => self.failed(Reason::ContentType),
            Fate::Body { bytes, chunking, gap, ending } => {
                self.steps.push(Step::Open);
                self.body(bytes, chunking, *gap, *ending)
            }
        }
    }

    fn body(&mut self, bytes: &[u8], chunking: &Chunking, gap: u64, ending: Ending) -> bool {
        // Only chunks of something are a sign of life.
        let (mut came, mut time, mut heard, mut timed_out) = (0, 0, 0, None);
        let idle_timeout = self.scenario.rules.idle_timeout;
        for chunk in chunking.chunks(bytes).map(Some).chain([None]) {
            time += gap;
            if idle_timeout.is_some_and(|most| time >= heard + most) {
                timed_out = idle_timeout.map(|most| heard + most);
                break;
            }
            if let Some(chunk) = chunk.filter(|chunk| !chunk.is_empty()) {
                came += chunk.len();
                heard = time;
            }
        }

        let settings = Settings {
            utf8: self.scenario.utf8,
            max_event_size: self.scenario.max_event_size,
            ..Settings::default()
        };
        let outcome = interpret(&bytes[..came], &settings, &self.start);
        let count = outcome.items.len();
        let closing =
            if let Ending::Close(at) = ending { (1..=count).contains(&at).then_some(at) } else { None };
        self.steps.extend(outcome.items.into_iter().take(closing.unwrap_or(count)).map(|item| match item {
            Item::Event(outcome::Event { event_type, data, last_event_id, .. }) => {
                Step::Message { event_type, data, last_event_id }
            }
            Item::Error(fault) => Step::Dropped(fault),
            item => panic!("not asked for: {item:?}"),
        }));
        self.start = Start { last_event_id: outcome.last_event_id, retry: outcome.retry };
        match (timed_out, ending) {
            _ if closing.is_some() => false,
            (Some(duration), _) => self.lost(Reason::IdleTimeout, duration, None),
            (None, Ending::Close(_)) => false,
            (None, Ending::End) => self.lost(Reason::End, time, None),
            (None, Ending::Broken) => self.lost(Reason::Network, time, None),
            (None, Ending::Fatal) => self.failed(Reason::Fatal),
        }
    }

    fn failed(&mut self, reason: Reason) -> bool {
        self.steps.push(Step::Error { closed: true, reason });
        false
    }

    /// A connection that was open for so long is lost, or one was not made.
    fn lost(&mut self, reason: Reason, duration: u64, retry_after: Option<u64>) -> bool {
        let was_open = matches!(
            self.steps.iter().rfind(|step| matches!(step, Step::Open | Step::Request { .. })),
            Some(Step::Open)
        );
        let Rules { backoff, min_delay, jitter, retry_after: heeded, max_failures, .. } = self.scenario.rules;
        if was_open && duration >= backoff.map_or(0, |(_, _, reset_after)| reset_after) {
            self.failures = 0;
        }
        self.failures += 1;
        if max_failures.is_some_and(|most| self.failures >= most)
            || self.scenario.body == Some(Replay::Refused)
        {
            return self.failed(reason);
        }
        self.steps.push(Step::Error { closed: false, reason });

        let least = self.start.retry.unwrap_or(self.scenario.reconnection_time).max(min_delay);
        let mut delay = least;
        if let Some((factor, cap, _)) = backoff {
            for _ in 1..self.failures {
                delay = (delay * u64::from(factor)).min(cap).max(least);
            }
        }
        if let (Some(seconds), Some(most)) = (retry_after, heeded) {
            delay = delay.max(most.min(seconds * 1000));
        }
        self.steps.push(Step::Delay(delay, delay + delay * u64::from(jitter) / 100));
        true
    }
}
