//! The cases: a corpus and the way in which it is cut.

use bytes::Bytes;
use eventwire_testkit::corpora::{self, Corpus};
use eventwire_testkit::oracle::interpret;
use eventwire_testkit::outcome::Item;
use eventwire_testkit::settings::{Settings, Start};

use crate::sink::{Digest, Sink as _};

/// A corpus in chunks.
#[derive(Clone, Debug)]
pub struct Case {
    /// The corpus.
    pub corpus: Corpus,
    /// The name of the cut.
    pub chunk: &'static str,
    /// The stream, cut. All are parts of one allocation, as of one large read.
    pub chunks: Vec<Bytes>,
    /// The data that a parser must find.
    pub digest: Digest,
}

/// A way to cut a stream.
#[derive(Clone, Copy, Debug)]
enum Cut {
    /// Every so many bytes.
    Every(usize),
    /// Behind each blank line: one event a chunk, mostly.
    BlankLine,
    /// Not at all.
    Nowhere,
}

/// The cuts by the names that the command line and the tables know.
const CUTS: [(&str, Cut); 8] = [
    ("64B", Cut::Every(64)),
    ("256B", Cut::Every(256)),
    ("1460B", Cut::Every(1_460)),
    ("16K", Cut::Every(16 << 10)),
    ("64K", Cut::Every(64 << 10)),
    ("1M", Cut::Every(1 << 20)),
    ("event", Cut::BlankLine),
    ("whole", Cut::Nowhere),
];

/// The corpus of one event, for which the small chunks alone are of interest.
const HUGE: &str = "huge";

/// The names of all cuts.
#[must_use]
pub fn chunk_names() -> Vec<&'static str> {
    CUTS.iter().map(|&(name, _)| name).collect()
}

/// The names of the cuts of this corpus.
pub fn chunks_of(corpus: &str) -> impl Iterator<Item = &'static str> {
    let is_huge = corpus == HUGE;
    CUTS.iter().map(|&(name, _)| name).filter(move |&name| (name == "256B") == is_huge)
}

/// The size of the chunks of this name, where it is the same for all of them.
#[must_use]
pub fn chunk_size(chunk: &str) -> Option<usize> {
    CUTS.iter().find_map(|&(name, cut)| match cut {
        Cut::Every(size) if name == chunk => Some(size),
        _ => None,
    })
}

/// Every corpus, of about so many bytes, and the names by which they are chosen.
#[must_use]
pub fn all_corpora(bytes: usize) -> Vec<Corpus> {
    let mut all: Vec<Corpus> = corpora::GENERATORS.iter().map(|generate| generate(bytes, 1)).collect();
    for name in ["openai", "anthropic", "ticks"] {
        if let Some(corpus) = all.iter().find(|corpus| corpus.name == name).cloned() {
            all.extend([corpus.crlf(), corpus.cr()]);
        }
    }
    all.push(huge());
    all
}

/// One event of 2 MiB.
fn huge() -> Corpus {
    const DATA: usize = 2 << 20;
    let mut bytes = b"data: ".to_vec();
    bytes.resize(bytes.len() + DATA, b'a');
    bytes.extend_from_slice(b"\n\n");
    Corpus { name: HUGE.to_owned(), bytes, events: 1, data_bytes: DATA as u64 }
}

/// The cases of a corpus, of these cuts.
pub fn cases(corpus: &Corpus, chunks: &[&'static str]) -> Vec<Case> {
    let digest = oracle_digest(corpus);
    let stream = Bytes::from(corpus.bytes.clone());
    let chosen = CUTS.iter().filter(|(name, _)| chunks.contains(name));
    let case = |&(chunk, cut)| Case { corpus: corpus.clone(), chunk, chunks: cut_up(&stream, cut), digest };
    chosen.map(case).collect()
}

/// What the data of the events is, by an opinion that is neither `eventwire`'s nor a peer's.
fn oracle_digest(corpus: &Corpus) -> Digest {
    let mut digest = Digest::default();
    for item in interpret(&corpus.bytes, &Settings::default(), &Start::default()).items {
        if let Item::Event(event) = item {
            digest.event(&event.data);
        }
    }
    digest
}

fn cut_up(stream: &Bytes, cut: Cut) -> Vec<Bytes> {
    let every = |size: usize| {
        let begins = (0..stream.len()).step_by(size);
        begins.map(|begin| stream.slice(begin..(begin + size).min(stream.len()))).collect()
    };
    match cut {
        Cut::Every(size) => every(size),
        Cut::Nowhere => every(stream.len()),
        Cut::BlankLine => {
            let mut begin = 0;
            let mut chunks = Vec::new();
            for end in 1..=stream.len() {
                if ends_block(&stream[begin..end], stream.get(end)) || end == stream.len() {
                    chunks.push(stream.slice(begin..end));
                    begin = end;
                }
            }
            chunks
        }
    }
}

/// Whether a blank line ends here, `next` being the byte that follows: the LF of a CR LF stays with its CR.
fn ends_block(block: &[u8], next: Option<&u8>) -> bool {
    [&b"\n\n"[..], b"\r\r", b"\r\n\r\n"].iter().any(|blank| block.ends_with(blank)) && next != Some(&b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_the_stream() {
        for corpus in all_corpora(20_000) {
            let chunks: Vec<_> = chunks_of(&corpus.name).collect();
            for case in cases(&corpus, &chunks) {
                assert_eq!(case.chunks.concat(), corpus.bytes, "{} {}", corpus.name, case.chunk);
            }
        }
    }

    #[test]
    fn an_event_a_chunk_in_all_three_forms() {
        for corpus in all_corpora(20_000).iter().filter(|corpus| corpus.name.starts_with("ticks")) {
            let [case] = &cases(corpus, &["event"])[..] else { panic!("one cut, one case") };
            assert_eq!(case.chunks.len() as u64, corpus.events, "{}", corpus.name);
        }
    }
}
