//! `encode` is the inverse of `parse`, and says what is wrong with a line.

use crate::support::{Run, Scratch, parse, run, sample};

/// Runs `eventwire encode` with these lines on its standard input.
fn encode(lines: &[u8]) -> Run {
    run(&["encode"], lines)
}

/// Lines of JSON to a stream and back: the same lines.
#[track_caller]
fn assert_same_lines(options: &[&str], lines: &str) {
    let stream = encode(lines.as_bytes()).output();
    for size in ["1", "64K"] {
        let options = [options, &["--chunk-size", size]].concat();
        assert_eq!(parse(&options, stream.as_bytes()).output(), lines, "{stream}");
    }
}

/// A stream to lines of JSON, to another stream, and to the same lines.
#[track_caller]
fn assert_same_events(options: &[&str], stream: &[u8]) {
    let lines = parse(options, stream).output();
    assert!(!lines.is_empty());
    assert_same_lines(options, &lines);
}

#[test]
fn streams_keep_their_events() {
    let everything = "\u{feff}: hello\r\nretry: 3000\rid: 1\nevent: a\ndata:  x\ndata\n: in the midst\ndata: \"y\"\\\n\n\
        data: inherits the id\n\nid: 2\n\ndata: so does this\n\nid\ndata: none any more\n\nevent: message\ndata\n\n\
        retry: 99999999999999999999999\n:\n:: \t\nunknown: u\n\nid: \u{1f600} \ndata: \0\x01\x1b\x7f\ndata:\u{2028}\ndata:\n\n";
    assert_same_events(&["--retry", "--comments"], everything.as_bytes());
    assert_same_events(&[], &everything.replace('\n', "\r\n").into_bytes());
    let sample = std::fs::read(sample()).unwrap();
    assert_same_events(&["--retry", "--comments"], &sample);
    assert_same_events(&["--json"], &sample);
    // Bytes that are not UTF-8 are U+FFFD in the lines, and stay that.
    assert_same_events(&[], b"event: \xff\nid: \xc3\ndata: \xf0\x9f\n\n");
}

#[test]
fn lines_stay_as_they_are() {
    let awkward = [
        "",
        " ",
        "  x",
        "\\t",
        "\\n",
        "\\n\\n",
        "x\\n",
        "\\nx",
        "x\\n \\ny",
        ":",
        "data: x",
        "\\u0000",
        "\u{feff}",
        "\\\"",
        "\u{2028}",
        "é😀",
    ];
    let mut lines = String::new();
    for (number, data) in awkward.iter().enumerate() {
        for other in awkward.iter().filter(|text| !text.contains("\\n")) {
            // An empty type is `message`, which parse says of it.
            let event_type = if other.is_empty() { "message" } else { other };
            // An id can be anything of one line without NUL, and is often the one before.
            let id = if *other == "\\u0000" || number % 3 == 0 { "" } else { other };
            lines += &format!("{{\"event\":\"{event_type}\",\"id\":\"{id}\",\"data\":\"{data}\"}}\n");
        }
        if !data.contains("\\n") {
            lines += &format!("{{\"comment\":\"{data}\"}}\n");
        }
        lines += &format!("{{\"retry\":{}}}\n", u64::MAX >> number);
    }
    assert_same_lines(&["--retry", "--comments"], &lines);
}

#[test]
fn embedded_json_stays_json() {
    let lines = "{\"event\":\"message\",\"id\":\"\",\"data\":{\"n\":1.0,\"n\":[1e400,-0,\"a \\\"b\\\" \\\\\"]}}\n\
        {\"event\":\"message\",\"id\":\"\",\"data\":null}\n{\"event\":\"message\",\"id\":\"\",\"data\":\"no JSON\"}\n";
    assert_same_lines(&["--json"], lines);
    let spaced = "{ \"data\" : { \"a b\" : [ 1 , \"x  y\" ] } , \"event\" : \"e\" }\r\n";
    assert_eq!(encode(spaced.as_bytes()).output(), "event: e\ndata: {\"a b\":[1,\"x  y\"]}\n\n");
}

#[test]
fn events_of_all_sizes_span_reads() {
    let lines: String = (0..3_000)
        .map(|n| {
            format!("{{\"event\":\"message\",\"id\":\"{n}\",\"data\":\"{}\"}}\n", "é\\\"\\n".repeat(n % 700))
        })
        .collect();
    assert_same_lines(&[], &lines);
    let file = Scratch::new("events.ndjson", lines.as_bytes());
    assert_eq!(run(&["encode", file.path()], b"").output(), encode(lines.as_bytes()).output());
}

