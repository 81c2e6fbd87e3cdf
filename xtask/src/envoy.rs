//! The proxy-wasm filter of `bindings/proxy-wasm`: built, and tested, compared and measured in a real Envoy.
//!
//! Everything happens in `target/envoy`: `eventwire.wasm` is the filter, `tools` a Python environment that has Envoy in it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use crate::suite::Outcome;
use crate::tools::{Cargo, finish, has_python, root, with_component, with_packages, with_target};

/// Where the package lies.
const FOLDER: &str = "bindings/proxy-wasm";
const MANIFEST: &str = "bindings/proxy-wasm/Cargo.toml";
/// What is said there to the compiler; cargo looks for it at its working directory alone.
const SETTINGS: &str = "bindings/proxy-wasm/.cargo/config.toml";

const TARGET: &str = "wasm32-wasip1";

const USAGE: &str = "\
usage: cargo xtask envoy build                        makes the filter, target/envoy/eventwire.wasm
       cargo xtask envoy compare                      prints what it and Envoy's sse_to_metadata make of the same streams
       cargo xtask envoy bench [ROUNDS [STREAMS]]     measures what it costs in Envoy
";

/// The subcommand.
pub fn run(args: &[&str]) -> ExitCode {
    let outcome = match *args {
        ["build"] => build().and(|| {
            println!("{}", wasm().display());
            Outcome::Passed
        }),
        ["compare"] => build().and(|| with_envoy(|| python("tests", &["compare.py"]))),
        ["bench", ref rest @ ..] => {
            build().and(|| with_envoy(|| python("benches", &[&["run.py"], rest].concat())))
        }
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    outcome.exit_code()
}

/// The suite.
pub fn check() -> Outcome {
    let clippy = |args: &[&str]| cargo(&[&["clippy", "--quiet"], args].concat(), &["--", "-D", "warnings"]);
    with_component("clippy", &["clippy", "--version"], || {
        Cargo::new(&["fmt", "--check", "--manifest-path", MANIFEST]).run().and(|| clippy(&["--all-targets"]))
    })
    .and(|| cargo(&["test", "--quiet"], &[]))
    .and(build)
    .and(|| clippy(&["--target", TARGET]))
    .and(|| {
        with_envoy(|| python("tests", &["-m", "unittest"]).and(|| python("benches", &["run.py", "1", "10"])))
    })
}

/// Where the filter is once it is built.
fn wasm() -> PathBuf {
    root().join("target/envoy/eventwire.wasm")
}

/// Makes the filter.
fn build() -> Outcome {
    with_target(TARGET, || {
        cargo(&["build", "--quiet", "--release", "--target", TARGET], &[]).and(|| {
            let built = root().join(format!("target/envoy/build/{TARGET}/release/eventwire_proxy_wasm.wasm"));
            match fs::copy(&built, wasm()) {
                Ok(_) => Outcome::Passed,
                Err(error) => Outcome::Failed(format!("{}: {error}", built.display())),
            }
        })
    })
}

/// A cargo command on the package, and what goes behind its other arguments.
fn cargo(command: &[&str], args: &[&str]) -> Outcome {
    let place =
        ["--config", SETTINGS, "--locked", "--manifest-path", MANIFEST, "--target-dir", "target/envoy/build"];
    Cargo::new(&[command, &place, args].concat()).run()
}

/// Runs `then` with Python 3.11 or later, and an environment of it that has Envoy.
fn with_envoy(then: impl FnOnce() -> Outcome) -> Outcome {
    let tools = tools();
    let prepare = || {
        if !tools.join("bin/pip").exists() {
            finish(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&tools))?;
        }
        let requirements = root().join(FOLDER).join("requirements.txt");
        let install = ["install", "--quiet", "--disable-pip-version-check", "--requirement"];
        finish(Command::new(tools.join("bin/pip")).args(install).arg(requirements))
    };
    with_packages(&["python3", "python3-venv"], has_python, || match prepare() {
        Ok(()) => then(),
        // Of what these tests need, continuous integration has all but what comes with Rust.
        Err(why) if std::env::var_os("CI").is_some_and(|ci| ci == "true") => Outcome::Failed(why),
        Err(why) => Outcome::Skipped(format!("no Envoy: {why}")),
    })
}

/// The environment that has Envoy.
fn tools() -> PathBuf {
    root().join("target/envoy/tools")
}

/// Runs Python in a folder of the package.
fn python(folder: &str, args: &[&str]) -> Outcome {
    let mut command = Command::new(tools().join("bin/python"));
    // Nothing is left behind in the checkout.
    command.current_dir(root().join(FOLDER).join(folder)).env("PYTHONDONTWRITEBYTECODE", "1");
    match finish(command.args(args).env("EVENTWIRE_WASM", wasm())) {
        Ok(()) => Outcome::Passed,
        Err(why) => Outcome::Failed(why),
    }
}
