//! `EventStream`: the oracle's events however chunks and polls fall, and the promises of its documentation one by one.

use std::convert::Infallible;
use std::error::Error as _;
use std::task::Poll;

use bytes::{Buf, Bytes, BytesMut};
use eventwire::stream::{BufChunks, EventStream, Eventsource, SliceChunks, StreamError};
use eventwire::{BytesParser, Config, Eof, Error, Items, OwnedEvent, OwnedItem, TextEvent};
use eventwire_testkit::oracle;
use eventwire_testkit::settings::{self, Settings};
use futures_util::stream::{FusedStream, iter};
use futures_util::{FutureExt, Stream, StreamExt};
use proptest::prelude::*;

use crate::generate::{self, cut, cuts, settings, start, streams};
use crate::observe;
use crate::poll::{Broken, Chunks, Step, Waiting, drain, poll_once, steps};

fn parsed<T>(result: Result<T, StreamError<Broken>>) -> Result<T, Error> {
    match result {
        Ok(item) => Ok(item),
        Err(StreamError::Parser(error)) => Err(error),
        Err(StreamError::Transport(Broken)) => panic!("the transport does not break"),
    }
}

fn data(events: Vec<Result<OwnedEvent, StreamError<Broken>>>) -> Vec<Result<String, StreamError<Broken>>> {
    events.into_iter().map(|event| event.map(|event| event.data_str().into_owned())).collect()
}

proptest! {
    #![proptest_config(generate::config())]

    #[test]
    fn items_equal_oracle(stream in streams(), settings in settings(), cuts in cuts(), seed in any::<u64>()) {
        let chunks = Chunks::new(steps(cut(&stream, &cuts), seed));
        let waiting = chunks.waiting();
        let mut items = EventStream::with_parser(chunks, observe::parser(&settings, &start())).items();
        let found = drain(&mut items, &waiting).into_iter().map(|item| observe::item(parsed(item))).collect();
        let found = observe::outcome(found, items.parser());
        prop_assert_eq!(found, oracle::interpret(&stream, &settings, &start()));
    }

    #[test]
    fn events_and_texts_equal_oracle(stream in streams(), settings in settings(), cuts in cuts(), seed in any::<u64>()) {
        let settings = Settings { items: settings::Items::NONE, ..settings };
        let expected = oracle::interpret(&stream, &settings, &start());
        let chunks = || Chunks::new(steps(cut(&stream, &cuts), seed));

        let (chunks, again) = (chunks(), chunks());
        let waiting = chunks.waiting();
        let mut texts = EventStream::with_parser(chunks, observe::parser(&settings, &start())).text();
        let found: Vec<_> = drain(&mut texts, &waiting).into_iter().map(|text| observe::text(parsed(text))).collect();
        prop_assert_eq!(found, observe::texts(&expected));

        let waiting = again.waiting();
        let mut events = EventStream::with_parser(again, observe::parser(&settings, &start()));
        let found = drain(&mut events, &waiting).into_iter().map(|event| observe::event(parsed(event))).collect();
        prop_assert_eq!(observe::outcome(found, events.parser()), expected);
    }

    /// Whatever pieces the `Buf`s of a stream are made of.
    #[test]
    fn bufs_equal_oracle(stream in streams(), cuts in cuts(), settings in settings()) {
        let mut chunks = cut(&stream, &cuts).into_iter();
        let mut bufs = Vec::new();
        while let Some(first) = chunks.next() {
            let second = BytesMut::from(&chunks.next().unwrap_or_default()[..]);
            // The last one has no piece as `Bytes`.
            let third: std::collections::VecDeque<u8> = chunks.next().unwrap_or_default().to_vec().into();
            bufs.push(Ok::<_, Broken>(first.chain(second).chain(third)));
        }
        let chunks = BufChunks::new(iter(bufs));
        let mut items = EventStream::with_parser(chunks, observe::parser(&settings, &start())).items();
        let found = drain(&mut items, &Waiting::default()).into_iter().map(|item| observe::item(parsed(item))).collect();
        prop_assert_eq!(observe::outcome(found, items.parser()), oracle::interpret(&stream, &settings, &start()));
    }
}

