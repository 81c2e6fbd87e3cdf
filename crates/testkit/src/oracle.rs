//! What a parser must make of a stream, said as plainly as possible: decode all, split all, interpret all.
//!
//! The oracle has the whole stream before it and shares no code with the engine. It is slow where the engine is
//! fast and obvious where the engine is clever; tests hold the engine to it at every chunking.
//!
//! It decodes line by line, after the split. That is the same as decoding the stream first: CR, LF and `:` are
//! ASCII, and no malformed sequence ever swallows an ASCII byte.
//!
//! The unfinished rest of a stream is no line: nothing in it takes effect. It is looked at for one reason, the
//! size limit: a value is too large at the byte that makes it so, whether or not its line ever ends.

use crate::lines::{self, Field, Line};
use crate::outcome::{Event, Fault, Item, Outcome};
use crate::settings::{Eof, Items, Overflow, Settings, Start, Utf8};
use std::borrow::Cow;

/// Parses a whole stream, its end included.
#[must_use]
pub fn interpret(stream: &[u8], settings: &Settings, start: &Start) -> Outcome {
    let mut oracle = Oracle {
        settings,
        items: settings.items,
        limit: limit(settings, &start.last_event_id),
        block: Block::default(),
        outcome: Outcome {
            last_event_id: start.last_event_id.clone(),
            retry: start.retry,
            position: stream.len() as u64,
            ..Outcome::default()
        },
    };
    for line in lines::split(stream) {
        match line.end {
            Some(end) => oracle.line(&line, end),
            None => oracle.end_of_stream(&line),
        }
    }
    oracle.outcome
}

/// The most bytes that an event may have. A fixed carry holds the last event ID as well.
fn limit(settings: &Settings, last_event_id: &[u8]) -> usize {
    match settings.capacity {
        Some(capacity) => settings.max_event_size.min(capacity.saturating_sub(last_event_id.len())),
        None => settings.max_event_size,
    }
}

struct Oracle<'s> {
    settings: &'s Settings,
    /// What is delivered besides events; nothing any more at the end of the stream.
    items: Items,
    /// The size limit of this block.
    limit: usize,
    block: Block,
    outcome: Outcome,
}

/// The block that is being read.
#[derive(Default)]
struct Block {
    /// The stream offset of its first line, once there is one.
    begin: Option<usize>,
    /// The data lines so far, joined.
    data: Option<Vec<u8>>,
    event_type: Vec<u8>,
    id: Option<Vec<u8>>,
    /// The event was too large.
    is_dropped: bool,
}

impl Block {
    /// The bytes of the event so far.
    fn size(&self) -> usize {
        if self.is_dropped {
            return 0;
        }
        let data = self.data.as_ref().map_or(0, Vec::len);
        let id = self.id.as_ref().map_or(0, Vec::len);
        data + self.event_type.len() + id
    }
}

