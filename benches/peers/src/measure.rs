//! Times the contestants of a case in turns.
//!
//! Each round gives every contestant a turn of about the same time, in alternating order, so that what disturbs
//! the machine for a while disturbs all alike. The figure is the median over the rounds. A turn begins with an untimed
//! pass, since the contestant before it has left its own data in the caches; those whose passes are long enough not
//! to notice do without. Before the rounds, a pass of each is checked against the oracle, and every timed pass is
//! checked by its counts.

use std::time::{Duration, Instant};

use crate::case::Case;
use crate::contestant::{CONTESTANTS, Contestant, Found};
use crate::results::{Figure, Row, Table};

/// How long to measure.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Turns of each contestant in a case.
    pub rounds: usize,
    /// The time of a turn; one pass at least.
    pub turn: Duration,
    /// The time that a contestant may use up in a case, with three turns at least: slow ones have fewer.
    pub share: Duration,
}

/// A pass that takes longer than this hides what the caches held before it: they are filled again in a small part of it.
const LONG: Duration = Duration::from_millis(10);

/// A pass that takes longer than this is not repeated: its one time is the figure.
const SLOW: Duration = Duration::from_secs(1);

struct Entry {
    contestant: &'static Contestant,
    expected: Found,
    /// Untimed passes of a turn, and timed ones.
    warm_up: u32,
    passes: u32,
    seconds: Vec<f64>,
    spent: Duration,
    fault: Option<String>,
}

/// Measures everyone who takes part in this case.
#[must_use]
pub fn measure(case: &Case, plan: &Plan) -> Table {
    let taking_part = CONTESTANTS.iter().filter(|contestant| contestant.takes_part_in(&case.corpus.name));
    let mut entries: Vec<Entry> = taking_part.map(|contestant| Entry::new(contestant, case, plan)).collect();
    for round in 0..plan.rounds {
        let mut order: Vec<&mut Entry> = entries.iter_mut().collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for entry in order.into_iter().filter(|entry| entry.goes_on(plan)) {
            entry.take_turn(case);
        }
    }
    let Case { corpus, chunk, .. } = case;
    Table {
        corpus: corpus.name.clone(),
        chunk: (*chunk).to_owned(),
        bytes: corpus.bytes.len() as u64,
        events: corpus.events,
        rows: entries.into_iter().map(|entry| entry.into_row(case)).collect(),
    }
}

impl Entry {
    fn new(contestant: &'static Contestant, case: &Case, plan: &Plan) -> Self {
        let expected = contestant.expected(case);
        let fault = contestant.fault(case);
        let begin = Instant::now();
        // Its result was checked just now.
        let _ = contestant.pass(&case.chunks);
        let pass = begin.elapsed();
        let passes = plan.turn.as_nanos() / pass.as_nanos().max(1);
        let seconds = if pass > SLOW { vec![pass.as_secs_f64()] } else { Vec::new() };
        let passes = u32::try_from(passes).unwrap_or(u32::MAX).max(1);
        Self { contestant, expected, warm_up: u32::from(pass < LONG), passes, seconds, spent: pass, fault }
    }

    fn goes_on(&self, plan: &Plan) -> bool {
        let is_slow = self.seconds.first().is_some_and(|&seconds| seconds > SLOW.as_secs_f64());
        let has_share = self.spent < plan.share || self.seconds.len() < 3;
        self.fault.is_none() && !is_slow && has_share
    }

    fn take_turn(&mut self, case: &Case) {
        let pass = || self.contestant.pass(&case.chunks) == self.expected;
        let mut correct = (0..self.warm_up).all(|_| pass());
        let begin = Instant::now();
        for _ in 0..self.passes {
            correct &= pass();
        }
        let turn = begin.elapsed();
        self.spent += turn;
        self.seconds.push(turn.as_secs_f64() / f64::from(self.passes));
        if !correct {
            self.fault = Some("another result in another pass".to_owned());
        }
    }

    fn into_row(self, case: &Case) -> Row {
        let figure = match self.fault {
            Some(why) => Figure::Wrong { why },
            None => Figure::of(self.seconds, case),
        };
        Row { contestant: self.contestant.name.to_owned(), kind: self.contestant.kind, figure }
    }
}
