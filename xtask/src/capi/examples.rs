//! The examples, and the programs at the top of the headers: built as their comments say, and run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::command::run_command;
use super::mode::Mode;
use super::programs::WARNINGS;
use super::{Place, curl, source};
use crate::tools::root;

/// A stream with an event cut off.
const STREAM: &[u8] = b"\xef\xbb\xbfevent: greeting\r\ndata: Gr\xc3\xbc\xc3\x9fe\r\nid: 7\r\n\r\n: \n\ndata: two\ndata: lines\n\ndata: cut";
/// What `cat` shows of it.
pub const CAT_SHOWS: &str = "greeting\t7\tGrüße\nmessage\t7\ttwo\nlines\n";

/// What the programs in the headers' comments show of it.
const HEADERS_SHOW: &str = "greeting: Grüße\nmessage: two\nlines\n";

/// A stream with events that a proxy drops.
const PROXY_STREAM: &[u8] =
    b": \r\ndata: 1\r\n\r\nevent: debug\ndata: 2\n\ndata: 3\revent: debug\r\rdata: 4\n";
/// What is left of it.
const PROXY_SHOWS: &str = ": \r\ndata: 1\r\n\r\ndata: 4\n";

/// All examples with either compiler, in all modes.
pub fn check(place: &Place) -> Result<(), String> {
    let (c, cpp) = (root().join("examples/c"), root().join("examples/cpp"));
    let from_c = from_comment(place, "eventwire.h", "c")?;
    let from_cpp = from_comment(place, "eventwire.hpp", "cpp")?;
    let proxy = from_comment(place, "eventwire_proxy.hpp", "cpp")?;
    for compiler in ["gcc", "clang"] {
        for mode in Mode::ALL {
            let build = |source: &Path, libraries: &[&str]| build(place, compiler, mode, source, libraries);
            for (source, shown) in [
                (c.join("cat.c"), CAT_SHOWS),
                (cpp.join("cat.cpp"), CAT_SHOWS),
                (from_c.clone(), HEADERS_SHOW),
                (from_cpp.clone(), HEADERS_SHOW),
            ] {
                expect(mode, &build(&source, &[])?, shown)?;
            }
            expect_of(mode, &build(&proxy, &[])?, PROXY_STREAM, PROXY_SHOWS)?;
            curl::check(mode, &build(&c.join("curl.c"), &["libcurl"])?)?;
            source::check(mode, &build(&c.join("source_curl.c"), &["libcurl"])?)?;
            println!(
                "cat.c, cat.cpp, curl.c, source_curl.c, and those in the headers ({compiler}, {}): as they should",
                mode.name()
            );
        }
    }
    Ok(())
}

/// The program in the comment at the top of an installed header, in a file.
fn from_comment(place: &Place, header: &str, language: &str) -> Result<PathBuf, String> {
    let path = place.prefix.join("include").join(header);
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let begin = format!("@code{{.{language}}}");
    let lines = text.lines().map(|line| {
        let line = line.strip_prefix(" *").or(line.strip_prefix("//")).unwrap_or(line);
        line.strip_prefix(' ').unwrap_or(line)
    });
    let lines = lines.skip_while(|line| *line != begin).skip(1);
    let program: Vec<&str> = lines.take_while(|line| *line != "@endcode").collect();
    if program.len() < 10 {
        return Err(format!("{}: no program between {begin} and @endcode", path.display()));
    }
    let file = place.folder.join(format!("from_{header}.{language}"));
    fs::write(&file, program.join("\n") + "\n").map_err(|error| error.to_string())?;
    Ok(file)
}

/// Builds a program with what pkg-config says of these libraries besides ours.
fn build(
    place: &Place,
    compiler: &str,
    mode: Mode,
    source: &Path,
    libraries: &[&str],
) -> Result<PathBuf, String> {
    let name = source.file_name().unwrap_or_default().to_string_lossy();
    let program = place.folder.join(format!("example_{compiler}_{}_{name}.out", mode.name()));
    let (compiler, standard) = match (compiler, name.ends_with(".cpp")) {
        (c, false) => (c, "-std=c99"),
        ("gcc", true) => ("g++", "-std=c++17"),
        (_, true) => ("clang++", "-std=c++17"),
    };
    let flags = pkg_config(&place.prefix, &[&["--cflags", "--libs", "eventwire"], libraries].concat())?;
    let rpath = format!("-Wl,-rpath,{}", place.prefix.join("lib").display());
    let mut command = Command::new(compiler);
    command.arg(standard).args(WARNINGS).args(mode.flags());
    command.arg("-o").arg(&program).arg(source).args(flags).arg(rpath);
    run_command(&mut command, b"")?;
    Ok(program)
}

/// What pkg-config answers, as arguments.
pub fn pkg_config(prefix: &Path, args: &[&str]) -> Result<Vec<String>, String> {
    let mut command = Command::new("pkg-config");
    command.args(args).env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig"));
    let flags = run_command(&mut command, b"")?;
    Ok(flags.split_whitespace().map(str::to_owned).collect())
}

/// Runs `cat` or what is like it, on the sample; and again, fed by another program a byte at a time.
pub fn expect(mode: Mode, program: &Path, shown: &str) -> Result<(), String> {
    expect_of(mode, program, STREAM, shown)
}

/// The same on another stream.
fn expect_of(mode: Mode, program: &Path, stream: &[u8], shown: &str) -> Result<(), String> {
    let said = run_command(&mut mode.command(program), stream)?;
    if said != shown {
        return Err(format!("{}: shows {said:?}", program.display()));
    }
    let slow = format!("dd bs=1 status=none | {}", program.display());
    let said = run_command(Command::new("sh").args(["-c", &slow]), stream)?;
    if said == shown { Ok(()) } else { Err(format!("{}: shows {said:?}, byte by byte", program.display())) }
}
