//! Taps and rewriters of C, made with the settings of a case and freed at its end.

use crate::{rewriter, tap};
use eventwire::capi::{
    EW_ERR_INVALID_ARGUMENT, EW_EVENT, EW_OK, EW_OVERSIZED_DROP, EW_OVERSIZED_PASS, Match, Rewriter,
    RewriterConfig, RewriterSummary, Span, Tap, TapConfig, TapSummary, ew_rewriter_free, ew_rewriter_new,
    ew_rewriter_spans, ew_rewriter_summarize, ew_tap_event_type, ew_tap_free, ew_tap_match, ew_tap_new,
    ew_tap_summarize,
};
use eventwire::rewriter::Oversized;
use std::mem::MaybeUninit;
use std::{ptr, slice};

/// A slice as C sees it.
pub(super) fn span(bytes: &[u8]) -> Span {
    Span { ptr: bytes.as_ptr(), len: bytes.len() }
}

const NOTHING: Span = Span { ptr: ptr::null(), len: 0 };

pub(super) struct OwnedTap(*mut Tap);

impl OwnedTap {
    pub(super) fn new(case: &tap::Case) -> Self {
        let optional = |bytes: &Option<_>| bytes.as_deref().map_or(NOTHING, span);
        let config = TapConfig {
            struct_size: size_of::<TapConfig>() as u32,
            flags: 0,
            max_event_size: case.limit,
            max_match_size: case.kept,
            needle: optional(&case.needle),
            sentinel: optional(&case.sentinel),
        };
        let mut tap = ptr::null_mut();
        // SAFETY: both are references, and the spans are slices.
        assert_eq!(unsafe { ew_tap_new(&config, &mut tap) }, EW_OK);
        Self(tap)
    }

    pub(super) fn pointer(&self) -> *mut Tap {
        self.0
    }

    pub(super) fn summary(&self) -> TapSummary {
        let mut summary = MaybeUninit::uninit();
        // SAFETY: the tap is valid, the place is a reference.
        assert_eq!(unsafe { ew_tap_summarize(self.0, summary.as_mut_ptr()) }, EW_OK);
        // SAFETY: it has been written.
        unsafe { summary.assume_init() }
    }

    pub(super) fn find(&self, which: u32) -> Option<Match> {
        let mut found = MaybeUninit::uninit();
        // SAFETY: the tap is valid, the place is a reference.
        match unsafe { ew_tap_match(self.0, which, found.as_mut_ptr()) } {
            // SAFETY: it has been written.
            EW_EVENT => Some(unsafe { found.assume_init() }),
            status => {
                assert_eq!(status, EW_OK);
                None
            }
        }
    }

    pub(super) fn event_types(&self) -> Vec<(Vec<u8>, u64)> {
        let mut types = Vec::new();
        loop {
            let (mut name, mut count) = (NOTHING, 0);
            // SAFETY: the tap is valid, the places are references.
            let status = unsafe { ew_tap_event_type(self.0, types.len(), &mut name, &mut count) };
            if status != EW_OK {
                assert_eq!((status, name.len, count), (EW_ERR_INVALID_ARGUMENT, 0, 0));
                return types;
            }
            types.push((crate::capi::seen::bytes_of(name).to_vec(), count));
        }
    }
}

impl Drop for OwnedTap {
    fn drop(&mut self) {
        // SAFETY: the tap is valid, and this is its end.
        unsafe { ew_tap_free(self.0) };
    }
}

pub(super) struct OwnedRewriter(*mut Rewriter);

impl OwnedRewriter {
    pub(super) fn new(case: &rewriter::Case) -> Self {
        let config = RewriterConfig {
            struct_size: size_of::<RewriterConfig>() as u32,
            oversized: if case.oversized == Oversized::Drop { EW_OVERSIZED_DROP } else { EW_OVERSIZED_PASS },
            max_block_size: case.limit,
        };
        let mut rewriter = ptr::null_mut();
        // SAFETY: both are references.
        assert_eq!(unsafe { ew_rewriter_new(&config, &mut rewriter) }, EW_OK);
        Self(rewriter)
    }

    pub(super) fn pointer(&self) -> *mut Rewriter {
        self.0
    }

    pub(super) fn summary(&self) -> RewriterSummary {
        let mut summary = MaybeUninit::uninit();
        // SAFETY: the rewriter is valid, the place is a reference.
        assert_eq!(unsafe { ew_rewriter_summarize(self.0, summary.as_mut_ptr()) }, EW_OK);
        // SAFETY: it has been written.
        unsafe { summary.assume_init() }
    }

    pub(super) fn spans(&self) -> &[Span] {
        let (mut spans, mut count) = (ptr::null(), usize::MAX);
        // SAFETY: the rewriter is valid, the places are references.
        assert_eq!(unsafe { ew_rewriter_spans(self.0, &mut spans, &mut count) }, EW_OK);
        assert!(!spans.is_null());
        // SAFETY: that is what the function has given out, and until the next call nothing changes it.
        unsafe { slice::from_raw_parts(spans, count) }
    }
}

impl Drop for OwnedRewriter {
    fn drop(&mut self) {
        // SAFETY: the rewriter is valid, and this is its end.
        unsafe { ew_rewriter_free(self.0) };
    }
}
