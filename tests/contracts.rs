//! Promises about cost: sizes, allocations, memory given back, threads.

use std::panic::{RefUnwindSafe, UnwindSafe};

use allocation_counter::{AllocationInfo, measure};
use eventwire::{
    Config, EncodeError, Error, Event, EventSource, Input, Item, Items, Message, Parser, Pieces, SliceCarry,
    Token, Tokenizer, Utf8, VecCarry, event_source,
};
use eventwire_testkit::corpora;
use eventwire_testkit::hostile;

#[test]
fn sizes() {
    assert!(size_of::<Tokenizer>() <= 32, "{}", size_of::<Tokenizer>());
    assert!(size_of::<Parser>() <= 192, "{}", size_of::<Parser>());
    assert!(size_of::<Error>() == 1);
    if cfg!(target_pointer_width = "64") {
        // A cursor is made for each chunk, an event for each event: what they are made of is written each time.
        assert!(size_of::<Input<'_>>() <= 72, "{}", size_of::<Input<'_>>());
        assert!(size_of::<Event<'_>>() <= 72, "{}", size_of::<Event<'_>>());
        assert!(size_of::<Token<'_>>() <= 24, "{}", size_of::<Token<'_>>());
        assert!(size_of::<Config>() <= 16, "{}", size_of::<Config>());
    }
    println!(
        "Tokenizer {}, Token {}, Input {}, Parser {}, Parser<SliceCarry> {}, Event {}, Item {}, Config {}",
        size_of::<Tokenizer>(),
        size_of::<Token<'_>>(),
        size_of::<Input<'_>>(),
        size_of::<Parser>(),
        size_of::<Parser<SliceCarry<'_>>>(),
        size_of::<Event<'_>>(),
        size_of::<Item<'_>>(),
        size_of::<Config>(),
    );
}

#[test]
fn threads_and_unwinding() {
    fn promised<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe>() {}
    promised::<Parser>();
    promised::<Parser<VecCarry>>();
    promised::<Tokenizer>();
    promised::<Input<'_>>();
    promised::<Event<'_>>();
    promised::<Item<'_>>();
    promised::<Token<'_>>();
    promised::<Error>();
    promised::<Config>();
    promised::<Items>();
    promised::<Message<'_>>();
    promised::<Pieces<'_>>();
    promised::<EncodeError>();
    promised::<EventSource>();
    promised::<event_source::Builder>();
    promised::<event_source::Request<'_>>();
    promised::<event_source::Policy>();
    fn sent<T: Send + Sync>() {}
    sent::<Parser<SliceCarry<'_>>>();
}

/// Feeds the stream in chunks of this size and counts the events.
fn feed(parser: &mut Parser, stream: &[u8], chunk: usize) -> u64 {
    let mut events = 0;
    for chunk in stream.chunks(chunk) {
        let mut input = Input::new(chunk);
        loop {
            match parser.next_item(&mut input) {
                Ok(Some(Item::Event(_))) => events += 1,
                Ok(Some(_)) | Err(_) => {}
                Ok(None) => break,
            }
        }
    }
    events
}

/// The same by way of `next_event`.
fn feed_events(parser: &mut Parser, stream: &[u8], chunk: usize) -> u64 {
    let mut events = 0;
    for chunk in stream.chunks(chunk) {
        let mut input = Input::new(chunk);
        while parser.next_event(&mut input).expect("nothing is too large").is_some() {
            events += 1;
        }
    }
    events
}

#[test]
fn nothing_is_allocated_before_something_straddles() {
    let stream = corpora::anthropic(100_000, 1);
    let AllocationInfo { count_total, .. } = measure(|| {
        let mut parser = Parser::new();
        assert_eq!(feed(&mut parser, &stream.bytes, usize::MAX), stream.events);
    });
    assert_eq!(count_total, 0);
}

#[test]
fn nothing_is_allocated_in_steady_state() {
    for generate in corpora::GENERATORS {
        let corpus = generate(300_000, 1);
        for chunk in [1, 64, 1460, 16 << 10, 64 << 10] {
            for utf8 in [Utf8::Raw, Utf8::Replace, Utf8::Strict] {
                let mut parser = Parser::with_config(Config::new().items(Items::ALL).utf8(utf8));
                feed(&mut parser, &corpus.bytes, chunk);
                let AllocationInfo { count_total, .. } = measure(|| {
                    for _ in 0..5 {
                        assert_eq!(feed(&mut parser, &corpus.bytes, chunk), corpus.events);
                        assert_eq!(feed_events(&mut parser, &corpus.bytes, chunk), corpus.events);
                    }
                });
                assert_eq!(count_total, 0, "{}, chunks of {chunk}, {utf8:?}", corpus.name);
            }
        }
    }
}

