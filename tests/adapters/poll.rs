//! A stream of chunks that is as awkward as the contract of `Stream` allows, and an executor that notices when nobody would wake it.

use std::collections::VecDeque;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use eventwire_testkit::rng::Rng;
use futures_util::Stream;

/// What a poll of [`Chunks`] answers.
#[derive(Clone, Debug)]
pub enum Step {
    Chunk(Bytes),
    Pending,
    Broken,
}

/// The error of a transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("connection reset")
    }
}

impl std::error::Error for Broken {}

/// The chunks, with polls that are pending before, between and behind them, and chunks of nothing.
pub fn steps(chunks: Vec<Bytes>, seed: u64) -> Vec<Step> {
    let mut rng = Rng::new(seed);
    let mut steps = Vec::new();
    let mut disturb = || std::iter::repeat_n((), rng.below(3)).map(|()| rng.below(3)).collect::<Vec<_>>();
    for chunk in chunks.into_iter().map(Some).chain([None]) {
        steps.extend(disturb().into_iter().map(|kind| match kind {
            0 => Step::Chunk(Bytes::new()),
            _ => Step::Pending,
        }));
        steps.extend(chunk.map(Step::Chunk));
    }
    steps
}

/// A stream that takes these steps; to poll it behind its end, or behind an error, is a failure of the test.
#[derive(Debug)]
pub struct Chunks {
    steps: VecDeque<Step>,
    has_ended: bool,
    waiting: Waiting,
    pub polls: usize,
}

/// Who is to be woken when a chunk comes.
pub type Waiting = Arc<Mutex<Option<Waker>>>;

impl Chunks {
    pub fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        let steps = steps.into_iter().collect();
        Self { steps, has_ended: false, waiting: Waiting::default(), polls: 0 }
    }

    pub fn of(chunks: &[&'static str]) -> Self {
        Self::new(chunks.iter().map(|chunk| Step::Chunk(Bytes::from_static(chunk.as_bytes()))))
    }

    pub fn waiting(&self) -> Waiting {
        Arc::clone(&self.waiting)
    }
}

impl Stream for Chunks {
    type Item = Result<Bytes, Broken>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        assert!(!self.has_ended, "polled behind its end");
        self.polls += 1;
        let step = self.steps.pop_front();
        self.has_ended = matches!(step, None | Some(Step::Broken));
        match step {
            Some(Step::Chunk(chunk)) => Poll::Ready(Some(Ok(chunk))),
            Some(Step::Broken) => Poll::Ready(Some(Err(Broken))),
            Some(Step::Pending) => {
                *self.waiting.lock().unwrap() = Some(context.waker().clone());
                Poll::Pending
            }
            None => Poll::Ready(None),
        }
    }
}

/// Whether a task has been woken.
#[derive(Debug, Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Polls once, with a waker of its own, as a task does whose last future was dropped. If it is pending, then that waker has been woken
/// already, or is the one that waits for a chunk.
pub fn poll_once<S: Stream + Unpin>(stream: &mut S, waiting: &Waiting) -> Poll<Option<S::Item>> {
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let polled = pin!(stream).poll_next(&mut Context::from_waker(&waker));
    if polled.is_pending() {
        let waits = waiting.lock().unwrap().take().is_some_and(|waiting| waiting.will_wake(&waker));
        assert!(waits || woken.0.load(Ordering::Relaxed), "pending, and nobody will wake the task");
    }
    polled
}

/// All that comes, and twice the end.
pub fn drain<S: Stream + Unpin>(stream: &mut S, waiting: &Waiting) -> Vec<S::Item> {
    let mut items = Vec::new();
    loop {
        match poll_once(stream, waiting) {
            Poll::Ready(Some(item)) => items.push(item),
            Poll::Ready(None) => break,
            Poll::Pending => {}
        }
    }
    assert!(matches!(poll_once(stream, waiting), Poll::Ready(None)), "the end is final");
    items
}
