//! The encoder: what it writes is what a plain writer writes, byte for byte, in all its ways; the parser gives back what was
//! meant, at any cut; and what no stream can carry is refused.

use crate::text::{Bytes, Head, number};
use eventwire::{EncodeError, Field, Message};
use eventwire_testkit::chunking::Chunking;
use eventwire_testkit::drive;
use eventwire_testkit::notation::Shown;
use eventwire_testkit::outcome::{Event, Item, Outcome};
use eventwire_testkit::settings::{Items, Settings, Start};
use std::io::IoSlice;

/// Messages, separated by `^`, of fields, separated by `|`: `comment=...`, `event=...`, `id=...`, `retry=1`, `data=...`. The
/// first letter decides; a field that comes again replaces the one before. `seed=` and `mean=`: how the stream is cut.
#[derive(Clone, Debug)]
pub struct Case {
    messages: Vec<Fields>,
    seed: u64,
    mean: usize,
}

/// What is set of a message.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields {
    pub(crate) comment: Option<Bytes>,
    pub(crate) event: Option<Bytes>,
    pub(crate) id: Option<Bytes>,
    pub(crate) retry: Option<u64>,
    pub(crate) data: Option<Bytes>,
}

impl crate::Case for Case {
    fn read(bytes: &[u8]) -> Self {
        let (head, body) = Head::of(bytes);
        let messages = body.split(|&byte| byte == b'^').map(Fields::read).collect();
        let mean = usize::try_from(head.number("mean=").unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
        Self { messages, seed: head.number("seed=").unwrap_or(0), mean: mean.clamp(1, 1 << 20) }
    }

    fn check(&self) {
        let (mut stream, mut expected) = (Vec::new(), Expected::default());
        for fields in &self.messages {
            let (message, before) = (fields.message(), stream.clone());
            match fields.refused() {
                Some(error) => {
                    assert_eq!(message.encode_to_vec(&mut stream), Err(error));
                    assert_eq!(message.encoded_len(), Err(error));
                    assert_eq!(message.encode_to_slice(&mut []), Err(error));
                    assert_eq!(stream, before, "nothing is written of what is refused");
                }
                None => {
                    assert_eq!(message.encode_to_vec(&mut stream), Ok(()));
                    let written = stream.strip_prefix(&before[..]).expect("it is appended");
                    let plain = fields.written();
                    assert_eq!(Shown(written).to_string(), Shown(&plain).to_string());
                    check_ways(&message, &plain);
                    expected.add(fields);
                }
            }
        }
        let all = Settings { items: Items::ALL, ..Settings::default() };
        let chunking = Chunking::random(stream.len(), self.seed, self.mean);
        let mut found = drive::parse(&stream, &chunking, &all, &Start::default());
        expected.0.position = stream.len() as u64;
        for item in &mut found.items {
            if let Item::Event(event) = item {
                event.span = 0..0;
            }
        }
        assert_eq!(found, expected.0);
    }
}

/// All ways to write a message write `plain`.
fn check_ways(message: &Message<'_>, plain: &[u8]) {
    assert_eq!(message.encoded_len(), Ok(plain.len()));
    let mut slice = vec![0xAA; plain.len() + 1];
    assert_eq!(message.encode_to_slice(&mut slice), Ok(plain.len()));
    assert_eq!(slice.split_last(), Some((&0xAA, plain)));
    let mut short = vec![0xAA; plain.len() - 1];
    let too_small = EncodeError::BufferTooSmall { needed: plain.len() };
    assert_eq!(message.encode_to_slice(&mut short), Err(too_small));
    assert!(short.iter().all(|&byte| byte == 0xAA));
    let pieces = message.pieces().expect("it was encoded before");
    assert_eq!(pieces.encoded_len(), plain.len());
    assert!(pieces.iter().all(|piece| !piece.is_empty()));
    assert_eq!(pieces.iter().collect::<Vec<_>>().concat(), plain);
    let slices: Vec<IoSlice<'_>> = pieces.io_slices().collect();
    assert_eq!(slices.iter().map(|slice| &slice[..]).collect::<Vec<_>>().concat(), plain);
    let mut out = Vec::new();
    pieces.write_to(&mut out).expect("a vector takes all");
    assert_eq!(out, plain);
}

impl Fields {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut fields = Self::default();
        for field in bytes.split(|&byte| byte == b'|') {
            let mut halves = field.splitn(2, |&byte| byte == b'=');
            let (name, value) = (halves.next().unwrap_or_default(), halves.next().unwrap_or_default());
            match name.first() {
                Some(b'c') => fields.comment = Some(Bytes(value.to_vec())),
                Some(b'e') => fields.event = Some(Bytes(value.to_vec())),
                Some(b'i') => fields.id = Some(Bytes(value.to_vec())),
                Some(b'r') => fields.retry = Some(number(value).unwrap_or(0)),
                Some(b'd') => fields.data = Some(Bytes(value.to_vec())),
                _ => {}
            }
        }
        fields
    }

