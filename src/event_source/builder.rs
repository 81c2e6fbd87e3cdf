//! What a source is made with.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::request::{ACCEPT, CACHE_CONTROL, Field, LAST_EVENT_ID, Template};
use super::words::{is_same_word, is_token_byte};
use super::{EventSource, Policy, Replay};
use crate::carry::{Carry, VecCarry};
use crate::config::{Config, Utf8};
use crate::error::Error;
use crate::parser::Parser;

/// What a source is made with: see [`EventSource::builder`].
///
/// What is wrong is said by [`build`](Self::build).
///
/// ```
/// use eventwire::EventSource;
/// use eventwire::event_source::{Policy, Replay};
///
/// let source = EventSource::builder("https://api.example.org/v1/chat")
///     .method("POST")
///     .header("Authorization", "Bearer 0123")
///     .header("Content-Type", "application/json")
///     .body(r#"{"stream":true}"#, Replay::Refused)
///     .policy(Policy::new().idle_timeout(30_000))
///     .build()?;
/// # Ok::<(), eventwire::event_source::BuildError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    template: Template,
    last_event_id: Vec<u8>,
    reconnection_time: u64,
    config: Config,
    policy: Policy,
    /// What went wrong first.
    wrong: Option<BuildError>,
}

/// Why a source cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BuildError {
    /// The URL holds CR, LF or NUL.
    InvalidUrl,
    /// The method is no token, as HTTP calls it.
    InvalidMethod,
    /// The name of a header field is no token.
    InvalidHeaderName,
    /// The value of a header field holds a control character.
    InvalidHeaderValue,
    /// `Last-Event-ID` was given as a header field. It changes with the stream: use [`Builder::last_event_id`].
    ReservedHeader,
    /// The last event ID holds CR, LF or NUL, or is not UTF-8 under [`Utf8::Strict`].
    InvalidId,
    /// There is no memory.
    NoMemory,
}

impl Builder {
    pub(super) fn new(url: &str) -> Self {
        let template = Template {
            method: String::new(),
            url: String::new(),
            fields: Vec::new(),
            has_accept: false,
            has_cache_control: false,
            body: None,
            replay: Replay::Allowed,
            with_credentials: false,
        };
        let mut builder = Self {
            template,
            last_event_id: Vec::new(),
            reconnection_time: 3000,
            config: Config::new().utf8(Utf8::Replace),
            policy: Policy::new(),
            wrong: None,
        };
        let is_allowed = |byte| !matches!(byte, b'\r' | b'\n' | 0);
        let url = text(url, is_allowed, BuildError::InvalidUrl);
        builder.take(url, |this, url| this.template.url = url);
        builder
    }

    /// Sends all credentials there are for the URL, and not only those of its own origin. Default: no.
    pub const fn with_credentials(mut self, with_credentials: bool) -> Self {
        self.template.with_credentials = with_credentials;
        self
    }

    /// The request's method. Default `GET`, also with a body.
    pub fn method(mut self, method: &str) -> Self {
        self.set_method(method);
        self
    }

