//! The benchmark of `benches/capi`: the loop over a stream in C and C++, beside the same loop in Rust.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use super::command::run;
use super::programs::WARNINGS;
use super::{Place, cargo, prepare};
use crate::suite::Outcome;
use crate::tools::{Cargo, root, with_component};

/// The loop in Rust.
const MANIFEST: &str = "benches/capi/rust/Cargo.toml";

const USAGE: &str = "usage: cargo xtask bench-capi [--eventsource-c DIR] [CORPUS]";

/// The subcommand: measures all corpora, or one; with a checkout of eventsource-c, beside that as well.
pub fn main(args: &[&str]) -> ExitCode {
    let (peer, corpus) = match *args {
        [] => (None, None),
        ["--eventsource-c", peer] => (Some(peer), None),
        ["--eventsource-c", peer, corpus] => (Some(peer), Some(corpus)),
        [corpus] if !corpus.starts_with('-') => (None, Some(corpus)),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    let measured = prepare().and_then(|place| {
        let program = build(&place, peer.map(Path::new))?;
        measure(&place, &program, corpus)
    });
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

/// For the suite: what it is built from is in order, and on one corpus all loops count what they should.
pub fn check(place: &Place) -> Outcome {
    let cargo = |args: &[&str]| Cargo::new(args).run();
    with_component("rustfmt", &["fmt", "--version"], || {
        cargo(&["fmt", "--check", "--manifest-path", MANIFEST])
    })
    .and(|| {
        with_component("clippy", &["clippy", "--version"], || {
            let target = folder(place).join("rust").to_string_lossy().into_owned();
            let place = ["--manifest-path", MANIFEST, "--target-dir", &target];
            cargo(&[&["clippy", "--quiet"], &place[..], &["--", "-D", "warnings"]].concat())
        })
    })
    .and(|| {
        let measured = build(place, None).and_then(|program| measure(place, &program, Some("ticks")));
        measured.map_or_else(Outcome::Failed, |()| Outcome::Passed)
    })
}

fn measure(place: &Place, program: &Path, corpus: Option<&str>) -> Result<(), String> {
    let corpora = place.folder.join("corpora");
    cargo(&[
        "run",
        "--quiet",
        "--package",
        "eventwire-testkit",
        "--bin",
        "foreign",
        "--",
        "corpora",
        &corpora.to_string_lossy(),
    ])?;
    let status = Command::new(program).arg(corpora).args(corpus).stdin(Stdio::null()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{}: {status}", program.display())),
        Err(error) => Err(format!("{}: {error}", program.display())),
    }
}

fn folder(place: &Place) -> PathBuf {
    place.folder.join("bench")
}

/// Builds the program: our loops as users build them, the loop in Rust as a Rust program is built.
fn build(place: &Place, peer: Option<&Path>) -> Result<PathBuf, String> {
    let folder = folder(place);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let rust = folder.join("rust");
    cargo(&[
        "build",
        "--quiet",
        "--release",
        "--manifest-path",
        MANIFEST,
        "--target-dir",
        &rust.to_string_lossy(),
    ])?;
    let mut objects = Vec::new();
    let mut compile = |compiler: &str, standard: &str, source: &Path, flags: &[&str]| {
        let object = folder.join(source.file_name().unwrap_or_default()).with_extension("o");
        let include = format!("-I{}", place.prefix.join("include").display());
        let (source, output) = (source.to_string_lossy(), object.to_string_lossy());
        let args = [&[standard, "-O3", &include, "-c", &source, "-o", &output], flags].concat();
        objects.push(object.clone());
        run(compiler, args)
    };
    let ours = root().join("benches/capi");
    let main = [&WARNINGS[..], if peer.is_some() { &["-DEVENTSOURCE_C"] } else { &[] }].concat();
    compile("gcc", "-std=c99", &ours.join("main.c"), &main)?;
    compile("gcc", "-std=c99", &ours.join("loops.c"), &WARNINGS)?;
    compile("g++", "-std=c++17", &ours.join("wrapper.cpp"), &WARNINGS)?;
    if let Some(peer) = peer {
        let include = format!("-I{}", peer.join("include").display());
        compile("gcc", "-std=c99", &ours.join("eventsource_c.c"), &[&WARNINGS[..], &[&include]].concat())?;
        compile("gcc", "-std=c99", &peer.join("src/sse_parser.c"), &[&include])?;
    }
    let program = folder.join("bench");
    let mut link: Vec<PathBuf> = vec!["-o".into(), program.clone()];
    link.append(&mut objects);
    link.push(place.archive());
    link.push(rust.join("release/libeventwire_bench_capi.a"));
    link.extend(["-lpthread", "-ldl", "-lm"].map(PathBuf::from));
    run("g++", link)?;
    Ok(program)
}
