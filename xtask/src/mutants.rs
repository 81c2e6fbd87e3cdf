//! `cargo xtask mutants`: the code is changed in one place at a time, and each time a test must fail.
//!
//! What the tests do not notice, they do not check. The long forms of the tests are left out; each group of files is tested by what is
//! about it, so that a mutant takes some seconds. What nothing can notice is listed, with the reason; anything else that is missed
//! fails the command.

mod explained;

use std::process::ExitCode;

use crate::suite::Outcome;
use crate::targets::{Foreign, NEON, SIMD128};
use crate::tools::{Cargo, root, with_cargo_command};

/// Files, and the tests that are about them.
struct Group {
    name: &'static str,
    files: &'static [&'static str],
    tests: &'static [&'static str],
    /// Where they are compiled, if not for this machine; the tests of the scanner alone are run then.
    foreign: Option<&'static Foreign>,
}

const GROUPS: [Group; 6] = [
    Group {
        name: "parser",
        files: &[
            "src/tokenizer.rs",
            "src/input.rs",
            "src/input/*.rs",
            "src/assembler.rs",
            "src/assembler/*.rs",
            "src/held.rs",
            "src/carry.rs",
            "src/parser.rs",
            "src/event.rs",
            "src/config.rs",
            "src/utf8.rs",
            "src/retry.rs",
        ],
        tests: &[
            "--lib",
            "--test",
            "properties",
            "--test",
            "contracts",
            "--test",
            "vectors",
            "--test",
            "faces",
            "--test",
            "hostile",
            // Comments are counted for it.
            "--test",
            "tap",
        ],
        foreign: None,
    },
    Group {
        name: "scan",
        files: &["src/scan/mod.rs", "src/scan/swar.rs", "src/scan/x86_64.rs"],
        tests: &["--lib"],
        foreign: None,
    },
    Group { name: "neon", files: &["src/scan/aarch64.rs"], tests: &["--lib"], foreign: Some(&NEON) },
    Group { name: "simd128", files: &["src/scan/wasm32.rs"], tests: &["--lib"], foreign: Some(&SIMD128) },
    Group {
        name: "encoder",
        files: &["src/encoder.rs", "src/encoder/*.rs"],
        tests: &["--lib", "--test=encoder", "--test=faces"],
        foreign: None,
    },
    Group {
        name: "proxy",
        files: &["src/tap.rs", "src/tap/*.rs", "src/rewriter.rs", "src/rewriter/*.rs", "src/memory.rs"],
        tests: &["--lib", "--test=tap", "--test=rewriter"],
        foreign: None,
    },
];

/// The subcommand: all groups, or the one of this name, and what else cargo-mutants is to be told.
pub fn run(args: &[&str]) -> ExitCode {
    let (chosen, rest): (Vec<&Group>, &[&str]) = match *args {
        [name, ref rest @ ..] if GROUPS.iter().any(|group| group.name == name) => {
            (GROUPS.iter().filter(|group| group.name == name).collect(), rest)
        }
        ref rest => (GROUPS.iter().collect(), rest),
    };
    with_cargo_command("mutants", || {
        let run = |group: &Group| match group.foreign {
            Some(foreign) => foreign.with(|| mutate(group, rest)),
            None => mutate(group, rest),
        };
        chosen.into_iter().fold(Outcome::Passed, |so_far, group| so_far.and(|| run(group)))
    })
    .exit_code()
}

fn mutate(group: &Group, rest: &[&str]) -> Outcome {
    let output = format!("target/mutants/{}", group.name);
    let mut args = vec!["mutants", "--package", "eventwire", "--features", "bytes,capi,capi-proxy"];
    args.extend(["--timeout", "60", "--cap-lints", "true", "--output", &output]);
    args.extend(group.files.iter().flat_map(|file| ["--file", file]));
    args.extend(rest);
    // Not behind `--`: there they would say what is run, but all tests would be built.
    let mut cargo_args: Vec<String> = group.tests.iter().map(|test| format!("--cargo-arg={test}")).collect();
    let target = group.foreign.map(|foreign| format!("--cargo-arg=--target={}", foreign.target));
    cargo_args.extend(target);
    args.extend(cargo_args.iter().map(String::as_str));
    if group.foreign.is_some() {
        args.extend(["--", "scan::"]);
    }
    let cargo = Cargo::new(&args)
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("PROPTEST_CASES", "500")
        .env("PROPTEST_MAX_SHRINK_ITERS", "0");
    let cargo = match group.foreign {
        Some(foreign) => foreign.for_cargo(cargo),
        None => cargo,
    };
    match cargo.exit_status().map(|status| status.code()) {
        // All caught, some missed, some too slow. What is too slow was noticed.
        Ok(Some(0 | 2 | 3)) => explained::judge(group.name, &root().join(output).join("mutants.out")),
        Ok(code) => Outcome::Failed(format!("cargo mutants: {code:?}")),
        Err(error) => Outcome::Failed(error),
    }
}
