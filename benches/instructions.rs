//! What an event costs in instructions: the program that `cargo xtask instructions` runs under callgrind.
//!
//! `--count ROW PASSES` feeds one parser the stream of a row so many times, and writes the scan kernel and the number of
//! events in a pass to standard output. Whatever else it does is the same for any number of passes: making the stream, and
//! the growth of the carry during the first. So the difference between two runs is what the passes between them cost.
//! `--list` writes the names of the rows.
//!
//! Called in any other way, by `cargo bench` say, it runs every row once. Counts of events and of bytes of data are checked
//! in each pass: a parser that finds less is not cheaper.

use std::hint::black_box;
use std::process::ExitCode;

use eventwire::{Config, Event, Field, Input, Parser, Rewriter, Tap, Token, Tokenizer, Utf8};
use eventwire_testkit::chunking::Chunking;
use eventwire_testkit::corpora::{self, Corpus};

/// Bytes of each corpus: several chunks of the largest size, with an event across each cut.
const BYTES: usize = 256 << 10;

/// What is counted on its own.
struct Row {
    name: &'static str,
    corpus: fn() -> Corpus,
    cut: Cut,
    engine: Engine,
}

#[derive(Clone, Copy)]
enum Cut {
    /// Every so many bytes.
    Every(usize),
    /// Behind each blank line.
    Event,
}

#[derive(Clone, Copy)]
enum Engine {
    Tokenizer,
    /// The data of the events is used and nothing else, as many do; what else there is to them may be optimised away.
    Parser(Utf8),
    /// All that there is to an event is used.
    AllFields,
    Tap,
    /// A tap that looks for what few events have.
    Needle,
    /// All is kept.
    Rewriter,
}

const RAW: Engine = Engine::Parser(Utf8::Raw);
const ALL: Engine = Engine::AllFields;
const REPLACE: Engine = Engine::Parser(Utf8::Replace);
const KIB_64: Cut = Cut::Every(64 << 10);

const ROWS: [Row; 19] = [
    Row { name: "openai-64K", corpus: openai, cut: KIB_64, engine: RAW },
    Row { name: "openai-1460B", corpus: openai, cut: Cut::Every(1460), engine: RAW },
    Row { name: "openai-event", corpus: openai, cut: Cut::Event, engine: RAW },
    Row { name: "openai-64B", corpus: openai, cut: Cut::Every(64), engine: RAW },
    Row { name: "openai-crlf-64K", corpus: || openai().crlf(), cut: KIB_64, engine: RAW },
    Row { name: "openai-replace-64K", corpus: openai, cut: KIB_64, engine: REPLACE },
    Row { name: "openai-tokenizer-64K", corpus: openai, cut: KIB_64, engine: Engine::Tokenizer },
    Row { name: "anthropic-64K", corpus: anthropic, cut: KIB_64, engine: RAW },
    Row { name: "anthropic-all-64K", corpus: anthropic, cut: KIB_64, engine: ALL },
    Row { name: "ticks-64K", corpus: || corpora::ticks(BYTES, 1), cut: KIB_64, engine: RAW },
    Row { name: "wikimedia-64K", corpus: wikimedia, cut: KIB_64, engine: RAW },
    Row { name: "wikimedia-all-64K", corpus: wikimedia, cut: KIB_64, engine: ALL },
    Row { name: "large-64K", corpus: large, cut: KIB_64, engine: RAW },
    // Whoever looks again, at each chunk, at what is held pays for it here.
    Row { name: "large-1460B", corpus: large, cut: Cut::Every(1460), engine: RAW },
    Row { name: "openai-tap-64K", corpus: openai, cut: KIB_64, engine: Engine::Tap },
    Row { name: "ticks-tap-64K", corpus: || corpora::ticks(BYTES, 1), cut: KIB_64, engine: Engine::Tap },
    Row { name: "openai-needle-64K", corpus: openai, cut: KIB_64, engine: Engine::Needle },
    Row { name: "openai-rewriter-64K", corpus: openai, cut: KIB_64, engine: Engine::Rewriter },
    Row { name: "comments-64K", corpus: || corpora::comments(BYTES, 1), cut: KIB_64, engine: RAW },
];

fn openai() -> Corpus {
    corpora::openai(BYTES, 1)
}

fn anthropic() -> Corpus {
    corpora::anthropic(BYTES, 1)
}

fn wikimedia() -> Corpus {
    corpora::wikimedia(BYTES, 1)
}

