//! What is written is a stream, is parsed back as it was meant, and holds nothing that was not meant.

use std::io::{self, IoSlice, Write};
use std::panic::{RefUnwindSafe, UnwindSafe};

use allocation_counter::measure;
use eventwire::{CONTENT_TYPE, Config, EncodeError, Field, Input, Items, Message, Parser, Pieces};
use eventwire_testkit::chunking::Chunking;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// A message that owns its values.
#[derive(Clone, Debug, Default)]
struct Owned {
    comment: Option<Vec<u8>>,
    event: Option<Vec<u8>>,
    id: Option<Vec<u8>>,
    retry: Option<u64>,
    data: Option<Vec<u8>>,
}

impl Owned {
    fn message(&self) -> Message<'_> {
        let mut message = Message::new();
        if let Some(comment) = &self.comment {
            message = message.comment(comment);
        }
        if let Some(event) = &self.event {
            message = message.event(event);
        }
        if let Some(id) = &self.id {
            message = message.id(id);
        }
        if let Some(milliseconds) = self.retry {
            message = message.retry(milliseconds);
        }
        if let Some(data) = &self.data {
            message = message.data(data);
        }
        message
    }

    /// What a parser must find: `last_event_id` is the one in force, and is brought along.
    fn found(&self, last_event_id: &mut Vec<u8>) -> Vec<Found> {
        let mut found: Vec<Found> = lines(self.comment.as_deref()).into_iter().map(Found::Comment).collect();
        found.extend(self.retry.map(Found::Retry));
        if let Some(id) = &self.id {
            last_event_id.clone_from(id);
        }
        if self.data.is_some() {
            found.push(Found::Event {
                event_type: self
                    .event
                    .clone()
                    .filter(|event| !event.is_empty())
                    .unwrap_or(b"message".to_vec()),
                data: lines(self.data.as_deref()).join(&b'\n'),
                id: self.id.clone(),
                last_event_id: last_event_id.clone(),
            });
        }
        found
    }
}

/// What a parser finds.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Found {
    Comment(Vec<u8>),
    Retry(u64),
    Event { event_type: Vec<u8>, data: Vec<u8>, id: Option<Vec<u8>>, last_event_id: Vec<u8> },
    Other(String),
}

/// The lines of a value, cut as plainly as possible.
fn lines(value: Option<&[u8]>) -> Vec<Vec<u8>> {
    let Some(value) = value else { return Vec::new() };
    let mut lines = vec![Vec::new()];
    let mut after_cr = false;
    for &byte in value {
        match byte {
            b'\n' if after_cr => {}
            b'\n' | b'\r' => lines.push(Vec::new()),
            _ => lines.last_mut().unwrap().push(byte),
        }
        after_cr = byte == b'\r';
    }
    lines
}

/// All that a parser finds in a stream, and the last event ID at its end.
fn parse(stream: &[u8], chunking: &Chunking) -> (Vec<Found>, Vec<u8>) {
    let mut parser = Parser::with_config(Config::new().items(Items::ALL));
    let mut found = Vec::new();
    for chunk in chunking.chunks(stream) {
        let mut input = Input::new(chunk);
        loop {
            found.push(match parser.next_item(&mut input) {
                Ok(None) => break,
                Ok(Some(eventwire::Item::Comment(comment))) => Found::Comment(comment.to_vec()),
                Ok(Some(eventwire::Item::Retry(milliseconds))) => Found::Retry(milliseconds),
                Ok(Some(eventwire::Item::Event(event))) => Found::Event {
                    event_type: event.event_type().to_vec(),
                    data: event.data().to_vec(),
                    id: event.id().map(<[u8]>::to_vec),
                    last_event_id: event.last_event_id().to_vec(),
                },
                other => Found::Other(format!("{other:?}")),
            });
        }
    }
    (found, parser.last_event_id().to_vec())
}

fn encoded(message: &Message<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    message.encode_to_vec(&mut out).unwrap();
    out
}

