//! Listeners, and what drives them.

use std::sync::{Arc, Mutex};

use eventwire_client::{EventSource, Handle, Listener, ReadyState};

use crate::server::{Answer, Server};
use crate::support::quick;

type Log = Arc<Mutex<Vec<String>>>;

/// Listeners that write down what they hear.
fn listen(handle: &Handle) -> Log {
    let log = Log::default();
    let opened = Arc::clone(&log);
    handle.on_open(move || opened.lock().unwrap().push("open".to_owned()));
    let messages = Arc::clone(&log);
    handle.on_message(move |event| messages.lock().unwrap().push(format!("message {}", event.data_str())));
    let errors = Arc::clone(&log);
    handle.on_error(move |error| {
        errors.lock().unwrap().push(format!("{:?}: {}", error.ready_state(), error.kind()));
    });
    log
}

fn hear(handle: &Handle, log: &Log, event_type: &str) -> Listener {
    let log = Arc::clone(log);
    handle.add_event_listener(event_type, move |event| {
        log.lock().unwrap().push(format!("{}: {}", event.event_type_str(), event.data_str()));
    })
}

async fn source(streams: &[&str]) -> (Server, EventSource) {
    let answers = streams.iter().map(|stream| Answer::stream([stream])).chain([Answer::status(204, &[])]);
    let server = Server::start(answers).await;
    let source = quick(server.url("/")).build().unwrap();
    (server, source)
}

#[tokio::test]
async fn each_hears_what_concerns_it_in_order() {
    let (_server, source) =
        source(&["data: 1\n\nevent: delta\ndata: 2\n\nevent: other\ndata: 3\n\nevent: message\ndata: 4\n\n"])
            .await;
    let handle = source.handle();
    let log = listen(&handle);
    hear(&handle, &log, "delta");
    hear(&handle, &log, "message");
    tokio::spawn(source.run()).await.unwrap();
    assert_eq!(
        *log.lock().unwrap(),
        [
            "open",
            "message 1",
            "message: 1",
            "delta: 2",
            "message 4",
            "message: 4",
            "Connecting: the stream ended",
            "Closed: the server answered with status 204"
        ]
    );
    assert_eq!(handle.ready_state(), ReadyState::Closed);
}

#[tokio::test]
async fn statement_44_open_and_error_are_types_like_any_other() {
    let (_server, source) = source(&["event: open\ndata: 1\n\nevent: error\ndata: 2\n\n"]).await;
    let handle = source.handle();
    let log = listen(&handle);
    hear(&handle, &log, "open");
    hear(&handle, &log, "error");
    source.run().await;
    assert_eq!(log.lock().unwrap()[..3], ["open", "open: 1", "error: 2"]);
}

#[tokio::test]
async fn a_listener_may_remove_others_and_itself() {
    let (_server, source) = source(&["data: 1\n\ndata: 2\n\n"]).await;
    let handle = source.handle();
    let log = Log::default();
    let second: Arc<Mutex<Option<Listener>>> = Arc::default();
    let (victim, writer, own) = (Arc::clone(&second), Arc::clone(&log), handle.clone());
    let first = handle.add_event_listener("message", move |event| {
        writer.lock().unwrap().push(format!("first {}", event.data_str()));
        if let Some(victim) = victim.lock().unwrap().take() {
            victim.remove();
            victim.remove();
            // What is added now does not hear this event.
            hear(&own, &writer, "message");
        }
    });
    *second.lock().unwrap() = Some(hear(&handle, &log, "message"));
    source.run().await;
    assert_eq!(*log.lock().unwrap(), ["first 1", "first 2", "message: 2"]);
    // The source is gone, and its listeners with it.
    drop(handle);
    first.remove();
}

#[tokio::test]
async fn statement_96_a_listener_may_close_the_source() {
    let (server, source) = source(&["data: 1\n\ndata: 2\n\n"]).await;
    let handle = source.handle();
    let log = listen(&handle);
    let closing = handle.clone();
    handle.add_event_listener("message", move |_| closing.close());
    source.run().await;
    assert_eq!(*log.lock().unwrap(), ["open", "message 1"]);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn statement_88_a_listener_sees_the_new_state() {
    let (_server, source) = source(&["data: 1\n\n"]).await;
    let handle = source.handle();
    let states: Arc<Mutex<Vec<ReadyState>>> = Arc::default();
    let note = || {
        let (handle, states) = (handle.clone(), Arc::clone(&states));
        move || states.lock().unwrap().push(handle.ready_state())
    };
    handle.on_open(note());
    let noted = note();
    handle.on_message(move |_| noted());
    let noted = note();
    handle.on_error(move |_| noted());
    source.run().await;
    use ReadyState::{Closed, Connecting, Open};
    assert_eq!(*states.lock().unwrap(), [Open, Open, Connecting, Closed]);
}

#[tokio::test]
async fn what_is_set_again_takes_the_place_of_what_was_set() {
    let (_server, source) = source(&["data: 1\n\n"]).await;
    let handle = source.handle();
    let before = listen(&handle);
    let log = listen(&handle);
    source.run().await;
    assert!(before.lock().unwrap().is_empty());
    assert_eq!(log.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn listeners_are_dropped_with_the_source_also_if_they_hold_handles() {
    let (_server, source) = source(&["data: 1\n\n"]).await;
    let handle = source.handle();
    let held = Arc::new(());
    let add = || {
        let (held, own) = (Arc::clone(&held), handle.clone());
        handle.add_event_listener("message", move |_| drop((Arc::clone(&held), own.ready_state())));
    };
    add();
    assert_eq!(Arc::strong_count(&held), 2);
    source.run().await;
    assert_eq!(Arc::strong_count(&held), 1);
    // Nobody would hear this one.
    add();
    assert_eq!(Arc::strong_count(&held), 1);
}

/// What a listener holds may itself do what a listener may do, when it is dropped.
#[tokio::test]
async fn a_listener_that_is_replaced_may_use_the_handle_as_it_goes() {
    struct Leaving(Handle, Log);
    impl Leaving {
        fn stay(&self) {}
    }
    impl Drop for Leaving {
        fn drop(&mut self) {
            hear(&self.0, &self.1, "message");
        }
    }
    let (_server, source) = source(&["data: 1\n\n"]).await;
    let handle = source.handle();
    let log = Log::default();
    let leaving = || Leaving(handle.clone(), Arc::clone(&log));
    let held = leaving();
    handle.on_open(move || held.stay());
    handle.on_open(|| {});
    let held = leaving();
    handle.on_message(move |_| held.stay());
    handle.on_message(|_| {});
    let held = leaving();
    handle.on_error(move |_| held.stay());
    handle.on_error(|_| {});
    source.run().await;
    assert_eq!(*log.lock().unwrap(), ["message: 1"; 3]);
}
