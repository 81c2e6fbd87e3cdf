//! `ew_config`: how a parser is to behave.

use super::pointer;
use crate::{Eof, Items, Overflow, Utf8};

/// The size limit of an event, in bytes, unless another is set: 16 MiB.
pub const EW_DEFAULT_MAX_EVENT_SIZE: u32 = 16_777_216;

/// In `items`: deliver each change of the reconnection time, as `EW_RETRY`. (It takes effect whether delivered or not.)
pub const EW_ITEM_RETRY: u32 = 1;
/// In `items`: deliver comments, as `EW_COMMENT`. Servers send them to keep a connection alive.
pub const EW_ITEM_COMMENTS: u32 = 2;
/// In `items`: deliver the lines of fields that the standard does not know, as `EW_UNKNOWN_FIELD`.
pub const EW_ITEM_UNKNOWN: u32 = 4;

/// In `overflow`: what is larger than the limit is dropped and reported once, as `EW_ERR_EVENT_TOO_LARGE` or
/// `EW_ERR_ITEM_TOO_LARGE`.
pub const EW_OVERFLOW_ERROR: u32 = 0;
/// In `overflow`: it is dropped and counted by `ew_parser_skipped`.
pub const EW_OVERFLOW_SKIP: u32 = 1;

/// In `utf8`: bytes are delivered as they came, whatever they are.
pub const EW_UTF8_RAW: u32 = 0;
/// In `utf8`: bytes that are not UTF-8 are replaced by U+FFFD, as the standard's decoder does.
pub const EW_UTF8_REPLACE: u32 = 1;
/// In `utf8`: an event or item that is not UTF-8 is dropped and reported as `EW_ERR_INVALID_UTF8`.
pub const EW_UTF8_STRICT: u32 = 2;

/// In `eof`: an event that the end of the stream cuts off is dropped, as the standard says.
pub const EW_EOF_DISCARD: u32 = 0;
/// In `eof`: `ew_parser_finish` delivers it, as if a line end and a blank line had followed. For servers known to leave
/// out the last line ends.
pub const EW_EOF_DISPATCH: u32 = 1;

/// The settings of a parser. Begin with `ew_config config = EW_CONFIG_INIT;` and change what is to be different: then the
/// program goes on working when a later version of this struct has more members.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// `sizeof(ew_config)`: tells the library which version of the struct this is.
    pub struct_size: u32,
    /// What to deliver beside events: `EW_ITEM_RETRY`, `EW_ITEM_COMMENTS`, `EW_ITEM_UNKNOWN`, joined with `|`. What is not
    /// asked for costs nothing.
    pub items: u32,
    /// The most bytes an event may hold: its data with the line feeds that join its lines, its type and its id. 0 for the
    /// default, `EW_DEFAULT_MAX_EVENT_SIZE`. The limit is on the event, not on a buffer: whether one is accepted does not
    /// depend on how the stream is cut. A parser's memory is bounded by it: this, and besides the last event ID.
    pub max_event_size: usize,
    /// What happens to what is larger: `EW_OVERFLOW_ERROR` (the default) or `EW_OVERFLOW_SKIP`.
    pub overflow: u32,
    /// What happens to bytes that are not UTF-8: `EW_UTF8_RAW` (the default), `EW_UTF8_REPLACE` or `EW_UTF8_STRICT`.
    pub utf8: u32,
    /// What happens to an event that the end of the stream cuts off: `EW_EOF_DISCARD` (the default) or `EW_EOF_DISPATCH`.
    pub eof: u32,
    /// 0.
    pub reserved: u32,
}

/// The engine's settings for the caller's; the default ones if there are none. `None` if they are of another version of
/// the struct or hold what this one does not know.
///
/// # Safety
///
/// `config` is null or readable, as far as its `struct_size` says.
pub(super) unsafe fn read(config: *const Config) -> Option<crate::Config> {
    if config.is_null() {
        return Some(crate::Config::new());
    }
    // The size first, alone: a struct of another version may be shorter.
    // SAFETY: the caller; the size is the first member.
    let size = *unsafe { pointer::shared(config.cast::<u32>()) }?;
    if usize::try_from(size) != Ok(size_of::<Config>()) {
        return None;
    }
    // SAFETY: the caller; it is of this size.
    let Config { struct_size: _, items: bits, max_event_size, overflow, utf8, eof, reserved } =
        *unsafe { pointer::shared(config) }?;
    let config = crate::Config::new()
        .items(items(bits)?)
        .overflow(match overflow {
            EW_OVERFLOW_ERROR => Overflow::Error,
            EW_OVERFLOW_SKIP => Overflow::Skip,
            _ => return None,
        })
        .utf8(match utf8 {
            EW_UTF8_RAW => Utf8::Raw,
            EW_UTF8_REPLACE => Utf8::Replace,
            EW_UTF8_STRICT => Utf8::Strict,
            _ => return None,
        })
        .eof(match eof {
            EW_EOF_DISCARD => Eof::Discard,
            EW_EOF_DISPATCH => Eof::Dispatch,
            _ => return None,
        });
    if reserved != 0 {
        return None;
    }
    Some(if max_event_size == 0 { config } else { config.max_event_size(max_event_size) })
}

/// The items that these bits ask for, if all of them are known.
fn items(bits: u32) -> Option<Items> {
    const KNOWN: [(u32, Items); 3] = [
        (EW_ITEM_RETRY, Items::RETRY),
        (EW_ITEM_COMMENTS, Items::COMMENTS),
        (EW_ITEM_UNKNOWN, Items::UNKNOWN),
    ];
    let mut unknown = bits;
    let mut items = Items::NONE;
    for (bit, item) in KNOWN {
        if bits & bit != 0 {
            unknown &= !bit;
            items = items | item;
        }
    }
    (unknown == 0).then_some(items)
}
