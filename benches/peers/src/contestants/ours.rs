//! `eventwire` in its several ways. The size limit is raised above every corpus, as it is for the peers.

use std::hint::black_box;

use bytes::Bytes;
use eventwire::{Config, Event, Field, Input, Parser, Token, Tokenizer, Utf8};

use crate::contestant::Parse;
use crate::sink::Sink;

/// `Parser::next_event`, the data of each event read.
#[derive(Debug)]
pub struct Raw;

/// The same, with type and last event ID read as well.
#[derive(Debug)]
pub struct AllFields;

/// `Tokenizer::next`: the pieces of data as they lie in the chunks.
#[derive(Debug)]
pub struct Tokens;

/// [`Raw`] under `Utf8::Replace`.
#[derive(Debug)]
pub struct Replace;

/// [`Raw`] under `Utf8::Strict`.
#[derive(Debug)]
pub struct Strict;

/// The parser with the settings that users begin with, its limit among them; it goes on after errors.
#[derive(Debug)]
pub struct DefaultLimit;

impl Parse for Raw {
    const NAME: &'static str = "eventwire";

    fn parse(chunks: &[Bytes], sink: &mut impl Sink) {
        events(Utf8::Raw, chunks, |event| sink.event(event.data()));
    }
}

impl Parse for AllFields {
    const NAME: &'static str = "eventwire all fields";

    fn parse(chunks: &[Bytes], sink: &mut impl Sink) {
        events(Utf8::Raw, chunks, |event| {
            black_box((event.event_type(), event.last_event_id()));
            sink.event(event.data());
        });
    }
}

impl Parse for Replace {
    const NAME: &'static str = "eventwire replace";

    fn parse(chunks: &[Bytes], sink: &mut impl Sink) {
        events(Utf8::Replace, chunks, |event| sink.event(event.data()));
    }
}

impl Parse for Strict {
    const NAME: &'static str = "eventwire strict";

    fn parse(chunks: &[Bytes], sink: &mut impl Sink) {
        events(Utf8::Strict, chunks, |event| sink.event(event.data()));
    }
}

/// Inlined, so that each contestant has a loop of its own, with the policy known to the compiler no better than
/// in a program that sets it once.
#[inline(always)]
fn events(utf8: Utf8, chunks: &[Bytes], mut each: impl FnMut(Event<'_>)) {
    let mut parser = Parser::with_config(Config::new().max_event_size(1 << 30).utf8(black_box(utf8)));
    for chunk in chunks {
        let mut input = Input::new(chunk);
        while let Ok(Some(event)) = parser.next_event(&mut input) {
            each(event);
        }
    }
}

impl Parse for DefaultLimit {
    const NAME: &'static str = "eventwire default limit";

    fn parse(chunks: &[Bytes], sink: &mut impl Sink) {
        let mut parser = Parser::new();
        for chunk in chunks {
            let mut input = Input::new(chunk);
            loop {
                match parser.next_event(&mut input) {
                    Ok(Some(event)) => sink.event(event.data()),
                    Ok(None) => break,
                    Err(_) => {}
                }
            }
        }
    }
}

impl Parse for Tokens {
    const NAME: &'static str = "eventwire tokens";

    fn parse(chunks: &[Bytes], sink: &mut impl Sink) {
        let mut tokenizer = Tokenizer::new();
        // Data of several lines is joined with LF, and a block without data is no event.
        let (mut has_data, mut line_ended) = (false, false);
        for chunk in chunks {
            let mut input = Input::new(chunk);
            while let Some(token) = tokenizer.next(&mut input) {
                match token {
                    Token::Value { field: Field::Data, piece, end } => {
                        if line_ended {
                            sink.piece(b"\n");
                        }
                        sink.piece(piece);
                        (has_data, line_ended) = (true, end);
                    }
                    Token::EndOfBlock => {
                        if has_data {
                            sink.end_of_event();
                        }
                        (has_data, line_ended) = (false, false);
                    }
                    _ => {}
                }
            }
        }
    }
}
