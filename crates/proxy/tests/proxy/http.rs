//! The layers within hyper's server, over a connection in memory: what servers do with the ends of bodies, in either version of HTTP.

use std::convert::Infallible;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use eventwire_proxy::{End, Report, RewriteLayer, TapLayer};
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use tower::{Layer, service_fn};

use crate::script::{Script, Step, trailers};
use crate::streams::obey;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    Http1,
    Http2,
}

const VERSIONS: [Version; 2] = [Version::Http1, Version::Http2];

/// The answer of a server that sends this body, once, through a rewriter between two taps, if `rewrites`, or else one tap; and the taps' reports.
async fn ask(
    version: Version,
    script: Script,
    fields: HeaderMap,
    rewrites: bool,
) -> (Response<Incoming>, Receiver<Report>) {
    let (sender, reports) = mpsc::channel();
    let tap = TapLayer::new(move |_: &Request<Incoming>| {
        let sender = sender.clone();
        move |report: Report| {
            // The test may have seen enough.
            let _ = sender.send(report);
        }
    });
    let script = Arc::new(Mutex::new(Some(script)));
    let upstream = tap.layer(service_fn(move |_: Request<Incoming>| {
        let mut response = Response::new(script.lock().unwrap().take().expect("there is one request"));
        *response.headers_mut() = fields.clone();
        response.headers_mut().insert("content-type", "text/event-stream".parse().unwrap());
        std::future::ready(Ok::<_, Infallible>(response))
    }));
    let (client, server) = tokio::io::duplex(1 << 10);
    let (client, server) = (TokioIo::new(client), TokioIo::new(server));
    // Whether a connection ends well is not the question here.
    tokio::spawn(async move {
        let http = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
        let _ = if rewrites {
            let rewrite = RewriteLayer::new(|_: &Request<Incoming>| obey);
            http.serve_connection(server, TowerToHyperService::new(tap.layer(rewrite.layer(upstream)))).await
        } else {
            http.serve_connection(server, TowerToHyperService::new(upstream)).await
        };
    });
    let request =
        Request::builder().uri("http://host/").header("te", "trailers").body(Empty::<Bytes>::new()).unwrap();
    let response = match version {
        Version::Http1 => {
            let (mut sender, connection) = hyper::client::conn::http1::handshake(client).await.unwrap();
            tokio::spawn(connection);
            sender.send_request(request).await
        }
        Version::Http2 => {
            let (mut sender, connection) =
                hyper::client::conn::http2::handshake(TokioExecutor::new(), client).await.unwrap();
            tokio::spawn(connection);
            sender.send_request(request).await
        }
    };
    (response.unwrap(), reports)
}

/// What the reports say of the ends, once there are so many.
async fn ends(reports: &Receiver<Report>, count: usize) -> Vec<End> {
    let mut ends = Vec::new();
    for _ in 0..2_000 {
        ends.extend(reports.try_iter().map(|report| report.end));
        if ends.len() >= count {
            // A report too many would be there soon.
            tokio::time::sleep(Duration::from_millis(20)).await;
            ends.extend(reports.try_iter().map(|report| report.end));
            return ends;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{ends:?}, and no more");
}

fn fields(fields: &[(&'static str, &'static str)]) -> HeaderMap {
    fields.iter().map(|&(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

fn body() -> Script {
    Script::chunks([&b"data: 1\n\nevent: dr"[..], b"op\ndata\n\nda", b"ta: 2\n\n"])
}

#[tokio::test]
async fn a_stream_that_ends_is_complete_however_the_server_finds_out() {
    for version in VERSIONS {
        for (script, fields) in [
            (body(), fields(&[])),
            (body().silent(), fields(&[])),
            (body(), fields(&[("content-length", "36")])),
            (Script::new([]), fields(&[])),
        ] {
            let (response, reports) = ask(version, script, fields.clone(), false).await;
            response.into_body().collect().await.unwrap();
            assert_eq!(ends(&reports, 1).await, [End::Complete], "{version:?} {fields:?}");
        }
    }
}

#[tokio::test]
async fn what_is_kept_comes_with_its_trailers() {
    for version in VERSIONS {
        let script = body().then(Step::Data("data: 3".into())).then(Step::Trailers);
        let fields = fields(&[("trailer", "x-sum"), ("content-length", "43")]);
        let (response, reports) = ask(version, script.silent(), fields, true).await;
        assert!(!response.headers().contains_key("content-length"));
        let body = response.into_body().collect().await.unwrap();
        assert_eq!(body.trailers(), Some(&trailers()), "{version:?}");
        assert_eq!(body.to_bytes(), "data: 1\n\ndata: 2\n\ndata: 3");
        assert_eq!(ends(&reports, 2).await, [End::Complete; 2], "{version:?}");
    }
}

#[tokio::test]
async fn what_was_held_is_out_before_an_error() {
    for version in VERSIONS {
        let (response, reports) =
            ask(version, Script::chunks([&b"data: 1\n\nda"[..]]).then(Step::Error), fields(&[]), true).await;
        let (mut body, mut data) = (response.into_body(), Vec::new());
        let error = loop {
            match body.frame().await.expect("an error comes first") {
                Ok(frame) => data.extend(frame.into_data().unwrap()),
                Err(error) => break error,
            }
        };
        // HTTP/2 resets the stream, and what has not been sent by then is lost; HTTP/1.1 cuts it off behind the data.
        let expected: &[&[u8]] = if version == Version::Http1 {
            &[b"data: 1\n\nda"]
        } else {
            &[b"data: 1\n\nda", b"data: 1\n\n", b""]
        };
        assert!(expected.contains(&&data[..]), "{version:?}: {:?}, {error}", data.escape_ascii().to_string());
        assert_eq!(ends(&reports, 2).await, [End::Failed; 2], "{version:?}");
    }
}

#[tokio::test]
async fn a_client_that_leaves_drops_the_stream() {
    for version in VERSIONS {
        let endless = Script::chunks(std::iter::repeat_n(&b"data: 1\n\n"[..], 100_000));
        let (response, reports) = ask(version, endless, fields(&[]), true).await;
        let mut body = response.into_body();
        assert!(body.frame().await.unwrap().is_ok());
        drop(body);
        assert_eq!(ends(&reports, 2).await, [End::Dropped; 2], "{version:?}");
    }
}

/// The server holds a bounded number of chunks for a client that does not read, and asks for no more.
#[tokio::test]
async fn a_slow_client_slows_the_upstream_down() {
    for version in VERSIONS {
        let chunk = "data: 0123456789\n\n".repeat(500);
        let script = Script::chunks(std::iter::repeat_n(chunk.as_bytes(), 10_000));
        let polls = script.polls();
        let (response, _reports) = ask(version, script, fields(&[]), true).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        let polled = polls.load(std::sync::atomic::Ordering::Relaxed);
        assert!(polled < 500, "{version:?}: {polled} chunks of {} bytes", chunk.len());
        drop(response);
    }
}
