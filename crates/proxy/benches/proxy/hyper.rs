//! The proxies on hyper: this program, started again.

use axum::Router;
use axum::extract::Request;
use axum::serve::ListenerExt;
use eventwire::rewriter::Edit;
use eventwire::{Event, Tap};
use eventwire_proxy::{Report, RewriteLayer, TapLayer};
use tokio::net::TcpListener;
use tokio::runtime::Builder;

use crate::forward;
use crate::process::Program;

/// The argument that makes a proxy of this program; behind it the place of the proxy in the list, and two addresses.
pub const SERVE: &str = "--serve";

/// What becomes of the events of a stream.
type Decide = Box<dyn FnMut(&Event<'_>, &mut Edit<'_>) + Send>;

/// What makes a proxy of the plain one.
type Make = fn(Router) -> Router;

/// The first is the plain one.
const PROXIES: [(&str, Make); 5] = [
    ("hyper", |router| router),
    ("hyper, TapLayer", |router| router.layer(tap())),
    ("hyper, RewriteLayer, kept", |router| router.layer(rewrite(false))),
    ("hyper, RewriteLayer, half", |router| router.layer(rewrite(true))),
    ("hyper, both, kept", |router| router.layer(tap()).layer(rewrite(false))),
];

fn tap() -> TapLayer<impl Fn(&Request) -> fn(Report) + Clone, impl Fn() -> Tap + Clone> {
    let nothing: fn(Report) = |_| {};
    TapLayer::new(move |_: &Request| nothing).with_tap(|| Tap::new().needle("\"usage\""))
}

fn rewrite(drops: bool) -> RewriteLayer<impl Fn(&Request) -> Decide + Clone> {
    RewriteLayer::new(move |_: &Request| {
        let mut drop_it = false;
        Box::new(move |_: &Event<'_>, edit: &mut Edit<'_>| {
            drop_it = drops && !drop_it;
            if drop_it {
                edit.drop_event();
            }
        }) as Decide
    })
}

/// Their names, and how they are started.
pub fn programs() -> impl Iterator<Item = (&'static str, Program)> {
    let path = std::env::current_exe().unwrap().to_string_lossy().into_owned();
    PROXIES.iter().enumerate().map(move |(place, (name, _))| {
        let before = vec![SERVE.to_owned(), place.to_string()];
        (*name, Program { path: path.clone(), before, behind: Vec::new() })
    })
}

/// Is that proxy, on one thread, until the process is ended.
pub fn serve(place: usize, address: &str, upstream: &str) {
    let (_, make) = PROXIES[place];
    Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let listener = TcpListener::bind(address).await.unwrap();
        let listener = listener.tap_io(|connection| connection.set_nodelay(true).unwrap());
        axum::serve(listener, make(forward::router(upstream.parse().unwrap()))).await.unwrap();
    });
}
