//! The vectors through the shared library from Python, with ctypes and with cffi.

use std::process::Command;

use super::Place;
use super::command::run_command;
use crate::suite::Outcome;
use crate::tools::{root, with_packages};

/// The release of cffi that pip installs where Debian's package is not there.
const CFFI: &str = "cffi==2.0.0";

/// Runs both forms.
pub fn check(place: &Place) -> Outcome {
    let present = || has_both(place) || (install(place) && has_both(place));
    with_packages(&["python3", "python3-cffi"], present, || {
        for form in ["ctypes", "cffi"] {
            let mut command = python(place);
            command
                .arg(root().join("tests/capi/python/run.py"))
                .arg(form)
                .arg(place.prefix.join("lib/libeventwire.so.1"))
                .arg(place.prefix.join("include/eventwire.h"))
                .arg(root().join("tests/vectors"));
            match run_command(&mut command, b"") {
                Ok(said) => print!("python: {said}"),
                Err(error) => return Outcome::Failed(error),
            }
        }
        Outcome::Passed
    })
}

/// Python, with what was installed for it; it leaves nothing behind in the checkout.
fn python(place: &Place) -> Command {
    let mut command = Command::new("python3");
    command.env("PYTHONPATH", place.folder.join("python")).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

fn has_both(place: &Place) -> bool {
    run_command(python(place).args(["-c", "import cffi, tomllib"]), b"").is_ok()
}

fn install(place: &Place) -> bool {
    let folder = place.folder.join("python");
    run_command(
        python(place).args(["-m", "pip", "install", "--quiet", "--target"]).arg(folder).arg(CFFI),
        b"",
    )
    .is_ok()
}
