//! The layers around a service without a network: which responses they touch, and what they say of them.

use std::convert::Infallible;
use std::sync::mpsc;

use bytes::Bytes;
use eventwire::rewriter::{Edit, Oversized};
use eventwire::{Event, Rewriter, Tap};
use eventwire_proxy::{End, Report, RewriteLayer, TapLayer};
use http::{Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use tower::{Layer, ServiceExt, service_fn};

const STREAM: &str = "event: drop\ndata: 1\n\ndata: 22\n\n";

/// Asks a service with this layer that answers with [`STREAM`] and these fields.
macro_rules! ask {
    ($layer:expr, $method:expr, $fields:expr) => {{
        let fields: &[(&str, &str)] = $fields;
        let service = service_fn(|request: Request<&'static str>| {
            let body = if request.method() == "HEAD" { Bytes::new() } else { Bytes::from(STREAM) };
            let response = Response::builder().header("content-length", STREAM.len()).header("x-kept", "1");
            let response =
                fields.iter().fold(response, |response, (name, value)| response.header(*name, *value));
            std::future::ready(Ok::<_, Infallible>(response.body(Full::new(body)).unwrap()))
        });
        let request = Request::builder().method($method).uri("/a/b").body("asked").unwrap();
        $layer.layer(service).oneshot(request).await.unwrap()
    }};
}

const PLAIN: &[(&str, &str)] = &[("content-type", "text/event-stream")];
const GZIP: &[(&str, &str)] = &[("content-type", "text/event-stream"), ("content-encoding", "gzip")];
const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

fn drop_some(_: &Request<&'static str>) -> impl FnMut(&Event<'_>, &mut Edit<'_>) + use<> {
    |event, edit| {
        if event.event_type() == b"drop" {
            edit.drop_event();
        }
    }
}

#[tokio::test]
async fn streams_are_rewritten_and_no_longer_promise_their_length() {
    let response = ask!(RewriteLayer::new(drop_some), "GET", PLAIN);
    assert!(!response.headers().contains_key("content-length"));
    assert_eq!(response.headers()["x-kept"], "1");
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "data: 22\n\n");
}

#[tokio::test]
async fn others_are_not() {
    for fields in [GZIP, JSON, &[]] {
        let response = ask!(RewriteLayer::new(drop_some), "GET", fields);
        assert_eq!(response.headers()["content-length"], "31");
        assert_eq!(response.body().size_hint().exact(), Some(31));
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), STREAM);
    }
}

#[tokio::test]
async fn the_head_is_that_of_get() {
    let response = ask!(RewriteLayer::new(drop_some), "HEAD", PLAIN);
    assert!(!response.headers().contains_key("content-length"));
    assert!(response.body().is_end_stream());
}

#[tokio::test]
async fn rewriters_are_made_as_one_is_told() {
    let layer = RewriteLayer::new(drop_some)
        .with_rewriter(|| Rewriter::new().max_block_size(10).oversized(Oversized::Drop));
    let response = ask!(layer, "GET", PLAIN);
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "data: 22\n\n");
}

#[tokio::test]
async fn a_stream_is_reported_with_what_was_kept_of_the_request() {
    let (sender, reports) = mpsc::channel();
    let layer = TapLayer::new(|request: &Request<&'static str>| {
        let (sender, path) = (sender.clone(), request.uri().path().to_owned());
        move |report: Report| sender.send((path, report)).unwrap()
    })
    .with_tap(|| Tap::new().needle("22"));

    let response = ask!(layer.clone(), "GET", PLAIN);
    assert_eq!(response.headers()["content-length"], "31");
    assert_eq!(response.body().size_hint().exact(), Some(31));
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), STREAM);
    let (path, report) = reports.try_recv().unwrap();
    assert_eq!((&path[..], report.end, report.tap.events()), ("/a/b", End::Complete, 2));
    assert_eq!(report.tap.last_match().unwrap().data(), b"22");
    assert!(report.milliseconds < 60_000);

    for (method, fields) in [("GET", GZIP), ("GET", JSON), ("GET", &[]), ("HEAD", PLAIN)] {
        ask!(layer.clone(), method, fields).into_body().collect().await.unwrap();
        assert!(reports.try_recv().is_err(), "{method} {fields:?}");
    }
}

#[tokio::test]
async fn the_order_of_layers_decides_what_a_tap_sees() {
    let (sender, reports) = mpsc::channel();
    let tap = TapLayer::new(|_: &Request<&'static str>| {
        let sender = sender.clone();
        move |report: Report| sender.send(report.tap.events()).unwrap()
    });
    let rewrite = RewriteLayer::new(drop_some);
    let inside = tower::layer::layer_fn(|service| rewrite.layer(tap.layer(service)));
    let outside = tower::layer::layer_fn(|service| tap.layer(rewrite.layer(service)));
    ask!(inside, "GET", PLAIN).into_body().collect().await.unwrap();
    ask!(outside, "GET", PLAIN).into_body().collect().await.unwrap();
    assert_eq!(reports.try_iter().collect::<Vec<_>>(), [2, 1]);
}
