//! The budgets: how fast `eventwire` has to be beside others, in one run on one machine, and how small.

use std::mem::size_of;

use eventwire::{Parser, Tokenizer};
use serde::Serialize;

use crate::contestant::Kind;
use crate::encode;
use crate::results::{Results, Table};

/// A budget of speed: `who` in this case is at least so many times as fast as `than`.
#[derive(Clone, Copy, Debug)]
struct Budget {
    who: &'static str,
    corpus: &'static str,
    chunk: &'static str,
    than: Than,
    at_least: f64,
}

/// What a speed is compared with.
#[derive(Clone, Copy, Debug)]
enum Than {
    /// A contestant in the same case.
    Contestant(&'static str),
    /// The fastest peer in the same case that is right.
    BestPeer,
    /// `who` itself on another corpus of as many events: by time for an event, as the bytes are not the same.
    Corpus(&'static str),
}

use Than::{BestPeer, Contestant, Corpus};

/// A row for `eventwire` itself.
const fn budget(corpus: &'static str, chunk: &'static str, at_least: f64, than: Than) -> Budget {
    Budget { who: "eventwire", corpus, chunk, than, at_least }
}

/// A row for `eventwire` under a policy for bad UTF-8: 10 % more time at most.
const fn policy(who: &'static str) -> Budget {
    Budget { who, corpus: "openai", chunk: "64K", than: Contestant("eventwire"), at_least: 1.0 / 1.1 }
}

const SPEEDS: [Budget; 23] = [
    budget("openai", "64K", 6.0, Contestant("sse-core")),
    budget("openai", "64K", 1.9, Contestant("memchr2_iter")),
    budget("openai", "1460B", 4.5, Contestant("sse-core")),
    budget("openai", "event", 3.5, Contestant("sse-core")),
    budget("openai", "64B", 2.5, Contestant("sse-core")),
    budget("anthropic", "64K", 6.5, Contestant("sse-core")),
    budget("anthropic", "64K", 1.8, Contestant("memchr2_iter")),
    budget("anthropic", "1460B", 5.5, Contestant("sse-core")),
    budget("ticks", "64K", 6.0, Contestant("sse-core")),
    budget("ticks", "64K", 2.2, Contestant("memchr2_iter")),
    budget("ticks", "1460B", 5.5, Contestant("sse-core")),
    budget("wikimedia", "1M", 1.0, Contestant("memchr2_iter")),
    budget("wikimedia", "1M", 1.0, BestPeer),
    budget("large", "1M", 0.9, Contestant("memchr2_iter")),
    budget("large", "1M", 1.0, BestPeer),
    budget("large", "64K", 1.0, BestPeer),
    budget("huge", "256B", 1.3, BestPeer),
    budget("comments", "64K", 3.0, Contestant("sse-stream")),
    budget("openai-crlf", "64K", 0.85, Corpus("openai")),
    budget("anthropic-crlf", "64K", 0.85, Corpus("anthropic")),
    budget("ticks-crlf", "64K", 0.85, Corpus("ticks")),
    policy("eventwire replace"),
    policy("eventwire strict"),
];

/// So many times as fast as the best peer must `eventwire` write the events of each corpus.
const ENCODER: f64 = 2.0;

const TOKENIZER_BYTES: usize = 32;
const PARSER_BYTES: usize = 192;

/// What a budget is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// A ratio of speeds: not less than the bound.
    Times,
    /// A size: not more than the bound.
    Bytes,
}

/// What became of a budget.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// What is measured: contestant, corpus and chunk; or a type.
    pub what: String,
    /// What is asked, in words.
    pub asked: String,
    /// The bound.
    pub bound: f64,
    /// The unit of bound and figure.
    pub unit: Unit,
    /// The figure reached; none if it was not measured in this run.
    pub figure: Option<f64>,
    /// Whether the figure is within the bound.
    pub holds: Option<bool>,
}

/// The verdict on each budget.
#[must_use]
pub fn verdicts(results: &Results) -> Vec<Verdict> {
    let speeds = SPEEDS.iter().map(|budget| budget.verdict(results));
    let encoders = encode::CORPORA.iter().map(|corpus| encoder(corpus, results));
    let sizes = [
        size("Tokenizer", size_of::<Tokenizer>(), TOKENIZER_BYTES),
        size("Parser", size_of::<Parser>(), PARSER_BYTES),
    ];
    speeds.chain(encoders).chain(sizes).collect()
}

fn encoder(corpus: &str, results: &Results) -> Verdict {
    let table = results.encoders.iter().find(|table| table.corpus == corpus);
    let figure = table.and_then(|table| Some(table.best_peer()? / table.time("eventwire")?));
    Verdict {
        what: format!("eventwire, {corpus} encoded"),
        asked: format!(">= {ENCODER:.2} x the best peer"),
        bound: ENCODER,
        unit: Unit::Times,
        figure,
        holds: figure.map(|figure| figure >= ENCODER),
    }
}

fn size(of: &str, bytes: usize, at_most: usize) -> Verdict {
    Verdict {
        what: format!("size_of::<{of}>()"),
        asked: format!("<= {at_most} bytes"),
        bound: at_most as f64,
        unit: Unit::Bytes,
        figure: Some(bytes as f64),
        holds: Some(bytes <= at_most),
    }
}

impl Budget {
    fn verdict(&self, results: &Results) -> Verdict {
        let Self { who, corpus, chunk, at_least, .. } = *self;
        let than = match self.than {
            Contestant(name) => name.to_owned(),
            BestPeer => "the best peer".to_owned(),
            Corpus(other) => format!("{other}, by event"),
        };
        let figure = self.figure(results);
        Verdict {
            what: format!("{who}, {corpus}, {chunk}"),
            asked: format!(">= {at_least:.2} x {than}"),
            bound: at_least,
            unit: Unit::Times,
            figure,
            holds: figure.map(|figure| figure >= at_least),
        }
    }

    fn figure(&self, results: &Results) -> Option<f64> {
        let table = results.table(self.corpus, self.chunk)?;
        let own = table.speed(self.who)?.ns_per_event;
        let other = match self.than {
            Contestant(name) => table.speed(name)?.ns_per_event,
            BestPeer => best_peer(table)?,
            Corpus(corpus) => results.table(corpus, self.chunk)?.speed(self.who)?.ns_per_event,
        };
        Some(other / own)
    }
}

fn best_peer(table: &Table) -> Option<f64> {
    let peers = table.rows.iter().filter(|row| row.kind == Kind::Peer);
    peers.filter_map(|row| Some(row.speed()?.ns_per_event)).min_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{all_corpora, chunks_of};
    use crate::contestant::by_name;

    #[test]
    fn every_budget_can_be_measured() {
        let corpora = all_corpora(1_000);
        let exists = |name: &str, chunk: &str| {
            corpora.iter().any(|corpus| corpus.name == name) && chunks_of(name).any(|known| known == chunk)
        };
        for Budget { who, corpus, chunk, than, .. } in SPEEDS {
            assert!(by_name(who).is_some_and(|who| who.takes_part_in(corpus)), "{who} on {corpus}");
            assert!(exists(corpus, chunk), "{corpus} in {chunk}");
            match than {
                Contestant(name) => assert!(by_name(name).is_some(), "{name}"),
                Corpus(name) => assert!(exists(name, chunk), "{name} in {chunk}"),
                BestPeer => {}
            }
        }
    }
}