/// Slices that are borrowed from the test, with polls that are pending and an error behind them.
#[test]
fn slices_are_copied_and_otherwise_passed_on_as_they_are() {
    let text = String::from("data: 1\n\nid: 2\ndata: 2\n\ndata: cut");
    let slices = iter(text.as_bytes().chunks(3).map(Ok).chain([Err(Broken)]));
    let mut events = SliceChunks::new(slices).events();
    let found = drain(&mut events, &Waiting::default());
    let lost = Err(StreamError::Transport(Broken));
    assert_eq!(data(found), [Ok("1".to_owned()), Ok("2".to_owned()), lost]);
    assert_eq!(events.last_event_id(), b"2");

    let steps = [Step::Pending, Step::Chunk("data: 1\n".into()), Step::Pending, Step::Chunk("\n".into())];
    let chunks = Chunks::new(steps);
    let waiting = chunks.waiting();
    let mut events = SliceChunks::new(chunks).events();
    assert_eq!(data(drain(&mut events, &waiting)), [Ok("1".to_owned())]);
    assert_eq!(events.into_inner().into_inner().polls, 5);
}

#[test]
fn the_next_chunk_is_asked_for_when_the_last_one_is_used_up() {
    let mut events = Chunks::of(&["data: 1\n\ndata: 2\n\ndata: 3\n\nda", "ta: 4\n\n"]).events();
    assert_eq!(events.get_ref().polls, 0);
    for polls in [1, 1, 1, 2] {
        assert!(events.next().now_or_never().unwrap().unwrap().is_ok());
        assert_eq!(events.get_ref().polls, polls);
    }
}

/// The last event ID is that of the event taken last, though the next one has come already.
#[test]
fn the_last_event_id_keeps_pace_with_the_events() {
    let mut events = Chunks::of(&["id: 1\ndata\n\nretry: 5\nid: 2\ndata\n\n"]).events();
    for (id, retry) in [("1", None), ("2", Some(5))] {
        assert!(events.next().now_or_never().flatten().is_some());
        assert_eq!((events.last_event_id(), events.retry()), (id.as_bytes(), retry));
    }
}

#[test]
fn to_drop_the_future_loses_nothing() {
    let chunk = |text: &'static str| Step::Chunk(Bytes::from(text));
    let chunks = Chunks::new([
        Step::Pending,
        chunk("data: 1"),
        Step::Pending,
        chunk("2\n\ndata: 3\n\n"),
        Step::Pending,
    ]);
    let mut events = chunks.events();
    let mut seen = Vec::new();
    for _ in 0..20 {
        // A future that is polled once and dropped.
        match events.next().now_or_never() {
            Some(Some(event)) => seen.push(event),
            Some(None) => break,
            None => {}
        }
    }
    assert_eq!(data(seen), [Ok("12".to_owned()), Ok("3".to_owned())]);
    assert!(events.is_terminated());
}

#[test]
fn an_error_of_the_parser_is_not_the_end() {
    let chunks = Chunks::of(&["data: too large\n\ndata: 1\n\n", "data: also too large\n\ndata: 2\n\n"]);
    let waiting = chunks.waiting();
    let mut events = chunks.events_with(Config::new().max_event_size(3));
    let large = Err(StreamError::Parser(Error::EventTooLarge));
    assert_eq!(data(drain(&mut events, &waiting)), [large.clone(), Ok("1".into()), large, Ok("2".into())]);
}

