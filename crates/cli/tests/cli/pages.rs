//! Help, version, completions and man pages.

use crate::support::run;

#[test]
fn short_help_names_every_option_and_long_help_teaches() {
    let short = run(&["parse", "-h"], b"").output();
    let long = run(&["parse", "--help"], b"").output();
    for option in [
        "--event <TYPE>",
        "--retry",
        "--comments",
        "--json",
        "--data",
        "-0, --null",
        "--stats",
        "--max-event-size <BYTES>",
        "--overflow <POLICY>",
        "--eof <POLICY>",
        "--chunk-size <BYTES>",
    ] {
        assert!(short.contains(option), "{option}: {short}");
        assert!(long.contains(option), "{option}: {long}");
    }
    for lesson in ["Examples:", "Exit status:", "[default: 16MiB]", "[default: error]", "powers of 1024"] {
        assert!(long.contains(lesson), "{lesson}: {long}");
    }
    assert!(short.lines().count() < long.lines().count() / 2);
    assert_eq!(run(&["help", "parse"], b"").output(), long);
}

#[test]
fn the_help_of_encode_teaches_its_input() {
    let short = run(&["encode", "-h"], b"").output();
    assert!(short.contains("--max-line-size <BYTES>"), "{short}");
    let long = run(&["encode", "--help"], b"").output();
    for lesson in
        [r#"{"retry":3000}"#, r#"{"comment":"..."}"#, "Examples:", "Exit status:", "[default: 128MiB]"]
    {
        assert!(long.contains(lesson), "{lesson}: {long}");
    }
    assert_eq!(run(&["help", "encode"], b"").output(), long);
}

#[test]
fn the_program_introduces_itself() {
    let help = run(&["--help"], b"").output();
    for subcommand in ["parse", "encode", "completions", "man"] {
        assert!(help.contains(&format!("\n  {subcommand} ")), "{help}");
    }
    let version = format!("eventwire {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(run(&["--version"], b"").output(), version);
    assert_eq!(run(&["-V"], b"").output(), version);
    assert_eq!(run(&["parse", "-V"], b"").output(), version.replace("eventwire", "eventwire-parse"));
}

#[test]
fn completions_know_the_options() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = run(&["completions", shell], b"").output();
        for word in ["eventwire", "parse", "max-event-size", "encode", "max-line-size", "completions"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn man_pages_are_complete() {
    let program = run(&["man"], b"").output();
    assert!(program.contains(".TH eventwire 1"), "{program}");
    assert!(program.contains(".SH SUBCOMMANDS"), "{program}");
    let parse = run(&["man", "parse"], b"").output();
    assert!(parse.contains(".TH eventwire-parse 1"), "{parse}");
    for word in ["max\\-event\\-size", "Exit status", "reconnection time"] {
        assert!(parse.contains(word), "{word}: {parse}");
    }
    let encode = run(&["man", "encode"], b"").output();
    for word in [".TH eventwire-encode 1", "max\\-line\\-size", "Exit status"] {
        assert!(encode.contains(word), "{word}: {encode}");
    }
}
