//! `eventwire get` against servers on loopback.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use crate::server::{NO_CONTENT, SOON, STREAM, nobody, read_request, serve, status, stream};
use crate::support::{Run, Scratch, eventwire, run};

/// Runs `eventwire get` with nothing on its standard input.
fn get(url: &str, options: &[&str]) -> Run {
    run(&[&["get", url], options].concat(), b"")
}

#[test]
fn the_help_names_every_option_and_teaches() {
    let short = run(&["get", "-h"], b"").output();
    let long = run(&["get", "--help"], b"").output();
    for option in [
        "-H, --header <FIELD>",
        "-X, --request <METHOD>",
        "-d, --body <TEXT>",
        "--last-event-id <ID>",
        "--with-credentials",
        "--cacert <FILE>",
        "--reconnect <POLICY>",
        "--idle-timeout <TIME>",
        "--max-events <N>",
        "--max-event-size <BYTES>",
        "--overflow <POLICY>",
        "--event <TYPE>",
        "--lifecycle",
        "--retry",
        "--comments",
        "--json",
        "--data",
        "-0, --null",
        "--pretty",
        "--color <WHEN>",
        "--raw <FILE>",
    ] {
        assert!(short.contains(option), "{option}: {short}");
        assert!(long.contains(option), "{option}: {long}");
    }
    for lesson in ["Examples:", "Connections:", "Exit status:", "Ctrl-C"] {
        assert!(long.contains(lesson), "{lesson}: {long}");
    }
    let page = run(&["man", "get"], b"").output();
    assert!(page.contains(".TH eventwire-get 1") && page.contains("idle\\-timeout"), "{page}");
    assert!(run(&["--help"], b"").output().contains("\n  get "));
    assert!(run(&["completions", "bash"], b"").output().contains("--last-event-id"));
}

#[test]
fn events_are_written_as_parse_writes_them() {
    let events = ": c\nid: 1\ndata: {\"a\": 1}\n\nretry: 7\nevent: x\ndata: b\ndata: \"c\n\n";
    for options in
        [&[][..], &["--json"], &["--data"], &["--data", "-0"], &["--event", "x"], &["--retry", "--comments"]]
    {
        let (url, _) = serve(&[stream(events), NO_CONTENT.to_owned()]);
        let parsed = run(&[&["parse"], options].concat(), events.as_bytes()).output();
        assert_eq!(get(&url, options).output(), parsed, "{options:?}");
    }
}

#[test]
fn a_connection_is_made_again_and_resumed() {
    let first = stream("retry: 1\nid: 4\u{e9}\ndata: 1\n\n");
    let (url, requests) = serve(&[first, stream("data: 2\n\n"), NO_CONTENT.to_owned()]);
    let lines = get(&url, &["--lifecycle"]);
    assert_eq!(
        lines.output(),
        "{\"open\":true}\n\
         {\"event\":\"message\",\"id\":\"4é\",\"data\":\"1\"}\n\
         {\"error\":\"the stream ended\",\"ready_state\":0}\n\
         {\"open\":true}\n\
         {\"event\":\"message\",\"id\":\"4é\",\"data\":\"2\"}\n\
         {\"error\":\"the stream ended\",\"ready_state\":0}\n\
         {\"error\":\"the server answered with status 204\",\"ready_state\":2}\n"
    );
    let heads: Vec<_> = requests.iter().map(|(head, _)| head).collect();
    assert!(!heads[0].contains("last-event-id"));
    assert!(heads[1].contains("\r\nlast-event-id: 4é\r\n") && heads[2].contains("last-event-id"));
}

