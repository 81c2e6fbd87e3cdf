//! Every option of `parse`.

use crate::support::{Scratch, parse, run, sample};

const STREAM: &[u8] = b"retry: 3000\n\
    : hello\n\
    id: 1\n\
    data: first\n\
    \n\
    event: json\n\
    data: {\"n\": 1.0,\n\
    data:  \"s\": \"a\\nb\"}\n\
    \n\
    event: other\n\
    data: two\n\
    data: lines\n\
    id: 2\n\
    \n\
    retry: 10\n\
    data: unfinished";

#[test]
fn events_are_lines_of_json() {
    assert_eq!(
        parse(&[], STREAM).output(),
        r#"{"event":"message","id":"1","data":"first"}
{"event":"json","id":"1","data":"{\"n\": 1.0,\n \"s\": \"a\\nb\"}"}
{"event":"other","id":"2","data":"two\nlines"}
"#
    );
}

#[test]
fn input_is_a_file_or_standard_input() {
    let file = Scratch::new("input.sse", STREAM);
    let expected = parse(&[], STREAM);
    assert_eq!(parse(&["-"], STREAM), expected);
    assert_eq!(parse(&[file.path()], b"data: ignored\n\n"), expected);
}

#[test]
fn retry_and_comments_come_in_order() {
    let all = parse(&["--retry", "--comments"], STREAM).output();
    let lines: Vec<_> = all.lines().map(|line| &line[..line.len().min(19)]).collect();
    assert_eq!(
        lines,
        [
            r#"{"retry":3000}"#,
            r#"{"comment":" hello""#,
            r#"{"event":"message","#,
            r#"{"event":"json","id"#,
            r#"{"event":"other","i"#,
            r#"{"retry":10}"#,
        ]
    );
    assert_eq!(parse(&["--retry"], STREAM).output().lines().count(), 5);
    assert_eq!(parse(&["--comments"], STREAM).output().lines().count(), 4);
}

#[test]
fn only_the_types_asked_for_are_written() {
    let types = |options: &[&str]| -> Vec<String> {
        let output = parse(options, STREAM).output();
        output.lines().map(|line| line.split('"').nth(3).unwrap().to_owned()).collect()
    };
    assert_eq!(types(&["--event", "json"]), ["json"]);
    assert_eq!(types(&["--event", "other", "--event=message"]), ["message", "other"]);
    assert_eq!(types(&["--event", "jso"]), [""; 0]);
    assert_eq!(types(&["--event", ""]), [""; 0]);
}

#[test]
fn data_alone_is_raw() {
    let stream = b"data: a\xffb\n\ndata: \"q\"\ndata: r\n\ndata\n\n";
    let lines = parse(&["--data"], stream);
    assert_eq!((lines.status, &lines.out[..]), (Some(0), &b"a\xffb\n\"q\"\nr\n\n"[..]));
    for null in ["-0", "--null"] {
        assert_eq!(parse(&["--data", null], stream).out, b"a\xffb\0\"q\"\nr\0\0");
    }
    assert_eq!(parse(&["--data", "--event", "other"], STREAM).out, b"two\nlines\n");
}

#[test]
fn json_is_embedded_on_one_line() {
    assert_eq!(
        parse(&["--json"], STREAM).output(),
        r#"{"event":"message","id":"1","data":"first"}
{"event":"json","id":"1","data":{"n": 1.0, "s": "a\nb"}}
{"event":"other","id":"2","data":"two\nlines"}
"#
    );
    assert_eq!(
        parse(&["--json"], b"data: [1e999,-0.0]\n\ndata: [DONE]\n\ndata: \"\xff\"\n\ndata\n\n").output(),
        r#"{"event":"message","id":"","data":[1e999,-0.0]}
{"event":"message","id":"","data":"[DONE]"}
"#
        .to_owned()
            + "{\"event\":\"message\",\"id\":\"\",\"data\":\"\\\"\u{fffd}\\\"\"}\n"
            + "{\"event\":\"message\",\"id\":\"\",\"data\":\"\"}\n"
    );
}

#[test]
fn stats_is_a_summary_instead() {
    let summary = parse(&["--stats"], STREAM).output();
    let (first, rest) = summary.split_once('\n').unwrap();
    assert!(first.starts_with(&format!("input       {} bytes in ", STREAM.len())), "{first}");
    assert_eq!(
        rest,
        "\
events      3
            1  \"json\", 24 bytes of data
            1  \"message\", 5 bytes of data
            1  \"other\", 9 bytes of data
data        38 bytes; an event has 5 to 24, 12 on average
line ends   LF 15, CRLF 0, CR 0
ids         2 (events with an id field); the last event ID is \"2\"
comments    1
retry       2 (valid lines); the last says 10 ms

bytes of data          events
             4 - 7             1  ########################################
            8 - 15             1  ########################################
           16 - 31             1  ########################################
"
    );
}

