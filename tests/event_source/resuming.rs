//! A server that goes on behind the `Last-Event-ID` that it is told, and connections that are cut anywhere: every event
//! comes once.

use eventwire::event_source::Fault;
use eventwire_testkit::chunking::Chunking;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::page::Page;

/// What the server has to say, of which each event has its number for an id.
fn story(count: u32, line_end: &str) -> Vec<Vec<u8>> {
    let one = |n| format!(": keep-alive{line_end}id: {n}{line_end}data: {n}{line_end}{line_end}");
    (1..=count).map(|n| one(n).into_bytes()).collect()
}

proptest! {
    #![proptest_config(super::config())]

    #[test]
    fn every_event_comes_once(
        cuts in prop::collection::vec((any::<Index>(), any::<u64>(), any::<bool>()), 0..20),
        line_end in prop::sample::select(vec!["\n", "\r", "\r\n"]),
    ) {
        const COUNT: u32 = 12;
        let story = story(COUNT, line_end);
        let mut page = Page::new();
        let mut heard = Vec::new();
        // The last connection is not cut.
        for cut in cuts.into_iter().map(Some).chain([None]) {
            let id = page.connect().last_event_id().map_or(0, |id| str::from_utf8(id).unwrap().parse().unwrap());
            let rest = story[id..].concat();
            let (until, seed, broken) =
                cut.map_or((rest.len(), 0, false), |(cut, seed, broken)| (cut.index(rest.len() + 1), seed, broken));
            Chunking::random(until, seed, 3).chunks(&rest[..until]).for_each(|chunk| page.chunk(chunk));
            if broken {
                page.error(Fault::Transient);
            } else {
                page.end();
            }
            page.wait();
            heard.extend(page.heard().into_iter().filter(|line| line.starts_with("message")));
        }
        let expected: Vec<String> = (1..=COUNT).map(|n| format!("message {n} #{n}")).collect();
        prop_assert_eq!(heard, expected);
    }
}