    pub(crate) fn message(&self) -> Message<'_> {
        let mut message = Message::new();
        if let Some(comment) = &self.comment {
            message = message.comment(&**comment);
        }
        if let Some(event) = &self.event {
            message = message.event(&**event);
        }
        if let Some(id) = &self.id {
            message = message.id(&**id);
        }
        if let Some(milliseconds) = self.retry {
            message = message.retry(milliseconds);
        }
        if let Some(data) = &self.data {
            message = message.data(&**data);
        }
        message
    }

    /// Why no stream can carry it.
    fn refused(&self) -> Option<EncodeError> {
        let first = |field, value: &Option<Bytes>, refused: &[u8]| {
            let value = value.as_deref().unwrap_or_default();
            let position = value.iter().position(|byte| refused.contains(byte))?;
            Some(EncodeError::InvalidByte { field, position, byte: value[position] })
        };
        first(Field::Event, &self.event, b"\r\n").or_else(|| first(Field::Id, &self.id, b"\r\n\0"))
    }

    /// The message as a plain writer writes it.
    fn written(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut line = |name: &[u8], value: &[u8]| out.extend([name, value, b"\n"].concat());
        lines(&self.comment).iter().for_each(|text| line(b":", text));
        self.event.iter().for_each(|event| line(b"event: ", event));
        self.id.iter().for_each(|id| line(b"id: ", id));
        self.retry.iter().for_each(|retry| line(b"retry: ", retry.to_string().as_bytes()));
        lines(&self.data).iter().for_each(|data| line(b"data: ", data));
        line(b"", b"");
        out
    }
}

/// The lines of a value, if there is one.
fn lines(value: &Option<Bytes>) -> Vec<Vec<u8>> {
    let Some(value) = value else { return vec![] };
    let (mut lines, mut last, mut after_cr) = (vec![], vec![], false);
    for &byte in &**value {
        match byte {
            b'\n' if after_cr => {}
            b'\r' | b'\n' => lines.push(std::mem::take(&mut last)),
            _ => last.push(byte),
        }
        after_cr = byte == b'\r';
    }
    lines.push(last);
    lines
}

/// What the parser must make of it, but for where in the stream.
#[derive(Default)]
struct Expected(Outcome);

impl Expected {
    fn add(&mut self, fields: &Fields) {
        let Outcome { items, last_event_id, retry, .. } = &mut self.0;
        items.extend(lines(&fields.comment).into_iter().map(Item::Comment));
        items.extend(fields.retry.map(Item::Retry));
        *retry = fields.retry.or(*retry);
        if let Some(id) = &fields.id {
            last_event_id.clone_from(&id.0);
        }
        if fields.data.is_some() {
            let named = fields.event.as_ref().filter(|event| !event.is_empty());
            items.push(Item::Event(Event {
                event_type: named.map_or(b"message".to_vec(), |event| event.0.clone()),
                data: lines(&fields.data).join(&b'\n'),
                last_event_id: last_event_id.clone(),
                id: fields.id.as_ref().map(|id| id.0.clone()),
                span: 0..0,
            }));
        }
    }
}
