//! The bodies of the fuzz targets: each makes a case out of bytes and holds the engine to an equality.
//!
//! | target | what must be equal |
//! |---|---|
//! | [`parse_split`] | the parser, on the stream in chunks and whole, with either carry, new and used: the oracle |
//! | [`tokens`] | the pieces of values, joined: the oracle's; and every byte of the stream is accounted for |
//! | [`scan_kernels`] | each kernel: a naive loop, beside pages without access, at any alignment |
//! | [`limits`] | what is accepted and refused near tiny limits: the oracle; and what is held obeys the limit |
//! | [`capi`] | the C functions of parser and tokenizer, called in any order and misused in between: the oracle |
//! | [`capi_encode`] | the C functions that write messages, misused in between: the Rust API |
//! | [`capi_source`] | the C functions of the connection machine, misused in between: the Rust API |
//! | [`capi_proxy`] | the C functions of taps and rewriters, misused in between: the Rust API |
//! | [`tap`] | what a tap counts and keeps: the oracle; and where a block may be inserted nothing changes |
//! | [`rewriter`] | what a rewriter writes: the same done on the whole stream; and where a block may be inserted nothing changes |
//! | [`round_trip`] | what is encoded: a plain writer; and what is parsed back: what was meant |
//! | [`event_source`] | the connection machine, told anything at any time: a plain model |
//!
//! A case is [text]: a line of words that says how, and then what. Every sequence of bytes is a case, so no mutation is
//! wasted on a format, and a seed or a finding can be read and written by hand. `fuzz_targets/` hands the cases of the fuzzer
//! to [`Case::check`]; without a fuzzer the same programs replay files, and the test `seeds` replays all of `seeds/`.

pub mod capi;
pub mod capi_encode;
pub mod capi_proxy;
pub mod capi_source;
pub mod event_source;
pub mod limits;
pub mod parse_split;
pub mod rewriter;
pub mod round_trip;
pub mod scan_kernels;
pub mod tap;
pub mod text;
pub mod tokens;

#[cfg(fuzzing)]
#[doc(hidden)]
pub use libfuzzer_sys;

use arbitrary::{Arbitrary, Unstructured};
use std::ffi::OsString;
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// What a target tries.
pub trait Case: Debug + Sized {
    /// The case that these bytes stand for. All do for one.
    fn read(bytes: &[u8]) -> Self;

    /// Panics if the engine is wrong.
    fn check(&self);
}

/// A case as the fuzzer makes it; what it prints of a finding is the case, and not the bytes.
pub struct Input<C>(pub C);

impl<C: Debug> Debug for Input<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<C: Case> Arbitrary<'_> for Input<C> {
    fn arbitrary(u: &mut Unstructured<'_>) -> arbitrary::Result<Self> {
        Ok(Self(C::read(u.bytes(u.len())?)))
    }
}

/// The program of a target: under a fuzzer it takes cases from there, else it replays the files that it is given.
#[macro_export]
macro_rules! target {
    ($case:ty) => {
        #[cfg(fuzzing)]
        $crate::libfuzzer_sys::fuzz_target!(|input: $crate::Input<$case>| $crate::Case::check(&input.0));

        #[cfg(not(fuzzing))]
        fn main() -> std::io::Result<()> {
            $crate::replay::<$case>(std::env::args_os().skip(1))
        }
    };
}

/// Checks the cases in these files, and in all files of these folders.
///
/// # Errors
///
/// Those of reading them.
pub fn replay<C: Case>(paths: impl Iterator<Item = OsString>) -> io::Result<()> {
    for path in paths.map(PathBuf::from) {
        if path.is_dir() {
            let count = replay_folder::<C>(&path, |_| {})?;
            println!("{}: {count} cases hold", path.display());
        } else {
            let case = C::read(&fs::read(&path)?);
            println!("{case:#?}");
            case.check();
            println!("{}: it holds", path.display());
        }
    }
    Ok(())
}

/// Checks the cases in all files of a folder, each of which is shown before, and answers how many there are.
///
/// # Errors
///
/// Those of reading them.
pub fn replay_folder<C: Case>(folder: &Path, show: impl Fn(&Path)) -> io::Result<usize> {
    let mut count = 0;
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        show(&path);
        C::read(&fs::read(&path)?).check();
        count += 1;
    }
    Ok(count)
}