/// `Chunks` fails the test if it is polled again, and `drain` asks for the end twice.
#[test]
fn an_error_of_the_transport_is_the_end() {
    let chunk = Step::Chunk(Bytes::from("id: 1\ndata: 1\n\nid: 2\ndata: half"));
    let chunks = Chunks::new([chunk, Step::Pending, Step::Broken, Step::Pending]);
    let waiting = chunks.waiting();
    // What the end of the stream would complete, a broken one does not.
    let mut events = chunks.events_with(Config::new().eof(Eof::Dispatch));
    assert!(!events.is_terminated());
    assert_eq!(data(drain(&mut events, &waiting)), [Ok("1".into()), Err(StreamError::Transport(Broken))]);
    assert!(events.is_terminated());
    assert_eq!(events.last_event_id(), b"1");
}

#[test]
fn the_end_dispatches_if_asked_to() {
    let chunks = Chunks::of(&["data: [DONE]"]);
    let waiting = chunks.waiting();
    let mut events = chunks.events_with(Config::new().eof(Eof::Dispatch));
    assert_eq!(data(drain(&mut events, &waiting)), [Ok("[DONE]".into())]);
    let chunks = Chunks::of(&["data: \u{e9}", ""]);
    let waiting = chunks.waiting();
    let mut texts = chunks.eventsource();
    assert_eq!(drain(&mut texts, &waiting), []);
}

/// What the end says may be an error, and then comes the end.
#[test]
fn the_end_may_be_an_error() {
    let config = Config::new().eof(Eof::Dispatch).utf8(eventwire::Utf8::Strict);
    let chunks = Chunks::new([Step::Chunk(Bytes::from_static(b"data: \xFF"))]);
    let waiting = chunks.waiting();
    let mut events = chunks.events_with(config);
    assert_eq!(data(drain(&mut events, &waiting)), [Err(StreamError::Parser(Error::InvalidUtf8))]);
}

#[test]
fn the_hint_of_the_size() {
    let mut events = Chunks::of(&["data: 1\n\n"]).events();
    assert_eq!(events.size_hint(), (0, None));
    assert!(events.next().now_or_never().flatten().is_some());
    assert_eq!(events.size_hint(), (0, None));
    assert!(events.next().now_or_never().unwrap().is_none());
    assert_eq!(events.size_hint(), (0, Some(0)));
}

/// A poll ends though there is always another chunk, and the task is woken for the next poll.
#[test]
fn a_poll_takes_some_chunks_and_yields() {
    let endless = std::iter::repeat_with(|| Ok::<_, Broken>(": keep-alive\n\n"));
    let mut events = iter(endless).events();
    for _ in 0..3 {
        assert!(poll_once(&mut events, &Waiting::default()).is_pending());
    }
    let mut empty = iter(std::iter::repeat_with(|| Ok::<_, Broken>(Bytes::new()))).events();
    assert!(poll_once(&mut empty, &Waiting::default()).is_pending());
    let mut bufs = BufChunks::new(iter(std::iter::repeat_with(|| Ok::<_, Broken>(Bytes::new())))).events();
    assert!(poll_once(&mut bufs, &Waiting::default()).is_pending());
}

/// An event that takes more chunks than a poll does.
#[test]
fn an_event_of_many_chunks_comes_whole() {
    let stream = [b"data: ".to_vec(), vec![b'x'; 1000], b"\n\n".to_vec()].concat();
    let chunks = Chunks::new(stream.chunks(1).map(|chunk| Step::Chunk(Bytes::copy_from_slice(chunk))));
    let waiting = chunks.waiting();
    let mut events = chunks.events();
    let found = data(drain(&mut events, &waiting));
    assert_eq!(found, [Ok("x".repeat(1000))]);
}

#[test]
fn a_chunk_lives_as_long_as_its_events() {
    let chunk = Bytes::from(b"data: 1\n\ndata: 2\n\ndata".to_vec());
    let mut events = Chunks::new([Step::Chunk(chunk.clone()), Step::Pending]).events();
    let first = events.next().now_or_never().flatten().unwrap().unwrap();
    let second = events.next().now_or_never().flatten().unwrap().unwrap();
    assert_eq!(first.data().as_ptr(), chunk[6..].as_ptr());
    assert!(events.next().now_or_never().is_none());
    drop(first);
    assert!(!chunk.is_unique());
    drop(second);
    assert!(chunk.is_unique());
}

