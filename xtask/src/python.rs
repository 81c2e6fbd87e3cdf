//! The Python package of `bindings/python`: built as a source distribution and a wheel, installed, and tested as users have it.
//!
//! Everything happens in `target/python`: `dist` holds what is built, `clean` is an environment with the wheel, and then with what
//! the README's programs import besides, `tools` one with what the tests, type checks, benchmarks and the fuzzer need.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::suite::Outcome;
use crate::tools::{Cargo, finish, has_python, root, runs, with_component, with_packages};

/// Where the package lies.
const FOLDER: &str = "bindings/python";
const MANIFEST: &str = "bindings/python/Cargo.toml";

/// Pyright's release, a package of npm.
const PYRIGHT: &str = "pyright@1.1.414";

const USAGE: &str = "\
usage: cargo xtask python build              makes the source distribution and the wheel, in target/python/dist
       cargo xtask python bench [ARG...]     measures it beside other parsers
       cargo xtask python leaks [EVENTS]     says by how much memory grows over ten million events, or so many
       cargo xtask python fuzz [SECONDS]     fuzzes it with atheris, a minute unless it is said how long
";

/// The subcommand.
pub fn run(args: &[&str]) -> ExitCode {
    let place = Place::new();
    let script = |requirements: &str, path: &str, rest: &[&str]| {
        with_tools(&place, || {
            place.install(&place.build()?)?;
            place.require(requirements)?;
            place.script(path, rest)
        })
    };
    let outcome = match *args {
        ["build"] => with_tools(&place, || place.build().map(|_| ())),
        ["bench", ref rest @ ..] => script("requirements-bench.txt", "benches/run.py", rest),
        ["leaks", ref rest @ ..] => script("requirements-test.txt", "tests/test_leaks.py", rest),
        ["fuzz"] => script("requirements-fuzz.txt", "fuzz/parse.py", &["-max_total_time=60"]),
        ["fuzz", seconds] => {
            let time = format!("-max_total_time={seconds}");
            script("requirements-fuzz.txt", "fuzz/parse.py", &[&time])
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
    let cargo = |args: &[&str]| Cargo::new(args).run();
    with_component("clippy", &["clippy", "--version"], || {
        cargo(&["fmt", "--check", "--manifest-path", MANIFEST]).and(|| {
            let place = ["--manifest-path", MANIFEST, "--target-dir", "target/python/clippy"];
            let deny = ["--", "-D", "warnings"];
            cargo(&[&["clippy", "--quiet", "--locked"], &place[..], &deny].concat())
        })
    })
    .and(|| {
        let place = Place::new();
        with_tools(&place, || place.check())
    })
}

/// Runs `then` with Python 3.11 or later, npm, and the tools that are had from their registries.
fn with_tools(place: &Place, then: impl FnOnce() -> Result<(), String>) -> Outcome {
    let present = || has_python() && runs("npm") && place.prepare().is_ok();
    with_packages(&["python3", "python3-venv", "nodejs", "npm"], present, || {
        then().map_or_else(Outcome::Failed, |()| Outcome::Passed)
    })
}

/// The folder in which it all happens.
struct Place {
    folder: PathBuf,
}

impl Place {
    fn new() -> Self {
        Self { folder: root().join("target/python") }
    }

    /// A program of an environment.
    fn program(&self, environment: &str, name: &str) -> Command {
        let mut command = Command::new(self.folder.join(environment).join("bin").join(name));
        // Nothing is left behind in the checkout.
        command
            .current_dir(root().join(FOLDER))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("RUFF_NO_CACHE", "true");
        command.env("MYPY_CACHE_DIR", self.folder.join("mypy"));
        command.env("HYPOTHESIS_STORAGE_DIRECTORY", self.folder.join("hypothesis"));
        command
    }

    /// The tools, installed if they are not there.
    fn prepare(&self) -> Result<(), String> {
        let tools = self.folder.join("tools");
        if !tools.join("bin/pip").exists() {
            finish(Command::new("python3").args(["-m", "venv", "--clear"]).arg(tools))?;
        }
        self.require("requirements-test.txt")?;
        let node = self.folder.join("node");
        if node.join("node_modules/.bin/pyright").exists() {
            return Ok(());
        }
        let quiet = ["install", "--silent", "--no-audit", "--no-fund", "--prefix"];
        finish(Command::new("npm").args(quiet).arg(node).arg(PYRIGHT))
    }

    /// Installs among the tools what this file requires.
    fn require(&self, file: &str) -> Result<(), String> {
        finish(self.program("tools", "pip").args(["install", "--quiet", "--requirement", file]))
    }

    /// The source distribution, and the wheel that is made from it: its path.
    fn build(&self) -> Result<PathBuf, String> {
        let dist = self.folder.join("dist");
        match fs::remove_dir_all(&dist) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(format!("{}: {error}", dist.display()));
            }
            _ => {}
        }
        let mut maturin = self.program("tools", "maturin");
        maturin
            .args(["build", "--release", "--locked", "--sdist", "--target-dir"])
            .arg(self.folder.join("build"));
        finish(maturin.args(["--interpreter", "python3", "--out"]).arg(&dist))?;
        wheel_in(&dist)
    }

    /// Installs a wheel among the tools.
    fn install(&self, wheel: &Path) -> Result<(), String> {
        let again = ["install", "--quiet", "--force-reinstall", "--no-deps"];
        finish(self.program("tools", "pip").args(again).arg(wheel))
    }

    /// Runs a program that is written in Python.
    fn script(&self, path: &str, args: &[&str]) -> Result<(), String> {
        finish(self.program("tools", "python").arg(path).args(args))
    }

    /// Everything that the suite shows.
    fn check(&self) -> Result<(), String> {
        let wheel = self.build()?;
        self.check_alone(&wheel)?;
        self.install(&wheel)?;
        let tool = |name: &str, args: &[&str]| finish(self.program("tools", name).args(args));
        tool("ruff", &["format", "--check", "--quiet"])?;
        tool("ruff", &["check", "--quiet"])?;
        tool("mypy", &["--strict", "python/eventwire", "tests", "examples"])?;
        self.check_with_pyright()?;
        let mut pytest = self.program("tools", "pytest");
        pytest.env("EVENTWIRE_README_PYTHON", self.folder.join("clean/bin/python"));
        finish(pytest.args(["--quiet", "-p", "no:cacheprovider"]))?;
        self.require("requirements-bench.txt")?;
        self.script("benches/run.py", &["--quick"])
    }

    /// In an environment without anything else, the package can be imported, and parses. Then that gets what a user installs for
    /// the README's programs, with which the tests run them.
    fn check_alone(&self, wheel: &Path) -> Result<(), String> {
        let clean = self.folder.join("clean");
        finish(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&clean))?;
        finish(self.program("clean", "pip").args(["install", "--quiet", "--no-index"]).arg(wheel))?;
        let program = "import eventwire; assert eventwire.Parser().feed(b'data: x\\n\\n')[0].data == 'x'";
        finish(self.program("clean", "python").args(["-c", program]))?;
        let with_httpx = format!("{}[httpx]", wheel.display());
        let pinned = ["install", "--quiet", "--constraint", "requirements-test.txt"];
        finish(self.program("clean", "pip").args(pinned).args([&with_httpx, "requests"]))
    }

    fn check_with_pyright(&self) -> Result<(), String> {
        let mut pyright = Command::new(self.folder.join("node/node_modules/.bin/pyright"));
        pyright.args(["--level", "error", "--pythonpath"]).arg(self.folder.join("tools/bin/python"));
        finish(pyright.current_dir(root().join(FOLDER)))
    }
}

/// The one wheel in this folder.
fn wheel_in(dist: &Path) -> Result<PathBuf, String> {
    let entries = fs::read_dir(dist).map_err(|error| format!("{}: {error}", dist.display()))?;
    let mut paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or_else(|| format!("{}: no wheel", dist.display()))
}