    /// One more header field. `Accept` and `Cache-Control` take the place of what would be sent otherwise.
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.add_header(name, value.as_ref());
        self
    }

    /// A body for the request, and whether it may be sent again with the next attempt.
    pub fn body(mut self, body: impl AsRef<[u8]>, replay: Replay) -> Self {
        self.set_body(body.as_ref(), replay);
        self
    }

    /// The last event ID to begin with: one that was saved, say. By the standard it is empty (statement 66).
    pub fn last_event_id(mut self, id: impl AsRef<[u8]>) -> Self {
        self.set_last_event_id(id.as_ref());
        self
    }

    /// The reconnection time in milliseconds until the stream sets another. Default 3000.
    pub const fn reconnection_time(mut self, milliseconds: u64) -> Self {
        self.reconnection_time = milliseconds;
        self
    }

    /// Settings of the parser. Default: those of [`Config::new`], but for [`Utf8::Replace`], by which events and header
    /// fields are what the standard says also where a stream is not UTF-8.
    pub const fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// What is to be done beyond the standard. Default: nothing.
    pub const fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    pub(crate) fn set_method(&mut self, method: &str) {
        self.take(token(method, BuildError::InvalidMethod), |this, method| this.template.method = method);
    }

    pub(crate) fn add_header(&mut self, name: &str, value: &[u8]) {
        let field = field(name, value);
        self.take(field, |this, field| {
            this.template.has_accept |= is_same_word(field.name.as_bytes(), ACCEPT.as_bytes());
            this.template.has_cache_control |= is_same_word(field.name.as_bytes(), CACHE_CONTROL.as_bytes());
            match this.template.fields.try_reserve(1) {
                Ok(()) => this.template.fields.push(field),
                Err(_) => this.wrong = Some(BuildError::NoMemory),
            }
        });
    }

    pub(crate) fn set_body(&mut self, body: &[u8], replay: Replay) {
        self.take(copy(body), |this, body| this.template.body = Some(body));
        self.template.replay = replay;
    }

    pub(crate) fn set_last_event_id(&mut self, id: &[u8]) {
        self.take(copy(id), |this, id| this.last_event_id = id);
    }

    /// Makes the source. What it must keep of a stream is kept on the heap.
    ///
    /// # Errors
    ///
    /// A [`BuildError`]: the first thing that was wrong.
    pub fn build(self) -> Result<EventSource, BuildError> {
        self.build_with_carry(VecCarry::new())
    }

    /// Makes the source, with a place to keep what it must of a stream.
    ///
    /// # Errors
    ///
    /// As for [`build`](Self::build).
    pub fn build_with_carry<C: Carry>(self, carry: C) -> Result<EventSource<C>, BuildError> {
        let Self { template, last_event_id, reconnection_time, config, policy, wrong } = self;
        match wrong {
            Some(wrong) => Err(wrong),
            None => {
                let parser = Parser::with_carry(config, carry);
                EventSource::from_parts(template, policy, reconnection_time, parser, &last_event_id)
            }
        }
    }

    /// Puts what was given in its place, or notes what is wrong with it if nothing was before.
    fn take<T>(&mut self, given: Result<T, BuildError>, put: impl FnOnce(&mut Self, T)) {
        match given {
            Ok(given) => put(self, given),
            Err(wrong) => self.wrong = self.wrong.or(Some(wrong)),
        }
    }
}

/// A header field of the user's.
fn field(name: &str, value: &[u8]) -> Result<Field, BuildError> {
    let name = token(name, BuildError::InvalidHeaderName)?;
    if is_same_word(name.as_bytes(), LAST_EVENT_ID.as_bytes()) {
        return Err(BuildError::ReservedHeader);
    }
    if value.iter().any(|&byte| byte.is_ascii_control() && byte != b'\t') {
        return Err(BuildError::InvalidHeaderValue);
    }
    Ok(Field { name, value: copy(value)? })
}

/// A copy of a token of HTTP.
fn token(from: &str, error: BuildError) -> Result<String, BuildError> {
    if from.is_empty() { Err(error) } else { text(from, is_token_byte, error) }
}

/// A copy of text all of whose bytes are allowed.
fn text(from: &str, is_allowed: fn(u8) -> bool, error: BuildError) -> Result<String, BuildError> {
    if !from.bytes().all(is_allowed) {
        return Err(error);
    }
    let mut to = String::new();
    to.try_reserve_exact(from.len()).map_err(|_| BuildError::NoMemory)?;
    to.push_str(from);
    Ok(to)
}

fn copy(from: &[u8]) -> Result<Vec<u8>, BuildError> {
    let mut to = Vec::new();
    to.try_reserve_exact(from.len()).map_err(|_| BuildError::NoMemory)?;
    to.extend_from_slice(from);
    Ok(to)
}

impl From<Error> for BuildError {
    /// What a parser has against a last event ID.
    fn from(error: Error) -> Self {
        match error {
            Error::NoMemory => Self::NoMemory,
            _ => Self::InvalidId,
        }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidUrl => "URL refused: it holds CR, LF or NUL",
            Self::InvalidMethod => "method refused: it is not a token",
            Self::InvalidHeaderName => "name of a header field refused: it is not a token",
            Self::InvalidHeaderValue => "value of a header field refused: it holds a control character",
            Self::ReservedHeader => "header field Last-Event-ID refused: set the last event ID instead",
            Self::InvalidId => "last event ID refused: it holds CR, LF or NUL, or is not UTF-8",
            Self::NoMemory => "out of memory",
        })
    }
}

impl core::error::Error for BuildError {}
