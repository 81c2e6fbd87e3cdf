//! What a source does beyond the standard, if it is asked to.

use eventwire::event_source::{Backoff, Builder, Fault, Head, Policy, Replay};

use crate::page::Page;

fn page(policy: Policy) -> Page {
    Page::with(|builder| builder.policy(policy))
}

/// The delays after so many attempts that fail one after the other.
fn delays(page: &mut Page, count: usize) -> Vec<u64> {
    let one = |_| {
        page.request();
        page.error(Fault::Transient);
        page.wait()
    };
    (0..count).map(one).collect()
}

/// A connection that is open for so many milliseconds, and the delay after it.
fn delay_after_open(page: &mut Page, duration: u64) -> u64 {
    page.connect();
    page.now += duration;
    page.end();
    page.wait()
}

#[test]
fn statement_89_back_off_only_makes_the_delay_longer() {
    let mut page = page(Policy::new().backoff(Backoff::new(3, 50_000)));
    assert_eq!(delays(&mut page, 6), [3000, 9000, 27_000, 50_000, 50_000, 50_000]);
    // An open connection ends the row, if only for a moment.
    page.connect();
    assert_eq!(page.source.failures(), 0);
    page.end();
    assert_eq!((page.wait(), page.source.failures()), (3000, 1));
    assert_eq!(delays(&mut page, 2), [9000, 27_000]);
    // The cap is none for the reconnection time itself.
    page.connect();
    page.chunk("retry: 60000\n");
    page.end();
    assert_eq!(page.wait(), 60_000);
    assert_eq!(delays(&mut page, 2), [60_000, 60_000]);
}

#[test]
fn back_off_may_ask_for_a_connection_that_holds() {
    let mut page = page(Policy::new().backoff(Backoff::new(2, 100_000).reset_after(5000)));
    assert_eq!(delays(&mut page, 2), [3000, 6000]);
    assert_eq!(delay_after_open(&mut page, 4999), 12_000);
    assert_eq!(delay_after_open(&mut page, 0), 24_000);
    assert_eq!(page.source.failures(), 4);
    assert_eq!(delay_after_open(&mut page, 5000), 3000);
    assert_eq!(page.source.failures(), 1);
}

#[test]
fn back_off_saturates() {
    let mut page = page(Policy::new().backoff(Backoff::new(u32::MAX, u64::MAX)));
    assert_eq!(delays(&mut page, 1), [3000]);
    page.request();
    page.error(Fault::Transient);
    assert_eq!(page.wait(), 3000 * u64::from(u32::MAX));
    // The square of the factor is beyond all numbers, and so is the time.
    page.request();
    page.error(Fault::Transient);
    page.wait();
    assert_eq!(page.now, u64::MAX);
    assert_eq!(page.source.failures(), 3);
}

#[test]
fn a_factor_of_zero_or_one_is_no_growth() {
    for factor in [0, 1] {
        let mut page = page(Policy::new().backoff(Backoff::new(factor, 100_000)));
        assert_eq!(delays(&mut page, 3), [3000, 3000, 3000]);
    }
}

#[test]
fn a_least_delay_stands_against_a_retry_of_zero() {
    let mut page = page(Policy::new().min_delay(200).backoff(Backoff::new(2, 700)));
    page.connect();
    page.chunk("retry: 0\n");
    page.end();
    assert_eq!(page.wait(), 200);
    assert_eq!(delays(&mut page, 3), [400, 700, 700]);
    assert_eq!(page.source.reconnection_time(), 0);
}

#[test]
fn statement_89_jitter_only_makes_the_delay_longer() {
    let delays = |seed| delays(&mut page(Policy::new().jitter(50, seed)), 200);
    let some = delays(1);
    assert!(some.iter().all(|delay| (3000..=4500).contains(delay)), "{some:?}");
    assert!(some.iter().any(|delay| *delay < 3100) && some.iter().any(|delay| *delay > 4400), "{some:?}");
    assert_eq!(delays(1), some);
    assert_ne!(delays(2), some);
}

