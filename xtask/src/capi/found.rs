//! The installed library as build systems find it: with pkg-config alone, and with `find_package`; shared and static; and from
//! another place than it was installed to.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::Place;
use super::command::{run, run_command};
use super::examples::{CAT_SHOWS, expect, pkg_config};
use super::mode::Mode;
use crate::tools::root;

/// Everything is done with a tree that was moved: an installed library is relocatable.
pub fn check(place: &Place) -> Result<(), String> {
    let moved = place.folder.join("moved");
    if moved.exists() {
        fs::remove_dir_all(&moved).map_err(|error| format!("{}: {error}", moved.display()))?;
    }
    run("cp", [Path::new("-a"), &place.prefix, &moved])?;
    with_pkg_config(place, &moved)?;
    with_cmake(place, &moved)
}

/// `cc program.c $(pkg-config --cflags --libs eventwire)`; and with `-static`, a program that needs no library at all.
fn with_pkg_config(place: &Place, prefix: &Path) -> Result<(), String> {
    for (compiler, source) in [("gcc", "examples/c/cat.c"), ("g++", "examples/cpp/cat.cpp")] {
        for linked in ["shared", "static"] {
            let query: &[&str] = match linked {
                "static" => &["--static", "--cflags", "--libs", "eventwire"],
                _ => &["--cflags", "--libs", "eventwire"],
            };
            let program = place.folder.join(format!("pkg-config_{compiler}_{linked}"));
            let mut command = Command::new(compiler);
            command.arg(root().join(source)).args(pkg_config(prefix, query)?).arg("-o").arg(&program);
            match linked {
                "static" => command.arg("-static"),
                _ => command.arg(format!("-Wl,-rpath,{}", prefix.join("lib").display())),
            };
            run_command(&mut command, b"")?;
            expect(Mode::Plain, &program, CAT_SHOWS)?;
        }
    }
    println!("pkg-config: shared and static, C and C++");
    Ok(())
}

/// `find_package(eventwire)`, and the tests of that project.
fn with_cmake(place: &Place, prefix: &Path) -> Result<(), String> {
    let build = place.folder.join("cmake");
    if build.exists() {
        fs::remove_dir_all(&build).map_err(|error| format!("{}: {error}", build.display()))?;
    }
    let mut configure = Command::new("cmake");
    configure
        .arg("-S")
        .arg(root().join("tests/capi/installed"))
        .arg("-B")
        .arg(&build)
        .arg(format!("-DCMAKE_PREFIX_PATH={}", prefix.display()));
    run_command(&mut configure, b"")?;
    run("cmake", [Path::new("--build"), &build])?;
    let tests = run("ctest", [Path::new("--output-on-failure"), Path::new("--test-dir"), &build])?;
    if !tests.contains("100% tests passed, 0 tests failed out of 4") {
        return Err(format!("ctest: {tests}"));
    }
    println!("cmake: shared and static, C and C++");
    Ok(())
}
