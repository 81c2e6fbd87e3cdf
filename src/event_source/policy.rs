//! What a source does beyond the standard, if it is asked to.

use core::ops::RangeInclusive;

/// When to try again, and how often, where the standard leaves it open or one wants more than it gives.
///
/// The default is the standard's behaviour: any lost connection and any network error is followed by another attempt
/// after the reconnection time, for ever; any response but a good one ends the source.
///
/// ```
/// use eventwire::event_source::{Backoff, Policy};
///
/// let policy = Policy::new()
///     .backoff(Backoff::new(2, 30_000))
///     .jitter(50, 0x5eed)
///     .retry_statuses(429..=429)
///     .retry_statuses(500..=599)
///     .retry_after(300_000)
///     .idle_timeout(45_000);
/// ```
///
/// # The delay
///
/// A delay begins when the machine is told what went wrong. It is, in milliseconds and with arithmetic that saturates:
///
/// 1. the reconnection time in force: of the stream's last `retry`, or else the one the source was made with; at least
///    [`min_delay`](Self::min_delay);
/// 2. with [`backoff`](Self::backoff), multiplied by the factor once for each failure in a row but the first, and not
///    above the cap, unless the reconnection time is;
/// 3. at least what `Retry-After` says, as far as [`retry_after`](Self::retry_after) heeds it;
/// 4. with [`jitter`](Self::jitter), more by a random part.
///
/// No step makes it shorter than the reconnection time (statement 89). A `retry` of 0 is valid and means at once (59);
/// one of `u64::MAX` means never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Policy {
    pub(crate) backoff: Option<Backoff>,
    pub(crate) min_delay: u64,
    pub(crate) jitter_percent: u32,
    pub(crate) seed: u64,
    pub(crate) max_retry_after: Option<u64>,
    pub(crate) statuses: Statuses,
    pub(crate) idle_timeout: Option<u64>,
    pub(crate) max_failures: Option<u32>,
}

/// Exponential back-off: how the delay grows from one failure to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Backoff {
    factor: u32,
    cap: u64,
    reset_after: u64,
}

impl Backoff {
    /// The delay is multiplied by `factor` from each failure to the next, up to `cap` milliseconds. A connection that
    /// opens ends it: the next failure is the first again.
    pub const fn new(factor: u32, cap: u64) -> Self {
        Self { factor, cap, reset_after: 0 }
    }

    /// Only a connection that was open for so many milliseconds ends it: for servers that accept all and hang up at once.
    pub const fn reset_after(mut self, milliseconds: u64) -> Self {
        self.reset_after = milliseconds;
        self
    }
}

impl Policy {
    /// The standard's behaviour.
    pub const fn new() -> Self {
        Self {
            backoff: None,
            min_delay: 0,
            jitter_percent: 0,
            seed: 0,
            max_retry_after: None,
            statuses: Statuses::NONE,
            idle_timeout: None,
            max_failures: None,
        }
    }

    /// For a client among many of a server that may be in trouble: statuses 429 and 5xx are tried again, `Retry-After`
    /// is heeded up to five minutes, the delay doubles up to 30 seconds until a connection has held for a minute, half
    /// of it more at random, and is not below half a second whatever the server says.
    ///
    /// Each client needs a `seed` of its own.
    pub fn resilient(seed: u64) -> Self {
        Self::new()
            .backoff(Backoff::new(2, 30_000).reset_after(60_000))
            .min_delay(500)
            .jitter(50, seed)
            .retry_after(300_000)
            .retry_statuses(429..=429)
            .retry_statuses(500..=599)
    }

    /// One attempt: a connection that cannot be made, or is lost, ends the source.
    pub const fn never() -> Self {
        Self::new().max_failures(1)
    }