#[test]
fn statuses_are_tried_again_if_the_policy_says_so() {
    let policy = Policy::new().retry_statuses(429..=429).retry_statuses(500..=599);
    for status in 0..1000 {
        let mut page = page(policy);
        page.request();
        page.respond(&Head::new(status).content_type(b"text/event-stream"));
        let expected = match status {
            200 => "open 1".to_string(),
            429 | 500..=599 => format!("error 0 Status({status})"),
            _ => format!("error 2 Status({status})"),
        };
        assert_eq!(page.heard(), [expected]);
    }
}

#[test]
fn statement_83_no_policy_makes_204_mean_anything_else() {
    let policy = Policy::new().retry_statuses(0..=u16::MAX);
    for (status, expected) in [(204, 2), (205, 0), (100, 0), (611, 0), (99, 2), (612, 2)] {
        let mut page = page(policy);
        page.request();
        page.respond(&Head::new(status));
        assert_eq!(page.heard(), [format!("error {expected} Status({status})")]);
    }
    // And 200 opens, or has the wrong type.
    let mut page = page(policy);
    page.request();
    page.respond(&Head::new(200));
    assert_eq!(page.heard(), ["error 2 ContentType"]);
}

/// The delay after an answer of 503 with this `Retry-After`.
fn delay_after_busy(policy: Policy, retry_after: &str) -> u64 {
    let mut page = page(policy.retry_statuses(503..=503));
    page.request();
    let head = Head::new(503).retry_after(retry_after.as_bytes()).date(b"Sun, 06 Nov 1994 08:49:37 GMT");
    page.respond(&head);
    page.wait()
}

#[test]
fn retry_after_is_heeded_within_bounds() {
    let policy = Policy::new().retry_after(60_000);
    for (value, delay) in [
        ("10", 10_000),
        ("60", 60_000),
        ("61", 60_000),
        ("99999999999999999999999999", 60_000),
        // Less than the reconnection time, or nothing that can be understood.
        ("0", 3000),
        ("2", 3000),
        ("-5", 3000),
        ("soon", 3000),
        ("", 3000),
        ("Sun, 06 Nov 1994 08:49:57 GMT", 20_000),
        ("Sun, 06 Nov 1994 08:49:17 GMT", 3000),
    ] {
        assert_eq!(delay_after_busy(policy, value), delay, "{value}");
        assert_eq!(delay_after_busy(Policy::new(), value), 3000, "{value}");
    }
    assert_eq!(
        delay_after_busy(Policy::new().retry_after(u64::MAX), "99999999999999999999"),
        u64::MAX - 1_000_000
    );
}

#[test]
fn retry_after_lasts_for_one_delay() {
    let mut page = page(Policy::new().retry_after(60_000).retry_statuses(503..=503));
    page.request();
    page.respond(&Head::new(503).retry_after(b"30"));
    assert_eq!(page.wait(), 30_000);
    page.request();
    page.respond(&Head::new(503));
    assert_eq!(page.wait(), 3000);
}

#[test]
fn silence_is_a_lost_connection() {
    let mut page = page(Policy::new().idle_timeout(1000));
    let start = page.now;
    page.request();
    // From the request to the head.
    assert_eq!(page.deadline(), Some(start + 1000));
    page.now += 999;
    page.timeout();
    assert_eq!(page.heard(), [""; 0]);
    page.accept();
    // From the head to the first byte, and from each byte to the next.
    assert_eq!(page.deadline(), Some(page.now + 1000));
    for byte in [":", " ", "x", "\n"] {
        page.now += 999;
        page.timeout();
        page.chunk(byte);
        assert_eq!(page.deadline(), Some(page.now + 1000));
    }
    // A chunk of nothing is no sign of life.
    page.now += 999;
    page.chunk("");
    assert_eq!(page.deadline(), Some(page.now + 1));
    page.now += 1;
    page.timeout();
    assert_eq!(page.heard(), ["open 1", "error 0 IdleTimeout"]);
    assert_eq!(page.wait(), 3000);
    page.request();
    page.now += 1000;
    page.timeout();
    assert_eq!(page.heard(), ["error 0 IdleTimeout"]);
}

