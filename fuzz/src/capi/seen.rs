//! What the functions write, in the kit's own words.

use eventwire::capi::{
    EW_COMMENT, EW_END_OF_BLOCK, EW_ERR_EVENT_TOO_LARGE, EW_ERR_INVALID_UTF8, EW_ERR_ITEM_TOO_LARGE,
    EW_EVENT, EW_EVENT_BORROWED, EW_EVENT_HAS_ID, EW_FIELD_COMMENT, EW_FIELD_DATA, EW_FIELD_EVENT,
    EW_FIELD_ID, EW_FIELD_RETRY, EW_FIELD_UNKNOWN, EW_NEED_INPUT, EW_OK, EW_RETRY, EW_TOKEN_LAST,
    EW_UNKNOWN_FIELD, EW_VALUE, Event, Input, Span, Status, Token, Tokenizer, ew_split_field,
    ew_tokenizer_next,
};
use eventwire_testkit::Field;
use eventwire_testkit::outcome::{self, Fault, Item};
use eventwire_testkit::tokens;
use std::{ptr, slice};

/// A struct with something in it that no call would write.
pub(crate) fn dirty_event() -> Event {
    let span = Span { ptr: ptr::without_provenance(99), len: 99 };
    Event {
        event_type: span,
        data: span,
        last_event_id: span,
        id: span,
        begin: 99,
        end: 99,
        retry: 99,
        flags: 99,
        kind: 99,
        reserved: [99; 4],
    }
}

/// Whether nothing has been written over [`dirty_event`].
pub(crate) fn untouched(event: &Event) -> bool {
    let spans = [event.event_type, event.data, event.last_event_id, event.id];
    spans.iter().all(|span| (span.ptr.addr(), span.len) == (99, 99))
        && [event.begin, event.end, event.retry] == [99; 3]
        && [event.flags, event.kind] == [99; 2]
        && event.reserved == [99; 4]
}

/// The bytes of a span that is valid.
pub(crate) fn bytes_of<'a>(span: Span) -> &'a [u8] {
    if span.len == 0 {
        return &[];
    }
    // SAFETY: a span is looked at directly after the call that has given it out.
    unsafe { slice::from_raw_parts(span.ptr, span.len) }
}

/// An event or item that has been written; `chunk` is the one that it came from.
pub(crate) fn item(event: &Event, chunk: &[u8]) -> Item {
    assert_eq!(event.reserved, [0; 4]);
    let (event_type, data) = (bytes_of(event.event_type).to_vec(), bytes_of(event.data).to_vec());
    let nothing = |span: Span| span.ptr.is_null() && span.len == 0;
    let kind = event.kind.cast_signed();
    if kind != EW_EVENT {
        assert!(nothing(event.last_event_id) && nothing(event.id) && event.flags == 0);
        assert_eq!((event.begin, event.end), (0, 0));
        assert!(nothing(event.event_type) || kind == EW_UNKNOWN_FIELD);
    }
    match kind {
        EW_EVENT => {
            let has_id = event.flags & EW_EVENT_HAS_ID != 0;
            assert_eq!(has_id, !event.id.ptr.is_null());
            if event.flags & EW_EVENT_BORROWED != 0 {
                let (range, data) = (chunk.as_ptr_range(), bytes_of(event.data).as_ptr_range());
                assert!(data.is_empty() || (range.start <= data.start && data.end <= range.end));
            }
            Item::Event(outcome::Event {
                event_type,
                data,
                last_event_id: bytes_of(event.last_event_id).to_vec(),
                id: has_id.then(|| bytes_of(event.id).to_vec()),
                span: event.begin..event.end,
            })
        }
        EW_RETRY => Item::Retry(event.retry),
        EW_COMMENT => Item::Comment(data),
        EW_UNKNOWN_FIELD => Item::Unknown { name: event_type, value: data },
        other => panic!("an item of the kind {other}"),
    }
}

/// What a negative status says of a stream.
pub(crate) fn error(status: Status) -> Item {
    Item::Error(match status {
        EW_ERR_EVENT_TOO_LARGE => Fault::EventTooLarge,
        EW_ERR_ITEM_TOO_LARGE => Fault::ItemTooLarge,
        EW_ERR_INVALID_UTF8 => Fault::InvalidUtf8,
        other => panic!("no stream is the cause of {other}"),
    })
}

/// A tokenizer, and what it has given, its pieces joined.
pub(super) struct Tokens {
    state: Tokenizer,
    found: Vec<tokens::Token>,
    open: Option<(Field, Vec<u8>)>,
}

impl Default for Tokens {
    fn default() -> Self {
        Self { state: Tokenizer { reserved: [0; 2] }, found: vec![], open: None }
    }
}

impl Tokens {
    /// One token; whether there was one.
    pub(super) fn next(&mut self, input: &mut Input) -> bool {
        let nothing = Span { ptr: ptr::null(), len: 0 };
        let mut token = Token { piece: nothing, field: 99, flags: 99, reserved: [99; 4] };
        // A tokenizer may be copied at any time.
        let mut state = self.state;
        // SAFETY: all are references, the chunk is a slice.
        let status = unsafe { ew_tokenizer_next(&mut state, input, &mut token) };
        self.state = state;
        match status {
            EW_VALUE => self.value(&token),
            EW_END_OF_BLOCK => {
                assert!(self.open.is_none() && token.field == 99);
                self.found.push(tokens::Token::EndOfBlock);
            }
            status => {
                assert_eq!((status, token.field), (EW_NEED_INPUT, 99));
                assert_eq!(input.pos, input.len);
                return false;
            }
        }
        true
    }

    fn value(&mut self, token: &Token) {
        let field = match token.field {
            EW_FIELD_DATA => Field::Data,
            EW_FIELD_EVENT => Field::Event,
            EW_FIELD_ID => Field::Id,
            EW_FIELD_RETRY => Field::Retry,
            EW_FIELD_COMMENT => Field::Comment,
            EW_FIELD_UNKNOWN => Field::Unknown,
            other => panic!("field {other}"),
        };
        assert_eq!((token.flags & !EW_TOKEN_LAST, token.reserved), (0, [0; 4]));
        let (begun, mut value) = self.open.take().unwrap_or((field, vec![]));
        assert_eq!(begun, field);
        value.extend_from_slice(bytes_of(token.piece));
        if token.flags == EW_TOKEN_LAST {
            if field == Field::Unknown {
                check_split(&value);
            }
            self.found.push(tokens::Token::Value { field, value });
        } else {
            assert_ne!(token.piece.len, 0);
            self.open = Some((field, value));
        }
    }

    /// All of them.
    pub(super) fn end(self) -> Vec<tokens::Token> {
        let Self { mut found, open, .. } = self;
        found.extend(open.map(|(field, value)| tokens::Token::Partial { field, value }));
        found
    }
}

/// The line of an unknown field is cut at its first colon.
fn check_split(line: &[u8]) {
    let nothing = Span { ptr: ptr::null(), len: 0 };
    let (mut name, mut value) = (nothing, nothing);
    let span = Span { ptr: line.as_ptr(), len: line.len() };
    // SAFETY: the places are references, the line is a slice.
    assert_eq!(unsafe { ew_split_field(span, &mut name, &mut value) }, EW_OK);
    let (name, value) = (bytes_of(name), bytes_of(value));
    assert!(!name.contains(&b':'));
    let joined = [[name, b":", value].concat(), [name, b": ", value].concat()];
    assert!(joined.iter().any(|joined| joined == line) || (name == line && value.is_empty()));
}