#[test]
fn a_request_says_what_was_asked_for() {
    let (url, requests) = serve(&[NO_CONTENT.to_owned()]);
    let body = Scratch::new("body.json", b"{\"q\":1}");
    let file = format!("@{}", body.path());
    get(&url, &["-H", "Authorization: Bearer x:y", "-H", "X-Empty:", "-d", &file, "--last-event-id", "17"]);
    let (head, body) = requests.recv_timeout(SOON).unwrap();
    assert!(head.starts_with("POST /stream HTTP/1.1\r\n"), "{head}");
    for line in [
        "accept: text/event-stream",
        "authorization: Bearer x:y",
        "x-empty: ",
        "content-type: application/json",
        "last-event-id: 17",
        concat!("user-agent: eventwire/", env!("CARGO_PKG_VERSION")),
    ] {
        assert!(head.contains(&format!("\r\n{line}\r\n")), "{line}: {head}");
    }
    assert_eq!(body, "{\"q\":1}");

    let (url, requests) = serve(&[NO_CONTENT.to_owned()]);
    let _ = run(&["get", &url, "-X", "REPORT", "-d", "@-", "-H", "content-type: a/b"], b"typed");
    let (head, body) = requests.recv_timeout(SOON).unwrap();
    assert!(head.starts_with("REPORT "), "{head}");
    assert_eq!(head.matches("content-type: a/b").count() + head.matches("application/json").count(), 1);
    assert_eq!(body, "typed");
}

#[test]
fn cookies_are_kept_only_if_asked_for() {
    for (options, kept) in [(&[][..], false), (&["--with-credentials"], true)] {
        let first = STREAM.replace("\r\n\r\n", "\r\nSet-Cookie: a=b\r\n\r\n") + "retry: 1\n";
        let (url, requests) = serve(&[first, NO_CONTENT.to_owned()]);
        get(&url, options).output();
        let heads: Vec<_> = requests.iter().map(|(head, _)| head).collect();
        assert_eq!(heads[1].contains("\r\ncookie: a=b\r\n"), kept, "{}", heads[1]);
    }
}

#[test]
fn a_body_is_sent_once_unless_it_may_be_sent_again() {
    let answers = [stream("retry: 1\ndata: x\n\n"), NO_CONTENT.to_owned()];
    let (url, requests) = serve(&answers);
    get(&url, &["-d", "{}"]).output();
    assert_eq!(requests.try_iter().count(), 1);
    let (url, requests) = serve(&answers);
    get(&url, &["-d", "{}", "--reconnect", "standard"]).output();
    assert_eq!(requests.iter().map(|(_, body)| body).collect::<Vec<_>>(), ["{}", "{}"]);
}

#[test]
fn the_number_of_events_can_be_limited() {
    let events = "event: a\ndata: 1\n\ndata: 2\n\nevent: a\ndata: 3\n\nevent: a\ndata: 4\n\n";
    for (limit, lines) in [("0", ""), ("1", "1\n"), ("2", "1\n3\n")] {
        let (url, _) = serve(&[stream(events)]);
        let run = get(&url, &["--event", "a", "--max-events", limit, "--data"]);
        assert_eq!(run.output(), lines);
    }
}

#[test]
fn what_ends_in_good_order_is_0() {
    let (url, _) = serve(&[stream("data: x\n\n")]);
    assert_eq!(get(&url, &["--reconnect", "never", "--data"]).output(), "x\n");
}

#[test]
fn without_a_stream_it_is_4_and_one_line() {
    let html = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n".to_owned();
    let elsewhere = "HTTP/1.1 302 Found\r\nLocation: ftp://x/\r\nContent-Length: 0\r\n\r\n".to_owned();
    for (answer, what) in [
        (status("404 Not Found"), "the server answered with status 404: check the URL"),
        (status("401 Unauthorized"), "the server answered with status 401: check the credentials, "),
        (status("500 Oh"), "the server answered with status 500: try later; "),
        (NO_CONTENT.to_owned(), "the server answered with status 204: "),
        (html, "the server's answer is not a text/event-stream (text/html): "),
        (elsewhere, "the redirect may not be followed (to the scheme ftp): "),
        ("nonsense\r\n\r\n".to_owned(), "the connection was lost before an answer came ("),
    ] {
        let (url, _) = serve(&[answer]);
        expect_4(&get(&format!("{url}?secret"), &[]), &url, what);
    }
    expect_4(&get(&nobody(), &[]), "", "connection refused (");
    let tls = nobody().replace("http:", "https:");
    expect_4(&get(&tls, &["--reconnect", "never"]), "", "connection refused (");
    expect_4(&get("http://no-such-host.invalid/", &[]), "", "the host has no address (");
    // Somebody who does not speak TLS.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        socket.write_all(status("400 Bad Request").as_bytes()).unwrap();
        // Reset, what was sent would be lost.
        drop(socket.read(&mut [0; 4096]));
    });
    expect_4(&get(&url, &[]), "", "TLS failed (");
}

