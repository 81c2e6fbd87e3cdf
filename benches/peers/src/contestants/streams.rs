//! Peers that turn a `Stream` of chunks into a `Stream` of events.
//!
//! The stream of chunks is always ready, so that nothing is ever woken: one poll of one future runs through it all.

use std::convert::Infallible;
use std::pin::pin;

use bytes::Bytes;
use futures_util::{FutureExt as _, Stream, StreamExt as _, stream};

use crate::contestant::Parse;
use crate::sink::Sink;

/// `sse-stream` over byte slices, without the HTTP body around them. A block without data is not an event.
#[derive(Debug)]
pub struct SseStream;

impl Parse for SseStream {
    const NAME: &'static str = "sse-stream";

    fn parse(chunks: &[Bytes], sink: &mut impl Sink) {
        drain(sse_stream::SseByteStream::new(slices(chunks)), |block| {
            if let Some(data) = block.data {
                sink.event(data.as_bytes());
            }
        });
    }
}

/// `sseer` over `Bytes`, of which it makes its events without a copy where it can.
#[derive(Debug)]
pub struct Sseer;

impl Parse for Sseer {
    const NAME: &'static str = "sseer";

    fn parse(chunks: &[Bytes], sink: &mut impl Sink) {
        let chunks = stream::iter(chunks.iter().map(|chunk| Ok::<_, Infallible>(chunk.clone())));
        drain(sseer::EventStream::new(chunks), |event| sink.event(event.data.as_bytes()));
    }
}

/// `eventsource-stream` over byte slices.
#[derive(Debug)]
pub struct EventsourceStream;

impl Parse for EventsourceStream {
    const NAME: &'static str = "eventsource-stream";

    fn parse(chunks: &[Bytes], sink: &mut impl Sink) {
        let events = eventsource_stream::EventStream::new(slices(chunks));
        drain(events, |event| sink.event(event.data.as_bytes()));
    }
}

/// `eventsrc` over byte slices.
#[derive(Debug)]
pub struct Eventsrc;

impl Parse for Eventsrc {
    const NAME: &'static str = "eventsrc";

    fn parse(chunks: &[Bytes], sink: &mut impl Sink) {
        drain(eventsrc::EventStream::new(slices(chunks)), |event| sink.event(event.data().as_bytes()));
    }
}

fn slices(chunks: &[Bytes]) -> impl Stream<Item = Result<&[u8], Infallible>> {
    stream::iter(chunks.iter().map(|chunk| Ok(&chunk[..])))
}

/// Gives each event to `each`, up to the first error.
#[inline(always)]
fn drain<T, E>(events: impl Stream<Item = Result<T, E>>, mut each: impl FnMut(T)) {
    let mut events = pin!(events);
    let all = async {
        while let Some(Ok(event)) = events.next().await {
            each(event);
        }
    };
    all.now_or_never().expect("the chunks are always ready");
}
