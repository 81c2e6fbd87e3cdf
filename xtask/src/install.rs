//! `cargo xtask install`: the C library, its headers, and what build systems find it by.

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::symlink;
#[cfg(windows)]
use std::os::windows::fs::symlink_file as symlink;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::library::build::{build, soname, target_folder};
use crate::manifest::Version;
use crate::suite::Outcome;
use crate::tools::root;

const USAGE: &str = "usage: cargo xtask install --prefix DIR [--destdir DIR]";

/// In the checkout, and where they are installed.
const HEADERS: [&str; 3] = ["include/eventwire.h", "include/eventwire.hpp", "include/eventwire_proxy.hpp"];

/// Installs under a prefix; with `--destdir`, into an image of the root folder, as packages are made.
pub fn run(args: &[&str]) -> ExitCode {
    let (prefix, destdir) = match *args {
        ["--prefix", prefix] => (prefix, ""),
        ["--prefix", prefix, "--destdir", destdir] | ["--destdir", destdir, "--prefix", prefix] => {
            (prefix, destdir)
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    // Not `join`, for which a second absolute path replaces the first.
    let tree =
        if destdir.is_empty() { PathBuf::from(prefix) } else { PathBuf::from(format!("{destdir}/{prefix}")) };
    match install(&tree) {
        Ok(files) => {
            for file in files {
                println!("{}", file.display());
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What is installed is all that the documentation promises.
pub fn check() -> Outcome {
    const PROMISED: [&str; 10] = [
        "include/eventwire.h",
        "include/eventwire.hpp",
        "include/eventwire_proxy.hpp",
        "lib/libeventwire.a",
        "lib/libeventwire.so.1.0.0",
        "lib/libeventwire.so.1",
        "lib/libeventwire.so",
        "lib/pkgconfig/eventwire.pc",
        "lib/cmake/eventwire/eventwire-config.cmake",
        "lib/cmake/eventwire/eventwire-config-version.cmake",
    ];
    let tree = target_folder().join("installed");
    match install(&tree) {
        Err(error) => Outcome::Failed(error),
        Ok(files) if files == PROMISED.map(|file| tree.join(file)) => Outcome::Passed,
        Ok(files) => Outcome::Failed(format!("installed were {files:?}")),
    }
}

/// Installs into a tree, and lists the files.
pub fn install(tree: &Path) -> Result<Vec<PathBuf>, String> {
    let library = build("library", &[], &[])?;
    let (version, file) = (Version::of_library()?, Version::of_soname()?);
    let (soname, shared) = (soname()?, format!("libeventwire.so.{file}"));
    let fill = |template: &str| {
        template
            .replace("@VERSION@", &version.to_string())
            .replace("@MAJOR@", &version.major.to_string())
            .replace("@SHARED@", &shared)
            .replace("@SONAME@", &soname)
            .replace("@POINTER@", &size_of::<usize>().to_string())
    };
    let mut tree = Tree { root: tree, files: Vec::new() };
    for header in HEADERS {
        tree.copy(&root().join(header), header)?;
    }
    tree.copy(&library.archive, "lib/libeventwire.a")?;
    tree.copy(&library.stripped, &format!("lib/{shared}"))?;
    tree.link(&shared, &format!("lib/{soname}"))?;
    tree.link(&soname, "lib/libeventwire.so")?;
    tree.write(&fill(include_str!("install/eventwire.pc")), "lib/pkgconfig/eventwire.pc")?;
    tree.write(
        &fill(include_str!("install/eventwire-config.cmake")),
        "lib/cmake/eventwire/eventwire-config.cmake",
    )?;
    tree.write(
        &fill(include_str!("install/eventwire-config-version.cmake")),
        "lib/cmake/eventwire/eventwire-config-version.cmake",
    )?;
    Ok(tree.files)
}

/// The tree that is installed into, and what has been.
struct Tree<'a> {
    root: &'a Path,
    files: Vec<PathBuf>,
}

impl Tree<'_> {
    fn copy(&mut self, from: &Path, to: &str) -> Result<(), String> {
        let place = self.place(to)?;
        fs::copy(from, &place).map_err(|error| format!("{}: {error}", from.display()))?;
        Ok(())
    }

    fn write(&mut self, text: &str, to: &str) -> Result<(), String> {
        let place = self.place(to)?;
        fs::write(&place, text).map_err(|error| format!("{}: {error}", place.display()))
    }

    fn link(&mut self, target: &str, to: &str) -> Result<(), String> {
        let place = self.place(to)?;
        symlink(target, &place).map_err(|error| format!("{}: {error}", place.display()))
    }

    /// Makes room for a file. One that is there is removed and not written to: programs may be running with it.
    fn place(&mut self, to: &str) -> Result<PathBuf, String> {
        let place = self.root.join(to);
        let shown = |error: std::io::Error| format!("{}: {error}", place.display());
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).map_err(shown)?;
        }
        if place.symlink_metadata().is_ok() {
            fs::remove_file(&place).map_err(shown)?;
        }
        self.files.push(place.clone());
        Ok(place)
    }
}
