//! Each seed is a case that holds. No fuzzer is needed for that.

use eventwire_fuzz::{
    Case, capi, capi_encode, capi_proxy, capi_source, event_source, limits, parse_split, replay_folder,
    rewriter, round_trip, scan_kernels, tap, tokens,
};
use std::collections::BTreeSet;
use std::path::Path;

/// Checks all seeds of a target.
fn replay<C: Case>(target: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    let count =
        replay_folder::<C>(&folder, |path| println!("{}", path.display())).expect("each target has seeds");
    assert!(count > 2, "{target}: {count} seeds");
}

macro_rules! targets {
    ($($target:ident)*) => {
        const TARGETS: &[&str] = &[$(stringify!($target)),*];

        $(#[test]
        fn $target() {
            replay::<$target::Case>(stringify!($target));
        })*
    };
}

targets!(capi capi_encode capi_proxy capi_source event_source limits parse_split rewriter round_trip scan_kernels tap tokens);

/// A target that is added is replayed as well.
#[test]
fn all_targets_are_here() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz_targets");
    let files = std::fs::read_dir(folder).expect("there are targets");
    let found: BTreeSet<String> = files
        .map(|file| file.expect("the folder is readable").path())
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    assert_eq!(found, TARGETS.iter().map(|target| (*target).to_owned()).collect());
}
