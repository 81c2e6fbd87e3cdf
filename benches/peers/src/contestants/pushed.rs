//! Peers that are pushed chunks and asked for events.

use std::num::NonZeroUsize;

use bytes::Bytes;

use crate::contestant::Parse;
use crate::sink::Sink;

/// `sse-core`: its decoder on the chunk as a slice, which is the lightest `Buf`, with its limit of 512 KiB lifted.
#[derive(Debug)]
pub struct SseCore;

impl Parse for SseCore {
    const NAME: &'static str = "sse-core";

    fn parse(chunks: &[Bytes], sink: &mut impl Sink) {
        let mut decoder = sse_core::SseDecoder::with_limit(NonZeroUsize::MAX);
        for chunk in chunks {
            let mut rest: &[u8] = chunk;
            while let Some(Ok(event)) = decoder.next(&mut rest) {
                if let sse_core::SseEvent::Message(message) = event {
                    sink.event(message.data.as_bytes());
                }
            }
        }
    }
}

/// `sse-parse`: its parser without IO, emptied after each chunk; it has no limit unless one is set.
#[derive(Debug)]
pub struct SseParse;

impl Parse for SseParse {
    const NAME: &'static str = "sse-parse";

    fn parse(chunks: &[Bytes], sink: &mut impl Sink) {
        let mut parser = sse_parse::SseParser::new();
        for chunk in chunks {
            parser.feed(chunk);
            while let Some(event) = parser.next_event() {
                sink.event(event.data.as_bytes());
            }
        }
    }
}
