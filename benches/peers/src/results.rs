//! What a run gives: the JSON is this, and tables, plots and verdicts are made of it.

use serde::Serialize;

use crate::budgets::Verdict;
use crate::case::Case;
use crate::contestant::Kind;
use crate::encode::EncoderTable;
use crate::hostile::HostileRow;
use crate::idle::IdleRow;
use crate::machine::Machine;

/// A whole run.
#[derive(Clone, Debug, Serialize)]
pub struct Results {
    /// Where it ran, and what.
    pub machine: Machine,
    /// Speeds, a table for each corpus and chunk size.
    pub tables: Vec<Table>,
    /// Speeds of encoders, a table for each corpus.
    pub encoders: Vec<EncoderTable>,
    /// Hostile streams.
    pub hostile: Vec<HostileRow>,
    /// Memory of parsers that wait.
    pub idle: Vec<IdleRow>,
    /// Which budgets hold.
    pub budgets: Vec<Verdict>,
}

/// The speeds in one case.
#[derive(Clone, Debug, Serialize)]
pub struct Table {
    /// The corpus.
    pub corpus: String,
    /// How it was cut.
    pub chunk: String,
    /// Bytes of the stream.
    pub bytes: u64,
    /// Events of the stream.
    pub events: u64,
    /// The contestants.
    pub rows: Vec<Row>,
}

/// A contestant's speed.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its name.
    pub contestant: String,
    /// Its kind.
    pub kind: Kind,
    /// Its speed.
    #[serde(flatten)]
    pub figure: Figure,
}

/// A speed, or why there is none.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Figure {
    /// Measured.
    Speed(Speed),
    /// What it finds is not what the stream holds.
    Wrong {
        /// In what way.
        #[serde(rename = "wrong")]
        why: String,
    },
}

/// Medians over the rounds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Speed {
    /// Bytes of the stream in a second, in 10^9.
    pub gb_per_s: f64,
    /// Nanoseconds for each event of the stream, what lies between events included.
    pub ns_per_event: f64,
    /// The first and third quartile of the same.
    pub ns_per_event_quartiles: [f64; 2],
    /// How many rounds there were.
    pub rounds: usize,
}

impl Figure {
    /// The figure of passes that took so many seconds each.
    #[must_use]
    pub fn of(mut seconds: Vec<f64>, case: &Case) -> Self {
        seconds.sort_unstable_by(f64::total_cmp);
        let quantile = |share: f64| seconds[((seconds.len() - 1) as f64 * share).round() as usize];
        let ns_per_event = |seconds: f64| seconds * 1e9 / case.corpus.events as f64;
        Self::Speed(Speed {
            gb_per_s: case.corpus.bytes.len() as f64 / quantile(0.5) / 1e9,
            ns_per_event: ns_per_event(quantile(0.5)),
            ns_per_event_quartiles: [ns_per_event(quantile(0.25)), ns_per_event(quantile(0.75))],
            rounds: seconds.len(),
        })
    }
}

impl Row {
    /// Its speed, if what it finds is right.
    #[must_use]
    pub fn speed(&self) -> Option<&Speed> {
        match &self.figure {
            Figure::Speed(speed) => Some(speed),
            Figure::Wrong { .. } => None,
        }
    }
}

impl Table {
    /// The speed of a contestant, if it was measured and is right.
    #[must_use]
    pub fn speed(&self, contestant: &str) -> Option<&Speed> {
        self.rows.iter().find(|row| row.contestant == contestant)?.speed()
    }

    /// How many times as fast as this row's contestant `eventwire` is.
    #[must_use]
    pub fn ratio(&self, row: &Row) -> Option<f64> {
        Some(row.speed()?.ns_per_event / self.speed("eventwire")?.ns_per_event)
    }
}

impl Results {
    /// The table of a case, if it was measured.
    #[must_use]
    pub fn table(&self, corpus: &str, chunk: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.corpus == corpus && table.chunk == chunk)
    }
}
