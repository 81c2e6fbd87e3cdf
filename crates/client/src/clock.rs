//! The clock that the machine goes by: milliseconds since the source was made.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// A clock, and an alarm that waits for one of its times.
#[derive(Debug)]
pub(crate) struct Clock {
    start: Instant,
    alarm: Option<(u64, Pin<Box<Sleep>>)>,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { start: Instant::now(), alarm: None }
    }

    /// The time of what happens now, rounded up: what is to come so many milliseconds later then waits for no less.
    pub(crate) fn now(&self) -> u64 {
        let elapsed = self.start.elapsed();
        let whole = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        if elapsed.subsec_nanos().is_multiple_of(1_000_000) { whole } else { whole.saturating_add(1) }
    }

    /// The latest time that is over, so rounded down: what is due by then has waited long enough.
    pub(crate) fn over(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Waits for a time. One beyond what can be reckoned with never comes.
    pub(crate) fn poll_until(&mut self, time: u64, cx: &mut Context<'_>) -> Poll<()> {
        let Some(instant) = self.start.checked_add(Duration::from_millis(time)) else {
            return Poll::Pending;
        };
        let (set_to, alarm) = self.alarm.get_or_insert_with(|| (time, Box::pin(sleep_until(instant))));
        if *set_to != time {
            *set_to = time;
            alarm.as_mut().reset(instant);
        }
        alarm.as_mut().poll(cx)
    }

    /// Gives up waiting.
    pub(crate) fn stop(&mut self) {
        self.alarm = None;
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    /// From 0.9 ms to 3.1 ms are not three milliseconds, whatever the whole numbers say.
    #[tokio::test(start_paused = true)]
    async fn no_part_of_a_millisecond_is_missing() {
        let clock = Clock::new();
        assert_eq!((clock.now(), clock.over()), (0, 0));
        advance(Duration::from_micros(900)).await;
        let due = clock.now() + 3;
        advance(Duration::from_micros(2_200)).await;
        assert!(clock.over() < due, "after 2.2 ms");
        advance(Duration::from_micros(900)).await;
        assert!(clock.over() >= due, "after 3.1 ms");
        assert_eq!((clock.now(), clock.over()), (4, 4));
    }
}
