//! A source of C that ends with its owner, in the words of the Rust API.

use super::Response;
use crate::capi::seen::bytes_of;
use eventwire::ReadyState;
use eventwire::capi::{
    self, EW_ACTION_CLOSED, EW_ACTION_CONNECT, EW_ACTION_RECEIVE, EW_ACTION_WAIT, EW_CLOSED, EW_CONNECTING,
    EW_ERR_INVALID_ARGUMENT, EW_NETWORK_ERROR_FATAL, EW_NETWORK_ERROR_TRANSIENT, EW_NOTICE, EW_NOTICE_ERROR,
    EW_NOTICE_OPEN, EW_OK, EW_OPEN, EW_REASON_CONTENT_TYPE, EW_REASON_END, EW_REASON_FATAL,
    EW_REASON_IDLE_TIMEOUT, EW_REASON_NETWORK, EW_REASON_NO_MEMORY, EW_REASON_STATUS,
    EW_REQUEST_WITH_CREDENTIALS, Event, Head, Header, Input, Source, SourceConfig, Span, Status,
};
use eventwire::event_source::{Credentials, Fault, Notice, Reason, Request};
use std::ptr;

/// The source.
#[derive(Debug)]
pub(super) struct Owned(pub(super) *mut Source);

/// What a poll is answered with.
#[derive(Debug, PartialEq)]
pub(super) enum Polled {
    Connect,
    Wait(u64),
    /// C says `EW_NEVER` where Rust says `None`.
    Receive(u64),
    Closed,
}

impl Owned {
    /// What `config` points to is readable.
    pub(super) fn new(config: &SourceConfig) -> Result<Self, Status> {
        let mut source = ptr::null_mut();
        // SAFETY: both are references, and what the settings point to is readable.
        let status = unsafe { capi::ew_source_new(config, &mut source) };
        assert_eq!(source.is_null(), status != EW_OK);
        if status == EW_OK { Ok(Self(source)) } else { Err(status) }
    }

    pub(super) fn poll(&self, now: u64) -> Polled {
        let mut action = capi::Action { kind: 99, reserved: 99, until: 99 };
        // SAFETY: the source is valid, the place a reference.
        assert_eq!(unsafe { capi::ew_source_poll(self.0, now, &mut action) }, EW_OK);
        assert_eq!(action.reserved, 0);
        match action.kind {
            EW_ACTION_CONNECT => Polled::Connect,
            EW_ACTION_WAIT => Polled::Wait(action.until),
            EW_ACTION_RECEIVE => Polled::Receive(action.until),
            EW_ACTION_CLOSED => Polled::Closed,
            other => panic!("an action of the kind {other}"),
        }
    }

    pub(super) fn handle_response(&self, now: u64, response: &Response<'_>) -> Option<Notice> {
        let Response { status, content_type, url, retry_after, date } = *response;
        // In memory of their own, which is gone after the call.
        let values = [content_type, url.map(str::as_bytes), retry_after, date];
        let values = values.map(|value| value.map(Box::<[u8]>::from));
        let [content_type, url, retry_after, date] = values.each_ref().map(|value| span(value.as_deref()));
        let (struct_size, status) = (size_of::<Head>() as u32, status.into());
        let head = Head { struct_size, status, content_type, url, retry_after, date };
        // SAFETY: the source is valid, the values are slices, the rest references.
        told(|out| unsafe { capi::ew_source_handle_response(self.0, now, &head, out) })
    }

    pub(super) fn handle_end(&self, now: u64) -> Option<Notice> {
        // SAFETY: the source is valid, the place a reference.
        told(|out| unsafe { capi::ew_source_handle_end(self.0, now, out) })
    }

    pub(super) fn handle_error(&self, now: u64, fault: Fault) -> Option<Notice> {
        let kind = match fault {
            Fault::Transient => EW_NETWORK_ERROR_TRANSIENT,
            Fault::Fatal => EW_NETWORK_ERROR_FATAL,
        };
        // SAFETY: the source is valid, the place a reference.
        told(|out| unsafe { capi::ew_source_handle_error(self.0, now, kind, out) })
    }

    pub(super) fn handle_timeout(&self, now: u64) -> Option<Notice> {
        // SAFETY: the source is valid, the place a reference.
        told(|out| unsafe { capi::ew_source_handle_timeout(self.0, now, out) })
    }

    /// The chunk of `input` is a slice.
    pub(super) fn next(&self, now: u64, input: &mut Input, event: &mut Event) -> Status {
        // SAFETY: the source is valid, the rest are references, the chunk is a slice.
        unsafe { capi::ew_source_next(self.0, now, input, event) }
    }

    pub(super) fn finish(&self, event: &mut Event) -> Status {
        // SAFETY: the source is valid, the place a reference.
        unsafe { capi::ew_source_finish(self.0, event) }
    }

    pub(super) fn close(&self) {
        // SAFETY: the source is valid.
        unsafe { capi::ew_source_close(self.0) };
    }

    pub(super) fn ready_state(&self) -> ReadyState {
        // SAFETY: the source is valid.
        state(unsafe { capi::ew_source_ready_state(self.0) })
    }

