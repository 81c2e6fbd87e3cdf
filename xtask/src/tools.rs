//! Cargo commands, and what can be had on this machine.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

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

    /// The same with the cargo of another toolchain, by rustup.
    pub fn of_toolchain(toolchain: &str, args: &[&str]) -> Self {
        let mut command = Command::new("rustup");
        command.args(["run", toolchain, "cargo"]).args(args).current_dir(root());
        // Cargo says for whom it runs this program; the other one finds its own.
        command.env_remove("CARGO").env_remove("RUSTC").env_remove("RUSTDOC");
        Self(command)
    }

    /// With compiler flags, and so with a target folder of its own: `target/NAME`.
    pub fn flags(mut self, name: &str, flags: &str) -> Self {
        self.0.env("RUSTFLAGS", flags).env("CARGO_TARGET_DIR", root().join("target").join(name));
        self
    }

    /// In the release profile, but built in less time: for what counts for its answers, and not for how soon they come.
    pub fn built_soon(self) -> Self {
        self.env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "none")
    }

    /// With an environment variable.
    pub fn env(mut self, key: &str, value: &str) -> Self {
        self.0.env(key, value);
        self
    }

    /// Runs it, with its output shown.
    pub fn run(mut self) -> Outcome {
        finish(&mut self.0).map_or_else(Outcome::Failed, |()| Outcome::Passed)
    }

    /// Runs it, with its output shown, and gives what it exits with, which is more than success and failure.
    pub fn exit_status(mut self) -> Result<ExitStatus, String> {
        exit_status(&mut self.0)
    }

    /// Runs it and gives what it wrote to standard output.
    pub fn output(mut self) -> Result<Vec<u8>, String> {
        let output = self.0.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
        let output = output.map_err(|error| error.to_string())?;
        if output.status.success() { Ok(output.stdout) } else { Err(output.status.to_string()) }
    }
}

/// Runs a command with its output shown.
pub fn finish(command: &mut Command) -> Result<(), String> {
    match exit_status(command)? {
        status if status.success() => Ok(()),
        status => Err(format!("{}: {status}", shown(command))),
    }
}

fn exit_status(command: &mut Command) -> Result<ExitStatus, String> {
    println!("--- {}", shown(command));
    command.stdin(Stdio::null()).status().map_err(|error| format!("{}: {error}", shown(command)))
}

/// The program and its arguments.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name();
    let words = program.into_iter().chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Runs `then` if the toolchain has this component or it can be installed.
pub fn with_component(component: &str, probe: &[&str], then: impl FnOnce() -> Outcome) -> Outcome {
    let present = || succeeds(Command::new("cargo").args(probe));
    if present() || (succeeds(Command::new("rustup").args(["component", "add", component])) && present()) {
        return then();
    }
    Outcome::Skipped(format!("the rustup component {component} is not to be had"))
}

/// Runs `then` if this toolchain is there with these components, or can be installed with them.
pub fn with_toolchain(toolchain: &str, components: &[&str], then: impl FnOnce() -> Outcome) -> Outcome {
    let mut install = Command::new("rustup");
    install.args(["toolchain", "install", toolchain, "--no-self-update", "--profile", "minimal"]);
    install.args(components.iter().flat_map(|component| ["--component", component]));
    let present = || {
        let list = Command::new("rustup")
            .args(["component", "list", "--installed", "--toolchain", toolchain])
            .stderr(Stdio::null())
            .output();
        list.is_ok_and(|list| {
            let list = String::from_utf8_lossy(&list.stdout);
            list.lines().any(|line| line.starts_with("rustc"))
                && components.iter().all(|component| list.lines().any(|line| line.starts_with(component)))
        })
    };
    if present() || (succeeds(&mut install) && present()) {
        return then();
    }
    Outcome::Skipped(format!("the toolchain {toolchain} is not to be had, with {}", components.join(", ")))
}

/// Runs `then` if cargo has this command, or it can be installed, as the package of that name.
pub fn with_cargo_command(command: &str, then: impl FnOnce() -> Outcome) -> Outcome {
    let package = format!("cargo-{command}");
    let present = || succeeds(Command::new("cargo").args([command, "--version"]));
    if present() || (succeeds(Command::new("cargo").args(["install", "--locked", &package])) && present()) {
        return then();
    }
    Outcome::Skipped(format!("{package} is not to be had"))
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

/// Whether nginx is there. It knows no `--version`, and Debian has it where only root's shell looks.
pub fn has_nginx() -> bool {
    ["nginx", "/usr/sbin/nginx"].iter().any(|nginx| succeeds(Command::new(nginx).arg("-v")))
}

/// Whether there is a Python of 3.11 or later that can make environments.
pub fn has_python() -> bool {
    const PROBE: &str = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))";
    succeeds(Command::new("python3").args(["-c", PROBE]))
}

fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