impl Oracle<'_> {
    fn line(&mut self, line: &Line<'_>, end: usize) {
        let begin = *self.block.begin.get_or_insert(line.begin);
        if line.text.is_empty() {
            self.blank_line(begin, end);
        } else {
            let (field, value) = lines::field_and_value(line.text);
            self.field(field, &self.decode(value));
        }
    }

    fn field(&mut self, field: Field, value: &[u8]) {
        match field {
            Field::Data if self.admits(field, value) => match &mut self.block.data {
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
                None => self.block.data = Some(value.to_vec()),
            },
            Field::Event if self.admits(field, value) => self.block.event_type = value.to_vec(),
            Field::Id if self.admits(field, value) => {
                if !value.contains(&0) {
                    self.block.id = Some(value.to_vec());
                }
            }
            Field::Data | Field::Event | Field::Id => {}
            Field::Retry => self.retry(value),
            Field::Comment if self.items.comments => {
                self.item(value, || Item::Comment(value.to_vec()));
            }
            Field::Unknown if self.items.unknown => self.item(value, || {
                let (name, value) = lines::name_and_value(value);
                Item::Unknown { name: name.to_vec(), value: value.to_vec() }
            }),
            Field::Comment | Field::Unknown => {}
        }
    }

    fn retry(&mut self, value: &[u8]) {
        if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
            return;
        }
        let milliseconds = value
            .iter()
            .fold(0_u64, |number, digit| number.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
        self.outcome.retry = Some(milliseconds);
        if self.items.retry {
            self.outcome.items.push(Item::Retry(milliseconds));
        }
    }

    /// Delivers a comment or an unknown line that was asked for, unless something is wrong with its bytes.
    fn item(&mut self, bytes: &[u8], item: impl FnOnce() -> Item) {
        if !self.admits_item(bytes) {
            return;
        }
        let is_invalid = self.settings.utf8 == Utf8::Strict && str::from_utf8(bytes).is_err();
        self.outcome.items.push(if is_invalid { Item::Error(Fault::InvalidUtf8) } else { item() });
    }

    /// Whether the event can take up this value (or the beginning of a value) of one of its fields. If not, it
    /// is dropped. Nothing of a dropped event is taken up.
    fn admits(&mut self, field: Field, value: &[u8]) -> bool {
        if self.block.is_dropped {
            return false;
        }
        let incoming = match field {
            Field::Data => value.len() + usize::from(self.block.data.is_some()),
            // A NUL makes the field void; what stands behind it is not even looked at.
            Field::Id => value.iter().position(|&byte| byte == 0).unwrap_or(value.len()),
            _ => value.len(),
        };
        if self.block.size() + incoming <= self.limit {
            return true;
        }
        self.block.is_dropped = true;
        self.too_large(Fault::EventTooLarge);
        false
    }

    /// Whether there is room for this comment or unknown line (or the beginning of one) beside the event.
    fn admits_item(&mut self, bytes: &[u8]) -> bool {
        if self.block.size() + bytes.len() <= self.limit {
            return true;
        }
        self.too_large(Fault::ItemTooLarge);
        false
    }

    fn too_large(&mut self, fault: Fault) {
        match self.settings.overflow {
            Overflow::Error => self.outcome.items.push(Item::Error(fault)),
            Overflow::Skip => self.outcome.skipped += 1,
        }
    }

    fn blank_line(&mut self, begin: usize, end: usize) {
        let block = std::mem::take(&mut self.block);
        if !block.is_dropped {
            if self.settings.utf8 == Utf8::Strict && !is_valid(&block) {
                self.outcome.items.push(Item::Error(Fault::InvalidUtf8));
            } else {
                self.dispatch(block, begin, end);
            }
        }
        self.limit = limit(self.settings, &self.outcome.last_event_id);
    }

    fn dispatch(&mut self, block: Block, begin: usize, end: usize) {
        if let Some(id) = &block.id {
            self.outcome.last_event_id.clone_from(id);
        }
        let Some(data) = block.data else { return };
        let is_typed = !block.event_type.is_empty();
        self.outcome.items.push(Item::Event(Event {
            event_type: if is_typed { block.event_type } else { b"message".to_vec() },
            data,
            last_event_id: self.outcome.last_event_id.clone(),
            id: block.id,
            span: begin as u64..end as u64,
        }));
    }

    fn end_of_stream(&mut self, rest: &Line<'_>) {
        self.check_size_of_rest(rest);
        if self.settings.eof == Eof::Dispatch {
            // From here on only an event can be delivered.
            self.items = Items::NONE;
            let end = rest.begin + rest.text.len();
            if !rest.text.is_empty() {
                self.line(rest, end);
            }
            let begin = self.block.begin.unwrap_or(end);
            self.blank_line(begin, end);
        }
    }

    fn check_size_of_rest(&mut self, rest: &Line<'_>) {
        let Some((field, value)) = lines::decided_field_and_value(rest.text, rest.begin == 0) else { return };
        if value.is_empty() {
            return;
        }
        let value = self.decode_so_far(value);
        match field {
            Field::Data | Field::Event | Field::Id => drop(self.admits(field, &value)),
            Field::Comment if self.items.comments => drop(self.admits_item(&value)),
            Field::Unknown if self.items.unknown => drop(self.admits_item(&value)),
            Field::Retry | Field::Comment | Field::Unknown => {}
        }
    }

    fn decode<'v>(&self, value: &'v [u8]) -> Cow<'v, [u8]> {
        match self.settings.utf8 {
            Utf8::Replace => match String::from_utf8_lossy(value) {
                Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                Cow::Owned(text) => Cow::Owned(text.into_bytes()),
            },
            Utf8::Raw | Utf8::Strict => Cow::Borrowed(value),
        }
    }

    /// Decodes the beginning of a value: a sequence at its end that may still be completed stands for nothing yet.
    fn decode_so_far<'v>(&self, value: &'v [u8]) -> Cow<'v, [u8]> {
        let last = value.utf8_chunks().last().map_or(&b""[..], |chunk| chunk.invalid());
        let is_open = str::from_utf8(last).is_err_and(|error| error.error_len().is_none());
        match self.settings.utf8 {
            Utf8::Replace if is_open => self.decode(&value[..value.len() - last.len()]),
            _ => self.decode(value),
        }
    }
}

/// Whether all that would be delivered or kept of this block is UTF-8.
fn is_valid(block: &Block) -> bool {
    let is_utf8 = |value: &[u8]| str::from_utf8(value).is_ok();
    let event_is_valid = match &block.data {
        Some(data) => is_utf8(data) && is_utf8(&block.event_type),
        None => true,
    };
    event_is_valid && block.id.as_deref().is_none_or(is_utf8)
}

#[cfg(test)]
mod tests;
