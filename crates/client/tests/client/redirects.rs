//! URLs and redirects.

use eventwire_client::reqwest::Client;
use eventwire_client::{BuildError, EventSource, Item, Replay};

use crate::server::{Answer, Server};
use crate::support::{all, lines, next, quick};

fn redirect(status: u16, location: &str) -> Answer {
    Answer::status(status, &[&format!("Location: {location}")])
}

#[test]
fn statement_67_what_is_no_url_is_refused() {
    for bad in ["", "/relative", "//host/x", "http://", "http://[::1", "http://a b/", "http://h:65536/"] {
        let error = EventSource::new(bad).unwrap_err();
        assert!(matches!(error, BuildError::Url(_)), "{bad}: {error:?}");
        let text = error.to_string();
        assert!(text.starts_with("URL refused: ") && !text.contains('\n'), "{text}");
    }
    for method in ["CONNECT", "trace", "TRACK"] {
        let error = EventSource::builder("http://h/").method(method).build().unwrap_err();
        assert!(matches!(error, BuildError::Method), "{error:?}");
    }
    for builder in [
        EventSource::builder("http://h/").header("a b", "c"),
        EventSource::builder("http://h/").public_header("a b", "c"),
        EventSource::builder("http://h/").header("a", "c\n"),
        EventSource::builder("http://h/").header("last-event-id", "1"),
        EventSource::builder("http://h/").method("G T"),
        EventSource::builder("http://h/").last_event_id("a\nb"),
    ] {
        assert!(matches!(builder.build().unwrap_err(), BuildError::Request(_)));
    }
}

#[test]
fn statement_68_the_url_is_serialised() {
    for (url, serialised) in [
        ("HTTP://EXAMPLE.org:80", "http://example.org/"),
        ("https://bücher.example/a/../b c", "https://xn--bcher-kva.example/b%20c"),
        ("  http://h/x#f  ", "http://h/x#f"),
    ] {
        let source = EventSource::new(url).unwrap();
        assert_eq!(source.url(), serialised);
        assert_eq!(source.handle().url(), serialised);
    }
}

#[tokio::test]
async fn statements_68_75_93_and_99_redirects_are_followed_silently_and_anew_each_time() {
    for status in [301, 302, 303, 307, 308] {
        let target = Server::start([Answer::stream(["data: a\n\n"]), Answer::stream(["data: b\n\n"])]).await;
        let to = target.other_url("/there");
        let server =
            Server::start([redirect(status, "/b"), redirect(status, &to), redirect(status, &to)]).await;
        let url = server.url("/a");
        let mut source = quick(&url).build().unwrap();
        assert_eq!(next(&mut source).await.map(|item| matches!(item, Item::Open)), Some(true));
        let Some(Item::Event(event)) = next(&mut source).await else { panic!("no event") };
        assert_eq!(event.origin(), target.other_url(""));
        assert_eq!(lines(&mut source, 3).await, ["Connecting: the stream ended", "open", "message  b"]);
        assert_eq!(source.url(), url);
        let paths: Vec<_> = server.requests().iter().map(|request| request.line.clone()).collect();
        assert_eq!(paths, ["GET /a HTTP/1.1", "GET /b HTTP/1.1", "GET /a HTTP/1.1"], "{status}");
        assert_eq!(source.attempts(), 2);
    }
}

#[tokio::test]
async fn statement_76_without_a_usable_location_the_connection_fails() {
    for lines in [&[][..], &["Location: "], &["Location: http://["], &["Location: /a", "Location: /b"]] {
        for status in [301, 307] {
            let server = Server::start([Answer::status(status, lines)]).await;
            let mut source = quick(server.url("/")).build().unwrap();
            let expected = format!("Closed: the server answered with status {status}");
            assert_eq!(all(&mut source).await, [expected]);
            assert_eq!(server.requests().len(), 1);
        }
    }
}

#[tokio::test]
async fn a_loop_of_redirects_is_a_network_error() {
    let answers = (0..21).map(|_| redirect(302, "/")).chain([Answer::stream(["data: out\n\n"])]);
    let server = Server::start(answers).await;
    let mut source = quick(server.url("/")).build().unwrap();
    assert_eq!(
        lines(&mut source, 3).await,
        ["Connecting: the redirect may not be followed", "open", "message  out"]
    );
    assert_eq!(server.requests().len(), 22);
}

#[tokio::test]
async fn twenty_redirects_are_none_too_many() {
    let answers = (0..20).map(|_| redirect(302, "/")).chain([Answer::stream(["data: out\n\n"])]);
    let server = Server::start(answers).await;
    let mut source = quick(server.url("/")).build().unwrap();
    assert_eq!(lines(&mut source, 2).await, ["open", "message  out"]);
}

#[tokio::test]
async fn a_redirect_to_another_scheme_is_a_network_error() {
    let server = Server::start([redirect(302, "ftp://127.0.0.1/"), Answer::status(204, &[])]).await;
    let mut source = quick(server.url("/")).build().unwrap();
    assert_eq!(lines(&mut source, 1).await, ["Connecting: the redirect may not be followed"]);
}

#[tokio::test]
async fn a_body_goes_along_where_the_status_says_so() {
    for (status, kept) in [(301, false), (302, false), (303, false), (307, true), (308, true)] {
        let target = Server::start([Answer::stream(["data: a\n\n"]).hang()]).await;
        let server = Server::start([redirect(status, &target.other_url("/"))]).await;
        let builder = quick(server.url("/")).method("post").header("Content-Type", "a/b");
        let mut source = builder.body("{}", Replay::Refused).build().unwrap();
        assert_eq!(lines(&mut source, 2).await, ["open", "message  a"]);
        assert_eq!(server.requests()[0].line, "POST / HTTP/1.1");
        let request = &target.requests()[0];
        let (line, body) = if kept { ("POST / HTTP/1.1", "{}") } else { ("GET / HTTP/1.1", "") };
        assert_eq!((request.line.as_str(), &request.body[..]), (line, body.as_bytes()), "{status}");
        assert_eq!(request.header("content-type").is_some(), kept);
    }
}

#[tokio::test]
async fn a_client_that_follows_by_itself_may_do_so_within_an_origin_only() {
    let target = Server::start([Answer::stream(["data: out\n\n"]).hang()]).await;
    let to = target.other_url("/");
    let server =
        Server::start([redirect(307, "/b"), Answer::stream(["data: a\n\n"]), redirect(307, &to)]).await;
    let mut source = quick(server.url("/a")).header("X-Key", "secret").client(Client::new()).build().unwrap();
    assert_eq!(
        all(&mut source).await,
        [
            "open",
            "message  a",
            "Connecting: the stream ended",
            "Closed: the HTTP client has itself followed a redirect to another origin: make it with \
             redirect::Policy::none()",
        ]
    );
}
