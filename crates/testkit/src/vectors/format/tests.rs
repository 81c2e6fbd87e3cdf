//! Every key is read, and every mistake is named.

use super::*;

fn read_one(keys: &str) -> Result<Vector, String> {
    read("file.toml", &format!("[[vector]]\n{keys}")).map(|mut vectors| vectors.remove(0))
}

#[test]
fn reads_every_key() {
    let vector = read_one(
        r"
        name = 'all-keys'
        shows = [1, 64]
        about = 'everything'
        note = 'a note'
        max_event_size = 9
        capacity = 99
        overflow = 'skip'
        utf8 = 'strict'
        eof = 'dispatch'
        start = { id = '\x41', retry = 7 }
        input = ['a\r', { repeat = '\n', times = 3 }]
        events = [
            { data = 'd', id = 'i' },
            { event = 'e', data = ['d', { repeat = 'x', times = 2 }], id = 'i', inherited = true, span = [1, 2] },
        ]
        retry = [5, '18446744073709551615']
        comments = ['c']
        unknown = [{ name = 'n', value = 'v' }]
        errors = ['event-too-large', 'item-too-large', 'invalid-utf8']
        order = ['error', 'event', 'retry', 'error', 'comment', 'unknown', 'error', 'retry', 'event']
        skipped = 3
        final_id = 'f'
        final_retry = 8
        ",
    )
    .unwrap();
    assert_eq!((vector.name.as_str(), vector.file.as_str()), ("all-keys", "file.toml"));
    assert_eq!(vector.shows, [1, 64]);
    let settings = Settings {
        max_event_size: 9,
        capacity: Some(99),
        overflow: Overflow::Skip,
        utf8: Utf8::Strict,
        eof: Eof::Dispatch,
        items: Items::ALL,
    };
    assert_eq!(vector.settings, settings);
    assert_eq!(vector.start, Start { last_event_id: b"A".to_vec(), retry: Some(7) });

    let event = |event_type: &[u8], data: &[u8], id: Option<&[u8]>, span| {
        let (event_type, data, last_event_id) = (event_type.to_vec(), data.to_vec(), b"i".to_vec());
        Item::Event(Event { event_type, data, last_event_id, id: id.map(<[u8]>::to_vec), span })
    };
    let outcome = Outcome {
        items: vec![
            Item::Error(Fault::EventTooLarge),
            event(b"message", b"d", Some(b"i"), 40..50),
            Item::Retry(5),
            Item::Error(Fault::ItemTooLarge),
            Item::Comment(b"c".to_vec()),
            Item::Unknown { name: b"n".to_vec(), value: b"v".to_vec() },
            Item::Error(Fault::InvalidUtf8),
            Item::Retry(u64::MAX),
            event(b"e", b"dxx", None, 1..2),
        ],
        last_event_id: b"f".to_vec(),
        retry: Some(8),
        position: 5,
        skipped: 3,
    };
    let [connection] = &vector.connections[..] else { panic!("one connection") };
    assert_eq!(connection.stream, b"a\r\n\n\n");
    // The span that is not stated comes from what it is compared with, the one that is does not.
    let mut actual = outcome.clone();
    if let Some(Item::Event(last)) = actual.items.last_mut() {
        last.span = 60..70;
    }
    assert_eq!(connection.expected(&actual), outcome);
}

#[test]
fn connections_follow_one_another() {
    let vector = read_one(
        r"
        name = 'two'
        about = 'reconnection'
        [[vector.connection]]
        input = 'a'
        events = [{ data = 'd', id = '1' }]
        [[vector.connection]]
        input = 'b'
        retry = [2]
        ",
    )
    .unwrap();
    assert_eq!(vector.settings.items, Items { retry: true, ..Items::NONE });
    let ends: Vec<Start> = vector.connections.iter().map(Connection::end).collect();
    let end = |retry| Start { last_event_id: b"1".to_vec(), retry };
    assert_eq!(ends, [end(None), end(Some(2))]);
}

#[test]
fn errors_name_file_vector_and_reason() {
    for (keys, reason) in [
        ("name = 'x'\ninput = ''", "does not say what it is about"),
        ("name = 'X'\nabout = ''\ninput = ''", "small letters"),
        ("name = 'x'\nshows = [65]\ninput = ''", "no statement 65"),
        ("name = 'x'\nabout = ''\ninput = ''\ninputs = ''", "unknown field `inputs`"),
        ("name = 'x'\nabout = ''\ninput = ''\nevents = [{ data = '', ids = '' }]", "unknown field `ids`"),
        ("name = 'x'\nabout = ''", "missing field `input`"),
        ("name = 'x'\nabout = ''\ninput = '\\q'", "bad escape"),
        ("name = 'x'\nabout = ''\ninput = 1", "expected a string, or an array"),
        ("name = 'x'\nabout = ''\ninput = ''\nretry = ['-1']", "64 bits"),
        ("name = 'x'\nabout = ''\ninput = ''\nretry = [1]\ncomments = ['']", "`order` is missing"),
        ("name = 'x'\nabout = ''\ninput = ''\nretry = [1]\norder = []", "leaves out 1 of kind Retry"),
        ("name = 'x'\nabout = ''\ninput = ''\norder = ['event']", "more items of kind Event"),
        ("name = 'x'\nabout = ''\ninput = ''\nconnection = []", "must stand in a connection"),
        ("name = 'x'\nabout = ''\nconnection = []", "no connection"),
    ] {
        let error = read_one(keys).unwrap_err();
        let is_named = error.starts_with("file.toml: vector `") && error.contains(reason);
        assert!(is_named, "{error} does not give {reason}");
    }
    assert!(read("file.toml", "vector = 1").unwrap_err().starts_with("file.toml: "));
}