#[test]
fn events_over_the_limit_are_an_error_or_skipped() {
    let stream = b"data: small\n\ndata: much too large\n\ndata: large again\n\ndata: small\n\n";
    let small = "{\"event\":\"message\",\"id\":\"\",\"data\":\"small\"}\n";
    let run = parse(&["--max-event-size", "5"], stream);
    assert_eq!(run.status, Some(3));
    assert_eq!(run.out, small.repeat(2).as_bytes());
    assert_eq!(
        run.err,
        "eventwire: standard input: 2 events dropped, over 5 bytes, the first after byte 13: \
         raise --max-event-size, or accept it with --overflow skip\n"
    );
    assert_eq!(parse(&["--max-event-size=5", "--overflow=error"], stream), run);

    assert_eq!(parse(&["--max-event-size", "5", "--overflow", "skip"], stream).output(), small.repeat(2));
    assert_eq!(parse(&["--max-event-size", "1k"], stream).output().lines().count(), 4);

    let run = parse(&["--stats", "--max-event-size", "5"], stream);
    assert_eq!(run.status, Some(3));
    assert!(run.out.windows(14).any(|text| text == b"events      2\n"));
    let summary = parse(&["--stats", "--max-event-size", "5", "--overflow", "skip"], stream).output();
    assert!(summary.contains("\nskipped     2 (over the limit)\n"), "{summary}");
}

#[test]
fn comments_over_the_limit_count_only_where_they_are_asked_for() {
    let stream = b": a comment\ndata: x\n\n";
    let event = "{\"event\":\"message\",\"id\":\"\",\"data\":\"x\"}\n";
    assert_eq!(parse(&["--max-event-size", "5"], stream).output(), event);
    let run = parse(&["--max-event-size", "5", "--comments"], stream);
    assert_eq!((run.status, &run.out[..]), (Some(3), event.as_bytes()));
    assert_eq!(
        run.err,
        "eventwire: standard input: 1 comment dropped, over 5 bytes, after byte 0: \
         raise --max-event-size, or leave --comments away\n"
    );
    let summary = parse(&["--max-event-size", "5", "--stats"], stream).output();
    assert!(summary.contains("\ncomments    1\n"), "{summary}");
}

#[test]
fn an_unfinished_event_is_dropped_or_written() {
    for (options, lines) in [
        (&[][..], 3),
        (&["--eof", "discard"], 3),
        (&["--eof", "dispatch"], 4),
        (&["--eof=dispatch", "--data"], 6),
    ] {
        assert_eq!(parse(options, STREAM).output().lines().count(), lines, "{options:?}");
    }
    let run = parse(&["--eof", "dispatch", "--event", "message", "--data"], STREAM);
    assert_eq!(run.out, b"first\nunfinished\n");
}

#[test]
fn how_the_input_is_cut_makes_no_difference() {
    let sample = sample();
    let sample = sample.to_str().unwrap();
    for (options, status) in [
        (&[][..], 0),
        (&["--comments", "--retry"], 0),
        (&["--json"], 0),
        (&["--data", "-0"], 0),
        (&["--max-event-size", "160"], 3),
    ] {
        let whole = run(&[&["parse", sample], options].concat(), b"");
        assert_eq!((whole.status, whole.out.is_empty()), (Some(status), false), "{options:?}");
        for size in ["1", "2", "7", "64", "1460", "1M"] {
            let cut = run(&[&["parse", sample, "--chunk-size", size], options].concat(), b"");
            assert_eq!(cut, whole, "{options:?} in chunks of {size}");
        }
    }
}

#[test]
fn the_sample_shows_what_a_stream_is() {
    let sample = sample();
    let sample = sample.to_str().unwrap();
    let events = run(&["parse", "--comments", sample], b"").output();
    assert_eq!(events.lines().count(), 22);
    assert_eq!(events.lines().filter(|line| line.starts_with("{\"comment\"")).count(), 1);
    assert!(events.contains(r#"{"event":"message","id":"","data":"{\"id\":\"#));
    assert!(events.ends_with("\"data\":\"[DONE]\"}\n"));
    let embedded = run(&["parse", "--json", sample], b"").output();
    assert_eq!(embedded.lines().filter(|line| line.contains(r#""data":{"id":"#)).count(), 20);
    assert!(embedded.contains("München"));
}

#[test]
fn wrong_usage_is_2_and_says_why() {
    for (arguments, why) in [
        (&[][..], "Usage: eventwire"),
        (&["prase"], "unrecognized subcommand 'prase'"),
        (&["parse", "--jsn"], "'--json'"),
        (&["parse", "-0"], "--data"),
        (&["parse", "--data", "--json"], "cannot be used with"),
        (&["parse", "--stats", "--comments"], "cannot be used with"),
        (&["parse", "--chunk-size", "0"], "at least 1 byte"),
        (&["parse", "--chunk-size", "65MiB"], "at most 64 MiB"),
        (&["parse", "--max-event-size", "1.5M"], "whole number of bytes"),
        (&["parse", "--eof", "explode"], "[possible values: discard, dispatch]"),
        (&["parse", "a", "b"], "unexpected argument 'b'"),
        (&["completions", "tcsh"], "possible values"),
        (&["man", "prase"], "no subcommand 'prase'"),
    ] {
        let run = run(arguments, b"");
        assert_eq!((run.status, &run.out[..]), (Some(2), &b""[..]), "{arguments:?}");
        assert!(run.err.contains(why), "{arguments:?}: {}", run.err);
    }
}
