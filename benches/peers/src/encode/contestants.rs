//! The encoders, each driven as its documentation says.

use std::borrow::Cow;
use std::convert::Infallible;
use std::future::poll_fn;
use std::hint::black_box;
use std::pin::Pin;
use std::time::Duration;

use axum::body::HttpBody as _;
use axum::response::IntoResponse as _;
use bytes::BytesMut;
use eventwire::Message;
use futures_util::{FutureExt as _, stream};

use super::{Fields, Take, timed};
use crate::contestant::Kind;

/// Writes all events, and answers how long that took.
pub type Pass = fn(&[Fields], Take<'_>) -> Duration;

/// One that takes part.
#[derive(Clone, Copy, Debug)]
pub struct Contestant {
    /// What the tables call it; for a peer, the name of its package.
    pub name: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// What is timed.
    pub pass: Pass,
}

const fn ours(name: &'static str, pass: Pass) -> Contestant {
    Contestant { name, kind: Kind::Eventwire, pass }
}

const fn peer(name: &'static str, pass: Pass) -> Contestant {
    Contestant { name, kind: Kind::Peer, pass }
}

/// All of them, in the order of the table.
pub const CONTESTANTS: [Contestant; 9] = [
    ours("eventwire", vec),
    ours("eventwire slice", slice),
    ours("eventwire bytes", bytes_mut),
    ours("eventwire pieces", pieces),
    peer("axum", axum),
    peer("sse-stream", sse_stream),
    peer("tokio_sse_codec", tokio_sse_codec),
    peer("sse-codec", sse_codec),
    Contestant { name: "memcpy", kind: Kind::Limit, pass: memcpy },
];

/// More than the longest message takes.
const ROOM: usize = 128 << 10;

/// An empty vector with room that the system has given already: writing to it for the first time is not what is timed.
fn empty_vec() -> Vec<u8> {
    let mut out = vec![1; ROOM];
    out.clear();
    out
}

/// The same as `BytesMut`.
fn empty_bytes_mut() -> BytesMut {
    let mut out = BytesMut::with_capacity(ROOM);
    out.resize(ROOM, 1);
    out.clear();
    out
}

#[inline(always)]
fn message(fields: &Fields) -> Message<'_> {
    let Fields { event, id, data } = fields;
    let mut message = Message::new().data(data);
    if let Some(event) = event {
        message = message.event(event);
    }
    if let Some(id) = id {
        message = message.id(id);
    }
    message
}

/// `Message::encode_to_vec`.
fn vec(events: &[Fields], take: Take<'_>) -> Duration {
    let mut out = empty_vec();
    timed(|| {
        for fields in events {
            out.clear();
            if message(black_box(fields)).encode_to_vec(&mut out).is_ok() {
                take(&out);
            }
        }
    })
}

/// `Message::encode_to_slice`.
fn slice(events: &[Fields], take: Take<'_>) -> Duration {
    let mut out = vec![1; ROOM];
    timed(|| {
        for fields in events {
            if let Ok(len) = message(black_box(fields)).encode_to_slice(&mut out) {
                take(&out[..len]);
            }
        }
    })
}

/// `Message::encode_to_bytes_mut`.
fn bytes_mut(events: &[Fields], take: Take<'_>) -> Duration {
    let mut out = empty_bytes_mut();
    timed(|| {
        for fields in events {
            out.clear();
            if message(black_box(fields)).encode_to_bytes_mut(&mut out).is_ok() {
                take(&out);
            }
        }
    })
}

/// `Message::pieces`: what a vectored write takes, not copied.
fn pieces(events: &[Fields], take: Take<'_>) -> Duration {
    timed(|| {
        for fields in events {
            if let Ok(pieces) = message(black_box(fields)).pieces() {
                pieces.iter().for_each(&mut *take);
            }
        }
    })
}

/// `axum`, whose event is written while it is built; the bytes come as frames of the response's body.
fn axum(events: &[Fields], take: Take<'_>) -> Duration {
    // The body must own the events.
    let owned: Vec<Fields> = events.to_vec();
    let events = owned.into_iter().map(|fields| {
        let mut event = axum::response::sse::Event::default();
        if let Some(name) = &fields.event {
            event = event.event(name);
        }
        if let Some(id) = &fields.id {
            event = event.id(id);
        }
        Ok::<_, Infallible>(event.data(&fields.data))
    });
    let mut body = axum::response::Sse::new(stream::iter(events)).into_response().into_body();
    timed(|| {
        let all = async {
            while let Some(Ok(frame)) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
                if let Some(bytes) = frame.data_ref() {
                    take(bytes);
                }
            }
        };
        all.now_or_never().expect("the events are always ready");
    })
}

/// `sse-stream`: `Sse::encode`, which takes what it writes and gives `Bytes`.
fn sse_stream(events: &[Fields], take: Take<'_>) -> Duration {
    let owned = |fields: &Fields| {
        let Fields { event, id, data } = fields.clone();
        sse_stream::Sse { event, id, data: Some(data), retry: None }
    };
    let events: Vec<_> = events.iter().map(owned).collect();
    timed(|| {
        for event in events {
            if let Ok(bytes) = event.encode() {
                take(&bytes);
            }
        }
    })
}

/// `tokio_sse_codec`: `SseEncoder::encode`; type and id must be owned, and data may be, which makes no difference.
fn tokio_sse_codec(events: &[Fields], take: Take<'_>) -> Duration {
    use tokio_util::codec::Encoder as _;

    let frame = |Fields { event, id, data }| {
        tokio_sse_codec::Frame::Event(tokio_sse_codec::Event {
            id: id.map(Cow::Owned),
            name: event.map_or(Cow::Borrowed("message"), Cow::Owned),
            data,
        })
    };
    let frames: Vec<_> = events.iter().cloned().map(frame).collect();
    let mut encoder = tokio_sse_codec::SseEncoder::new();
    let mut out = empty_bytes_mut();
    timed(|| {
        for frame in frames {
            out.clear();
            if encoder.encode(frame, &mut out).is_ok() {
                take(&out);
            }
        }
    })
}

/// `sse-codec`: `SSECodec::encode`, which takes what it writes.
fn sse_codec(events: &[Fields], take: Take<'_>) -> Duration {
    use futures_codec::Encoder as _;

    let owned = |fields: &Fields| {
        let Fields { event, id, data } = fields.clone();
        sse_codec::Event::Message { id, event: event.unwrap_or_else(|| "message".to_owned()), data }
    };
    let events: Vec<_> = events.iter().map(owned).collect();
    let mut codec = sse_codec::SSECodec::default();
    let mut out = empty_bytes_mut();
    timed(|| {
        for event in events {
            out.clear();
            if codec.encode(event, &mut out).is_ok() {
                take(&out);
            }
        }
    })
}

/// The limit: messages that are written already, copied.
fn memcpy(events: &[Fields], take: Take<'_>) -> Duration {
    let mut written = Vec::new();
    vec(events, &mut |message| written.push(message.to_vec()));
    let mut out = vec![1; ROOM];
    timed(|| {
        for message in &written {
            let place = &mut out[..message.len()];
            place.copy_from_slice(black_box(message));
            take(place);
        }
    })
}