#[track_caller]
fn expect_4(run: &Run, place: &str, what: &str) {
    assert_eq!((run.status, &run.out[..]), (Some(4), &b""[..]), "{}", run.err);
    assert!(run.err.starts_with(&format!("eventwire: {place}")), "{}", run.err);
    assert!(run.err.contains(&format!(": {what}")), "{}", run.err);
    assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    assert!(!run.err.contains("secret"), "{}", run.err);
}

#[test]
fn attempts_that_fail_are_told_and_go_on() {
    let (url, _) = serve(&[stream("retry: 1\ndata: 1\n\n")]);
    // Then nobody is there any more.
    let mut child = eventwire(&["get", &url, "--data"]).spawn().unwrap();
    let mut errors = BufReader::new(child.stderr.take().unwrap()).lines();
    for _ in 0..3 {
        let line = errors.next().unwrap().unwrap();
        assert!(line.contains(": connection refused (") && line.ends_with(": trying again"), "{line}");
    }
    child.kill().unwrap();
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    child.wait().unwrap();
    assert_eq!(out, "1\n");
    // From the start, if it is asked to.
    let mut child = eventwire(&["get", &nobody(), "--lifecycle", "--reconnect", "standard"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next().unwrap().unwrap();
    assert!(
        line.starts_with("{\"error\":\"connection refused (") && line.ends_with("\"ready_state\":0}"),
        "{line}"
    );
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn resilience_tries_again_after_an_overload() {
    let (url, requests) = serve(&[status("503 Busy"), stream("data: x\n\n")]);
    let run = get(&url, &["--reconnect", "resilient", "--max-events", "1", "--data"]);
    assert_eq!((run.status, &run.out[..]), (Some(0), &b"x\n"[..]), "{}", run.err);
    assert!(run.err.contains("status 503: trying again"), "{}", run.err);
    assert_eq!(requests.iter().count(), 2);
}

#[test]
fn silence_can_end_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        read_request(&mut socket);
        socket.write_all(stream("data: x\n\n").as_bytes()).unwrap();
        thread::sleep(SOON);
    });
    let run = get(&url, &["--idle-timeout", "1s", "--reconnect", "never", "--data"]);
    assert_eq!((run.status, &run.out[..]), (Some(4), &b"x\n"[..]));
    assert!(run.err.contains(": nothing came for too long: "), "{}", run.err);
}

#[test]
fn an_event_over_the_limit_is_3() {
    let events = format!("data: {}\n\ndata: y\n\n", "x".repeat(2000));
    let (url, _) = serve(&[stream(&events), NO_CONTENT.to_owned()]);
    let run = get(&url, &["--max-event-size", "1K", "--data"]);
    assert_eq!((run.status, &run.out[..]), (Some(3), &b"y\n"[..]));
    assert!(run.err.contains(": 1 event dropped, over 1 KiB, after byte 0: "), "{}", run.err);
    let (url, _) = serve(&[stream(&events), NO_CONTENT.to_owned()]);
    let run = get(&url, &["--max-event-size", "1K", "--overflow", "skip", "--data"]);
    assert_eq!(run.output(), "y\n");
}

#[test]
fn the_streams_bytes_can_be_recorded() {
    let record = Scratch::new("record.sse", b"");
    let (first, second) = ("\u{feff}: c\r\nretry: 1\r\ndata: 1\r\n\r\ncut", "data: 2\n\n");
    let (url, _) = serve(&[stream(first), stream(second), NO_CONTENT.to_owned()]);
    get(&url, &["--raw", record.path()]).output();
    assert_eq!(std::fs::read_to_string(record.path()).unwrap(), format!("{first}{second}"));
}

