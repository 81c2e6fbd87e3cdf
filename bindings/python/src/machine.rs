//! `Machine`: the rules of a connection, for the drivers that are written in Python.
//!
//! It is the engine's `EventSource`, method by method: it decides, and the driver acts. Time is milliseconds on the driver's
//! clock. What a method has the user told comes back as a tuple, `(ready state, reason, words)`; the reason of an open connection is `open`.

use std::sync::{Mutex, MutexGuard};

use eventwire::EventSource;
use eventwire::event_source::{
    Action, Backoff, Builder, Fault, Head, Notice, Policy, ReadyState, Reason, Replay,
};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString};

use crate::collect::{Collector, Received};
use crate::input::{self, Value};
use crate::options::Options;
use crate::text;

/// What the user is to be told.
type Told = Option<(u8, &'static str, String)>;
/// Method, URL, header fields, body.
type Request<'py> = (String, String, Vec<(String, Bound<'py, PyBytes>)>, Option<Bound<'py, PyBytes>>);

/// The rules of a connection: decides, does no IO.
#[pyclass(frozen, module = "eventwire._eventwire")]
#[derive(Debug)]
pub struct Machine(Mutex<State>);

#[derive(Debug)]
struct State {
    source: EventSource,
    collector: Collector,
}

/// The request that is made at each attempt: the attributes of a Python object of this name.
#[derive(Debug, FromPyObject)]
struct RequestSettings<'py> {
    method: String,
    headers: Vec<(String, Vec<u8>)>,
    content: Option<Vec<u8>>,
    replay: bool,
    with_credentials: bool,
    last_event_id: Bound<'py, PyAny>,
    reconnection_time: u64,
}

/// What is done beyond the standard: the attributes of `eventwire.Policy`, times in milliseconds.
#[derive(Debug, FromPyObject)]
struct PolicySettings {
    backoff: Option<(u32, u64, u64)>,
    min_delay: u64,
    jitter: Option<(u32, u64)>,
    max_retry_after: Option<u64>,
    retry_statuses: Vec<(u16, u16)>,
    idle_timeout: Option<u64>,
    max_failures: Option<u32>,
}

#[pymethods]
impl Machine {
    #[new]
    #[pyo3(signature = (url, request, policy, *, max_event_size = 16_777_216, overflow = "error", utf8 = "replace",
        eof = "discard"))]
    #[expect(clippy::too_many_arguments, reason = "they are keyword arguments of Python")]
    fn new(
        py: Python<'_>,
        url: &str,
        request: RequestSettings<'_>,
        policy: PolicySettings,
        max_event_size: usize,
        overflow: &str,
        utf8: &str,
        eof: &str,
    ) -> PyResult<Self> {
        let options = Options { max_event_size, overflow, utf8, eof, comments: false };
        let builder = EventSource::builder(url).config(options.config()?).policy(policy.into());
        let source = request
            .into_builder(builder)?
            .build()
            .map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Self(Mutex::new(State { source, collector: Collector::new(py, false)? })))
    }

    /// What to do now: `connect`, `wait` until a time, `receive` up to a deadline or without one, or nothing: `closed`.
    fn poll(&self, now: u64) -> PyResult<(&'static str, Option<u64>)> {
        Ok(match self.lock()?.source.poll(now) {
            Action::Connect(_) => ("connect", None),
            Action::Wait { until } => ("wait", (until != u64::MAX).then_some(until)),
            Action::Receive { deadline } => ("receive", deadline),
            Action::Closed => ("closed", None),
        })
    }

    /// The request to be made: method, URL, header fields, body.
    fn request<'py>(&self, py: Python<'py>) -> PyResult<Request<'py>> {
        let state = self.lock()?;
        let request = state.source.request();
        let headers = request
            .headers()
            .map(|(name, value)| Ok((name.to_owned(), text::copied(py, value)?)))
            .collect::<PyResult<_>>()?;
        let body = request.body().map(|body| text::copied(py, body)).transpose()?;
        Ok((request.method().to_owned(), request.url().to_owned(), headers, body))
    }

    /// Takes the head of the response.
    fn handle_response(
        &self,
        now: u64,
        status: u16,
        content_type: Option<&[u8]>,
        url: &str,
        retry_after: Option<&[u8]>,
        date: Option<&[u8]>,
    ) -> PyResult<Told> {
        let mut head = Head::new(status).url(url);
        if let Some(value) = content_type {
            head = head.content_type(value);
        }
        if let Some(value) = retry_after {
            head = head.retry_after(value);
        }
        if let Some(value) = date {
            head = head.date(value);
        }
        Ok(told(self.lock()?.source.handle_response(now, &head)))
    }

    /// The items that are complete with this chunk of the body. See `Parser.feed`.
    fn feed<'py>(&self, py: Python<'py>, now: u64, data: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
        let chunk = input::chunk(data)?;
        let State { source, collector } = &mut *self.lock()?;
        collector.feed(py, &mut Received(source, now), chunk.as_bytes())
    }

    /// What the end of the body leaves; to be called before `handle_end`.
    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let State { source, collector } = &mut *self.lock()?;
        collector.finish(py, &mut Received(source, 0))
    }

    /// Takes the end of the body.
    fn handle_end(&self, now: u64) -> PyResult<Told> {
        let mut state = self.lock()?;
        state.collector.forget();
        Ok(told(state.source.handle_end(now)))
    }

    /// Takes a network error, after which another attempt may succeed, or not.
    fn handle_error(&self, now: u64, fatal: bool) -> PyResult<Told> {
        let mut state = self.lock()?;
        state.collector.forget();
        let fault = if fatal { Fault::Fatal } else { Fault::Transient };
        Ok(told(state.source.handle_error(now, fault)))
    }

    /// Takes the time: if the deadline has come, the connection is lost.
    fn handle_timeout(&self, now: u64) -> PyResult<Told> {
        let mut state = self.lock()?;
        state.collector.forget();
        Ok(told(state.source.handle_timeout(now)))
    }

    /// Ends it all.
    fn close(&self) -> PyResult<()> {
        self.lock()?.source.close();
        Ok(())
    }

    /// 0, 1 or 2.
    #[getter]
    fn ready_state(&self) -> PyResult<u8> {
        Ok(number(self.lock()?.source.ready_state()))
    }

    /// The last event ID.
    #[getter]
    fn last_event_id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        text::lossy(py, self.lock()?.source.last_event_id())
    }

    /// The reconnection time in force, in milliseconds.
    #[getter]
    fn reconnection_time(&self) -> PyResult<u64> {
        Ok(self.lock()?.source.reconnection_time())
    }

    /// The origin of the connection opened last.
    #[getter]
    fn origin(&self) -> PyResult<String> {
        Ok(self.lock()?.source.origin().to_owned())
    }

    fn __repr__(&self) -> PyResult<String> {
        Ok(format!("<{:?}>", self.lock()?.source))
    }
}

