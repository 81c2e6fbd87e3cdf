//! Unsafe code stands where it is said to stand, and nowhere else.
//!
//! The compiler refuses it elsewhere (`deny(unsafe_code)`), unless a file allows it to itself: this test sees that none does.

use std::fs;
use std::path::Path;

/// Files and folders that may hold it: instruction sets, the C functions, the C library's allocator and panic handler, what Python's
/// interpreter is asked directly, and a tool of the tests that protects memory.
const ALLOWED: [&str; 10] = [
    "bindings/python/src/event.rs",
    "bindings/python/src/interpreter.rs",
    "crates/capi/src/allocator.rs",
    "crates/capi/src/panic.rs",
    "crates/capi/src/plant.rs",
    "crates/testkit/src/guard.rs",
    "src/capi/",
    "src/scan/aarch64.rs",
    "src/scan/wasm32.rs",
    "src/scan/x86_64.rs",
];

/// All that is built into what is published, and the tests' library.
const SOURCES: [&str; 8] = [
    "bindings/proxy-wasm/src",
    "bindings/python/src",
    "crates/capi/src",
    "crates/cli/src",
    "crates/client/src",
    "crates/proxy/src",
    "crates/testkit/src",
    "src",
];

/// Files that let such a file in, in so many words.
const LET_IN: [&str; 2] = ["bindings/python/src/lib.rs", "crates/testkit/src/lib.rs"];

fn for_each_file(folder: &Path, check: &mut dyn FnMut(&Path)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            for_each_file(&path, check);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            check(&path);
        }
    }
}

/// Whether a line of code, comments apart, has the keyword, or allows a file to use it.
fn is_unsafe(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let mut words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.any(|word| word == "unsafe")
        || (code.contains("unsafe_code")
            && ["allow", "expect", "warn"].iter().any(|level| code.contains(level)))
}

#[test]
fn unsafe_code_is_where_it_is_said_to_be() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut files, mut with_unsafe) = (0, 0);
    for folder in SOURCES {
        for_each_file(&root.join(folder), &mut |path| {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            let text = fs::read_to_string(path).unwrap();
            let allowed = ALLOWED.iter().any(|allowed| name.starts_with(allowed));
            let lets_in =
                |line: &str| LET_IN.contains(&name.as_str()) && line.starts_with("#[expect(unsafe_code");
            for (number, line) in text.lines().enumerate().filter(|(_, line)| is_unsafe(line)) {
                assert!(allowed || lets_in(line), "{name}:{}: {line}", number + 1);
            }
            files += 1;
            with_unsafe += usize::from(text.lines().any(is_unsafe));
        });
    }
    println!("{with_unsafe} of {files} files have unsafe code");
    // Were the sources elsewhere, or the word not found, there would be nothing to see.
    assert!(files > 60 && with_unsafe > ALLOWED.len());
}

#[test]
fn what_is_looked_for_is_found() {
    for line in ["unsafe {", "    unsafe fn x() {}", "#[unsafe(no_mangle)]", "#![allow(unsafe_code)]"] {
        assert!(is_unsafe(line), "{line}");
    }
    for line in ["// unsafe {", "#![forbid(unsafe_code)]", "#![deny(unsafe_code)]", "let unsafely = 1;"] {
        assert!(!is_unsafe(line), "{line}");
    }
}