    pub(super) fn attempts(&self) -> u64 {
        // SAFETY: the source is valid.
        unsafe { capi::ew_source_attempts(self.0) }
    }

    pub(super) fn failures(&self) -> u32 {
        // SAFETY: the source is valid.
        unsafe { capi::ew_source_failures(self.0) }
    }

    pub(super) fn reconnection_time(&self) -> u64 {
        // SAFETY: the source is valid.
        unsafe { capi::ew_source_reconnection_time(self.0) }
    }

    pub(super) fn last_event_id(&self) -> &[u8] {
        // SAFETY: the source is valid.
        bytes_of(unsafe { capi::ew_source_last_event_id(self.0) })
    }

    pub(super) fn origin(&self) -> &[u8] {
        // SAFETY: the source is valid.
        bytes_of(unsafe { capi::ew_source_origin(self.0) })
    }

    /// The request is this one, with its header fields and no more.
    pub(super) fn compare_request(&self, expected: &Request<'_>) {
        let dirty = Span { ptr: ptr::without_provenance(99), len: 99 };
        let mut request = capi::Request {
            method: dirty,
            url: dirty,
            body: dirty,
            last_event_id: dirty,
            header_count: 99,
            flags: 99,
            reserved: [99; 3],
        };
        // SAFETY: the source is valid, the place a reference.
        assert_eq!(unsafe { capi::ew_source_request(self.0, &mut request) }, EW_OK);
        assert_eq!(bytes_of(request.method), expected.method().as_bytes());
        assert_eq!(bytes_of(request.url), expected.url().as_bytes());
        let body = (!request.body.ptr.is_null()).then(|| bytes_of(request.body));
        assert_eq!(body, expected.body());
        assert_eq!(bytes_of(request.last_event_id), expected.last_event_id());
        let credentials = match request.flags {
            0 => Credentials::SameOrigin,
            EW_REQUEST_WITH_CREDENTIALS => Credentials::Include,
            other => panic!("flags {other} of a request"),
        };
        assert_eq!((credentials, request.reserved), (expected.credentials(), [0; 3]));
        let mut header = Header { name: dirty, value: dirty };
        for (index, (name, value)) in expected.headers().enumerate() {
            // SAFETY: the source is valid, the place a reference.
            assert_eq!(unsafe { capi::ew_source_header(self.0, index, &mut header) }, EW_OK);
            assert_eq!((bytes_of(header.name), bytes_of(header.value)), (name.as_bytes(), value));
        }
        assert_eq!(request.header_count, expected.headers().count());
        // SAFETY: the source is valid, the place a reference.
        let behind = unsafe { capi::ew_source_header(self.0, request.header_count, &mut header) };
        assert_eq!(behind, EW_ERR_INVALID_ARGUMENT);
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: the source is valid, and this is its end.
        unsafe { capi::ew_source_free(self.0) };
    }
}

/// A value as C has it: the pointer is null if there is none.
pub(super) fn span(value: Option<&[u8]>) -> Span {
    value.map_or(Span { ptr: ptr::null(), len: 0 }, |value| Span { ptr: value.as_ptr(), len: value.len() })
}

/// A notice with something in it that no call would write.
pub(super) fn dirty_notice() -> capi::Notice {
    capi::Notice { kind: 99, ready_state: 99, reason: 99, http_status: 99, reserved: [99; 4] }
}

/// Whether nothing has been written over [`dirty_notice`].
pub(super) fn untouched_notice(notice: &capi::Notice) -> bool {
    [notice.kind, notice.ready_state, notice.reason, notice.http_status] == [99; 4]
        && notice.reserved == [99; 4]
}

/// What is to be told of a call.
fn told(call: impl FnOnce(&mut capi::Notice) -> Status) -> Option<Notice> {
    let mut notice = dirty_notice();
    let status = call(&mut notice);
    if status == EW_OK {
        assert!(untouched_notice(&notice));
        return None;
    }
    assert_eq!((status, notice.reserved), (EW_NOTICE, [0; 4]));
    assert!(notice.http_status == 0 || notice.reason == EW_REASON_STATUS);
    let reason = match notice.reason {
        0 => {
            assert_eq!((notice.kind, notice.ready_state), (EW_NOTICE_OPEN, EW_OPEN));
            return Some(Notice::Open);
        }
        EW_REASON_END => Reason::End,
        EW_REASON_NETWORK => Reason::Network,
        EW_REASON_FATAL => Reason::Fatal,
        EW_REASON_STATUS => {
            Reason::Status(u16::try_from(notice.http_status).expect("a status that was told"))
        }
        EW_REASON_CONTENT_TYPE => Reason::ContentType,
        EW_REASON_IDLE_TIMEOUT => Reason::IdleTimeout,
        EW_REASON_NO_MEMORY => Reason::NoMemory,
        other => panic!("the reason {other}"),
    };
    assert_eq!(notice.kind, EW_NOTICE_ERROR);
    Some(Notice::Error { ready_state: state(notice.ready_state), reason })
}

fn state(number: u32) -> ReadyState {
    match number {
        EW_CONNECTING => ReadyState::Connecting,
        EW_OPEN => ReadyState::Open,
        EW_CLOSED => ReadyState::Closed,
        other => panic!("the ready state {other}"),
    }
}
