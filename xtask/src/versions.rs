//! The suites `msrv` and `minimal-versions`: the oldest compiler and the oldest dependencies that the manifests promise.

use std::fs;
use std::path::{Path, PathBuf};

use crate::manifest;
use crate::suite::Outcome;
use crate::tools::{Cargo, root, with_toolchain};

/// The packages that are published build with the compiler that `rust-version` names.
pub fn rust_version() -> Outcome {
    const PACKAGES: [&str; 8] = [
        "--package",
        "eventwire",
        "--package",
        "eventwire-cli",
        "--package",
        "eventwire-client",
        "--package",
        "eventwire-proxy",
    ];
    with_oldest_compiler(|compiler| {
        let check = |args: &[&str]| {
            Cargo::of_toolchain(compiler, &[&["check", "--quiet"], args].concat())
                .env("CARGO_TARGET_DIR", &folder("msrv").to_string_lossy())
                .run()
        };
        check(&[&PACKAGES[..], &["--all-features"]].concat())
            .and(|| check(&["--package", "eventwire", "--no-default-features"]))
            .and(|| check(&["--manifest-path", "crates/capi/Cargo.toml"]))
    })
}

/// The core builds with the oldest version of each dependency that its manifest allows, and with the oldest compiler.
///
/// Only a nightly cargo chooses such versions. The choice is for one package: what the others of the workspace need must not
/// raise it. So it is made for a copy of the core that is alone, without what its tests need.
pub fn minimal() -> Outcome {
    let copy = folder("minimal-versions");
    let manifest = copy.join("Cargo.toml");
    if let Err(why) = copy_core(&copy) {
        return Outcome::Failed(why);
    }
    let place = ["--manifest-path", &manifest.to_string_lossy()];
    with_toolchain("nightly", &[], || {
        Cargo::of_toolchain(
            "nightly",
            &[&["update", "--quiet", "-Zdirect-minimal-versions"], &place[..]].concat(),
        )
        .run()
    })
    .and(|| {
        with_oldest_compiler(|compiler| {
            Cargo::of_toolchain(compiler, &[&["check", "--quiet", "--all-features"], &place[..]].concat())
                .run()
        })
    })
}

fn with_oldest_compiler(then: impl FnOnce(&str) -> Outcome) -> Outcome {
    match manifest::rust_version() {
        Ok(version) => with_toolchain(&version, &[], || then(&version)),
        Err(why) => Outcome::Failed(why),
    }
}

/// A folder for one suite among what is built.
fn folder(name: &str) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from).join(name)
}

/// The core's sources, and its manifest without what it says of the workspace and of tests.
fn copy_core(to: &Path) -> Result<(), String> {
    let copied = || {
        let manifest = fs::read_to_string(root().join("Cargo.toml"))?;
        fs::create_dir_all(to)?;
        fs::write(to.join("Cargo.toml"), without_development(&manifest))?;
        fs::copy(root().join("README.md"), to.join("README.md"))?;
        copy_folder(&root().join("docs"), &to.join("docs"))?;
        copy_folder(&root().join("src"), &to.join("src"))
    };
    copied().map_err(|error| format!("{}: {error}", to.display()))
}

fn without_development(manifest: &str) -> String {
    const LEFT_OUT: [&str; 3] = ["[dev-dependencies]", "[[bench]]", "[workspace.dependencies]"];
    let mut left_out = false;
    let mut text = String::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            left_out = LEFT_OUT.contains(&line);
        }
        if !left_out && !line.starts_with("members") && !line.starts_with("exclude") {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    // What was there before may be gone by now.
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_for_tests_is_left_out() {
        let manifest = "[workspace]\nmembers = [\"x\"]\n\n[dependencies]\na = \"1\"\n\n[dev-dependencies]\nb = \"1\"\n\n\
                        [[bench]]\nname = \"c\"\n\n[lints]\nworkspace = true\n";
        let left = "[workspace]\n\n[dependencies]\na = \"1\"\n\n[lints]\nworkspace = true\n";
        assert_eq!(without_development(manifest), left);
    }
}