/// Values of all lengths, with what is special in streams in every place.
fn values(line_ends: bool, nul: bool) -> impl Strategy<Value = Vec<u8>> {
    let mut special = b" :\t\x0B\x0C\x1C\x85\xEF\xBB\xBF\xFF".to_vec();
    if line_ends {
        special.extend(b"\r\n");
    }
    if nul {
        special.push(0);
    }
    let byte = prop_oneof![3 => select(b"abcdef0123".to_vec()), 2 => select(special)];
    prop_oneof![
        4 => prop::collection::vec(byte.clone(), 0..12),
        1 => prop::collection::vec(byte, 50..200),
        1 => select(vec![&b"data"[..], b"data: x", b": x", b"event", b"retry: 1", b"\xEF\xBB\xBF"]).prop_map(<[u8]>::to_vec),
    ]
}

fn messages() -> impl Strategy<Value = Owned> {
    let retry = prop_oneof![any::<u64>(), 0..10_u64, Just(u64::MAX)];
    (
        prop::option::weighted(0.3, values(true, true)),
        prop::option::weighted(0.5, values(false, true)),
        prop::option::weighted(0.4, values(false, false)),
        prop::option::weighted(0.3, retry),
        prop::option::weighted(0.8, values(true, true)),
    )
        .prop_map(|(comment, event, id, retry, data)| Owned { comment, event, id, retry, data })
}

/// `PROPTEST_CASES` is for machines that are slow, or emulated.
fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = if cfg!(debug_assertions) { 1_000 } else { 20_000 };
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { cases };
    ProptestConfig { cases, ..default }
}

proptest! {
    #![proptest_config(config())]

    /// Several messages in a row, parsed back at any cut.
    #[test]
    fn what_is_written_is_parsed_back(
        messages in prop::collection::vec(messages(), 0..6),
        cuts in prop::collection::vec(any::<Index>(), 0..10),
    ) {
        let mut stream = Vec::new();
        let (mut expected, mut last_event_id) = (Vec::new(), Vec::new());
        for message in &messages {
            message.message().encode_to_vec(&mut stream).unwrap();
            expected.extend(message.found(&mut last_event_id));
        }
        let chunking = Chunking::positions(cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect());
        prop_assert_eq!(parse(&stream, &chunking), (expected, last_event_id));
    }

    /// All ways to write a message write the same bytes, and as many as `encoded_len` says.
    #[test]
    fn all_ways_agree(owned in messages(), before in prop::collection::vec(any::<u8>(), 0..8)) {
        let message = owned.message();
        let stream = encoded(&message);
        prop_assert_eq!(message.encoded_len(), Ok(stream.len()));

        let mut appended = before.clone();
        message.encode_to_vec(&mut appended).unwrap();
        prop_assert_eq!(&appended, &[&before[..], &stream].concat());

        let mut slice = vec![0xAA; stream.len() + 3];
        prop_assert_eq!(message.encode_to_slice(&mut slice), Ok(stream.len()));
        prop_assert_eq!(&slice, &[&stream[..], &[0xAA; 3]].concat());
        let mut exact = vec![0xAA; stream.len()];
        prop_assert_eq!(message.encode_to_slice(&mut exact), Ok(stream.len()));
        prop_assert_eq!(&exact, &stream);
        let mut short = vec![0xAA; stream.len() - 1];
        let too_small = EncodeError::BufferTooSmall { needed: stream.len() };
        prop_assert_eq!(message.encode_to_slice(&mut short), Err(too_small));
        prop_assert!(short.iter().all(|&byte| byte == 0xAA));

        let pieces = message.pieces().unwrap();
        prop_assert_eq!(pieces.encoded_len(), stream.len());
        prop_assert_eq!(pieces.iter().collect::<Vec<_>>().concat(), &stream[..]);
        prop_assert!(pieces.iter().all(|piece| !piece.is_empty()));
        let slices: Vec<IoSlice<'_>> = pieces.io_slices().collect();
        prop_assert_eq!(slices.iter().map(|slice| &slice[..]).collect::<Vec<_>>().concat(), &stream[..]);

        #[cfg(feature = "bytes")]
        {
            let mut buffer = bytes::BytesMut::from(&before[..]);
            message.encode_to_bytes_mut(&mut buffer).unwrap();
            prop_assert_eq!(&buffer[..], &appended[..]);
        }
    }

    /// Whatever a writer takes of what it is given, it gets all, in order.
    #[test]
    fn writers_may_take_little(owned in messages(), takes in prop::collection::vec(0..20_usize, 1..20)) {
        let message = owned.message();
        // A one behind each round, so that there is an end.
        let mut writer = Grudging { takes: takes.into_iter().chain([1]).cycle(), written: Vec::new() };
        message.pieces().unwrap().write_to(&mut writer).unwrap();
        prop_assert_eq!(writer.written, encoded(&message));
    }

    /// Statement 106: every line of what is written is a comment or a field of a known name with any characters, ended by LF,
    /// and the last one is empty.
    #[test]
    fn the_grammar_of_a_stream_is_kept(owned in messages()) {
        let stream = encoded(&owned.message());
        let lines = stream.strip_suffix(b"\n").expect("the last line is ended").split(|&byte| byte == b'\n');
        let lines: Vec<&[u8]> = lines.collect();
        let (blank, lines) = lines.split_last().unwrap();
        prop_assert_eq!(*blank, b"");
        for line in lines {
            prop_assert!(!line.contains(&b'\r'));
            let known = [&b":"[..], b"event: ", b"id: ", b"retry: ", b"data: "];
            prop_assert!(known.iter().any(|name| line.starts_with(name)), "{}", line.escape_ascii());
        }
    }
}

