//! Pieces of fields: corpora x chunk sizes, with the number of blank lines checked in each run.

mod cases;

use criterion::{Criterion, criterion_group, criterion_main};
use eventwire::{Field, Input, Token, Tokenizer};
use std::hint::black_box;

fn tokenizer(criterion: &mut Criterion) {
    cases::bench_cases(criterion, "tokenizer", |case| {
        let mut tokenizer = Tokenizer::new();
        let (mut data_bytes, mut data_lines, mut blocks) = (0, 0, 0);
        for chunk in &case.chunks {
            let mut input = Input::new(black_box(chunk));
            while let Some(token) = tokenizer.next(&mut input) {
                match black_box(token) {
                    Token::Value { field: Field::Data, piece, end } => {
                        data_bytes += piece.len() as u64;
                        data_lines += u64::from(end);
                    }
                    Token::EndOfBlock => blocks += 1,
                    _ => {}
                }
            }
        }
        assert!(blocks >= case.corpus.events, "every event has its blank line");
        assert!(data_lines >= case.corpus.events, "every event has its data");
        // The line feeds that join lines of data are in the count of the corpus, but in no value.
        assert_eq!(data_bytes + (data_lines - case.corpus.events), case.corpus.data_bytes);
    });
}

criterion_group!(benches, tokenizer);
criterion_main!(benches);
