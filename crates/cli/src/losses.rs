//! What had to be dropped on the way, counted, and said in one line per kind at the end.
//!
//! A stream can hold millions of events over the limit; a line for each would bury the terminal, so there is
//! one with the number of them and the place of the first.

use eventwire::Error;

use crate::failure::{Status, complain};
use crate::size;

/// The number of drops of one kind, and the end of the event before the first one.
#[derive(Clone, Copy, Debug, Default)]
struct Loss {
    count: u64,
    first: u64,
}

impl Loss {
    fn note(&mut self, after: u64) {
        if self.count == 0 {
            self.first = after;
        }
        self.count += 1;
    }

    /// What happened to how many, and why: half of a line of complaint.
    fn line(&self, noun: &str, why: &str) -> Option<String> {
        let &Self { count, first } = self;
        match count {
            0 => None,
            1 => Some(format!("1 {noun} dropped, {why}, after byte {first}")),
            _ => Some(format!("{count} {noun}s dropped, {why}, the first after byte {first}")),
        }
    }
}

/// All drops of a run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Losses {
    events: Loss,
    items: Loss,
    memory: Loss,
}

impl Losses {
    /// Counts a drop that the parser reported; the event before it ended `after` bytes into the stream.
    pub(crate) fn note(&mut self, error: Error, after: u64) {
        match error {
            Error::EventTooLarge => self.events.note(after),
            Error::ItemTooLarge => self.items.note(after),
            // The command asks neither for strict UTF-8 nor for a first id, so that of the errors only the
            // lack of memory is left.
            _ => self.memory.note(after),
        }
    }

    /// Says on standard error what was dropped of the input called `name` under the limit of `limit` bytes,
    /// and gives the status of the run.
    pub(crate) fn report(&self, name: &str, limit: usize) -> Status {
        let over = format!("over {}", size::exact(limit));
        if let Some(what) = self.events.line("event", &over) {
            complain(name, &what, "raise --max-event-size, or accept it with --overflow skip");
        }
        if let Some(what) = self.items.line("comment", &over) {
            complain(name, &what, "raise --max-event-size, or leave --comments away");
        }
        if let Some(what) = self.memory.line("event", "too large for the memory left") {
            complain(name, &what, "lower --max-event-size");
        }
        if self.memory.count > 0 {
            Status::OutOfMemory
        } else if self.events.count + self.items.count > 0 {
            Status::TooLarge
        } else {
            Status::Fine
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_place_is_kept_and_the_rest_counted() {
        let mut losses = Losses::default();
        for after in [10, 20, 30] {
            losses.note(Error::EventTooLarge, after);
        }
        losses.note(Error::ItemTooLarge, 5);
        let what = losses.events.line("event", "over 1 KiB").unwrap();
        assert_eq!(what, "3 events dropped, over 1 KiB, the first after byte 10");
        let what = losses.items.line("comment", "over 1 KiB").unwrap();
        assert_eq!(what, "1 comment dropped, over 1 KiB, after byte 5");
        assert_eq!(losses.memory.line("event", ""), None);
    }

    #[test]
    fn the_status_is_that_of_the_worst_loss() {
        let mut losses = Losses::default();
        assert_eq!(losses.report("x", 1), Status::Fine);
        losses.note(Error::ItemTooLarge, 0);
        assert_eq!(losses.report("x", 1), Status::TooLarge);
        losses.note(Error::NoMemory, 0);
        assert_eq!(losses.report("x", 1), Status::OutOfMemory);
    }
}