/// Takes what the numbers say of each write, and is interrupted where that is nothing.
struct Grudging<I> {
    takes: I,
    written: Vec<u8>,
}

impl<I: Iterator<Item = usize>> Write for Grudging<I> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let offered = slices.iter().map(|slice| &slice[..]).collect::<Vec<_>>().concat();
        let take = self.takes.next().unwrap().min(offered.len());
        if take == 0 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        self.written.extend(&offered[..take]);
        Ok(take)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn writers_that_fail_are_believed() {
    struct Failing(Option<usize>);
    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            self.0.ok_or(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let message = Message::new().data("x");
    for (answer, kind) in [
        (None, io::ErrorKind::BrokenPipe),
        (Some(0), io::ErrorKind::WriteZero),
        // More than there was: a writer that is broken, which must not break the program.
        (Some(1_000_000), io::ErrorKind::Other),
    ] {
        assert_eq!(message.pieces().unwrap().write_to(&mut Failing(answer)).unwrap_err().kind(), kind);
    }
}

/// Statement 107: every byte in every field at every place of a value that spans blocks of the scan. Either it is refused, with its
/// field and position and nothing written, or the stream holds this one message.
#[test]
fn nothing_can_be_smuggled_in() {
    const LEN: usize = 130;
    type Set = fn(Vec<u8>) -> Owned;
    let with_data = |owned: Owned| Owned { data: Some(b"d".to_vec()), ..owned };
    let fields: [(Field, &[u8], Set); 4] = [
        (Field::Event, b"\r\n", |value| Owned { event: Some(value), ..Owned::default() }),
        (Field::Id, b"\r\n\0", |value| Owned { id: Some(value), ..Owned::default() }),
        (Field::Comment, b"", |value| Owned { comment: Some(value), ..Owned::default() }),
        (Field::Data, b"", |value| Owned { data: Some(value), ..Owned::default() }),
    ];
    for (field, refused, set) in fields {
        for position in 0..LEN {
            for byte in 0..=u8::MAX {
                let mut value = vec![b'x'; LEN];
                value[position] = byte;
                let owned = if field == Field::Data { set(value) } else { with_data(set(value)) };
                let message = owned.message();
                let mut out = b"before".to_vec();
                if refused.contains(&byte) {
                    let error = EncodeError::InvalidByte { field, position, byte };
                    let mut slice = [0xAA; 2 * LEN];
                    assert_eq!(message.encode_to_vec(&mut out), Err(error));
                    assert_eq!(message.encode_to_slice(&mut slice), Err(error));
                    assert_eq!(message.encoded_len(), Err(error));
                    assert_eq!(message.pieces().map(|pieces| pieces.encoded_len()), Err(error));
                    assert!(out == b"before" && slice == [0xAA; 2 * LEN]);
                } else {
                    message.encode_to_vec(&mut out).unwrap();
                    let mut last_event_id = Vec::new();
                    let expected = owned.found(&mut last_event_id);
                    assert_eq!(parse(&out[6..], &Chunking::whole()), (expected, last_event_id));
                }
            }
        }
    }
}

/// The first of several is the one that is named, and the type is looked at before the id.
#[test]
fn the_first_refused_byte_is_named() {
    let refused = |field, position, byte| Err(EncodeError::InvalidByte { field, position, byte });
    let message = Message::new().event("a\n\r").id("\0");
    assert_eq!(message.encoded_len(), refused(Field::Event, 1, b'\n'));
    assert_eq!(message.event("a").encoded_len(), refused(Field::Id, 0, 0));
    assert_eq!(Message::new().id("ab\r\0\n").encoded_len(), refused(Field::Id, 2, b'\r'));
}

/// Statement 108: a value that begins with a space, or with several, comes back with all of them.
#[test]
fn leading_spaces_come_back() {
    for value in [" ", "  ", " x", "  x", " \n x\n", "\t", " :"] {
        let one_line = value.replace('\n', "");
        let owned = Owned {
            comment: Some(value.into()),
            event: Some(one_line.clone().into()),
            id: Some(one_line.into()),
            retry: None,
            data: Some(value.into()),
        };
        let mut last_event_id = Vec::new();
        let expected = owned.found(&mut last_event_id);
        assert_eq!(parse(&encoded(&owned.message()), &Chunking::whole()), (expected, last_event_id));
    }
}

/// Statement 104: the only parameter of the type can be `charset`, so there is no other.
#[test]
fn the_content_type_has_no_parameter() {
    assert_eq!(CONTENT_TYPE.split(';').collect::<Vec<_>>(), ["text/event-stream"]);
}

#[test]
fn the_caller_decides_about_memory() {
    let data = "line of data\n".repeat(1_000);
    let message = Message::new().comment("c").event("e").id("i").retry(u64::MAX).data(&data);
    let mut memory = vec![0; 32 << 10];
    let written = measure(|| {
        let len = message.encode_to_slice(&mut memory).unwrap();
        assert_eq!(message.encoded_len(), Ok(len));
        let pieces = message.pieces().unwrap();
        assert_eq!(pieces.iter().map(<[u8]>::len).sum::<usize>(), len);
        pieces.write_to(&mut io::sink()).unwrap();
        let refused = message.event("\n");
        assert!(refused.encode_to_slice(&mut memory).is_err());
    });
    assert_eq!(written.count_total, 0);
    let mut out = Vec::new();
    let appended = measure(|| message.encode_to_vec(&mut out).unwrap());
    assert_eq!(appended.count_total, 1, "the memory grows once");
}

/// Who supplies the data has a server write seven times as many bytes at most, and that in memory asked for once: nothing costs more
/// than a line end, which becomes `data: ` and a line end. In a comment it becomes two bytes.
#[test]
fn what_is_written_has_a_bound() {
    const SIZE: usize = 100_000;
    for value in ["\n", "\r", "\r\n", "\n\r", ":", " ", "\0", "data: ", "\u{feff}"] {
        let value = &value.as_bytes().repeat(SIZE)[..SIZE];
        for (message, by_line) in [(Message::new().data(value), 7), (Message::new().comment(value), 2)] {
            let worst = by_line * (SIZE + 1) + 1;
            let len = message.encoded_len().unwrap();
            assert_eq!(
                len == worst,
                value.iter().all(|byte| *byte == b'\n') || value.iter().all(|byte| *byte == b'\r')
            );
            assert!(len <= worst, "{len} bytes of {SIZE}");
            let mut out = Vec::new();
            let written = measure(|| message.encode_to_vec(&mut out).unwrap());
            assert_eq!((written.count_total, written.bytes_max), (1, len as u64));
        }
    }
}

#[test]
fn data_is_not_copied_into_pieces() {
    let data = vec![b'x'; 1 << 20];
    let message = Message::new().data(&data);
    let pieces = message.pieces().unwrap();
    assert!(pieces.iter().any(|piece| std::ptr::eq(piece, &data[..])));
    assert_eq!(pieces.iter().count(), 3);
}

#[test]
fn threads_and_unwinding() {
    fn promised<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe>() {}
    promised::<Message<'_>>();
    promised::<Pieces<'_>>();
    promised::<EncodeError>();
    const EMPTY: Message<'static> = Message::new().retry(1);
    assert_eq!(EMPTY, Message::new().retry(1));
}
