//! What is measured: `eventwire`, its peers, and the limits of the machine, all behind one face.

use bytes::Bytes;

use crate::case::Case;
use crate::contestants::{codecs, limits, ours, pushed, streams};
use crate::sink::{Digest, Sink, Tally};

/// A parser, driven as its documentation recommends for speed.
pub trait Parse {
    /// What the tables call it; for a peer, the name of its package.
    const NAME: &'static str;

    /// Parses a stream from its beginning: pushes each chunk, takes out what is complete, stops at the first error.
    fn parse(chunks: &[Bytes], sink: &mut impl Sink);
}

/// What kind of work a contestant does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// This project's parser, in one of its ways.
    Eventwire,
    /// Another parser.
    Peer,
    /// Less than parsing: what the machine can do at best.
    Limit,
}

/// One that takes part.
#[derive(Clone, Copy, Debug)]
pub struct Contestant {
    /// What the tables call it.
    pub name: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// The one corpus that it is measured on, if not all.
    only: Option<&'static str>,
    work: Work,
}

#[derive(Clone, Copy, Debug)]
enum Work {
    Parser { tally: fn(&[Bytes]) -> Tally, digest: fn(&[Bytes]) -> Digest },
    Limit { run: fn(&[Bytes]) -> u64, naive: fn(&[Bytes]) -> u64 },
}

/// What a pass finds, and must find each time: of a parser the events and bytes, of a limit a number of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found(u64, u64);

impl Found {
    /// Of a parser: the events.
    #[must_use]
    pub fn events(self) -> u64 {
        self.0
    }
}

impl Contestant {
    const fn parser<P: Parse>(kind: Kind) -> Self {
        fn run<P: Parse, S: Sink + Default>(chunks: &[Bytes]) -> S {
            let mut sink = S::default();
            P::parse(chunks, &mut sink);
            sink
        }
        let work = Work::Parser { tally: run::<P, Tally>, digest: run::<P, Digest> };
        Self { name: P::NAME, kind, only: None, work }
    }

    const fn limit(name: &'static str, run: fn(&[Bytes]) -> u64, naive: fn(&[Bytes]) -> u64) -> Self {
        Self { name, kind: Kind::Limit, only: None, work: Work::Limit { run, naive } }
    }

    const fn only(mut self, corpus: &'static str) -> Self {
        self.only = Some(corpus);
        self
    }

    /// Whether it is measured on this corpus.
    #[must_use]
    pub fn takes_part_in(&self, corpus: &str) -> bool {
        self.only.is_none_or(|only| only == corpus)
    }

    /// What a pass over this case must find.
    #[must_use]
    pub fn expected(&self, case: &Case) -> Found {
        match self.work {
            Work::Parser { .. } => Found(case.corpus.events, case.corpus.data_bytes),
            Work::Limit { naive, .. } => Found(naive(&case.chunks), 0),
        }
    }

    /// One pass over the stream: what is timed.
    #[must_use]
    pub fn pass(&self, chunks: &[Bytes]) -> Found {
        match self.work {
            Work::Parser { tally, .. } => {
                let Tally { events, data_bytes } = tally(chunks);
                Found(events, data_bytes)
            }
            Work::Limit { run, .. } => Found(run(chunks), 0),
        }
    }

    /// Why what it finds in this case is wrong, if it is: the count of events, of their bytes, or the bytes.
    #[must_use]
    pub fn fault(&self, case: &Case) -> Option<String> {
        let (found, expected) = (self.pass(&case.chunks), self.expected(case));
        if found.0 != expected.0 {
            return Some(format!("{} of {} events", found.0, expected.0));
        }
        if found.1 != expected.1 {
            return Some(format!("{} bytes of data instead of {}", found.1, expected.1));
        }
        match self.work {
            Work::Parser { digest, .. } if digest(&case.chunks) != case.digest => {
                Some("other bytes of data".to_owned())
            }
            _ => None,
        }
    }
}

/// All of them, in the order of the tables.
pub const CONTESTANTS: [Contestant; 18] = [
    Contestant::parser::<ours::Raw>(Kind::Eventwire),
    Contestant::parser::<ours::AllFields>(Kind::Eventwire),
    Contestant::parser::<ours::Tokens>(Kind::Eventwire),
    Contestant::parser::<ours::Replace>(Kind::Eventwire).only("openai"),
    Contestant::parser::<ours::Strict>(Kind::Eventwire).only("openai"),
    Contestant::parser::<ours::DefaultLimit>(Kind::Eventwire).only("hostile"),
    Contestant::parser::<pushed::SseCore>(Kind::Peer),
    Contestant::parser::<streams::SseStream>(Kind::Peer),
    Contestant::parser::<streams::Sseer>(Kind::Peer),
    Contestant::parser::<pushed::SseParse>(Kind::Peer),
    Contestant::parser::<streams::EventsourceStream>(Kind::Peer),
    Contestant::parser::<codecs::SseCodec>(Kind::Peer),
    Contestant::parser::<codecs::TokioSseCodec>(Kind::Peer),
    Contestant::parser::<streams::Eventsrc>(Kind::Peer),
    Contestant::limit("memchr2_iter", limits::line_ends, limits::line_ends_naively),
    Contestant::limit("memchr", limits::line_feeds, limits::line_feeds_naively),
    Contestant::limit("memcpy", limits::copy, limits::length),
    Contestant::limit("read", limits::read, limits::read_naively),
];

/// The contestant of this name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Contestant> {
    CONTESTANTS.iter().find(|contestant| contestant.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{all_corpora, cases, chunks_of};

    /// Peers may be wrong, and are shown so; a limit or one of our own may not.
    #[test]
    fn ours_and_the_limits_are_right_everywhere() {
        for corpus in all_corpora(20_000) {
            let chunks: Vec<_> = chunks_of(&corpus.name).collect();
            for case in cases(&corpus, &chunks) {
                for contestant in CONTESTANTS.iter().filter(|contestant| contestant.kind != Kind::Peer) {
                    let fault = contestant.fault(&case);
                    assert_eq!(fault, None, "{}, {} in {}", contestant.name, corpus.name, case.chunk);
                }
            }
        }
    }

    #[test]
    fn lost_events_and_other_bytes_are_faults() {
        let corpora = all_corpora(5_000);
        let [case] = &cases(&corpora[0], &["whole"])[..] else { panic!("one cut, one case") };
        let ours = by_name("eventwire").unwrap();
        let mut shortened = case.clone();
        shortened.chunks[0].truncate(case.corpus.bytes.len() / 2);
        assert!(ours.fault(&shortened).unwrap().contains("events"));
        let mut changed = case.clone();
        changed.chunks[0] =
            case.chunks[0].iter().map(|byte| if *byte == b'e' { b'E' } else { *byte }).collect();
        // The field names of this corpus hold no `e`.
        assert_eq!(ours.fault(&changed).unwrap(), "other bytes of data");
    }
}