#[test]
fn a_line_of_16_mib_is_a_line_like_any_other() {
    let data = "é\\\"\\n".repeat((16 << 20) / 6);
    let line = format!("{{\"event\":\"message\",\"id\":\"\",\"data\":\"{data}\"}}\n");
    let stream = encode(line.as_bytes()).output();
    // Not shown if it fails: it is long.
    assert!(parse(&[], stream.as_bytes()).output() == line);
}

#[test]
fn numbers_and_nesting_have_no_limits() {
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    for data in [&format!("{open}{close}"), "-0.0e+99999999999999999999", &"9".repeat(10_000)] {
        let line = format!("{{\"data\":{data}}}");
        assert_eq!(encode(line.as_bytes()).output(), format!("data: {data}\n\n"));
    }
}

#[test]
fn an_event_may_lack_its_type_and_id_and_the_last_line_its_end() {
    assert_eq!(encode(b"{\"data\":\"a\"}\n\n  \r\n{\"data\":\"b\"}").output(), "data: a\n\ndata: b\n\n");
    assert_eq!(encode(b"").output(), "");
}

#[test]
fn a_line_that_is_wrong_is_named_and_ends_it() {
    for (line, what) in [
        ("data: x", "not JSON at column 1 (expected value): write one JSON object a line, "),
        ("{\"data\":\"x\"", "JSON that ends too early, at column 11: write one JSON object a line, "),
        ("{\"open\":true}", "unknown key \"open\": write one JSON object a line, "),
        ("{\"id\":\"1\"}", "an event without \"data\": write \"data\":\"\" if it has none"),
        ("{\"event\":\"\\ud800\",\"data\":\"\"}", "\"event\" is not text ("),
        ("{\"id\":\"\\udc00\",\"data\":\"\"}", "\"id\" is not text ("),
        ("{\"data\":\"\\ud83dx\"}", "\"data\" is not text ("),
        ("{\"comment\":\"\\ude00\\ud83d\"}", "\"comment\" is not text ("),
        ("{\"data\":1,\"data\":1}", "\"data\" twice: "),
        ("{\"retry\":1e3}", "\"retry\" is not a whole number: "),
        ("{\"retry\":18446744073709551616}", "\"retry\" is not a whole number: "),
        ("{\"retry\":1.5}", "\"retry\" is not a whole number: write it in milliseconds: {\"retry\":3000}"),
        (
            "{\"id\":\"a\\u0000\",\"data\":\"\"}",
            "id refused: NUL at byte 1 (it may hold neither CR, LF nor NUL): take it out, ",
        ),
        (
            "{\"event\":\"a\\ndata: forged\",\"data\":\"\"}",
            "event type refused: LF at byte 1 (it may hold neither CR nor LF): take it out, ",
        ),
    ] {
        let input = format!("{{\"data\":\"before\"}}\n\n{line}\n{{\"data\":\"behind\"}}\n");
        let run = encode(input.as_bytes());
        assert_eq!((run.status, &run.out[..]), (Some(1), &b"data: before\n\n"[..]), "{line}");
        let expected = format!("eventwire: standard input: line 3: {what}");
        assert!(run.err.starts_with(&expected), "{}", run.err);
        assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    }
}

#[test]
fn lines_over_the_limit_are_dropped_and_counted() {
    let input = "{\"data\":\"1\"}\n{\"data\":\"1234\"}\n{\"data\":\"2\"}\n{\"data\":\"12345\"}";
    let limited = |limit: &str| run(&["encode", "--max-line-size", limit], input.as_bytes());
    assert_eq!(limited("16").output().matches("data").count(), 4);
    let one = limited("15");
    assert_eq!((one.status, &one.out[..]), (Some(3), &b"data: 1\n\ndata: 1234\n\ndata: 2\n\n"[..]));
    assert_eq!(
        one.err,
        "eventwire: standard input: 1 line dropped, over 15 bytes, line 4: raise --max-line-size\n"
    );
    let two = limited("14");
    assert_eq!((two.status, &two.out[..]), (Some(3), &b"data: 1\n\ndata: 2\n\n"[..]));
    assert_eq!(
        two.err,
        "eventwire: standard input: 2 lines dropped, over 14 bytes, the first is line 2: raise --max-line-size\n"
    );
}
