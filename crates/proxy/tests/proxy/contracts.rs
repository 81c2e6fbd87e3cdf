//! What can be done with the types, by the compiler.

use eventwire::rewriter::Edit;
use eventwire::{Event, Rewriter, Tap};
use eventwire_proxy::{
    End, Format, Report, RewriteBody, RewriteLayer, RewriteService, TapBody, TapLayer, TapService,
};
use http_body_util::Full;
use tower::Layer;

use crate::script::Script;

type Then = fn(Report);
type Decide = fn(&Event<'_>, &mut Edit<'_>);

#[test]
fn types_go_where_their_parts_go() {
    const fn goes_anywhere<T: Send + Sync + Unpin + 'static>() {}
    goes_anywhere::<TapBody<Script, Then>>();
    goes_anywhere::<RewriteBody<Script, Decide>>();
    goes_anywhere::<TapBody<RewriteBody<Full<bytes::Bytes>, Decide>, Then>>();
    goes_anywhere::<TapLayer<Then>>();
    goes_anywhere::<RewriteLayer<Decide>>();
    goes_anywhere::<TapService<(), Then>>();
    goes_anywhere::<RewriteService<(), Decide>>();
    goes_anywhere::<(Report, End, Format)>();
}

#[test]
fn layers_are_cloned_and_show_themselves() {
    let tap = TapLayer::new(|_: &()| ()).with_tap(|| Tap::new().needle("x")).clone();
    let rewrite = RewriteLayer::new(|_: &()| ()).with_rewriter(|| Rewriter::new().max_block_size(9)).clone();
    assert_eq!(format!("{tap:?} {rewrite:?}"), "TapLayer { .. } RewriteLayer { .. }");
    let services = format!("{:?} {:?}", tap.layer(7), rewrite.layer(8));
    assert_eq!(services, "TapService { inner: 7, .. } RewriteService { inner: 8, .. }");
}

/// Most responses of a proxy are no event streams: they pay for the possibility with a few words.
#[test]
fn what_is_not_watched_is_small() {
    let body = size_of::<Script>();
    assert!(size_of::<TapBody<Script, Then>>() <= body + size_of::<usize>());
    // The place of an error or of trailers, beside.
    assert!(
        size_of::<RewriteBody<Script, Decide>>()
            <= body + size_of::<http::HeaderMap>() + 3 * size_of::<usize>()
    );
}
