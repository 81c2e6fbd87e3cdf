//! What an assembler remembers between calls, apart from values.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flags(u16);

impl Flags {
    pub(super) const NONE: Self = Self(0);
    /// These parts of the block are held.
    pub(super) const DATA: Self = Self(1);
    pub(super) const TYPE: Self = Self(2);
    pub(super) const ID: Self = Self(4);
    pub(super) const PARTS: Self = Self::DATA.with(Self::TYPE).with(Self::ID);
    /// Pieces of a value have come, but not its end.
    pub(super) const INCOMING: Self = Self(8);
    /// Nothing more of that value counts.
    pub(super) const VOID: Self = Self(16);
    /// The block is being dropped.
    pub(super) const DISCARD: Self = Self(32);
    /// Values go the long way.
    pub(super) const BUSY: Self = Self::INCOMING.with(Self::VOID).with(Self::DISCARD);
    /// The event delivered last is still held.
    pub(super) const STALE_EVENT: Self = Self(64);
    /// The event that is held is complete, but not delivered.
    pub(super) const COMPLETE: Self = Self(1024);
    /// The item delivered last is still held, as the value coming in.
    pub(super) const STALE_ITEM: Self = Self(128);
    /// There may be memory to give back.
    pub(super) const ROOMY: Self = Self(256);
    /// There is something to do before the next token.
    pub(super) const CHORES: Self = Self::STALE_EVENT.with(Self::STALE_ITEM).with(Self::ROOMY);
    /// A line of data has begun and not ended, and there is nothing else to it.
    pub(super) const IN_DATA: Self = Self::DATA.with(Self::INCOMING);
    /// Something is left of an earlier call.
    pub(super) const LEFT_OVER: Self = Self(u16::MAX).without(Self::CHECK_UTF8);
    /// What may be borrowed must be UTF-8; set for good.
    pub(super) const CHECK_UTF8: Self = Self(512);

    #[inline(always)]
    pub(super) const fn any(self, of: Self) -> bool {
        self.0 & of.0 != 0
    }

    const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[inline(always)]
    pub(super) const fn without(self, of: Self) -> Self {
        Self(self.0 & !of.0)
    }

    #[inline(always)]
    pub(super) fn set(&mut self, flags: Self) {
        self.0 |= flags.0;
    }

    #[inline(always)]
    pub(super) fn clear(&mut self, flags: Self) {
        self.0 &= !flags.0;
    }
}
