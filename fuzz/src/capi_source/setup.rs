//! What both sources are made with.

use super::owned::{Owned, span};
use crate::capi::owned::config;
use crate::event_source::builder;
use crate::event_source::model::Rules;
use crate::text::{Bytes, Head};
use eventwire::EventSource;
use eventwire::capi::{
    EW_DEFAULT_RECONNECTION_TIME, EW_SOURCE_REPLAY_BODY, EW_SOURCE_WITH_CREDENTIALS, Header, HttpStatuses,
    SourceConfig, Status,
};
use std::ptr;

/// The rules of a source, and its request. Texts are bytes, since C has no others.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    rules: Rules,
    url: Bytes,
    method: Option<Bytes>,
    headers: Vec<(Bytes, Bytes)>,
    credentials: bool,
}

/// The statuses of [`Rules::statuses`].
const STATUSES: [HttpStatuses; 3] = [
    HttpStatuses { first: 429, last: 429 },
    HttpStatuses { first: 500, last: 599 },
    HttpStatuses { first: 200, last: 204 },
];

impl Setup {
    pub(super) fn read(head: Head<'_>) -> Self {
        let mut rules = Rules::read(head);
        // C says with 0 what Rust says by saying nothing.
        rules.settings.max_event_size = rules.settings.max_event_size.max(1);
        if rules.reconnection_time == 0 {
            rules.reconnection_time = EW_DEFAULT_RECONNECTION_TIME.into();
        }
        rules.max_retry_after = rules.max_retry_after.filter(|&most| most != 0);
        rules.idle_timeout = rules.idle_timeout.filter(|&most| most != 0);
        rules.max_failures = rules.max_failures.filter(|&most| most != 0);
        rules.last_event_id = head.word("id=").unwrap_or_default().to_vec();
        let bytes = |value: &[u8]| Bytes(value.to_vec());
        let header = |text: &[u8]| {
            let end = text.iter().position(|&byte| byte == b':').unwrap_or(text.len());
            (bytes(&text[..end]), bytes(text.get(end + 1..).unwrap_or_default()))
        };
        let headers = head.word("header=").map(|list| list.split(|&byte| byte == b',').map(header).collect());
        Self {
            rules,
            url: bytes(head.word("url=").unwrap_or(b"https://example.org/stream")),
            method: head.word("method=").filter(|method| !method.is_empty()).map(bytes),
            headers: headers.unwrap_or_default(),
            credentials: head.has("credentials"),
        }
    }

    /// `None` if it is refused, or cannot even be said in Rust.
    pub(super) fn of_rust(&self) -> Option<EventSource> {
        let text = |bytes| str::from_utf8(bytes).ok();
        let mut builder = builder(text(&self.url)?, &self.rules).with_credentials(self.credentials);
        if let Some(method) = &self.method {
            builder = builder.method(text(method)?);
        }
        for (name, value) in &self.headers {
            builder = builder.header(text(name)?, &**value);
        }
        builder.build().ok()
    }

    /// The status if it is refused.
    pub(super) fn of_c(&self) -> Result<Owned, Status> {
        let rules = &self.rules;
        // In memory of their own, which is gone after the call: all is copied.
        let apart = |bytes: &[u8]| Box::<[u8]>::from(bytes);
        let (url, id) = (apart(&self.url), apart(&rules.last_event_id));
        let (method, body) = (self.method.as_deref().map(apart), rules.body.then(|| apart(b"body")));
        let values: Vec<_> = self.headers.iter().map(|(name, value)| (apart(name), apart(value))).collect();
        let headers: Vec<_> = values
            .iter()
            .map(|(name, value)| Header { name: span(Some(name)), value: span(Some(value)) })
            .collect();
        let statuses = if rules.statuses { &STATUSES[..] } else { &[] };
        let parser = config(&rules.settings);
        let (factor, cap, reset_after) = rules.backoff.unwrap_or_default();
        let mut flags = if self.credentials { EW_SOURCE_WITH_CREDENTIALS } else { 0 };
        if rules.body && !rules.refused {
            flags |= EW_SOURCE_REPLAY_BODY;
        }
        Owned::new(&SourceConfig {
            struct_size: size_of::<SourceConfig>() as u32,
            flags,
            url: span(Some(&url)),
            method: span(method.as_deref()),
            body: span(body.as_deref()),
            last_event_id: span(Some(&id)),
            headers: if headers.is_empty() { ptr::null() } else { headers.as_ptr() },
            header_count: headers.len(),
            retry_statuses: statuses.as_ptr(),
            retry_status_count: statuses.len(),
            parser: &parser,
            reconnection_time: rules.reconnection_time,
            max_retry_after: rules.max_retry_after.unwrap_or(0),
            min_delay: rules.min_delay,
            backoff_cap: cap,
            backoff_reset_after: reset_after,
            idle_timeout: rules.idle_timeout.unwrap_or(0),
            seed: rules.seed,
            backoff_factor: factor,
            jitter_percent: rules.jitter,
            max_failures: rules.max_failures.unwrap_or(0),
            reserved: 0,
        })
    }
}