#[test]
fn time_taken_for_events_is_no_silence() {
    let mut page = page(Policy::new().idle_timeout(1000));
    page.connect();
    let mut input = eventwire::Input::new(b"data: a\n\ndata: b\n\n");
    for _ in 0..2 {
        assert!(page.source.next_event(page.now, &mut input).unwrap().is_some());
        page.now += 5000;
    }
    assert_eq!(page.source.next_event(page.now, &mut input), Ok(None));
    assert_eq!(page.deadline(), Some(page.now + 1000));
}

#[test]
fn without_a_timeout_there_is_no_deadline() {
    let mut page = Page::new();
    page.request();
    assert_eq!(page.deadline(), None);
    page.accept();
    assert_eq!(page.deadline(), None);
    page.now = u64::MAX;
    page.timeout();
    assert_eq!(page.heard(), ["open 1"]);
}

#[test]
fn attempts_have_an_end_if_the_policy_says_so() {
    let mut page = page(Policy::new().max_failures(3));
    delays(&mut page, 2);
    assert_eq!(delay_after_open(&mut page, 0), 3000);
    delays(&mut page, 1);
    page.heard();
    page.request();
    page.error(Fault::Transient);
    assert_eq!(page.heard(), ["error 2 Network"]);
    assert!(page.is_closed());
    assert_eq!((page.source.failures(), page.source.attempts()), (3, 5));
}

#[test]
fn one_attempt_may_be_all() {
    for policy in [Policy::never(), Policy::new().max_failures(0)] {
        let mut page = page(policy);
        page.connect();
        page.chunk("data: a\n\n");
        page.end();
        assert_eq!(page.heard(), ["open 1", "message a", "error 2 End"]);
        assert!(page.is_closed());
    }
}

#[test]
fn a_body_that_may_not_be_sent_twice_makes_one_attempt_all() {
    let lose: [fn(&mut Page); 4] = [
        |page| page.error(Fault::Transient),
        |page| {
            page.accept();
            page.end();
        },
        |page| page.respond(&Head::new(503)),
        |page| {
            page.now += 10_000;
            page.timeout();
        },
    ];
    for lose in lose {
        for (replay, closed) in [(Replay::Refused, true), (Replay::Allowed, false)] {
            let settings = |builder: Builder| {
                let policy = Policy::new().retry_statuses(503..=503).idle_timeout(10_000);
                builder.method("POST").body("", replay).policy(policy)
            };
            let mut page = Page::with(settings);
            page.request();
            lose(&mut page);
            assert_eq!(page.is_closed(), closed);
            assert!(page.heard().last().unwrap().starts_with(if closed { "error 2" } else { "error 0" }));
        }
    }
}

#[test]
fn the_resilient_policy_rides_out_an_outage() {
    let mut page = page(Policy::resilient(3));
    page.connect();
    page.chunk("retry: 0\nid: 1\ndata: a\n\n");
    page.now += 60_000;
    page.end();
    let mut least = 500;
    for status in [500, 502, 503, 429, 500, 500, 500, 500] {
        let delay = page.wait();
        assert!((least..=least + least / 2).contains(&delay), "{delay} after {least}");
        least = (least * 2).min(30_000);
        assert_eq!(page.request().last_event_id(), Some(&b"1"[..]));
        page.respond(&Head::new(status));
    }
    page.wait();
    page.request();
    page.respond(&Head::new(429).retry_after(b"240"));
    assert!((240_000..=360_000).contains(&page.wait()));
    page.request();
    page.respond(&Head::new(404));
    assert!(page.is_closed());
}
