//! The library built: shared, and static as one object.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::elf;
use crate::manifest::Version;
use crate::suite::Outcome;
use crate::tools::{Cargo, root};

/// What was built, in the target folder.
pub struct Library {
    /// The shared library with its symbols.
    pub shared: PathBuf,
    /// The shared library as it is installed: without them.
    pub stripped: PathBuf,
    /// The static library as it is installed.
    pub archive: PathBuf,
}

/// The manifest of the package that the library is made from.
const MANIFEST: &str = "crates/capi/Cargo.toml";

/// Builds the library in a folder of this name under the target folder, with these arguments for cargo and these flags for its
/// own package.
pub fn build(folder: &str, arguments: &[&str], flags: &[&str]) -> Result<Library, String> {
    if !cfg!(target_os = "linux") {
        return Err("the library is built here for Linux; elsewhere `cargo cinstall` does it".to_owned());
    }
    let target = target_folder().join(folder);
    let soname = format!("link-arg=-Wl,-soname,{}", soname()?);
    let command = [
        "rustc",
        "--release",
        "--lib",
        "--manifest-path",
        MANIFEST,
        "--target-dir",
        &target.to_string_lossy(),
        "--crate-type",
        "staticlib,cdylib",
        // The checks want the symbols; they are stripped below.
        "--config",
        "profile.release.strip=false",
    ];
    // No start-up files of the toolchain: the library has nothing to do when it is loaded or unloaded.
    let linked = ["--", "-C", &soname, "-C", "link-arg=-nostartfiles"];
    match Cargo::new(&[&command, arguments, &linked, flags].concat()).run() {
        Outcome::Passed => {}
        Outcome::Failed(why) | Outcome::Skipped(why) => return Err(why),
    }
    let release = target.join("release");
    let library = Library {
        shared: release.join("libeventwire.so"),
        stripped: release.join("stripped").join("libeventwire.so"),
        archive: release.join("stripped").join("libeventwire.a"),
    };
    fs::create_dir_all(release.join("stripped")).map_err(|error| error.to_string())?;
    tool("strip", &["--strip-unneeded", "-o"], &[&library.stripped, &library.shared])?;
    archive(&release, &library)?;
    Ok(library)
}

/// The name that programs look for when they start.
pub fn soname() -> Result<String, String> {
    Ok(format!("libeventwire.so.{}", Version::of_soname()?.major))
}

/// Makes the static library one object in which nothing but the exported functions can be seen.
///
/// rustc's static library holds the objects of `core` and `alloc` too, as every such library does: two of them in one
/// program may clash, over the panic handler if nothing else. So the linker takes what the exported functions need and makes
/// it one object (`-r`), in which all other names become local. Sections stay as they are, so a program
/// that is linked with `--gc-sections` holds only the functions that it calls.
fn archive(release: &Path, library: &Library) -> Result<(), String> {
    let exported = elf::exported(&library.shared)?;
    let [object, names] = [release.join("stripped/eventwire.o"), release.join("stripped/exported.txt")];
    fs::write(&names, exported.iter().map(|name| format!("{name}\n")).collect::<String>())
        .map_err(|error| error.to_string())?;
    let wanted = exported.iter().map(|name| format!("--undefined={name}"));
    let mut link =
        vec!["-r".to_owned(), "--gc-sections".to_owned(), "-z".to_owned(), "noexecstack".to_owned()];
    link.extend(wanted);
    link.push("-o".to_owned());
    let link: Vec<&str> = link.iter().map(String::as_str).collect();
    tool("ld", &link, &[&object, &release.join("libeventwire.a")])?;
    let keep = format!("--keep-global-symbols={}", names.display());
    tool("objcopy", &[&keep], &[&object])?;
    tool("strip", &["--strip-unneeded"], &[&object])?;
    // `ar` adds to what is there.
    if library.archive.exists() {
        fs::remove_file(&library.archive).map_err(|error| error.to_string())?;
    }
    tool("ar", &["rcsD"], &[&library.archive, &object])
}

/// Where cargo builds.
pub fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// Runs a tool of binutils.
fn tool(name: &str, args: &[&str], files: &[&Path]) -> Result<(), String> {
    let status = Command::new(name).args(args).args(files).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{name}: {status}")),
        Err(error) => Err(format!("{name}: {error}")),
    }
}
