//! `EventCodec`: the oracle's events out of a reader, whatever its reads give, and messages into a writer.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{BufMut, Bytes, BytesMut};
use eventwire::codec::{CodecError, EventCodec};
use eventwire::{
    BytesParser, Config, Delivery, EncodeError, Eof, Error, Field, Message, OwnedEvent, OwnedItem, TextEvent,
};
use eventwire_testkit::oracle;
use eventwire_testkit::rng::Rng;
use eventwire_testkit::settings::{self, Settings};
use futures_util::{FutureExt, SinkExt, StreamExt};
use proptest::prelude::*;
use tokio::io::{AsyncRead, ReadBuf};
use tokio_util::codec::{Decoder, Encoder, FramedRead, FramedWrite};

use crate::generate::{self, cut, cuts, settings, start, streams};
use crate::observe;

/// Gives the chunks, as far as there is room for them, with polls between them that are pending.
struct Reads {
    chunks: std::vec::IntoIter<Bytes>,
    chunk: Bytes,
    rng: Rng,
}

impl Reads {
    fn new(chunks: Vec<Bytes>, seed: u64) -> Self {
        // A read of nothing is the end.
        let chunks: Vec<_> = chunks.into_iter().filter(|chunk| !chunk.is_empty()).collect();
        Self { chunks: chunks.into_iter(), chunk: Bytes::new(), rng: Rng::new(seed) }
    }
}

impl AsyncRead for Reads {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.rng.below(3) == 0 {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.chunk.is_empty() {
            self.chunk = self.chunks.next().unwrap_or_default();
        }
        let len = self.chunk.len().min(out.remaining());
        out.put_slice(&self.chunk.split_to(len));
        Poll::Ready(Ok(()))
    }
}

/// Runs a future that is never left waiting.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn read<T>(result: Result<T, CodecError>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

proptest! {
    #![proptest_config(generate::config())]

    /// As it is used: with a buffer that is filled by reads.
    #[test]
    fn framed_items_equal_oracle(stream in streams(), settings in settings(), cuts in cuts(), seed in any::<u64>(), capacity in 1..100_usize) {
        let codec = EventCodec::with_parser(observe::parser(&settings, &start())).items().results();
        let mut framed = FramedRead::with_capacity(Reads::new(cut(&stream, &cuts), seed), codec, capacity);
        let found = block_on(async {
            let mut found = Vec::new();
            while let Some(item) = framed.next().await {
                found.push(observe::item(read(item)));
            }
            assert!(framed.next().now_or_never().is_none_or(|item| item.is_none()));
            found
        });
        let found = observe::outcome(found, framed.decoder().parser());
        prop_assert_eq!(found, oracle::interpret(&stream, &settings, &start()));
    }

    /// As the contract of `Decoder` has it: with a buffer to which chunks are added, and errors behind which it goes on.
    #[test]
    fn decoded_items_and_texts_equal_oracle(stream in streams(), settings in settings(), cuts in cuts()) {
        let settings = Settings { items: settings::Items::NONE, ..settings };
        let expected = oracle::interpret(&stream, &settings, &start());
        let mut codec = EventCodec::with_parser(observe::parser(&settings, &start()));
        let mut texts = EventCodec::with_parser(observe::parser(&settings, &start())).text();
        let (found, text_found) = (all(&mut codec, cut(&stream, &cuts)), all(&mut texts, cut(&stream, &cuts)));
        let found = found.into_iter().map(observe::event).collect();
        prop_assert_eq!(observe::outcome(found, codec.parser()), expected.clone());
        let text_found: Vec<_> = text_found.into_iter().map(observe::text).collect();
        prop_assert_eq!(text_found, observe::texts(&expected));
    }

    /// What is written of events is parsed back to the same events.
    #[test]
    fn events_are_encoded_to_themselves(stream in streams()) {
        let found = all(&mut EventCodec::new(), vec![Bytes::from(stream)]);
        let mut written = BytesMut::new();
        for event in found.iter().flatten() {
            EventCodec::new().encode(event, &mut written).unwrap();
        }
        let values = |found: &[Result<OwnedEvent, Error>]| {
            let values = |event: &OwnedEvent| (event.event_type().to_vec(), event.data().to_vec(), event.id().map(<[u8]>::to_vec));
            found.iter().flatten().map(values).collect::<Vec<_>>()
        };
        let again = all(&mut EventCodec::new(), vec![written.freeze()]);
        prop_assert_eq!(values(&again), values(&found));
    }
}

/// All that is decoded, and what the end gives.
fn all<T: Delivery>(codec: &mut EventCodec<T>, chunks: Vec<Bytes>) -> Vec<Result<T, Error>> {
    let (mut buffer, mut found) = (BytesMut::new(), Vec::new());
    let mut take = |decoded: Result<Option<T>, CodecError>| match decoded {
        Ok(item) => item.map(|item| found.push(Ok(item))).is_some(),
        Err(CodecError::Parser(error)) => {
            found.push(Err(error));
            true
        }
        Err(other) => panic!("{other}"),
    };
    for chunk in chunks {
        buffer.put(chunk);
        while take(codec.decode(&mut buffer)) {}
        assert!(buffer.is_empty(), "all is consumed");
    }
    while take(codec.decode_eof(&mut buffer)) {}
    found
}