/// Each piece is a chunk as it is, so that an event in it is a slice of the piece.
#[test]
fn the_pieces_of_a_buf_are_not_joined() {
    let (first, second) =
        (Bytes::from(b"data: 1\n\ndata: 2".to_vec()), Bytes::from(b"\n\ndata: 3\n\n".to_vec()));
    let buf = first.clone().chain(Bytes::new()).chain(second.clone());
    let mut events = BufChunks::new(iter([Ok::<_, Broken>(buf)])).events();
    let found: Vec<_> = drain(&mut events, &Waiting::default()).into_iter().map(Result::unwrap).collect();
    assert_eq!(found[0].data().as_ptr(), first[6..].as_ptr());
    assert!(!found[1].is_borrowed());
    assert_eq!(found[2].data().as_ptr(), second[8..].as_ptr());
}

#[test]
fn an_error_comes_behind_the_pieces_before_it() {
    let buf = Bytes::from("data: 1\n\n").chain(Bytes::from("data: 2\n\n"));
    let mut chunks = BufChunks::new(iter([Ok(buf), Err(Broken)]));
    let mut found = Vec::new();
    for _ in 0..3 {
        found.push(chunks.next().now_or_never().flatten().unwrap());
    }
    assert_eq!(found, [Ok(Bytes::from("data: 1\n\n")), Ok(Bytes::from("data: 2\n\n")), Err(Broken)]);
    assert!(matches!(chunks.into_inner().next().now_or_never(), Some(None)), "all of them have been taken");
}

#[test]
fn chunks_of_all_kinds() {
    fn first<B: Into<Bytes>>(chunk: B) -> String {
        let mut events = iter([Ok::<_, Infallible>(chunk)]).eventsource();
        events.next().now_or_never().flatten().unwrap().unwrap().data
    }
    assert_eq!(first("data: 1\n\n"), "1");
    assert_eq!(first("data: 1\n\n".to_owned()), "1");
    assert_eq!(first(b"data: 1\n\n".to_vec()), "1");
    assert_eq!(first(&b"data: 1\n\n"[..]), "1");
    assert_eq!(first(BytesMut::from("data: 1\n\n")), "1");
    assert_eq!(first(Bytes::from_owner(*b"data: 1\n\n")), "1");
}

#[test]
fn items_in_their_order() {
    let chunks = Chunks::of(&["retry: 5\n: c\ndata: 1\n", "\n"]);
    let waiting = chunks.waiting();
    let mut items = chunks.events_with(Config::new().items(Items::ALL)).items();
    let found = drain(&mut items, &waiting);
    let [Ok(OwnedItem::Retry(5)), Ok(OwnedItem::Comment(comment)), Ok(OwnedItem::Event(event))] = &found[..]
    else {
        panic!("{found:?}")
    };
    assert_eq!((&comment[..], event.data()), (&b" c"[..], &b"1"[..]));
}

#[test]
fn a_text_is_what_it_is() {
    let mut texts = Chunks::of(&["retry: 5\nid: 1\nevent: e\ndata: a\n\n"]).eventsource();
    let Some(Ok(TextEvent { event, data, id, retry })) = texts.next().now_or_never().flatten() else {
        panic!()
    };
    let retry = retry.map(|retry| retry.as_millis());
    assert_eq!((&event[..], &data[..], &id[..], retry), ("e", "a", "1", Some(5)));
}

#[test]
fn the_next_connection_goes_on_with_the_parser() {
    let mut events = Chunks::of(&["id: 1\nretry: 5\ndata: a\n\nid: 2\ndata: half"]).events();
    assert!(events.next().now_or_never().flatten().is_some());
    assert!(events.next().now_or_never().unwrap().is_none());
    let (_, mut parser): (_, BytesParser) = events.into_parts();
    parser.parser_mut().reset();
    let mut events = EventStream::with_parser(Chunks::of(&["\u{FEFF}data: b\n\n"]), parser);
    let event = events.next().now_or_never().flatten().unwrap().unwrap();
    assert_eq!((event.data(), event.last_event_id(), events.retry()), (&b"b"[..], &b"1"[..], Some(5)));
    assert_eq!(events.into_inner().polls, 1);
}

