//! What a source tells, as lines that a test can compare.

use std::time::Duration;

use eventwire_client::{Builder, EventSource, Item};

/// Settings for tests: quick to reconnect.
pub(crate) fn quick(url: impl AsRef<str>) -> Builder {
    EventSource::builder(url).reconnection_time(Duration::from_millis(5))
}

/// An item in a line: `open`, `TYPE ID DATA`, `Connecting: WHY`, `Closed: WHY`.
pub(crate) fn line(item: &Item) -> String {
    match item {
        Item::Open => "open".to_owned(),
        Item::Event(event) => {
            format!("{} {} {}", event.event_type_str(), event.last_event_id_str(), event.data_str())
        }
        Item::Error(error) => format!("{:?}: {}", error.ready_state(), error.kind()),
        Item::Retry(milliseconds) => format!("retry {milliseconds}"),
        Item::Comment(comment) => format!("comment {}", comment.escape_ascii()),
        other => format!("{other:?}"),
    }
}

/// The next thing that a source tells, which must come soon.
pub(crate) async fn next(source: &mut EventSource) -> Option<Item> {
    tokio::time::timeout(Duration::from_secs(10), source.next()).await.expect("something comes")
}

/// The next `count` things in lines; fewer if the source is over before.
pub(crate) async fn lines(source: &mut EventSource, count: usize) -> Vec<String> {
    let mut lines = Vec::new();
    while lines.len() < count {
        match next(source).await {
            Some(item) => lines.push(line(&item)),
            None => break,
        }
    }
    lines
}

/// Everything up to the end, which must come soon.
pub(crate) async fn all(source: &mut EventSource) -> Vec<String> {
    lines(source, usize::MAX).await
}
