//! Drivers that call anything at any time, with any arguments: what is promised of the source's states holds all the
//! same.

use eventwire::event_source::{Action, Backoff, Fault, Head, Notice, Policy, ReadyState};
use eventwire::{EventSource, Input};
use proptest::prelude::*;
use proptest::sample::select;

use crate::page::URL;

#[derive(Clone, Debug)]
enum Call {
    Poll(u64),
    Response(u64, u16, Option<&'static str>),
    Chunk(u64, &'static [u8]),
    Finish,
    End(u64),
    Error(u64, Fault),
    Timeout(u64),
    Close,
}

fn times() -> impl Strategy<Value = u64> {
    prop_oneof![8 => 0..20_000_u64, 1 => any::<u64>(), 1 => select(vec![u64::MAX, u64::MAX - 1, 0])]
}

fn calls() -> impl Strategy<Value = Call> {
    let chunk = select(vec![
        &b"data: a\n\n"[..],
        b"",
        b"id: 1\n",
        b"\n",
        b"retry: 99999999999999999999\n",
        b"retry: 0\n",
    ]);
    let content_type =
        prop_oneof![8 => Just(Some("text/event-stream")), 1 => select(vec![None, Some("x/y")])];
    let fault = prop_oneof![9 => Just(Fault::Transient), 1 => Just(Fault::Fatal)];
    prop_oneof![
        12 => times().prop_map(Call::Poll),
        8 => (times(), prop_oneof![9 => Just(200), 1 => any::<u16>()], content_type)
            .prop_map(|(now, status, content_type)| Call::Response(now, status, content_type)),
        8 => (times(), chunk).prop_map(|(now, chunk)| Call::Chunk(now, chunk)),
        1 => Just(Call::Finish),
        3 => times().prop_map(Call::End),
        3 => (times(), fault).prop_map(|(now, fault)| Call::Error(now, fault)),
        3 => times().prop_map(Call::Timeout),
        1 => Just(Call::Close),
    ]
}

/// Makes a call, and holds what comes of it against the ready state before and after.
fn make(source: &mut EventSource, call: &Call) {
    let (before, attempts) = (source.ready_state(), source.attempts());
    let mut requested = false;
    let notice = match *call {
        Call::Poll(now) => {
            match source.poll(now) {
                Action::Connect(_) => {
                    assert_eq!(before, ReadyState::Connecting);
                    requested = true;
                }
                Action::Wait { .. } => assert_eq!(before, ReadyState::Connecting),
                Action::Receive { .. } => assert_ne!(before, ReadyState::Closed),
                Action::Closed => assert_eq!(before, ReadyState::Closed),
            }
            None
        }
        Call::Response(now, status, content_type) => {
            let mut head = Head::new(status);
            if let Some(content_type) = content_type {
                head = head.content_type(content_type.as_bytes());
            }
            source.handle_response(now, &head)
        }
        Call::Chunk(now, chunk) => {
            let mut input = Input::new(chunk);
            while let Ok(Some(_)) = source.next_event(now, &mut input) {
                assert_eq!(before, ReadyState::Open);
            }
            assert_eq!(input.remaining(), if before == ReadyState::Open { 0 } else { chunk.len() });
            None
        }
        Call::Finish => {
            assert_eq!(source.finish(), Ok(None));
            None
        }
        Call::End(now) => source.handle_end(now),
        Call::Error(now, fault) => source.handle_error(now, fault),
        Call::Timeout(now) => source.handle_timeout(now),
        Call::Close => {
            source.close();
            assert_eq!(source.ready_state(), ReadyState::Closed);
            return;
        }
    };
    let after = source.ready_state();
    match notice {
        None => assert_eq!(after, before),
        Some(Notice::Open) => assert_eq!((before, after), (ReadyState::Connecting, ReadyState::Open)),
        Some(Notice::Error { ready_state, .. }) => {
            assert_ne!(before, ReadyState::Closed);
            assert_ne!(after, ReadyState::Open);
            assert_eq!(after, ready_state);
        }
    }
    assert_eq!(source.attempts(), attempts + u64::from(requested));
}

proptest! {
    #![proptest_config(super::config())]

    #[test]
    fn states_change_only_as_notices_say(
        calls in prop::collection::vec(calls(), 0..80),
        idle_timeout in prop::option::of(times()),
        reconnection_time in times(),
        least in times(),
        cap in times(),
        factor in any::<u32>(),
        percent in any::<u32>(),
    ) {
        let mut policy = Policy::resilient(1)
            .min_delay(least)
            .backoff(Backoff::new(factor, cap).reset_after(least))
            .jitter(percent, 1)
            .max_failures(30);
        if let Some(idle_timeout) = idle_timeout {
            policy = policy.idle_timeout(idle_timeout);
        }
        let builder = EventSource::builder(URL).policy(policy).reconnection_time(reconnection_time);
        let mut source = builder.build().unwrap();
        for call in &calls {
            make(&mut source, call);
        }
    }
}
