//! What is asked about, what goes along with it, and in which order things come out.

use eventwire::Rewriter;

use crate::rewrite;

/// Drops every event.
fn dropped(stream: &str) -> String {
    let mut whole = Rewriter::new();
    let written = rewrite(&mut whole, [stream.as_bytes()], |_, edit| edit.drop_event()).concat();
    // Whatever the cuts.
    for at in 0..=stream.len() {
        let (first, second) = stream.as_bytes().split_at(at);
        let cut = rewrite(&mut Rewriter::new(), [first, second], |_, edit| edit.drop_event()).concat();
        assert_eq!(
            cut.escape_ascii().to_string(),
            written.escape_ascii().to_string(),
            "{stream:?} cut at {at}"
        );
    }
    String::from_utf8(written).unwrap()
}

#[test]
fn what_no_event_depends_on_stays() {
    assert_eq!(dropped("\u{FEFF}data: 1\n\n"), "\u{FEFF}");
    assert_eq!(dropped(": ping\n\n: note\ndata: 1\n\n: ping\n\n"), ": ping\n\n: note\n: ping\n\n");
    assert_eq!(
        dropped("id: 1\n\nretry: 5\n\nfoo\n\nevent: x\n\n\n"),
        "id: 1\n\nretry: 5\n\nfoo\n\nevent: x\n\n\n"
    );
}

#[test]
fn a_dropped_event_takes_its_lines_along() {
    assert_eq!(dropped("id: 1\nretry: 5\nfoo: bar\ndata: 1\n: note\nevent: x\n\nid: 2\n\n"), "id: 2\n\n");
    assert_eq!(dropped("data: 1\r\n\r\n: ping\r\n\r\n"), ": ping\r\n\r\n");
    assert_eq!(dropped("data: 1\r\r: ping\r\r"), ": ping\r\r");
}

#[test]
fn what_is_cut_off_stays() {
    assert_eq!(dropped("data: 1\n\ndata: 2\n"), "data: 2\n");
    assert_eq!(dropped("data: 1\n\n: pi"), ": pi");
    assert_eq!(dropped("\u{FEFF}dat"), "\u{FEFF}dat");
}

#[test]
fn insertions_are_written_in_order() {
    let mut rewriter = Rewriter::new();
    let mut number = 0;
    let written = rewrite(&mut rewriter, [&b"data: 1\n\ndata: 2\n\nda"[..], b"ta: 3\n\n"], |_, edit| {
        number += 1;
        edit.insert_after(format!("<{number}c").as_bytes());
        edit.insert_before(format!("<{number}a").as_bytes());
        if number == 2 {
            edit.replace(b"not this");
            edit.replace(b"this");
        }
        edit.insert_before(b"b");
        edit.insert_after(b"d>");
    });
    let written: Vec<&str> = written.iter().map(|bytes| std::str::from_utf8(bytes).unwrap()).collect();
    assert_eq!(written, ["<1abdata: 1\n\n<1cd><2abthis<2cd>", "<3abdata: 3\n\n<3cd>", ""]);
}

#[test]
fn kept_neighbours_are_one_slice_of_the_chunk() {
    let chunk = b": ping\n\ndata: 1\n\nid: 1\n\ndata: 2\r\n\r\n";
    let mut rewriter = Rewriter::new();
    let mut spans = rewriter.rewrite(chunk, |_, _| {});
    assert_eq!(spans.len(), 1);
    let span = spans.next().unwrap();
    assert_eq!((span.as_ptr(), span.len()), (chunk.as_ptr(), chunk.len()));
}

#[test]
fn a_new_stream_begins_behind_the_end_of_one() {
    let mut rewriter = Rewriter::new();
    for _ in 0..2 {
        let mut spans = Vec::new();
        let written = rewrite(
            &mut rewriter,
            [&b"\xEF\xBB\xBFid: 4\ndata: 1\n\ndata: 2\r\n\r"[..], b"data: 3"],
            |event, _| {
                spans.push(event.span());
            },
        );
        assert_eq!(written.concat(), b"\xEF\xBB\xBFid: 4\ndata: 1\n\ndata: 2\r\n\rdata: 3");
        assert_eq!(spans, [3..18, 18..28]);
        assert_eq!(rewriter.last_event_id(), b"4");
    }
}