/// The buffer never holds more than was read last, so that nothing in it can be looked at again.
#[test]
fn the_buffer_is_emptied_at_once() {
    let mut codec = EventCodec::new();
    let mut buffer = BytesMut::from("data: 1\n\ndata: 2\n\ndata: half");
    assert_eq!(read(codec.decode(&mut buffer)).unwrap().data(), b"1");
    assert!(buffer.is_empty());
    // More may come before the events are taken.
    buffer.put_slice(b" of it\n\n");
    assert_eq!(read(codec.decode(&mut buffer)).unwrap().data(), b"2");
    assert_eq!(buffer.len(), 8);
    assert_eq!(read(codec.decode(&mut buffer)).unwrap().data(), b"half of it");
    assert!(buffer.is_empty() && read(codec.decode(&mut buffer)).is_none());
}

#[test]
fn events_share_the_memory_of_the_buffer_and_give_it_back() {
    let mut codec = EventCodec::new();
    let mut buffer = BytesMut::with_capacity(1000);
    let memory = buffer.as_ptr();
    buffer.put_slice(b"data: 1\n\n");
    let event = read(codec.decode(&mut buffer)).unwrap();
    assert_eq!(event.data().as_ptr(), memory.wrapping_add(6));
    assert!(read(codec.decode(&mut buffer)).is_none());
    assert!(!buffer.try_reclaim(1000), "the event has it");
    drop(event);
    assert!(buffer.try_reclaim(1000), "nobody has it");
    assert_eq!(buffer.as_ptr(), memory);
}

#[test]
fn the_end_dispatches_if_asked_to() {
    let config = Config::new().eof(Eof::Dispatch);
    let framed = FramedRead::new(&b"data: 1\n\ndata: [DONE]"[..], EventCodec::with_config(config).text());
    let found: Vec<_> = block_on(framed.map(|event| read(event).data).collect());
    assert_eq!(found, ["1", "[DONE]"]);
    let framed = FramedRead::new(&b"data: 1\n\ndata: [DONE]"[..], EventCodec::default());
    assert_eq!(block_on(framed.count()), 1);
}

/// As `FramedRead` treats every error: one `None`, and on it goes.
#[test]
fn an_error_of_the_parser_interrupts() {
    let codec = EventCodec::with_config(Config::new().max_event_size(3));
    let mut framed = FramedRead::new(&b"data: large\n\ndata: 1\n\n"[..], codec);
    block_on(async {
        assert!(matches!(framed.next().await, Some(Err(CodecError::Parser(Error::EventTooLarge)))));
        assert!(framed.next().await.is_none());
        assert_eq!(read(framed.next().await.unwrap()).data(), b"1");
    });
}

#[test]
fn messages_and_events_are_written() {
    let mut stream = Vec::new();
    block_on(async {
        let mut framed = FramedWrite::new(&mut stream, EventCodec::new());
        framed.send(Message::new().comment("")).await.unwrap();
        framed.send(Message::new().id("7").data("a\nb")).await.unwrap();
        let event = read(EventCodec::new().decode(&mut BytesMut::from("event: e\ndata: c\n\n"))).unwrap();
        framed.send(&event).await.unwrap();
        framed.send(event).await.unwrap();
    });
    let event = b"event: e\ndata: c\n\n";
    assert_eq!(stream, [&b":\n\nid: 7\ndata: a\ndata: b\n\n"[..], event, event].concat());
}

#[test]
fn what_cannot_be_written_is_refused() {
    let mut out = BytesMut::from("before");
    let refused = EventCodec::new().encode(Message::new().event("a\nb"), &mut out);
    let expected = EncodeError::InvalidByte { field: Field::Event, position: 1, byte: b'\n' };
    assert!(matches!(refused, Err(CodecError::Encode(error)) if error == expected));
    assert_eq!(out, "before");
}

/// An error of a transport that has a cause.
#[derive(Debug)]
struct Unplugged;

impl fmt::Display for Unplugged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unplugged")
    }
}

impl std::error::Error for Unplugged {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&fmt::Error)
    }
}

#[test]
fn errors_say_what_is_wrong() {
    let error = CodecError::from(io::Error::other("reset"));
    assert_eq!(error.to_string(), "reset");
    assert_eq!(CodecError::from(Error::InvalidUtf8).to_string(), Error::InvalidUtf8.to_string());
    assert_eq!(CodecError::from(EncodeError::TooLong).to_string(), EncodeError::TooLong.to_string());
    // What is said in full has no source: it would be told twice.
    let source = |error: CodecError| std::error::Error::source(&error).map(ToString::to_string);
    assert_eq!(source(Error::InvalidUtf8.into()), None);
    assert_eq!(source(EncodeError::TooLong.into()), None);
    assert_eq!(source(io::Error::other("reset").into()), None);
    assert_eq!(source(io::Error::other(Unplugged).into()), Some(fmt::Error.to_string()));
}

#[test]
fn threads() {
    fn promised<T: Send + Sync + Unpin + 'static>() {}
    promised::<EventCodec>();
    promised::<EventCodec<OwnedItem>>();
    promised::<EventCodec<TextEvent>>();
    promised::<EventCodec<Result<OwnedEvent, Error>>>();
    promised::<BytesParser>();
    promised::<CodecError>();
}
