//! `TapBody`: every frame as it came, and one report, whatever becomes of the body.

use std::pin::pin;
use std::sync::mpsc::{self, Receiver};
use std::task::Poll;
use std::time::{Duration, Instant};

use bytes::{Buf, Bytes};
use eventwire::Tap;
use eventwire_proxy::{End, Report, TapBody};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use proptest::prelude::*;

use crate::script::{Broken, Script, Seen, Step, collect, poll, split, trailers};
use crate::streams::{config, scripts};

/// A body that is watched, and its reports.
fn tapped<B: Body>(body: B) -> (TapBody<B, impl FnOnce(Report)>, Receiver<Report>) {
    let (sender, receiver) = mpsc::channel();
    let then = move |report| {
        // Not every test waits for it.
        let _ = sender.send(report);
    };
    (TapBody::new(body, Tap::new(), then), receiver)
}

/// The one report that there is.
fn only(reports: &Receiver<Report>) -> Report {
    let report = reports.try_recv().expect("a report");
    assert!(reports.try_recv().is_err(), "a second report");
    report
}

fn none_yet(reports: &Receiver<Report>) {
    assert!(reports.try_recv().is_err());
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn all_passes_and_is_counted((stream, script, last) in scripts()) {
        let (body, reports) = tapped(script);
        let (data, others) = split(collect(body));
        let (end, expected) = match last {
            Some(Step::Trailers) => (End::Complete, vec![Seen::Trailers(trailers())]),
            Some(Step::Error) => (End::Failed, vec![Seen::Error(Broken)]),
            _ => (End::Complete, Vec::new()),
        };
        prop_assert_eq!(&data, &stream);
        prop_assert_eq!(others, expected);
        let mut whole = Tap::new();
        whole.observe(&stream, 0);
        let report = only(&reports);
        prop_assert_eq!(report.end, end);
        prop_assert_eq!(
            (report.tap.bytes(), report.tap.events(), report.tap.comments(), report.tap.last_event_id()),
            (whole.bytes(), whole.events(), whole.comments(), whole.last_event_id())
        );
    }
}

#[test]
fn data_is_the_very_memory_that_came() {
    let chunk = Bytes::from("data: 1\n\n");
    let (body, _reports) = tapped(Script::new([Step::Data(chunk.clone())]));
    let Some(Seen::Data(data)) = collect(body).pop() else { panic!("no data") };
    assert_eq!((data.as_ptr(), data.len()), (chunk.as_ptr(), chunk.len()));
}

#[test]
fn what_the_body_says_of_itself_is_passed_on() {
    let (body, _reports) = tapped(Script::chunks([&b"data: 1\n\n"[..]]));
    assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(9), false));
    let (body, _reports) = tapped(Script::chunks([]));
    assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(0), true));
    let (body, _reports) = tapped(Script::chunks([]).silent());
    assert_eq!((body.size_hint().exact(), body.is_end_stream()), (None, false));
}

/// Takes `frames` frames and drops the body.
fn dropped_after(frames: usize, script: Script) -> Report {
    let (body, reports) = tapped(script);
    {
        let mut body = pin!(body);
        for _ in 0..frames {
            assert!(matches!(poll(body.as_mut()), Poll::Ready(Some(_))));
        }
    }
    only(&reports)
}

#[test]
fn a_body_that_is_dropped_early_is_reported() {
    let script = || Script::chunks([&b"data: 1\n\nda"[..], b"ta: 2\n\n"]);
    let report = dropped_after(0, script());
    assert_eq!((report.end, report.tap.bytes()), (End::Dropped, 0));
    let report = dropped_after(1, script());
    assert_eq!((report.end, report.tap.bytes(), report.tap.events()), (End::Dropped, 11, 1));
}

#[test]
fn a_body_that_is_known_to_be_at_its_end_is_complete() {
    assert_eq!(dropped_after(0, Script::chunks([])).end, End::Complete);
    assert_eq!(dropped_after(1, Script::chunks([&b"data: 1\n\n"[..]])).end, End::Complete);
    // This one does not tell, and nobody has asked.
    assert_eq!(dropped_after(1, Script::chunks([&b"data: 1\n\n"[..]]).silent()).end, End::Dropped);
    // Behind trailers nothing comes.
    let script = Script::chunks([&b"data: 1\n\n"[..]]).then(Step::Trailers).silent();
    assert_eq!(dropped_after(2, script).end, End::Complete);
}

#[test]
fn the_report_comes_with_the_end_and_not_later() {
    let (body, reports) = tapped(Script::chunks([&b"data: 1\n\n"[..]]).then(Step::Error));
    let mut body = pin!(body);
    assert!(matches!(poll(body.as_mut()), Poll::Ready(Some(Seen::Data(_)))));
    none_yet(&reports);
    assert_eq!(poll(body.as_mut()), Poll::Ready(Some(Seen::Error(Broken))));
    assert_eq!(only(&reports).end, End::Failed);
    // Whoever polls a body that has failed gets what it has to say, and no second report.
    assert_eq!(poll(body.as_mut()), Poll::Ready(None));
    none_yet(&reports);
}

#[test]
fn time_is_counted_from_the_moment_that_is_given() {
    let minute_ago =
        Instant::now().checked_sub(Duration::from_secs(60)).expect("the machine has run for a minute");
    let (body, reports) = tapped(Script::chunks([&b"data: 1\n\n"[..]]));
    collect(body.since(minute_ago));
    let report = only(&reports);
    let minute = 60_000..120_000;
    assert!(report.tap.first_event_at().is_some_and(|at| minute.contains(&at)), "{report:?}");
    assert!(minute.contains(&report.milliseconds), "{report:?}");
}

#[test]
fn the_untouched_reports_nothing() {
    let body = TapBody::<_, fn(Report)>::untouched(Script::chunks([&b"data: 1\n\n"[..]]));
    assert!(format!("{body:?}").contains("tap: None"));
    let body = body.since(Instant::now());
    assert_eq!(split(collect(body)).0, b"data: 1\n\n");
}

#[tokio::test]
async fn data_of_several_pieces_is_read_as_one() {
    let (body, reports) = tapped(Full::new(Bytes::from("dat").chain(Bytes::from("a: 1\n\n"))));
    assert_eq!(body.collect().await.unwrap().to_bytes(), "data: 1\n\n");
    assert_eq!(only(&reports).tap.events(), 1);
}
