//! `ew_rewriter_config`: what a rewriter is made with.

use crate::capi::carry::Carry;
use crate::capi::pointer;
use crate::rewriter::Oversized;
use crate::{Rewriter, VecCarry};

/// In `oversized` of a rewriter's settings: a block that is too large is passed on as it is, unseen.
pub const EW_OVERSIZED_PASS: u32 = 0;
/// In `oversized` of a rewriter's settings: it is dropped.
pub const EW_OVERSIZED_DROP: u32 = 1;

/// The settings of a rewriter. Begin with `ew_rewriter_config config = EW_REWRITER_CONFIG_INIT;` and change what is to be
/// different: then the program goes on working when a later version of this struct has more members.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct RewriterConfig {
    /// `sizeof(ew_rewriter_config)`: tells the library which version of the struct this is.
    pub struct_size: u32,
    /// What becomes of blocks that are larger, or larger than the memory that there is: `EW_OVERSIZED_PASS` (the default)
    /// or `EW_OVERSIZED_DROP`.
    pub oversized: u32,
    /// The most bytes, line ends included, that a block may have to be held and decided about; 0 for 1 MiB, and 1 is taken for 2.
    /// It counts for blocks that need not be held as well: whether one is decided about does not depend on how the stream is cut.
    pub max_block_size: usize,
}

/// A rewriter with these settings; the default ones if there are none. `None` if they are of another version of the struct or
/// hold what this one does not know.
///
/// # Safety
///
/// `config` is null or readable, as far as its `struct_size` says.
pub(super) unsafe fn build(config: *const RewriterConfig) -> Option<Rewriter<Carry>> {
    let rewriter = Rewriter::with_carry(Carry::Heap(VecCarry::new()));
    if config.is_null() {
        return Some(rewriter);
    }
    // The size first, alone: a struct of another version may be shorter.
    // SAFETY: the caller; the size is the first member.
    let size = *unsafe { pointer::shared(config.cast::<u32>()) }?;
    if usize::try_from(size) != Ok(size_of::<RewriterConfig>()) {
        return None;
    }
    // SAFETY: the caller; it is of this size.
    let RewriterConfig { struct_size: _, oversized, max_block_size } = *unsafe { pointer::shared(config) }?;
    let rewriter = rewriter.oversized(match oversized {
        EW_OVERSIZED_PASS => Oversized::Pass,
        EW_OVERSIZED_DROP => Oversized::Drop,
        _ => return None,
    });
    Some(if max_block_size == 0 { rewriter } else { rewriter.max_block_size(max_block_size) })
}
