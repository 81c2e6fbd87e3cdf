//! Encoding: the events of each corpus, written in each way, with the number of bytes checked in each run.

mod common;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use eventwire::{Input, Message, Parser};
use std::hint::black_box;

/// An event as an application holds it.
struct Event {
    event_type: Option<Vec<u8>>,
    id: Option<Vec<u8>>,
    data: Vec<u8>,
}

impl Event {
    fn message(&self) -> Message<'_> {
        let mut message = Message::new().data(&self.data);
        if let Some(event_type) = &self.event_type {
            message = message.event(event_type);
        }
        if let Some(id) = &self.id {
            message = message.id(id);
        }
        message
    }
}

fn events(stream: &[u8]) -> Vec<Event> {
    let (mut parser, mut input) = (Parser::new(), Input::new(stream));
    let mut events = Vec::new();
    while let Some(event) = parser.next_event(&mut input).expect("no event is too large") {
        events.push(Event {
            event_type: (event.event_type() != b"message").then(|| event.event_type().to_vec()),
            id: event.id().map(<[u8]>::to_vec),
            data: event.data().to_vec(),
        });
    }
    events
}

/// A way to write a message: answers how many bytes it was.
type Encode<'e> = &'e mut dyn FnMut(&Message<'_>) -> usize;

fn encoder(criterion: &mut Criterion) {
    let (mut vector, mut slice) = (Vec::with_capacity(128 << 10), vec![0; 128 << 10]);
    let ways: [(&str, Encode<'_>); 4] = [
        ("vec", &mut |message| {
            vector.clear();
            message.encode_to_vec(&mut vector).expect("the corpora can be written");
            black_box(&vector).len()
        }),
        ("slice", &mut |message| {
            let len = message.encode_to_slice(&mut slice).expect("there is room");
            black_box(&slice[..len]).len()
        }),
        ("pieces", &mut |message| {
            let pieces = message.pieces().expect("the corpora can be written");
            pieces.iter().map(|piece| black_box(piece).len()).sum()
        }),
        ("len", &mut |message| message.encoded_len().expect("the corpora can be written")),
    ];
    let mut group = common::group_of(criterion, "encoder");
    let corpora: Vec<_> =
        common::all_corpora().into_iter().map(|corpus| (events(&corpus.bytes), corpus)).collect();
    for (way, encode) in ways {
        // The line ends of a corpus make no difference to its events.
        for (events, corpus) in corpora.iter().filter(|(_, corpus)| !corpus.name.contains('-')) {
            let len = |event: &Event| event.message().encoded_len().expect("the corpora can be written");
            let expected: usize = events.iter().map(len).sum();
            group.throughput(Throughput::Bytes(expected as u64));
            group.bench_with_input(BenchmarkId::new(&corpus.name, way), events, |bencher, events| {
                bencher.iter(|| {
                    let written: usize = events.iter().map(|event| encode(&black_box(event).message())).sum();
                    assert_eq!(written, expected);
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, encoder);
criterion_main!(benches);
