//! What an `ew_parser *` points to, and where it lives: on the heap, or in memory of the caller's.

use core::ptr::NonNull;

use super::carry::{CallerMemory, Carry};
use super::heap;
use crate::{Config, VecCarry};

/// A parser: turns the chunks of one stream into events. Opaque: made by `ew_parser_new` or `ew_parser_init`, used through
/// its pointer, ended by `ew_parser_free`.
#[derive(Debug)]
pub struct Parser {
    pub(super) engine: crate::Parser<Carry>,
}

impl Parser {
    fn new(config: Config, carry: Carry) -> Self {
        Self { engine: crate::Parser::with_carry(config, carry) }
    }

    /// A parser on the heap; `None` if there is no memory.
    pub(super) fn on_heap(config: Config) -> Option<NonNull<Self>> {
        heap::put(Self::new(config, Carry::Heap(VecCarry::new())))
    }

    /// How many bytes a parser in memory of the caller's needs, if there can be so many: for itself, and for an event and the
    /// last event ID of the largest size, so that it takes what a parser on the heap takes.
    pub(super) fn size_with_carry(config: &Config) -> Option<usize> {
        let size = config.max_event_size.checked_mul(2)?.checked_add(size_of::<Self>())?;
        (size <= isize::MAX.unsigned_abs()).then_some(size)
    }

    /// A parser in memory of the caller's, its carry behind it; `None` if there is too little, or it is misaligned.
    ///
    /// # Safety
    ///
    /// The `size` bytes at `memory` are writable, and nobody else's, for as long as the parser is used.
    pub(super) unsafe fn in_memory(
        config: Config,
        memory: NonNull<u8>,
        size: usize,
    ) -> Option<NonNull<Self>> {
        let parser = memory.cast::<Self>();
        let needed = Self::size_with_carry(&config)?;
        if !parser.is_aligned() || size < needed || size > isize::MAX.unsigned_abs() {
            return None;
        }
        // SAFETY: the memory is larger than a parser.
        let rest = unsafe { parser.add(1) }.cast();
        // SAFETY: the caller: the memory is writable and nobody else's; so is what lies behind the parser.
        let carry = unsafe { CallerMemory::new(rest, size.saturating_sub(size_of::<Self>())) };
        // SAFETY: the memory is writable, aligned and large enough.
        unsafe { parser.write(Self::new(config, Carry::Caller(carry))) };
        Some(parser)
    }

    /// Ends a parser, and frees it if it is on the heap.
    ///
    /// # Safety
    ///
    /// It was made by [`on_heap`](Self::on_heap) or [`in_memory`](Self::in_memory), and is not used any more.
    pub(super) unsafe fn end(parser: NonNull<Self>) {
        // SAFETY: the caller: there is a parser.
        let on_heap = matches!(unsafe { parser.as_ref() }.engine.carry(), Carry::Heap(_));
        if on_heap {
            // SAFETY: it was put there by `on_heap`; the caller: nobody uses it any more.
            unsafe { heap::end(parser) };
        } else {
            // SAFETY: the caller: nobody uses it any more.
            unsafe { parser.drop_in_place() };
        }
    }
}
