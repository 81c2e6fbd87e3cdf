//! What can fail around a stream: one line on standard error, and the exit status.

use std::fs::File;

use crate::support::{Run, Scratch, eventwire, run};

#[test]
fn files_that_cannot_be_read_are_named() {
    let directory = env!("CARGO_TARGET_TMPDIR");
    for command in ["parse", "encode"] {
        for (file, what) in [("no/such/file.sse", "no such file"), (directory, "is a directory")] {
            let run = run(&[command, file], b"data: x\n\n");
            assert_eq!((run.status, &run.out[..]), (Some(1), &b""[..]));
            assert!(run.err.starts_with(&format!("eventwire: {file}: {what}: ")), "{}", run.err);
            assert_eq!(run.err.lines().count(), 1, "{}", run.err);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_directory_on_standard_input_is_named() {
    let directory = File::open(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let run = Run::from(eventwire(&["parse"]).stdin(directory).output().unwrap());
    assert_eq!(run.status, Some(1));
    assert!(run.err.starts_with("eventwire: standard input: is a directory: "), "{}", run.err);
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_1() {
    for (arguments, input) in [
        (&["parse"][..], &b"data: x\n\n"[..]),
        (&["parse", "--stats"], b"data: x\n\n"),
        (&["encode"], b"{\"data\":\"x\"}\n"),
        (&["man"], b""),
    ] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let stream = Scratch::new("full.sse", input);
        let input = File::open(stream.path()).unwrap();
        let run = Run::from(eventwire(arguments).stdin(input).stdout(full).output().unwrap());
        assert_eq!(run.status, Some(1), "{arguments:?}");
        assert!(run.err.starts_with("eventwire: standard output: cannot be written ("), "{}", run.err);
        assert!(run.err.ends_with(": free some space, or write elsewhere\n"), "{}", run.err);
        assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    }
}
