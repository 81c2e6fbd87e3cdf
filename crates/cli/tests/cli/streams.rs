//! Streams as they come: every line end, marks, bad bytes.

use crate::support::{Scratch, parse, run};

const LINES: &str = "\
{\"event\":\"a\",\"id\":\"1\",\"data\":\"x\\ny\"}
{\"event\":\"message\",\"id\":\"1\",\"data\":\"\"}
";

#[test]
fn lines_end_in_lf_crlf_or_cr() {
    let stream = "event: a\nid: 1\ndata: x\ndata: y\n\ndata\n\n";
    for (end, counts) in
        [("\n", "LF 7, CRLF 0, CR 0"), ("\r\n", "LF 0, CRLF 7, CR 0"), ("\r", "LF 0, CRLF 0, CR 7")]
    {
        let stream = stream.replace('\n', end);
        for size in ["1", "2", "3", "64K"] {
            assert_eq!(parse(&["--chunk-size", size], stream.as_bytes()).output(), LINES, "{end:?} {size}");
        }
        let summary = parse(&["--stats"], stream.as_bytes()).output();
        assert!(summary.contains(counts), "{summary}");
    }
    assert_eq!(parse(&[], b"event: a\rid: 1\r\ndata: x\ndata: y\n\rdata\r\r\n").output(), LINES);
}

#[test]
fn one_leading_mark_is_not_part_of_the_stream() {
    let event = "{\"event\":\"message\",\"id\":\"\",\"data\":\"x\"}\n";
    for size in ["1", "64K"] {
        assert_eq!(parse(&["--chunk-size", size], b"\xef\xbb\xbfdata: x\n\n").output(), event);
        assert_eq!(parse(&["--chunk-size", size], b"\xef\xbb\xbf\xef\xbb\xbfdata: x\n\n").output(), "");
        assert_eq!(parse(&["--chunk-size", size], b"data: x\n\n\xef\xbb\xbfdata: y\n\n").output(), event);
    }
}

#[test]
fn bad_bytes_become_replacement_characters() {
    let stream = b"event: t\xff\nid: \xf0\x9f\x98\ndata: a\xc0\xafb\xed\xa0\x80\ndata: \xe2\x82\n\n: c\x80\n";
    for size in ["1", "64K"] {
        assert_eq!(
            parse(&["--comments", "--chunk-size", size], stream).output(),
            "{\"event\":\"t\u{fffd}\",\"id\":\"\u{fffd}\",\
             \"data\":\"a\u{fffd}\u{fffd}b\u{fffd}\u{fffd}\u{fffd}\\n\u{fffd}\"}\n\
             {\"comment\":\" c\u{fffd}\"}\n"
        );
    }
}

#[test]
fn control_characters_are_escaped() {
    let stream = b"event: \0\ndata: \0\x01\x1b\t\x7f\"\\\n\n";
    assert_eq!(
        parse(&[], stream).output(),
        "{\"event\":\"\\u0000\",\"id\":\"\",\"data\":\"\\u0000\\u0001\\u001b\\t\x7f\\\"\\\\\"}\n"
    );
}

#[test]
fn streams_without_events_give_nothing() {
    for stream in
        [&b""[..], b"\n\n\n", b": only comments\n\n", b"id: 1\n\n", b"data: unfinished\n", b"\xef\xbb"]
    {
        assert_eq!(parse(&[], stream).output(), "", "{stream:?}");
    }
}

#[test]
fn large_files_span_many_reads() {
    // Events of every size from 0 to 2 KiB, a few megabytes in all: they lie across the reads in every way.
    let mut stream = Vec::new();
    let mut expected = Vec::new();
    for n in 0..4_096 {
        let data = "é\"".repeat(n % 512);
        stream.extend(format!("id: {n}\ndata: {data}\n\n").bytes());
        expected.extend(
            format!("{{\"event\":\"message\",\"id\":\"{n}\",\"data\":\"{}\"}}\n", data.replace('"', "\\\""))
                .bytes(),
        );
    }
    let file = Scratch::new("large.sse", &stream);
    for size in [&[][..], &["--chunk-size", "1460"], &["--chunk-size", "1M"]] {
        let run = run(&[&["parse", file.path()], size].concat(), b"");
        assert_eq!((run.status, run.err.as_str()), (Some(0), ""));
        assert!(run.out == expected, "{size:?}");
    }
}