#[test]
fn errors_say_what_is_wrong() {
    let parser = StreamError::<Broken>::Parser(Error::InvalidUtf8);
    assert_eq!(parser.to_string(), Error::InvalidUtf8.to_string());
    let transport = StreamError::Transport(Broken);
    assert_eq!(transport.to_string(), "event stream broken off: connection reset");
    // What is said already is no source.
    assert!(transport.source().is_none() && parser.source().is_none());
}

#[test]
fn threads() {
    fn promised<T: Send + Sync + Unpin + 'static>() {}
    promised::<EventStream<Chunks>>();
    promised::<EventStream<Chunks, OwnedItem>>();
    promised::<EventStream<Chunks, TextEvent>>();
    promised::<BufChunks<Chunks, Bytes>>();
    promised::<StreamError<Broken>>();
    // What the stream delivers is not in it: nothing depends on it.
    promised::<EventStream<Chunks, std::rc::Rc<()>>>();
    assert!(matches!(poll_once(&mut Chunks::of(&[]).events(), &Waiting::default()), Poll::Ready(None)));
}

#[cfg(feature = "http-body")]
mod body {
    use std::collections::VecDeque;
    use std::pin::Pin;
    use std::task::Context;

    use eventwire::stream::BodyChunks;
    use http_body::{Body, Frame};

    use super::*;

    type Data = bytes::buf::Chain<Bytes, Bytes>;

    /// Data in two pieces, and trailers.
    struct Frames(VecDeque<Option<Result<Frame<Data>, Broken>>>);

    impl Frames {
        /// `None` is a poll that is pending.
        fn of(frames: impl IntoIterator<Item = Option<Result<Frame<Data>, Broken>>>) -> BodyChunks<Self> {
            BodyChunks::new(Self(frames.into_iter().collect()))
        }
    }

    fn frame(first: &'static str, second: &'static str) -> Option<Result<Frame<Data>, Broken>> {
        Some(Ok(Frame::data(Bytes::from(first).chain(Bytes::from(second)))))
    }

    impl Body for Frames {
        type Data = Data;
        type Error = Broken;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Data>, Broken>>> {
            match self.0.pop_front() {
                Some(Some(frame)) => Poll::Ready(Some(frame)),
                Some(None) => {
                    context.waker().wake_by_ref();
                    Poll::Pending
                }
                None => Poll::Ready(None),
            }
        }
    }

    #[test]
    fn data_becomes_events_and_trailers_nothing() {
        let trailers = Some(Ok(Frame::trailers(Default::default())));
        let body = Frames::of([
            frame("data: 1", "\n\nda"),
            None,
            frame("", ""),
            frame("", "ta: 2\n"),
            frame("\n", ""),
            trailers,
        ]);
        let mut events = body.events();
        assert_eq!(data(drain(&mut events, &Waiting::default())), [Ok("1".into()), Ok("2".into())]);
    }

    #[test]
    fn an_error_of_the_body_is_the_end() {
        let body = Frames::of([frame("data: 1\n\n", "data: 2"), Some(Err(Broken)), frame("\n\n", "")]);
        let mut events = body.events();
        let broken = Err(StreamError::Transport(Broken));
        assert_eq!(data(drain(&mut events, &Waiting::default())), [Ok("1".into()), broken]);
        assert_eq!(events.into_inner().into_inner().0.len(), 1, "it was not asked again");
    }

    #[test]
    fn threads() {
        fn promised<T: Send + Sync + Unpin + 'static>() {}
        promised::<BodyChunks<Frames>>();
    }
}
