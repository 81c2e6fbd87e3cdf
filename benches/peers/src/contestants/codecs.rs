//! Peers that decode from a buffer to which chunks are appended, as a framed reader does it.
//!
//! The decoders are called without the reader around them: it would read into a buffer of its own first, in
//! pieces of its own size.

use bytes::{Bytes, BytesMut};

use crate::contestant::Parse;
use crate::sink::Sink;

/// `sse-codec`; it has no limit.
#[derive(Debug)]
pub struct SseCodec;

impl Parse for SseCodec {
    const NAME: &'static str = "sse-codec";

    fn parse(chunks: &[Bytes], sink: &mut impl Sink) {
        use futures_codec::Decoder as _;

        let mut codec = sse_codec::SSECodec::default();
        let mut buffer = BytesMut::new();
        for chunk in chunks {
            buffer.extend_from_slice(chunk);
            while let Ok(Some(event)) = codec.decode(&mut buffer) {
                if let sse_codec::Event::Message { data, .. } = event {
                    sink.event(data.as_bytes());
                }
            }
        }
    }
}

/// `tokio_sse_codec`, with data as `Bytes`: its way without a copy and without validation. No limit is set.
#[derive(Debug)]
pub struct TokioSseCodec;

impl Parse for TokioSseCodec {
    const NAME: &'static str = "tokio_sse_codec";

    fn parse(chunks: &[Bytes], sink: &mut impl Sink) {
        use tokio_util::codec::Decoder as _;

        let mut decoder = tokio_sse_codec::SseDecoder::<Bytes>::new();
        let mut buffer = BytesMut::new();
        for chunk in chunks {
            buffer.extend_from_slice(chunk);
            while let Ok(Some(frame)) = decoder.decode(&mut buffer) {
                if let tokio_sse_codec::Frame::Event(event) = frame {
                    sink.event(&event.data);
                }
            }
        }
    }
}