fn large() -> Corpus {
    corpora::large(BYTES, 1)
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match *args {
        ["--list"] => ROWS.iter().for_each(|row| println!("{}", row.name)),
        ["--count", name, passes] => {
            let row = ROWS.iter().find(|row| row.name == name);
            let (Some(row), Ok(passes)) = (row, passes.parse()) else {
                eprintln!("instructions: no row {name}, or no number of passes {passes}");
                return ExitCode::from(2);
            };
            println!("{} {}", eventwire::scanner_name(), row.run(passes));
        }
        _ => ROWS.iter().for_each(|row| println!("{}: {} events", row.name, row.run(1))),
    }
    ExitCode::SUCCESS
}

impl Row {
    /// Runs so many passes and gives the number of events in each.
    fn run(&self, passes: usize) -> u64 {
        let corpus = (self.corpus)();
        let chunking = self.cut.chunking(&corpus);
        let chunks: Vec<&[u8]> = chunking.chunks(&corpus.bytes).collect();
        let mut tokenizer = Tokenizer::new();
        let mut parser = match self.engine {
            Engine::Parser(utf8) => Parser::with_config(Config::new().utf8(utf8)),
            _ => Parser::new(),
        };
        let mut tap = match self.engine {
            Engine::Needle => Tap::new().needle("\"usage\":{"),
            _ => Tap::new(),
        };
        let mut rewriter = Rewriter::new();
        for _ in 0..passes {
            let found = match self.engine {
                Engine::Tokenizer => tokenize(&mut tokenizer, &chunks),
                Engine::Parser(_) => parse(&mut parser, &chunks, |_| ()),
                Engine::AllFields => parse(&mut parser, &chunks, use_all),
                Engine::Tap | Engine::Needle => (watch(&mut tap, &chunks), corpus.data_bytes),
                Engine::Rewriter => rewrite(&mut rewriter, &chunks),
            };
            assert_eq!(found, (corpus.events, corpus.data_bytes), "{}", self.name);
        }
        corpus.events
    }
}

impl Cut {
    fn chunking(self, corpus: &Corpus) -> Chunking {
        match self {
            Self::Every(size) => Chunking::every(size),
            Self::Event => {
                let pairs = corpus.bytes.windows(2).enumerate();
                Chunking::positions(pairs.filter(|(_, pair)| pair == b"\n\n").map(|(at, _)| at + 2).collect())
            }
        }
    }
}

fn use_all(event: &Event<'_>) {
    black_box((event.event_type(), event.last_event_id(), event.id(), event.span(), event.is_borrowed()));
}

/// The events of the chunks, and the bytes of their data.
#[inline(never)]
fn parse(parser: &mut Parser, chunks: &[&[u8]], use_more: impl Fn(&Event<'_>)) -> (u64, u64) {
    let (mut events, mut data_bytes) = (0, 0);
    for chunk in chunks {
        let mut input = Input::new(black_box(chunk));
        while let Some(event) = parser.next_event(&mut input).expect("no event is too large") {
            events += 1;
            data_bytes += black_box(event.data()).len() as u64;
            use_more(&event);
        }
    }
    (events, data_bytes)
}

/// The same, of a corpus all of whose blocks have one line of data.
#[inline(never)]
fn tokenize(tokenizer: &mut Tokenizer, chunks: &[&[u8]]) -> (u64, u64) {
    let (mut blocks, mut data_bytes) = (0, 0);
    for chunk in chunks {
        let mut input = Input::new(black_box(chunk));
        while let Some(token) = tokenizer.next(&mut input) {
            match black_box(token) {
                Token::Value { field: Field::Data, piece, .. } => data_bytes += piece.len() as u64,
                Token::EndOfBlock => blocks += 1,
                _ => {}
            }
        }
    }
    (blocks, data_bytes)
}

/// The events of the chunks; a tap does not tell the bytes of their data.
#[inline(never)]
fn watch(tap: &mut Tap, chunks: &[&[u8]]) -> u64 {
    let before = tap.events();
    for chunk in chunks {
        tap.observe(black_box(chunk), 0);
    }
    tap.events() - before
}

/// The same as `parse`, of what a rewriter asks about.
#[inline(never)]
fn rewrite(rewriter: &mut Rewriter, chunks: &[&[u8]]) -> (u64, u64) {
    let (mut events, mut data_bytes) = (0, 0);
    for chunk in chunks {
        let spans = rewriter.rewrite(black_box(chunk), |event, _| {
            events += 1;
            data_bytes += black_box(event.data()).len() as u64;
        });
        spans.for_each(|span| {
            black_box(span);
        });
    }
    (events, data_bytes)
}
