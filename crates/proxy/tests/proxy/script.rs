//! A body that does what it is told, and a consumer that looks at everything a body says.

use std::collections::VecDeque;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};

/// What a body does when it is polled.
#[derive(Clone, Debug)]
pub enum Step {
    Data(Bytes),
    Pending,
    Trailers,
    Error,
}

/// The error of such a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("broken")
    }
}

impl std::error::Error for Broken {}

/// The body.
#[derive(Debug)]
pub struct Script {
    steps: VecDeque<Step>,
    polls: Arc<AtomicUsize>,
    /// Whether it says beforehand how long it is, and when it is at its end.
    tells: bool,
}

impl Script {
    pub fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self { steps: steps.into_iter().collect(), polls: Arc::default(), tells: true }
    }

    /// Data in these chunks.
    pub fn chunks<'s>(chunks: impl IntoIterator<Item = &'s [u8]>) -> Self {
        Self::new(chunks.into_iter().map(|chunk| Step::Data(Bytes::copy_from_slice(chunk))))
    }

    /// One that has nothing to say of its end.
    pub fn silent(mut self) -> Self {
        self.tells = false;
        self
    }

    pub fn then(mut self, step: Step) -> Self {
        self.steps.push_back(step);
        self
    }

    /// How often it has been polled, also when it is somewhere inside.
    pub fn polls(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.polls)
    }
}

pub fn trailers() -> HeaderMap {
    HeaderMap::from_iter([(http::HeaderName::from_static("x-sum"), http::HeaderValue::from_static("7"))])
}

impl Body for Script {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        self.polls.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(match self.steps.pop_front() {
            Some(Step::Data(data)) => Some(Ok(Frame::data(data))),
            Some(Step::Pending) => {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            Some(Step::Trailers) => Some(Ok(Frame::trailers(trailers()))),
            Some(Step::Error) => {
                self.steps.clear();
                Some(Err(Broken))
            }
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.tells && self.steps.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        if !self.tells || self.steps.iter().any(|step| matches!(step, Step::Error)) {
            return SizeHint::new();
        }
        let sizes =
            self.steps.iter().map(|step| if let Step::Data(data) = step { data.len() as u64 } else { 0 });
        SizeHint::with_exact(sizes.sum())
    }
}

/// What came out of a body.
#[derive(Debug, PartialEq, Eq)]
pub enum Seen {
    Data(Bytes),
    Trailers(HeaderMap),
    Error(Broken),
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Polls once.
pub fn poll<B: Body<Data = Bytes, Error = Broken>>(body: Pin<&mut B>) -> Poll<Option<Seen>> {
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let polled = body.poll_frame(&mut Context::from_waker(&waker));
    assert!(polled.is_ready() || woken.0.load(Ordering::Relaxed), "nobody would poll it again");
    polled.map(|frame| {
        frame.map(|frame| match frame.map(Frame::into_data) {
            Ok(Ok(data)) => Seen::Data(data),
            Ok(Err(other)) => Seen::Trailers(other.into_trailers().expect("there is no third kind")),
            Err(error) => Seen::Error(error),
        })
    })
}

/// Takes everything, and checks on the way that what the body says of its rest is true.
pub fn collect<B: Body<Data = Bytes, Error = Broken>>(body: B) -> Vec<Seen> {
    let mut body = pin!(body);
    let (mut seen, mut sizes, mut hints) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        hints.push((seen.len(), body.size_hint(), body.is_end_stream()));
        match poll(body.as_mut()) {
            Poll::Pending => {}
            Poll::Ready(None) => break,
            Poll::Ready(Some(frame)) => {
                sizes.push(if let Seen::Data(data) = &frame { data.len() as u64 } else { 0 });
                seen.push(frame);
            }
        }
    }
    assert_eq!(poll(body.as_mut()), Poll::Ready(None), "the end stays the end");
    for (at, hint, is_end) in hints {
        let rest: u64 = sizes[at..].iter().sum();
        assert!(hint.lower() <= rest && hint.upper().is_none_or(|upper| rest <= upper), "{hint:?}: {rest}");
        assert!(!is_end || at == seen.len(), "more came behind the end");
    }
    seen
}

/// The data of all frames, and what is not data.
pub fn split(seen: Vec<Seen>) -> (Vec<u8>, Vec<Seen>) {
    let (mut data, mut others) = (Vec::new(), Vec::new());
    for frame in seen {
        match frame {
            Seen::Data(bytes) => {
                assert!(others.is_empty(), "data comes first");
                data.extend_from_slice(&bytes);
            }
            other => others.push(other),
        }
    }
    (data, others)
}
