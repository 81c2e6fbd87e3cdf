//! The programs of `tests/capi`: under two compilers, as users build them, under sanitizers and under valgrind.
//!
//! Built plainly and for valgrind they are linked with the shared library, under sanitizers with the static one.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::Place;
use super::command::{run, run_command};
use super::mode::Mode::{self, Plain, Sanitized, Threads, Valgrind};
use crate::tools::root;

/// What holds for every translation unit.
pub const WARNINGS: [&str; 4] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];

/// C, and C++ in its three versions; the wrapper promises to need neither exceptions nor RTTI.
const C: &[&str] = &["-std=c99"];
const CPP: &[&str] = &["-std=c++17"];
const BARE_CPP: [&[&str]; 3] = [
    &["-std=c++17", "-fno-exceptions", "-fno-rtti"],
    &["-std=c++20", "-fno-exceptions", "-fno-rtti"],
    &["-std=c++2b", "-fno-exceptions", "-fno-rtti"],
];

/// A program, by its sources.
struct Program {
    sources: &'static [&'static str],
    language: &'static [&'static str],
    /// Flags of its own; with `--wrap`, which needs it, the static library is linked in any mode.
    flags: &'static [&'static str],
    takes_vectors: bool,
    modes: &'static [Mode],
}

const fn program(sources: &'static [&'static str], language: &'static [&'static str]) -> Program {
    Program { sources, language, flags: &[], takes_vectors: false, modes: &Mode::ALL }
}

/// For an allocator that refuses.
const WRAPPED: &[&str] = &["-Wl,--wrap=malloc,--wrap=realloc,--wrap=free"];

const PROGRAMS: [Program; 24] = [
    Program { takes_vectors: true, ..program(&["vectors.c"], C) },
    Program { takes_vectors: true, ..program(&["vectors.cpp"], CPP) },
    Program { takes_vectors: true, ..program(&["tokens.c"], C) },
    program(&["batches.c"], C),
    program(&["encoder.c"], C),
    program(&["source.c"], C),
    program(&["source.cpp"], BARE_CPP[0]),
    program(&["tap.c"], C),
    program(&["rewriter.c"], C),
    program(&["proxy.cpp"], BARE_CPP[0]),
    program(&["proxy.cpp"], BARE_CPP[2]),
    program(&["exceptions.cpp"], CPP),
    program(&["garbage.c"], C),
    program(&["misuse.c"], C),
    Program {
        flags: &["-pthread"],
        modes: &[Plain, Sanitized, Valgrind, Threads],
        ..program(&["threads.c"], C)
    },
    Program { flags: WRAPPED, ..program(&["no_memory.c"], C) },
    Program { flags: WRAPPED, ..program(&["no_memory_mixed.c"], C) },
    // Its limit is one of addresses, of which sanitizers reserve far more.
    Program { modes: &[Plain], ..program(&["memory_limit.c"], C) },
    program(&["wrapper.cpp", "second_unit.cpp"], BARE_CPP[0]),
    program(&["wrapper.cpp", "second_unit.cpp"], BARE_CPP[1]),
    program(&["wrapper.cpp", "second_unit.cpp"], BARE_CPP[2]),
    // The header in other versions of C, and in the oldest C++ that has its types.
    program(&["layout.c"], C),
    Program { modes: &[Plain], ..program(&["layout.c"], &["-std=c17"]) },
    Program { modes: &[Plain], ..program(&["layout.c"], &["-xc++", "-std=c++11"]) },
];

/// One program to be built by one compiler and run in one mode.
struct Job {
    program: &'static Program,
    compilers: [&'static str; 2],
    mode: Mode,
}

/// Builds and runs all programs in all modes, as many side by side as there are processors.
pub fn check(place: &Place) -> Result<(), String> {
    let mut jobs = Vec::new();
    for program in &PROGRAMS {
        for compilers in [["gcc", "g++"], ["clang", "clang++"]] {
            // Valgrind looks at the library; one compiler's callers are enough for it.
            let modes = program.modes.iter().filter(|&&mode| mode != Valgrind || compilers[0] == "gcc");
            jobs.extend(modes.map(|&mode| Job { program, compilers, mode }));
        }
    }
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            match job.check(place) {
                Ok(said) => println!("{job}: {}", said.trim_end()),
                Err(error) => failures.lock().unwrap_or_else(PoisonError::into_inner).push(error),
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let failures = failures.into_inner().unwrap_or_else(PoisonError::into_inner);
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n")) }
}

impl Job {
    /// Builds and runs the program; what it says.
    fn check(&self, place: &Place) -> Result<String, String> {
        let program = self.build(place)?;
        let mut command = self.mode.command(&program);
        if self.program.takes_vectors {
            command.arg(&place.vectors);
        }
        run_command(&mut command, b"")
    }

    fn build(&self, place: &Place) -> Result<PathBuf, String> {
        let Program { sources, language, flags, .. } = self.program;
        let program = place.folder.join(self.to_string().replace(['+', ' ', ',', '(', ')'], "_"));
        let mut args: Vec<String> = [language, &WARNINGS[..], self.mode.flags(), flags]
            .concat()
            .into_iter()
            .map(str::to_owned)
            .collect();
        args.push(format!("-I{}", place.prefix.join("include").display()));
        args.extend(
            sources.iter().map(|source| root().join("tests/capi").join(source).display().to_string()),
        );
        args.extend(["-o".to_owned(), program.display().to_string()]);
        // The language of what follows is what its name says again.
        args.push("-xnone".to_owned());
        if matches!(self.mode, Sanitized | Threads) || flags.iter().any(|flag| flag.contains("--wrap")) {
            args.push(place.archive().display().to_string());
        } else {
            let folder = place.prefix.join("lib").display().to_string();
            args.extend([format!("-L{folder}"), "-leventwire".to_owned(), format!("-Wl,-rpath,{folder}")]);
        }
        run(self.compiler(), &args)?;
        Ok(program)
    }

    fn compiler(&self) -> &'static str {
        self.compilers[usize::from(self.program.sources[0].ends_with(".cpp"))]
    }
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let standard = self.program.language.iter().find_map(|flag| flag.strip_prefix("-std=")).unwrap_or("");
        write!(f, "{} ({}, {standard}, {})", self.program.sources[0], self.compiler(), self.mode.name())
    }
}
