//! `ew_event`: what a parser delivers.

use super::input::Span;
use super::status::{EW_COMMENT, EW_EVENT, EW_RETRY, EW_UNKNOWN_FIELD};
use crate::Item;
use crate::assembler::Whole;

/// In `flags` of an event: its block has set an id, which may be empty: `id`.
pub const EW_EVENT_HAS_ID: u32 = 1;
/// In `flags` of an event: type and data were not copied. They are slices of the chunk (the type may be the
/// library's "message"), and so as valid as that.
pub const EW_EVENT_BORROWED: u32 = 2;

/// What a parser delivers: an event, or another item that the settings ask for. Which one says `kind`, and so which members
/// mean something; all others are zero.
///
/// - `EW_EVENT`: `event_type`, `data`, `last_event_id`, `id`, `begin`, `end` and `flags`.
/// - `EW_RETRY`: `retry`.
/// - `EW_COMMENT`: `data`, all that follows the colon.
/// - `EW_UNKNOWN_FIELD`: `event_type`, the field's name, and `data`, its value.
///
/// The spans are valid until the next call that takes the parser as other than `const`, and no longer than the chunk.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// The event's type: "message" if the stream gives none.
    pub event_type: Span,
    /// The data, its lines joined with LF.
    pub data: Span,
    /// The last event ID at this event: its own, or the one that was in force.
    pub last_event_id: Span,
    /// The id that this event itself has set; `ptr` is NULL if it has set none.
    pub id: Span,
    /// Where the event begins, in bytes since the start of the stream: at the first byte of its first line, comments
    /// and unknown fields included.
    pub begin: u64,
    /// Where it ends: just behind the byte that completed it, the CR or LF of the blank line.
    pub end: u64,
    /// The reconnection time in milliseconds.
    pub retry: u64,
    /// `EW_EVENT_HAS_ID`, `EW_EVENT_BORROWED`, joined with `|`.
    pub flags: u32,
    /// `EW_EVENT`, `EW_RETRY`, `EW_COMMENT` or `EW_UNKNOWN_FIELD`: the status that came with it.
    pub kind: u32,
    /// Zero.
    pub reserved: [u32; 4],
}

impl Event {
    const NOTHING: Self = Self {
        event_type: Span::NONE,
        data: Span::NONE,
        last_event_id: Span::NONE,
        id: Span::NONE,
        begin: 0,
        end: 0,
        retry: 0,
        flags: 0,
        kind: 0,
        reserved: [0; 4],
    };

    /// The item as C sees it.
    #[inline(always)]
    pub(super) fn of(item: &Item<'_>) -> Self {
        match item {
            Item::Event(event) => Self::of_event(event),
            Item::Retry(milliseconds) => {
                Self { retry: *milliseconds, kind: EW_RETRY.unsigned_abs(), ..Self::NOTHING }
            }
            Item::Comment(comment) => {
                Self { data: Span::of(comment), kind: EW_COMMENT.unsigned_abs(), ..Self::NOTHING }
            }
            Item::Unknown { name, value } => Self {
                event_type: Span::of(name),
                data: Span::of(value),
                kind: EW_UNKNOWN_FIELD.unsigned_abs(),
                ..Self::NOTHING
            },
        }
    }

    /// An event that is whole in the chunk as C sees it.
    #[inline(always)]
    pub(super) fn of_whole(event: &Whole<'_>, last_event_id: Span) -> Self {
        let event_type = if event.event_type.is_empty() { b"message" } else { event.event_type };
        let has_id = if event.id.is_some() { EW_EVENT_HAS_ID } else { 0 };
        Self {
            event_type: Span::of(event_type),
            data: Span::of(event.data),
            last_event_id,
            id: event.id.map_or(Span::NONE, Span::of),
            begin: event.begin,
            end: event.end,
            flags: has_id | EW_EVENT_BORROWED,
            kind: EW_EVENT.unsigned_abs(),
            ..Self::NOTHING
        }
    }

    /// The event as C sees it.
    #[inline(always)]
    pub(super) fn of_event(event: &crate::Event<'_>) -> Self {
        let (has_id, borrowed) = (event.id().is_some(), event.is_borrowed());
        let span = event.span();
        Self {
            event_type: Span::of(event.event_type()),
            data: Span::of(event.data()),
            last_event_id: Span::of(event.last_event_id()),
            id: event.id().map_or(Span::NONE, Span::of),
            begin: span.start,
            end: span.end,
            flags: if has_id { EW_EVENT_HAS_ID } else { 0 } | if borrowed { EW_EVENT_BORROWED } else { 0 },
            kind: EW_EVENT.unsigned_abs(),
            ..Self::NOTHING
        }
    }
}
