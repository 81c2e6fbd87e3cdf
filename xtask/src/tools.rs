//! Cargo commands, and what can be had on this machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::suite::Outcome;

/// The root of the checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// The folder with other implementations' cases and recorded streams, if it is there.
pub fn shared() -> Option<PathBuf> {
    let folder = std::env::var_os("EVENTWIRE_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    folder.is_dir().then_some(folder)
}

/// A cargo command, to be added to and run.
pub struct Cargo(Command);

impl Cargo {
    /// `cargo` with these arguments, at the root of the checkout.
    pub fn new(args: &[&str]) -> Self {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        command.args(args).current_dir(root());
        Self(command)
    }

    /// With compiler flags, and so with a target folder of its own: `target/NAME`.
    pub fn flags(mut self, name: &str, flags: &str) -> Self {
        self.0.env("RUSTFLAGS", flags).env("CARGO_TARGET_DIR", root().join("target").join(name));
        self
    }

    /// With an environment variable.
    pub fn env(mut self, key: &str, value: &str) -> Self {
        self.0.env(key, value);
        self
    }

    /// Runs it, with its output shown.
    pub fn run(mut self) -> Outcome {
        let shown = self.0.get_args().map(|arg| arg.to_string_lossy()).collect::<Vec<_>>().join(" ");
        println!("--- cargo {shown}");
        match self.0.stdin(Stdio::null()).status() {
            Ok(status) if status.success() => Outcome::Passed,
            Ok(status) => Outcome::Failed(format!("cargo {shown}: {status}")),
            Err(error) => Outcome::Failed(format!("cargo {shown}: {error}")),
        }
    }

    /// Runs it and gives what it wrote to standard output.
    pub fn output(mut self) -> Result<Vec<u8>, String> {
        let output = self.0.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
        let output = output.map_err(|error| error.to_string())?;
        if output.status.success() { Ok(output.stdout) } else { Err(output.status.to_string()) }
    }
}

/// Runs `then` if the toolchain has this component or it can be installed.
pub fn with_component(component: &str, probe: &[&str], then: impl FnOnce() -> Outcome) -> Outcome {
    let present = || succeeds(Command::new("cargo").args(probe));
    if present() || (succeeds(Command::new("rustup").args(["component", "add", component])) && present()) {
        return then();
    }
    Outcome::Skipped(format!("the rustup component {component} is not to be had"))
}

/// Runs `then` if the standard library for this target is there or can be installed.
pub fn with_target(target: &str, then: impl FnOnce() -> Outcome) -> Outcome {
    if succeeds(Command::new("rustup").args(["target", "add", target])) {
        return then();
    }
    Outcome::Skipped(format!("the rustup target {target} is not to be had"))
}

/// Runs `then` if this program is there or can be installed, from Debian's package of the same name.
pub fn with_program(program: &str, then: impl FnOnce() -> Outcome) -> Outcome {
    with_packages(&[program], || runs(program), then)
}

/// Runs `then` if what it needs is present, or is once these packages of Debian are installed.
pub fn with_packages(
    packages: &[&str],
    present: impl Fn() -> bool,
    then: impl FnOnce() -> Outcome,
) -> Outcome {
    let apt = |args: &[&str]| {
        succeeds(Command::new("apt-get").args(args).args(packages).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    let install = || {
        succeeds(Command::new("apt-get").arg("update"))
            && apt(&["install", "--yes", "--no-install-recommends"])
    };
    if present() || (install() && present()) {
        return then();
    }
    let why = format!("not to be had, and not installed as Debian's packages: {}", packages.join(", "));
    // Continuous integration has them all: there a suite that is passed over is one that was lost.
    if std::env::var_os("CI").is_some_and(|ci| ci == "true") {
        Outcome::Failed(why)
    } else {
        Outcome::Skipped(why)
    }
}

/// Whether this program is there: it tells its version.
pub fn runs(program: &str) -> bool {
    succeeds(Command::new(program).arg("--version"))
}

fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
