//! The ways in which a program is built and run: plainly, under sanitizers, under valgrind.

use std::path::Path;
use std::process::Command;

/// How a program is built and run.
#[derive(Clone, Copy, PartialEq)]
pub enum Mode {
    /// As users build it.
    Plain,
    /// With what finds errors in memory and undefined behaviour.
    Sanitized,
    /// By the emulator that sees into the library as well.
    Valgrind,
    /// With what finds data races.
    Threads,
}

impl Mode {
    /// The modes for a program with one thread.
    pub const ALL: [Self; 3] = [Self::Plain, Self::Sanitized, Self::Valgrind];

    /// Flags for the compiler.
    pub fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Plain => &["-O2"],
            Self::Sanitized => &["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
            // Streams are cut at fewer places: it is fifty times slower.
            Self::Valgrind => &["-O1", "-g", "-DCUT_PLACES=24"],
            Self::Threads => &["-O1", "-g", "-fsanitize=thread"],
        }
    }

    /// What runs the program; arguments can be added.
    pub fn command(self, program: &Path) -> Command {
        if self != Self::Valgrind {
            return Command::new(program);
        }
        let mut command = Command::new("valgrind");
        command.args(["--quiet", "--error-exitcode=9", "--leak-check=full"]).arg(program);
        command
    }

    /// A word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Sanitized => "sanitized",
            Self::Valgrind => "valgrind",
            Self::Threads => "threads",
        }
    }
}
