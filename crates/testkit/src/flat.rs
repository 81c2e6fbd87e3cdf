//! The vectors in a flat form, for programs in languages without a TOML reader.
//!
//! A number is 64 bits, little-endian, signed where it can be negative. A text is the number of its bytes, and the
//! bytes. A list is the number of its members, and the members. There is nothing else, and no padding:
//!
//! ```text
//! file        = "eventwire vectors 1\n", list of vector
//! vector      = name, file,                                       (texts)
//!               max_event_size, overflow, utf8, eof, items,       (numbers, as in eventwire.h)
//!               start: last event ID (text), retry (list of none or one),
//!               list of connection
//! connection  = stream (text), list of item,
//!               last event ID (text), retry (list of none or one), position, skipped,
//!               list of token
//! item        = status (number, as in eventwire.h), event_type, data, last_event_id (texts),
//!               id (list of none or one text), begin, end, retry  (all that do not apply: empty or 0)
//! token       = 0 blank line | 1 value | 2 unfinished value, field (number), value (text)
//! ```
//!
//! An event whose span the vector leaves open has 0 as its `begin` and `end`; no event really ends at 0.

use crate::lines::Field;
use crate::outcome::{Event, Fault, Item, Outcome};
use crate::settings::{Eof, Items, Overflow, Settings, Utf8};
use crate::tokens::{self, Token};
use crate::vectors::{Connection, Vector};

/// These vectors in the flat form.
///
/// A vector with a fixed carry is left out, and one whose limit is 0: the C interface has no word for either.
#[must_use]
pub fn flatten(vectors: &[Vector]) -> Vec<u8> {
    let sayable: Vec<&Vector> = vectors
        .iter()
        .filter(|vector| vector.settings.capacity.is_none() && vector.settings.max_event_size > 0)
        .collect();
    let mut flat = Flat(b"eventwire vectors 1\n".to_vec());
    flat.list(&sayable, |flat, vector| flat.vector(vector));
    flat.0
}

struct Flat(Vec<u8>);

impl Flat {
    fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn text(&mut self, text: &[u8]) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text);
    }

    fn list<T>(&mut self, members: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.number(members.len() as u64);
        for member in members {
            write(self, member);
        }
    }

    fn optional<T>(&mut self, member: &Option<T>, write: impl FnMut(&mut Self, &T)) {
        self.list(member.as_slice(), write);
    }

    fn vector(&mut self, vector: &Vector) {
        self.text(vector.name.as_bytes());
        self.text(vector.file.as_bytes());
        self.settings(&vector.settings);
        self.text(&vector.start.last_event_id);
        self.optional(&vector.start.retry, |flat, &retry| flat.number(retry));
        self.list(&vector.connections, Self::connection);
    }

    fn settings(&mut self, settings: &Settings) {
        let Settings { max_event_size, capacity: _, overflow, utf8, eof, items } = *settings;
        let Items { retry, comments, unknown } = items;
        self.number(max_event_size as u64);
        self.number(match overflow {
            Overflow::Error => 0,
            Overflow::Skip => 1,
        });
        self.number(match utf8 {
            Utf8::Raw => 0,
            Utf8::Replace => 1,
            Utf8::Strict => 2,
        });
        self.number(match eof {
            Eof::Discard => 0,
            Eof::Dispatch => 1,
        });
        self.number(u64::from(retry) | u64::from(comments) << 1 | u64::from(unknown) << 2);
    }

    fn connection(&mut self, connection: &Connection) {
        // Beside an outcome without items, spans that the vector does not state stay 0..0.
        let Outcome { items, last_event_id, retry, position, skipped } =
            connection.expected(&Outcome::default());
        self.text(&connection.stream);
        self.list(&items, Self::item);
        self.text(&last_event_id);
        self.optional(&retry, |flat, &retry| flat.number(retry));
        self.number(position);
        self.number(skipped);
        self.list(&tokens::tokens(&connection.stream), Self::token);
    }

    fn item(&mut self, item: &Item) {
        let nothing = Event { event_type: vec![], data: vec![], last_event_id: vec![], id: None, span: 0..0 };
        match item {
            Item::Event(event) => self.record(1, event, 0),
            Item::Retry(retry) => self.record(2, &nothing, *retry),
            Item::Comment(text) => self.record(3, &Event { data: text.clone(), ..nothing }, 0),
            Item::Unknown { name, value } => {
                let event = Event { event_type: name.clone(), data: value.clone(), ..nothing };
                self.record(4, &event, 0);
            }
            Item::Error(Fault::EventTooLarge) => self.record(-2, &nothing, 0),
            Item::Error(Fault::InvalidUtf8) => self.record(-3, &nothing, 0),
            Item::Error(Fault::ItemTooLarge) => self.record(-7, &nothing, 0),
        }
    }

    fn record(&mut self, status: i64, event: &Event, retry: u64) {
        let Event { event_type, data, last_event_id, id, span } = event;
        self.number(status.cast_unsigned());
        self.text(event_type);
        self.text(data);
        self.text(last_event_id);
        self.optional(id, |flat, id| flat.text(id));
        self.number(span.start);
        self.number(span.end);
        self.number(retry);
    }

    fn token(&mut self, token: &Token) {
        let (kind, field, value) = match token {
            Token::EndOfBlock => (0, 0, &[][..]),
            Token::Value { field, value } => (1, number_of(*field), &value[..]),
            Token::Partial { field, value } => (2, number_of(*field), &value[..]),
        };
        self.number(kind);
        self.number(field);
        self.text(value);
    }
}

fn number_of(field: Field) -> u64 {
    match field {
        Field::Data => 0,
        Field::Event => 1,
        Field::Id => 2,
        Field::Retry => 3,
        Field::Comment => 4,
        Field::Unknown => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::load_all;

    fn text(text: &str) -> Vec<u8> {
        [&(text.len() as u64).to_le_bytes(), text.as_bytes()].concat()
    }

    #[test]
    fn a_vector_byte_for_byte() {
        let vectors = load_all();
        let retry = vectors.iter().find(|vector| vector.start.retry.is_some()).expect("one has a start");
        let alone = flatten(std::slice::from_ref(retry));
        let begin = [&b"eventwire vectors 1\n"[..], &1_u64.to_le_bytes(), &text(&retry.name)].concat();
        assert!(alone.starts_with(&begin));
        let number = retry.start.retry.expect("found by it");
        let start = [text(""), 1_u64.to_le_bytes().to_vec(), number.to_le_bytes().to_vec()].concat();
        assert!(alone.windows(start.len()).any(|window| window == start));
    }

    #[test]
    fn only_what_c_cannot_say_is_left_out() {
        let vectors = load_all();
        let flat = flatten(&vectors);
        let kept = u64::from_le_bytes(flat[20..28].try_into().expect("eight bytes"));
        let left_out = vectors
            .iter()
            .filter(|vector| vector.settings.capacity.is_some() || vector.settings.max_event_size == 0);
        assert_eq!(kept, (vectors.len() - left_out.count()) as u64);
        assert!(kept > 300);
    }
}