#[cfg(target_os = "linux")]
#[test]
fn files_that_cannot_be_read_or_written_are_1() {
    let (url, _) = serve(&[stream(&"data: x\n\n".repeat(10))]);
    for (options, place) in [
        (&["--raw", "/dev/full"][..], "/dev/full: cannot be written ("),
        (&["--raw", "/no/such/file"], "/no/such/file: cannot be written ("),
        (&["-d", "@/no/such/file"], "/no/such/file: no such file: "),
        (&["--cacert", "/no/such/file"], "/no/such/file: no such file: "),
        (&["--cacert", "/dev/null"], "/dev/null: cannot be read (no certificate in PEM form): "),
    ] {
        let run = get(&url, options);
        assert_eq!(run.status, Some(1), "{}", run.err);
        assert!(run.err.starts_with(&format!("eventwire: {place}")), "{}", run.err);
        assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    }
}

#[test]
fn wrong_usage_is_2() {
    for arguments in [
        &["get"][..],
        &["get", "example.org"],
        &["get", "ftp://h/"],
        &["get", "http://h/", "-H", "a b: c"],
        &["get", "http://h/", "-H", "Last-Event-ID: 1"],
        &["get", "http://h/", "-X", "CONNECT"],
        &["get", "http://h/", "--last-event-id", "a\nb"],
    ] {
        let run = run(arguments, b"");
        assert_eq!((run.status, &run.out[..]), (Some(2), &b""[..]), "{arguments:?}");
    }
}

#[test]
fn people_see_events_and_no_control_characters() {
    let events = "id: 7\nevent: t\ndata: one\ndata: \x1b[2Jtwo\n\n: c\nretry: 1\ndata\n\n";
    for (options, plain) in [(&[][..], true), (&["--color", "never"], true), (&["--color", "always"], false)]
    {
        let (url, _) = serve(&[stream(events), NO_CONTENT.to_owned()]);
        let out = get(&url, &[&["--pretty", "--retry", "--comments"], options].concat()).output();
        if plain {
            assert_eq!(
                out,
                "open\nt  7\n  one\n  \\u{1b}[2Jtwo\n: c\nretry 1 ms\nmessage  7\n  \n\
                 connecting  the stream ended\nclosed  the server answered with status 204\n"
            );
        } else {
            assert!(out.contains("\x1b[1m\x1b[36mt\x1b[0m  \x1b[2m7\x1b[0m\n  one\n"), "{out:?}");
        }
    }
}

#[test]
fn an_event_is_written_before_the_next_byte_comes() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let mut child = eventwire(&["get", &url, "--data"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (mut socket, _) = listener.accept().unwrap();
    read_request(&mut socket);
    socket.write_all(STREAM.as_bytes()).unwrap();
    for n in 0..3 {
        socket.write_all(format!("data: {n}\r\n\r").as_bytes()).unwrap();
        assert_eq!(lines.next().unwrap().unwrap(), n.to_string());
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_reader_that_leaves_ends_it_quietly() {
    let (url, _) = serve(&[stream(&"data: 12345678\n\n".repeat(1_000_000))]);
    let mut child = eventwire(&["get", &url, "--data"]).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 100]).unwrap();
    drop(stdout);
    let run = Run::from(child.wait_with_output().unwrap());
    assert_eq!((run.status, run.err.as_str()), (Some(0), ""));
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_with_all_that_is_complete_written() {
    use std::os::unix::process::ExitStatusExt as _;

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let mut child = eventwire(&["get", &url, "--data"]).spawn().unwrap();
    let (mut socket, _) = listener.accept().unwrap();
    read_request(&mut socket);
    socket.write_all(stream("data: 1\n\ndata: 2\n\ndata: cut").as_bytes()).unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    // Not SIGINT, which means the same but is ignored in what a shell runs in the background.
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    out.read_to_string(&mut line).unwrap();
    assert_eq!(line, "1\n2\n");
    assert_eq!(child.wait().unwrap().signal(), Some(15));
    // The server sees that the connection is closed.
    socket.set_read_timeout(Some(SOON)).unwrap();
    assert!(matches!(socket.read(&mut [0; 1]), Ok(0) | Err(_)));
}