impl Machine {
    /// The state. A driver does one thing after the other, so there is nobody to wait for.
    fn lock(&self) -> PyResult<MutexGuard<'_, State>> {
        self.0.try_lock().map_err(|_| {
            PyRuntimeError::new_err(
                "this source is in use by another thread: iterate over it in one thread only",
            )
        })
    }
}

impl RequestSettings<'_> {
    fn into_builder(self, builder: Builder) -> PyResult<Builder> {
        let last_event_id = Value::of("last_event_id", &self.last_event_id)?;
        let mut builder = builder
            .with_credentials(self.with_credentials)
            .last_event_id(last_event_id.as_bytes()?)
            .reconnection_time(self.reconnection_time)
            .method(&self.method);
        for (name, value) in self.headers {
            builder = builder.header(&name, value);
        }
        if let Some(content) = self.content {
            builder = builder.body(content, if self.replay { Replay::Allowed } else { Replay::Refused });
        }
        Ok(builder)
    }
}

impl From<PolicySettings> for Policy {
    fn from(settings: PolicySettings) -> Self {
        let mut policy = Self::new().min_delay(settings.min_delay);
        if let Some((factor, cap, reset_after)) = settings.backoff {
            policy = policy.backoff(Backoff::new(factor, cap).reset_after(reset_after));
        }
        if let Some((percent, seed)) = settings.jitter {
            policy = policy.jitter(percent, seed);
        }
        if let Some(most) = settings.max_retry_after {
            policy = policy.retry_after(most);
        }
        for (first, last) in settings.retry_statuses {
            policy = policy.retry_statuses(first..=last);
        }
        if let Some(milliseconds) = settings.idle_timeout {
            policy = policy.idle_timeout(milliseconds);
        }
        if let Some(failures) = settings.max_failures {
            policy = policy.max_failures(failures);
        }
        policy
    }
}

fn number(ready_state: ReadyState) -> u8 {
    ready_state as u8
}

fn told(notice: Option<Notice>) -> Told {
    Some(match notice? {
        Notice::Open => (number(ReadyState::Open), "open", "the connection is open".to_owned()),
        Notice::Error { ready_state, reason } => (number(ready_state), word(reason), reason.to_string()),
    })
}

fn word(reason: Reason) -> &'static str {
    match reason {
        Reason::End => "end",
        Reason::Network => "network",
        Reason::Fatal => "fatal",
        Reason::Status(_) => "status",
        Reason::ContentType => "content-type",
        Reason::IdleTimeout => "idle-timeout",
        _ => "no-memory",
    }
}

/// Why a response is no event stream: `status`, `content-type`, or None if it is one. By the rules of `EventSource`.
#[pyfunction]
pub fn check_response(status: u16, content_type: Option<&[u8]>) -> PyResult<Option<&'static str>> {
    let mut source =
        EventSource::builder("").build().map_err(|error| PyValueError::new_err(error.to_string()))?;
    let Action::Connect(_) = source.poll(0) else { return Ok(None) };
    let head = Head::new(status);
    let head = content_type.map_or(head, |value| head.content_type(value));
    Ok(match source.handle_response(0, &head) {
        Some(Notice::Error { reason, .. }) => Some(word(reason)),
        _ => None,
    })
}