#[test]
fn the_tokenizer_never_allocates() {
    let streams: Vec<_> = corpora::GENERATORS.iter().map(|generate| generate(100_000, 1).bytes).collect();
    let AllocationInfo { count_total, .. } = measure(|| {
        let mut tokens = 0;
        for stream in &streams {
            for size in [1, 7, 1460] {
                let mut tokenizer = Tokenizer::new();
                for chunk in stream.chunks(size) {
                    let mut input = Input::new(chunk);
                    while tokenizer.next(&mut input).is_some() {
                        tokens += 1;
                    }
                }
            }
        }
        assert!(tokens > 0);
    });
    assert_eq!(count_total, 0);
}

#[test]
fn memory_of_a_large_event_is_given_back() {
    let mut parser = Parser::new();
    let large = [b"id: 7\ndata: ".to_vec(), vec![b'x'; 8 << 20], b"\n\n".to_vec()].concat();
    assert_eq!(feed(&mut parser, &large, 1 << 16), 1);
    assert!(parser.carry().capacity() >= 8 << 20, "the event was held");
    let small = corpora::openai(50_000, 1);
    assert!(small.events > 100);
    feed(&mut parser, &small.bytes, 1460);
    assert!(parser.carry().capacity() <= 64 << 10, "{} bytes kept", parser.carry().capacity());
    assert_eq!(parser.last_event_id(), b"7");
}

/// What is not worth giving back is kept: a stream of small events with one of some ten thousand bytes now and then allocates once.
#[test]
fn memory_of_an_event_of_moderate_size_is_kept() {
    let mut parser = Parser::new();
    let moderate = [b"id: 7\ndata: ".to_vec(), vec![b'x'; 30_000], b"\n\n".to_vec()].concat();
    let small = corpora::openai(50_000, 1);
    feed(&mut parser, &moderate, 1460);
    let AllocationInfo { count_total, .. } = measure(|| {
        feed(&mut parser, &small.bytes, 1460);
        feed(&mut parser, &moderate, 1460);
    });
    assert_eq!(count_total, 0);
}

/// Nor is what is needed again and again given back in between.
#[test]
fn memory_for_large_events_in_a_row_is_kept() {
    let mut parser = Parser::new();
    let large = [b"data: ".to_vec(), vec![b'x'; 200_000], b"\n\n".to_vec()].concat();
    feed(&mut parser, &large, 1460);
    let AllocationInfo { count_total, .. } = measure(|| {
        for _ in 0..100 {
            feed(&mut parser, &large, 1460);
        }
    });
    assert_eq!(count_total, 0);
}

/// Also of an event that was dropped, and when nothing straddles any more.
#[test]
fn memory_of_a_dropped_event_is_given_back() {
    let mut parser = Parser::with_config(Config::new().max_event_size(4 << 20));
    let large = [b"data: ".to_vec(), vec![b'x'; 8 << 20], b"\n\n".to_vec()].concat();
    assert_eq!(feed(&mut parser, &large, 1 << 16), 0);
    assert!(parser.carry().capacity() >= 2 << 20, "the event was held until it was too large");
    let small = corpora::openai(50_000, 1);
    assert_eq!(feed(&mut parser, &small.bytes, usize::MAX), small.events);
    assert!(parser.carry().capacity() <= 64 << 10, "{} bytes kept", parser.carry().capacity());
}

/// Also when events are dropped all the time, and under each policy: what is dropped is not allocated for.
#[test]
fn nothing_is_allocated_by_hostile_streams_in_steady_state() {
    for (name, stream) in hostile::all(100_000) {
        for utf8 in [Utf8::Raw, Utf8::Replace, Utf8::Strict] {
            let config = Config::new().max_event_size(2_000).items(Items::ALL).utf8(utf8);
            let mut parser = Parser::with_config(config);
            for _ in 0..2 {
                feed(&mut parser, &stream, 1460);
            }
            let AllocationInfo { count_total, .. } = measure(|| {
                feed(&mut parser, &stream, 1460);
            });
            assert_eq!(count_total, 0, "{name}, {utf8:?}");
        }
    }
}

/// Whatever the stream, a parser holds no more than the limit and the last event ID, which has obeyed the limit.
#[test]
fn memory_is_bounded_by_the_limit() {
    const LIMIT: usize = 10_000;
    for (name, stream) in hostile::all(1 << 20) {
        for chunk in [1, 64, 4096, 1 << 16] {
            let mut parser = Parser::with_config(Config::new().max_event_size(LIMIT).items(Items::ALL));
            let AllocationInfo { bytes_max, .. } = measure(|| {
                feed(&mut parser, &stream, chunk);
            });
            // While it grows, the allocator may hold the old and the new memory.
            assert!(parser.carry().capacity() <= 2 * LIMIT, "{name}: {}", parser.carry().capacity());
            assert!(bytes_max <= 4 * LIMIT as u64, "{name}: {bytes_max} bytes at once");
        }
    }
}
