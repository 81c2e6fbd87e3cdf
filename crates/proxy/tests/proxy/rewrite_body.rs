//! `RewriteBody`: the rewriter's bytes as frames, nothing read ahead, everything out before the end.

use std::pin::pin;
use std::sync::atomic::Ordering;
use std::task::Poll;

use bytes::{Buf, Bytes};
use eventwire::rewriter::{Edit, Oversized};
use eventwire::{Event, Rewriter};
use eventwire_proxy::RewriteBody;
use eventwire_testkit::{corpora, hostile};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use proptest::prelude::*;

use crate::oracle::{Order, order, rewritten};
use crate::script::{Broken, Script, Seen, Step, collect, poll, split, trailers};
use crate::streams::{config, obey, scripts};

type Decide = fn(&Event<'_>, &mut Edit<'_>);

fn ends_as_it_should(last: Option<&Step>, others: &[Seen]) {
    match last {
        Some(Step::Trailers) => assert_eq!(others, [Seen::Trailers(trailers())]),
        Some(Step::Error) => assert_eq!(others, [Seen::Error(Broken)]),
        _ => assert_eq!(others, []),
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn who_keeps_all_is_not_there((stream, script, last) in scripts(), limit in 0..60_usize) {
        let rewriter = Rewriter::new().max_block_size(limit);
        let (data, others) = split(collect(RewriteBody::new(script, rewriter, |_, _| {})));
        prop_assert_eq!(data, stream);
        ends_as_it_should(last.as_ref(), &others);
    }

    #[test]
    fn cuts_make_no_difference((stream, script, last) in scripts()) {
        let expected = rewritten(&stream, 1 << 20, Oversized::Pass);
        let (data, others) = split(collect(RewriteBody::new(script, Rewriter::new(), obey)));
        prop_assert_eq!(data.escape_ascii().to_string(), expected.escape_ascii().to_string());
        ends_as_it_should(last.as_ref(), &others);
    }

    #[test]
    fn the_untouched_is_as_it_was((stream, script, last) in scripts()) {
        let hint = Body::size_hint(&script).exact();
        let body = RewriteBody::<_, Decide>::untouched(script);
        prop_assert_eq!(Body::size_hint(&body).exact(), hint);
        let (data, others) = split(collect(body));
        prop_assert_eq!(data, stream);
        ends_as_it_should(last.as_ref(), &others);
    }
}

#[test]
fn what_is_inserted_behind_an_event_is_there() {
    let stream = b"event: after\ndata: 1\n\ndata: 2\n\n";
    assert_eq!(order(b"after"), Order::After);
    for size in 1..=stream.len() {
        let (data, _) =
            split(collect(RewriteBody::new(Script::chunks(stream.chunks(size)), Rewriter::new(), obey)));
        assert_eq!(data, rewritten(stream, 1 << 20, Oversized::Pass), "chunks of {size}");
    }
}

#[test]
fn there_is_time_to_write_what_was_held_before_an_error() {
    let script = Script::chunks([&b"data: 1\n\nda"[..]]).then(Step::Error);
    let mut body = pin!(RewriteBody::new(script, Rewriter::new(), obey));
    assert_eq!(poll(body.as_mut()), Poll::Ready(Some(Seen::Data("data: 1\n\n".into()))));
    assert_eq!(poll(body.as_mut()), Poll::Ready(Some(Seen::Data("da".into()))));
    assert_eq!(poll(body.as_mut()), Poll::Pending);
    assert_eq!(poll(body.as_mut()), Poll::Ready(Some(Seen::Error(Broken))));
    // Where nothing was held, the error comes when it comes.
    let mut body = pin!(RewriteBody::new(Script::new([Step::Error]), Rewriter::new(), obey));
    assert_eq!(poll(body.as_mut()), Poll::Ready(Some(Seen::Error(Broken))));
}

#[test]
fn no_chunk_is_asked_for_before_the_last_one_is_taken() {
    let long = format!("data: {}\n\n", "x".repeat(5_000));
    let dropped = "event: drop\ndata\n\n";
    let chunk = [&long, dropped, &long, dropped, &long].concat();
    let script = Script::chunks([chunk.as_bytes(), chunk.as_bytes()]);
    let polls = script.polls();
    let mut body = pin!(RewriteBody::new(script, Rewriter::new(), obey));
    for expected in [1, 1, 1, 2, 2, 2] {
        assert_eq!(poll(body.as_mut()), Poll::Ready(Some(Seen::Data(long.clone().into()))));
        assert_eq!(polls.load(Ordering::Relaxed), expected);
    }
    assert_eq!(poll(body.as_mut()), Poll::Ready(None));
}

#[test]
fn an_endless_body_of_nothing_but_dropped_events_lets_others_run() {
    let script = Script::chunks(std::iter::repeat_n(&b"event: drop\ndata\n\n"[..], 10_000));
    let polls = script.polls();
    let mut body = pin!(RewriteBody::new(script, Rewriter::new(), obey));
    let mut breaks = 0;
    while poll(body.as_mut()).is_pending() {
        breaks += 1;
        assert!(polls.load(Ordering::Relaxed) <= breaks * 1_000);
    }
    assert!(breaks >= 10);
}

#[test]
fn an_event_is_out_with_its_last_byte() {
    let script = Script::new(
        "data: 1\r\n\r\n".bytes().flat_map(|byte| [Step::Data(Bytes::from(vec![byte])), Step::Pending]),
    );
    let mut body = pin!(RewriteBody::new(script, Rewriter::new(), obey));
    let mut out = Vec::new();
    for _ in 0.."data: 1\r\n\r\n".len() {
        let mut data = Vec::new();
        while let Poll::Ready(Some(Seen::Data(bytes))) = poll(body.as_mut()) {
            data.extend_from_slice(&bytes);
        }
        out.push(String::from_utf8(data).unwrap());
    }
    // The second CR ends the event, and its LF follows.
    assert_eq!(out, ["", "", "", "", "", "", "", "", "", "data: 1\r\n\r", "\n"]);
}

#[test]
fn hostile_streams_and_long_ones_pass_byte_by_byte() {
    let corpora = corpora::GENERATORS
        .iter()
        .map(|generate| generate(30 << 10, 7))
        .map(|corpus| (corpus.name, corpus.bytes));
    let hostile = hostile::all(30 << 10).into_iter().map(|(name, stream)| (name.to_owned(), stream));
    for (name, stream) in corpora.chain(hostile) {
        for (size, limit) in [(1, 1000), (1, 1 << 20), (1460, 1 << 20)] {
            let rewriter = Rewriter::new().max_block_size(limit);
            let body = RewriteBody::new(Script::chunks(stream.chunks(size)), rewriter, obey);
            let (data, others) = split(collect(body));
            assert!(
                data == rewritten(&stream, limit, Oversized::Pass),
                "{name}, chunks of {size}, limit {limit}"
            );
            assert_eq!(others, []);
        }
    }
}

#[test]
fn the_length_is_known_once_all_is_known() {
    let body = RewriteBody::new(Script::new([]), Rewriter::new(), obey);
    assert!(Body::is_end_stream(&body));
    assert_eq!(Body::size_hint(&body).exact(), Some(0));

    // Half an event is held, so there is more to come even though the body below is at its end.
    let mut body = pin!(RewriteBody::new(Script::chunks([&b"data: 1\n\ndata"[..]]), Rewriter::new(), obey));
    assert_eq!(Body::size_hint(&*body).upper(), None);
    assert_eq!(poll(body.as_mut()), Poll::Ready(Some(Seen::Data("data: 1\n\n".into()))));
    assert!(!Body::is_end_stream(&*body));
    assert_eq!(poll(body.as_mut()), Poll::Ready(Some(Seen::Data("data".into()))));
    assert!(Body::is_end_stream(&*body));
    assert_eq!(Body::size_hint(&*body).exact(), Some(0));
}

#[tokio::test]
async fn data_of_several_pieces_is_read_as_one() {
    let data = Bytes::from("event: dr").chain(Bytes::from("op\ndata\n\ndata: 2\n\n"));
    let body = RewriteBody::new(Full::new(data), Rewriter::new(), obey);
    assert_eq!(body.collect().await.unwrap().to_bytes(), "data: 2\n\n");
}

#[test]
fn it_shows_itself() {
    let body = RewriteBody::new(Script::new([]), Rewriter::new(), obey);
    assert!(format!("{body:?}").contains("Rewriter"));
}
