//! The proxy: two layers around a service that asks the upstream.

use std::io;

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::serve::ListenerExt;
use eventwire::rewriter::Edit;
use eventwire::{Event, Tap};
use eventwire_proxy::{Report, RewriteLayer, TapLayer};
use tokio::net::TcpListener;

use crate::forward;

/// Passes on what comes to the listener, and logs a line for each stream.
///
/// The tap sees what the upstream sends; the rewriter around it says what of that goes on.
pub async fn serve(
    listener: TcpListener,
    upstream: Authority,
    log: impl Fn(String) + Clone + Send + Sync + 'static,
) -> io::Result<()> {
    let tap = TapLayer::new(move |request: &Request| {
        let (log, what) = (log.clone(), format!("{} {}", request.method(), request.uri().path()));
        move |report: Report| log(line(&what, &report))
    })
    .with_tap(|| Tap::new().needle("\"usage\""));
    let rewrite = RewriteLayer::new(|_: &Request| {
        |event: &Event<'_>, edit: &mut Edit<'_>| {
            if event.event_type() == b"debug" {
                edit.drop_event();
            }
        }
    });
    // An event is sent when it comes, and not when the client has acknowledged the one before.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            eprintln!("a client: {error}");
        }
    });
    axum::serve(listener, forward::router(upstream).layer(tap).layer(rewrite)).await
}

/// What is logged of a stream.
fn line(what: &str, report: &Report) -> String {
    let Report { tap, end, milliseconds, .. } = report;
    let first = tap.first_event_at().map_or_else(|| "never".to_owned(), |at| format!("{at} ms"));
    let usage = tap.last_match().map_or_else(|| "none".into(), |usage| String::from_utf8_lossy(usage.data()));
    format!(
        "{what}: {end:?} after {milliseconds} ms, events: {}, bytes: {}, first event: {first}, done: {}, usage: {usage}",
        tap.events(),
        tap.bytes(),
        tap.is_done(),
    )
}
