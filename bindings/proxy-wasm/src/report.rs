//! What is known of a response, as filter state for the proxy's access logs: Envoy has it as `wasm.eventwire.NAME`.
//!
//! What a proxy-wasm filter sets as a property is filter state of the request; dynamic metadata it can read, but not set. So access logs
//! have it by `%FILTER_STATE(wasm.eventwire.NAME:PLAIN)%`. What is not known is not set, and shows as nothing there.

use std::collections::BTreeMap;

use proxy_wasm::hostcalls;

use crate::stream::Stream;
use crate::verdict::Verdict;

/// Says what becomes of a response.
pub fn verdict(verdict: Verdict) {
    set("response", verdict.name());
}

/// Says what has been seen of a stream, and whether its end has.
pub fn stream(stream: &Stream, is_complete: bool) {
    let tap = stream.tap();
    number("events", Some(tap.events()));
    number("bytes", Some(tap.bytes()));
    number("comments", Some(tap.comments()));
    number("oversized", Some(stream.oversized()));
    set("types", &types(stream));
    number("largest_event", tap.largest_event().map(|span| span.end.wrapping_sub(span.start)));
    text("last_event_id", tap.last_event_id());
    number("first_event_ms", tap.first_event_at());
    number("max_gap_ms", tap.max_gap());
    number("matches", Some(tap.matches()));
    if let Some(matched) = tap.last_match() {
        text("matched", matched.data());
        set("matched_truncated", boolean(matched.is_truncated()));
    }
    set("done", boolean(tap.is_done()));
    set("complete", boolean(is_complete));
    if stream.is_rewritten() {
        number("dropped", Some(stream.dropped()));
        number("replaced", Some(stream.replaced()));
        number("undelivered_bytes", Some(stream.held() as u64));
    }
}

/// The events of each type, as a JSON object; those of types for which there was no room are under the empty name.
fn types(stream: &Stream) -> String {
    let tap = stream.tap();
    let mut types: BTreeMap<String, u64> = BTreeMap::new();
    for (name, events) in tap.event_types() {
        // Names that differ in bytes that are no text are one here.
        *types.entry(lossy(name)).or_default() += events;
    }
    if tap.events_of_other_types() > 0 {
        types.insert(String::new(), tap.events_of_other_types());
    }
    // Texts and numbers can always be written.
    serde_json::to_string(&types).unwrap_or_default()
}

fn number(name: &str, number: Option<u64>) {
    if let Some(number) = number {
        set(name, &number.to_string());
    }
}

/// Access logs in JSON are text, so what is not UTF-8 is replaced, as clients do.
fn text(name: &str, bytes: &[u8]) {
    set(name, &lossy(bytes));
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn boolean(yes: bool) -> &'static str {
    if yes { "true" } else { "false" }
}

fn set(name: &str, value: &str) {
    // It only fails by a panic, in the crate that makes the call.
    _ = hostcalls::set_property(vec![&format!("eventwire.{name}")], Some(value.as_bytes()));
}
