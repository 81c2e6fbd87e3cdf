//! What is secret, and where it goes.

use std::sync::Arc;

use eventwire_client::reqwest::cookie::{CookieStore as _, Jar};
use eventwire_client::reqwest::header::HeaderValue;

use crate::server::{Answer, Request, Server};
use crate::support::{all, next, quick};

fn redirect(location: &str, lines: &[&str]) -> Answer {
    Answer::status(307, &[&[format!("Location: {location}").as_str()], lines].concat())
}

#[tokio::test]
async fn statement_69_cookies_are_kept_and_sent_only_with_credentials() {
    for with_credentials in [false, true] {
        let server = Server::start([
            redirect("/b", &["Set-Cookie: hop=1"]),
            Answer::stream(["data: 1\n\n"]),
            Answer::status(204, &[]),
        ])
        .await;
        let mut source = quick(server.url("/a")).with_credentials(with_credentials).build().unwrap();
        assert_eq!(source.with_credentials(), with_credentials);
        assert_eq!(source.handle().with_credentials(), with_credentials);
        all(&mut source).await;
        let cookies: Vec<_> = server.requests().iter().map(|request| request.header("cookie")).collect();
        let kept = with_credentials.then(|| "hop=1".to_owned());
        assert_eq!(cookies, [None, kept.clone(), kept]);
    }
}

#[tokio::test]
async fn cookies_belong_to_their_host() {
    let target = Server::start([
        Answer::status(200, &["Content-Type: text/event-stream", "Set-Cookie: there=2"]),
        Answer::status(204, &[]),
    ])
    .await;
    let to = target.other_url("/");
    let server = Server::start([redirect(&to, &["Set-Cookie: here=1"]), redirect(&to, &[])]).await;
    let jar = Arc::new(Jar::default());
    jar.set_cookies(&mut [HeaderValue::from_static("seed=0")].iter(), &server.url("/").parse().unwrap());
    let mut source = quick(server.url("/")).with_credentials(true).cookie_store(jar).build().unwrap();
    all(&mut source).await;
    let cookies = |server: &Server| -> Vec<_> {
        server.requests().iter().map(|request| request.header("cookie")).collect()
    };
    assert_eq!(cookies(&target), [None, Some("there=2".to_owned())]);
    let here = cookies(&server);
    assert_eq!(here[0].as_deref(), Some("seed=0"));
    let mut second: Vec<_> = here[1].as_deref().unwrap().split("; ").collect();
    second.sort_unstable();
    assert_eq!(second, ["here=1", "seed=0"]);
}

#[tokio::test]
async fn secrets_do_not_follow_to_another_origin() {
    let target = Server::start([Answer::status(204, &[])]).await;
    let to = target.other_url("/there");
    let server = Server::start([redirect("/same", &[]), redirect(&to, &[])]).await;
    let mut source = quick(server.url("/"))
        .header("Authorization", "Bearer 1")
        .header("Cookie", "a=b")
        .header("X-Api-Key", "2")
        .public_header("X-Tenant", "3")
        .header("Accept-Language", "de")
        .last_event_id("41")
        .build()
        .unwrap();
    all(&mut source).await;
    let names =
        ["authorization", "cookie", "x-api-key", "x-tenant", "accept-language", "last-event-id", "accept"];
    let sent = |request: &Request| {
        names.into_iter().filter(|name| request.header(name).is_some()).collect::<Vec<_>>()
    };
    let requests = server.requests();
    assert_eq!((sent(&requests[0]), sent(&requests[1])), (names.to_vec(), names.to_vec()));
    assert_eq!(sent(&target.requests()[0]), names[3..]);
}

#[tokio::test]
async fn what_left_its_origin_does_not_get_its_secrets_back() {
    let back = Server::start([]).await;
    let home = back.url("/home");
    let away = Server::start([redirect(&home, &[])]).await;
    let start = Server::start([redirect(&away.url("/"), &[])]).await;
    let mut source = quick(start.url("/")).header("Authorization", "Bearer 1").build().unwrap();
    tokio::select! {
        item = next(&mut source) => panic!("{item:?}"),
        () = back.requests_made(1) => {}
    }
    assert_eq!(start.requests()[0].header("authorization").as_deref(), Some("Bearer 1"));
    assert_eq!(away.requests()[0].header("authorization"), None);
    assert_eq!(back.requests()[0].header("authorization"), None);
}

#[tokio::test]
async fn credentials_of_the_url_are_sent_to_its_origin_only() {
    let target = Server::start([Answer::status(204, &[])]).await;
    let to = target.other_url("/");
    let server = Server::start([redirect("/same", &[]), redirect(&to, &[])]).await;
    let url = server.url("/").replace("http://", "http://user:pass@");
    let mut source = quick(&url).build().unwrap();
    assert_eq!(source.url(), url);
    all(&mut source).await;
    for request in server.requests() {
        assert_eq!(request.header("authorization").as_deref(), Some("Basic dXNlcjpwYXNz"));
    }
    assert_eq!(target.requests()[0].header("authorization"), None);
    assert!(!format!("{source:?}").contains("pass"));
}