    /// The delay grows from one failure to the next.
    pub const fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = Some(backoff);
        self
    }

    /// The least delay in milliseconds, whatever reconnection time the stream sets.
    pub const fn min_delay(mut self, milliseconds: u64) -> Self {
        self.min_delay = milliseconds;
        self
    }

    /// Adds to each delay a random part of it, up to so many per cent, so that clients that lost a server together do
    /// not all come back together. The same `seed` gives the same parts.
    pub const fn jitter(mut self, percent: u32, seed: u64) -> Self {
        self.jitter_percent = percent;
        self.seed = seed;
        self
    }

    /// Heeds `Retry-After` in responses whose status is to be tried again, but for no more than `max` milliseconds.
    ///
    /// It holds a number of seconds, or a date; the latter is understood in the one form that may be sent today (`Sun,
    /// 06 Nov 1994 08:49:37 GMT`) and measured from the response's own [`date`](crate::event_source::Head::date).
    /// Anything else is ignored.
    pub const fn retry_after(mut self, max: u64) -> Self {
        self.max_retry_after = Some(max);
        self
    }

    /// Tries again after a response with one of these statuses, which by the standard ends the source (statement 77).
    /// May be called several times, for more statuses.
    ///
    /// A status of 200 or 204 is never tried again: the one opens, and with the other a server says that it wants no
    /// more attempts (83).
    pub fn retry_statuses(mut self, statuses: RangeInclusive<u16>) -> Self {
        self.statuses.add(*statuses.start(), *statuses.end());
        self
    }

    /// Takes a connection for lost when not a byte has come for so many milliseconds, comments included. The time from
    /// the request to the response's head counts alike.
    pub const fn idle_timeout(mut self, milliseconds: u64) -> Self {
        self.idle_timeout = Some(milliseconds);
        self
    }

    /// Gives up at this many failures in a row: the source is closed. 0 is taken for 1.
    ///
    /// An attempt that fails is one, and so is a connection that is lost or ends. What ends the row is what ends the
    /// [back-off](Backoff::reset_after): a connection that opens, or holds for long enough.
    pub const fn max_failures(mut self, failures: u32) -> Self {
        self.max_failures = Some(failures);
        self
    }

    /// How long a connection must have been open to end a row of failures.
    pub(super) fn reset_after(&self) -> u64 {
        self.backoff.map_or(0, |backoff| backoff.reset_after)
    }

    /// The delay after so many failures in a row, `retry_after` being what the server asks for; jitter comes on top.
    pub(super) fn delay(&self, reconnection_time: u64, failures: u32, retry_after: Option<u64>) -> u64 {
        let base = reconnection_time.max(self.min_delay);
        let delay = self.backoff.map_or(base, |Backoff { factor, cap, .. }| {
            let growth = u64::from(factor.max(1)).saturating_pow(failures.saturating_sub(1));
            base.saturating_mul(growth).min(cap.max(base))
        });
        match (retry_after, self.max_retry_after) {
            (Some(asked), Some(max)) => delay.max(asked.min(max)),
            _ => delay,
        }
    }

    /// The most that jitter may add to a delay.
    pub(super) fn max_jitter(&self, delay: u64) -> u64 {
        let percent = u64::from(self.jitter_percent);
        (delay / 100).saturating_mul(percent).saturating_add((delay % 100).saturating_mul(percent) / 100)
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::new()
    }
}

/// A set of HTTP statuses: a bit for each from 100 to 611. Others are never in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Statuses([u64; 8]);

impl Statuses {
    pub(crate) const NONE: Self = Self([0; 8]);

    pub(crate) fn add(&mut self, first: u16, last: u16) {
        for status in first..=last {
            if let Some(word) = self.0.get_mut(Self::word(status)) {
                *word |= Self::bit(status);
            }
        }
    }

    pub(super) fn contains(&self, status: u16) -> bool {
        // These two have a meaning that no policy changes.
        !matches!(status, 200 | 204)
            && self.0.get(Self::word(status)).is_some_and(|word| word & Self::bit(status) != 0)
    }

    fn word(status: u16) -> usize {
        usize::from(status.wrapping_sub(100) / 64)
    }

    fn bit(status: u16) -> u64 {
        1 << (status.wrapping_sub(100) % 64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_is_a_share_of_the_delay_of_any_size() {
        let most = |percent, delay| Policy::new().jitter(percent, 0).max_jitter(delay);
        assert_eq!(most(0, 1000), 0);
        assert_eq!((most(100, 0), most(99, 1), most(100, 1)), (0, 0, 1));
        assert_eq!((most(50, 3001), most(25, 199), most(200, 150)), (1500, 49, 300));
        assert_eq!((most(100, u64::MAX), most(u32::MAX, u64::MAX)), (u64::MAX, u64::MAX));
    }

    #[test]
    fn a_delay_has_its_parts_in_order() {
        let policy = Policy::new().backoff(Backoff::new(2, 1000)).min_delay(100).retry_after(5000);
        assert_eq!(policy.delay(0, 1, None), 100);
        assert_eq!(policy.delay(300, 2, None), 600);
        assert_eq!(policy.delay(300, 3, None), 1000);
        assert_eq!(policy.delay(300, 3, Some(2000)), 2000);
        assert_eq!(policy.delay(300, 3, Some(9000)), 5000);
        assert_eq!(policy.delay(7000, 3, Some(9000)), 7000);
        assert_eq!(policy.delay(u64::MAX, u32::MAX, Some(u64::MAX)), u64::MAX);
    }

    #[test]
    fn statuses_are_told_apart() {
        let mut statuses = Statuses::NONE;
        for status in [100, 163, 164, 429, 611] {
            assert!(!statuses.contains(status));
            statuses.add(status, status);
            assert!(statuses.contains(status));
        }
        for status in [0, 99, 101, 428, 430, 612, u16::MAX] {
            assert!(!statuses.contains(status));
        }
    }
}
