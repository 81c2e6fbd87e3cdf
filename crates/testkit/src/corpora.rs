//! Generated streams in the shapes that are met in the field, for benchmarks and for tests on realistic input.
//!
//! Each generator writes whole events until the stream has `target_bytes` or a little more. The counts of events
//! and of data bytes are kept while writing, not found by parsing, so that a benchmark can assert them. The same
//! arguments give the same bytes. Line ends are LF; [`Corpus::crlf`] and [`Corpus::cr`] convert them.

use crate::rng::Rng;
use std::fmt::Write as _;

/// A generated stream and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corpus {
    /// The name of the shape, with `-crlf` or `-cr` when its line ends are converted.
    pub name: String,
    /// The stream.
    pub bytes: Vec<u8>,
    /// The events that it dispatches.
    pub events: u64,
    /// The bytes of their data, taken together.
    pub data_bytes: u64,
}

/// A generator: `target_bytes`, then the seed.
pub type Generator = fn(usize, u64) -> Corpus;

/// Every shape.
pub const GENERATORS: [Generator; 6] = [openai, anthropic, ticks, wikimedia, large, comments];

/// A chat completion in the manner of `OpenAI`: one line of JSON an event, about 240 bytes, and `[DONE]` at the end.
#[must_use]
pub fn openai(target_bytes: usize, seed: u64) -> Corpus {
    let mut rng = Rng::new(seed);
    let completion = hex(&mut rng, 32);
    let created = 1_700_000_000 + rng.below(50_000_000);
    let mut writer = Writer::new("openai", target_bytes);
    while !writer.is_full() {
        let fragment = fragment(&mut rng);
        writer.data(|json| {
            write!(
                json,
                r#"{{"id":"chatcmpl-{completion}","object":"chat.completion.chunk","created":{created},"#
            )?;
            write!(json, r#""model":"example-large","service_tier":"default","choices":[{{"index":0,"#)?;
            write!(json, r#""delta":{{"content":"{fragment}"}},"logprobs":null,"finish_reason":null}}]}}"#)
        });
        writer.blank_line();
    }
    writer.data(|text| text.write_str("[DONE]"));
    writer.blank_line();
    writer.corpus
}

/// A message in the manner of Anthropic: a type and one line of JSON, about 120 bytes, with a ping now and then.
#[must_use]
pub fn anthropic(target_bytes: usize, seed: u64) -> Corpus {
    let mut rng = Rng::new(seed);
    let mut writer = Writer::new("anthropic", target_bytes);
    while !writer.is_full() {
        if rng.below(64) == 0 {
            writer.line("event: ping");
            writer.data(|json| json.write_str(r#"{"type":"ping"}"#));
        } else {
            let fragment = fragment(&mut rng);
            writer.line("event: content_block_delta");
            writer.data(|json| {
                write!(json, r#"{{"type":"content_block_delta","index":0,"#)?;
                write!(json, r#""delta":{{"type":"text_delta","text":"{fragment}"}}}}"#)
            });
        }
        writer.blank_line();
    }
    writer.corpus
}

/// The smallest events of use: two digits of data, ten bytes in all. What is paid for each event shows here.
#[must_use]
pub fn ticks(target_bytes: usize, seed: u64) -> Corpus {
    let mut rng = Rng::new(seed);
    let mut writer = Writer::new("ticks", target_bytes);
    while !writer.is_full() {
        let tick = 10 + rng.below(90);
        writer.data(|text| write!(text, "{tick}"));
        writer.blank_line();
    }
    writer.corpus
}

/// A change feed in the manner of Wikimedia: a type, an ID that is itself JSON, and about 1.5 KB of data.
#[must_use]
pub fn wikimedia(target_bytes: usize, seed: u64) -> Corpus {
    let mut rng = Rng::new(seed);
    let mut writer = Writer::new("wikimedia", target_bytes);
    let mut time = 1_700_000_000_000_u64 + rng.below(1_000_000_000) as u64;
    while !writer.is_full() {
        time += rng.below(100) as u64;
        let revision = rng.below(1_000_000_000);
        let key = hex(&mut rng, 32);
        writer.line("event: message");
        writer.line(&format!(
            r#"id: [{{"topic":"east.recent-changes","partition":0,"timestamp":{time}}},{{"topic":"west.recent-changes","partition":0,"offset":-1}}]"#
        ));
        let (title, comment, markup) = (prose(&mut rng, 30), prose(&mut rng, 300), prose(&mut rng, 700));
        writer.data(|json| {
            write!(
                json,
                r#"{{"$schema":"/recent-change/1.0.0","meta":{{"uri":"https://wiki.example/{key}","#
            )?;
            write!(json, r#""request_id":"{key}","domain":"wiki.example","stream":"recent-changes"}},"#)?;
            write!(json, r#""id":{revision},"type":"edit","namespace":0,"title":"{title}","#)?;
            write!(json, r#""comment":"{comment}","timestamp":{time},"user":"Example","bot":false,"#)?;
            write!(json, r#""minor":true,"patrolled":true,"length":{{"old":{revision},"new":{revision}}},"#)?;
            write!(json, r#""server_url":"https://wiki.example","parsed_comment":"{markup}"}}"#)
        });
        writer.blank_line();
    }
    writer.corpus
}

/// Events of 64 KiB of data on one line, as of an image in base64.
#[must_use]
pub fn large(target_bytes: usize, seed: u64) -> Corpus {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut rng = Rng::new(seed);
    let mut writer = Writer::new("large", target_bytes);
    while !writer.is_full() {
        writer.data(|base64| {
            // Ten digits of six bits from each random number.
            for length in (0..65_536_usize).step_by(10).map(|at| (65_536 - at).min(10)) {
                let number = rng.next_u64();
                base64.extend((0..length).map(|i| char::from(DIGITS[(number >> (6 * i) & 63) as usize])));
            }
            Ok(())
        });
        writer.blank_line();
    }
    writer.corpus
}

/// An idle stream: keep-alive comments, with an event now and then.
#[must_use]
pub fn comments(target_bytes: usize, seed: u64) -> Corpus {
    let mut rng = Rng::new(seed);
    let mut writer = Writer::new("comments", target_bytes);
    while !writer.is_full() {
        match rng.below(32) {
            0 => writer.data(|json| write!(json, r#"{{"text":"{}"}}"#, fragment(&mut rng))),
            1..8 => writer.line(":"),
            8..16 => writer.line(&format!(": ping {}", 1_700_000_000 + rng.below(1_000_000))),
            _ => writer.line(": keep-alive"),
        }
        writer.blank_line();
    }
    writer.corpus
}

impl Corpus {
    /// The same stream with CR LF as its line ends.
    #[must_use]
    pub fn crlf(&self) -> Self {
        self.with_line_ends("crlf", b"\r\n")
    }

    /// The same stream with CR as its line ends.
    #[must_use]
    pub fn cr(&self) -> Self {
        self.with_line_ends("cr", b"\r")
    }

    fn with_line_ends(&self, suffix: &str, line_end: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(self.bytes.len() / 8 * 9);
        for line in self.bytes.split_inclusive(|&byte| byte == b'\n') {
            // Every line of a corpus is finished.
            bytes.extend_from_slice(&line[..line.len() - 1]);
            bytes.extend_from_slice(line_end);
        }
        Self { name: format!("{}-{suffix}", self.name), bytes, ..*self }
    }
}

/// Writes lines and counts what they add up to.
struct Writer {
    corpus: Corpus,
    target_bytes: usize,
    has_data: bool,
    value: String,
}

impl Writer {
    fn new(name: &str, target_bytes: usize) -> Self {
        let bytes = Vec::with_capacity(target_bytes + 2_048);
        let corpus = Corpus { name: name.to_owned(), bytes, events: 0, data_bytes: 0 };
        Self { corpus, target_bytes, has_data: false, value: String::new() }
    }

    const fn is_full(&self) -> bool {
        self.corpus.bytes.len() >= self.target_bytes
    }

    fn line(&mut self, line: &str) {
        self.corpus.bytes.extend_from_slice(line.as_bytes());
        self.corpus.bytes.push(b'\n');
    }

    /// Writes the event's one data line.
    fn data(&mut self, write: impl FnOnce(&mut String) -> std::fmt::Result) {
        self.value.clear();
        write(&mut self.value).expect("writing to a string cannot fail");
        self.corpus.data_bytes += self.value.len() as u64;
        self.has_data = true;
        self.corpus.bytes.extend_from_slice(b"data: ");
        self.corpus.bytes.extend_from_slice(self.value.as_bytes());
        self.corpus.bytes.push(b'\n');
    }

    fn blank_line(&mut self) {
        self.corpus.events += u64::from(std::mem::take(&mut self.has_data));
        self.corpus.bytes.push(b'\n');
    }
}

/// Pieces of text as they stand in JSON strings: short and long, escaped, and beyond ASCII.
const FRAGMENTS: [&str; 32] = [
    " the",
    " a",
    ",",
    ".",
    " of",
    " stream",
    " and",
    " each",
    " line",
    " is",
    " read",
    " once",
    "\\n\\n",
    " as",
    " it",
    " comes",
    ":",
    " \\\"quoted\\\"",
    " caf\u{e9}",
    " na\u{ef}ve",
    "\u{65e5}\u{672c}\u{8a9e}",
    " \u{1f600}",
    " \u{2013}",
    " unmistakably",
    " river",
    "-bank",
    "ing",
    "ly",
    " 42",
    " under",
    " Z\u{fc}rich",
    " \u{2192}",
];

fn fragment(rng: &mut Rng) -> &'static str {
    rng.pick(&FRAGMENTS)
}

/// Text of at least `len` bytes.
fn prose(rng: &mut Rng, len: usize) -> String {
    let mut text = String::with_capacity(len + 16);
    while text.len() < len {
        text.push_str(fragment(rng));
    }
    text
}

fn hex(rng: &mut Rng, digits: usize) -> String {
    (0..digits).map(|_| char::from(rng.pick(b"0123456789abcdef"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::interpret;
    use crate::outcome::{Item, Outcome};
    use crate::settings::{Settings, Start, Utf8};

    fn outcome(corpus: &Corpus) -> Outcome {
        let strict = Settings { utf8: Utf8::Strict, ..Settings::default() };
        interpret(&corpus.bytes, &strict, &Start::default())
    }

    #[test]
    fn counts_are_the_oracles_in_all_three_forms() {
        for corpus in GENERATORS.map(|generate| generate(300_000, 7)) {
            let expected = outcome(&corpus);
            assert!(expected.items.iter().all(|item| matches!(item, Item::Event(_))), "{}", corpus.name);
            for form in [&corpus, &corpus.crlf(), &corpus.cr()] {
                let outcome = outcome(form);
                let data_bytes: usize = events(&outcome).map(<[u8]>::len).sum();
                assert_eq!(outcome.items.len() as u64, form.events, "{}", form.name);
                assert_eq!(data_bytes as u64, form.data_bytes, "{}", form.name);
                assert!(events(&outcome).eq(events(&expected)), "{}", form.name);
            }
        }
    }

    fn events(outcome: &Outcome) -> impl Iterator<Item = &[u8]> {
        outcome.items.iter().filter_map(|item| match item {
            Item::Event(event) => Some(&event.data[..]),
            _ => None,
        })
    }

    #[test]
    fn sizes_are_as_described() {
        let mean = |generate: Generator| {
            let corpus = generate(1_000_000, 1);
            assert!((1_000_000..1_100_000).contains(&corpus.bytes.len()), "{}", corpus.name);
            corpus.bytes.len() / usize::try_from(corpus.events).unwrap()
        };
        assert!((230..=250).contains(&mean(openai)), "openai: {}", mean(openai));
        assert!((110..=130).contains(&mean(anthropic)), "anthropic: {}", mean(anthropic));
        assert_eq!(mean(ticks), 10);
        assert!((1_500..=2_000).contains(&mean(wikimedia)), "wikimedia: {}", mean(wikimedia));
        assert!((65_536..66_000).contains(&mean(large)), "large: {}", mean(large));
        assert!((300..=600).contains(&mean(comments)), "comments: {}", mean(comments));
    }

    #[test]
    fn a_seed_determines_the_bytes() {
        for generate in GENERATORS {
            assert_eq!(generate(10_000, 3), generate(10_000, 3));
            assert_ne!(generate(10_000, 3).bytes, generate(10_000, 4).bytes);
        }
    }

    #[test]
    fn conversions_leave_no_other_line_end() {
        let corpus = openai(5_000, 1);
        assert!(!corpus.bytes.contains(&b'\r'));
        assert!(!corpus.cr().bytes.contains(&b'\n'));
        assert_eq!(corpus.crlf().name, "openai-crlf");
        let back: Vec<u8> = corpus.crlf().bytes.into_iter().filter(|&byte| byte != b'\r').collect();
        assert_eq!(back, corpus.bytes);
    }
}
