//! The long way of a value into a block: in pieces, joined with others, decoded, or refused.

use crate::assembler::{Assembler, Flags, Part, Parts, Ready};
use crate::carry::sealed::Buffer;
use crate::config::{Items, Overflow, Utf8};
use crate::error::Error;
use crate::held::Short;
use crate::retry::Digits;
use crate::tokenizer::Field;
use crate::utf8;

/// A piece of a value as the tokenizer gives it.
#[derive(Clone, Copy)]
pub(super) struct Piece<'c> {
    pub(super) field: Field,
    pub(super) bytes: &'c [u8],
    /// It is the value's last.
    pub(super) end: bool,
}

/// Where the bytes of a value go.
#[derive(Clone, Copy)]
enum Place {
    Data,
    Incoming,
}

impl<C: Buffer> Assembler<C> {
    /// Takes a piece of a value. `begin` is where its block begins.
    #[inline(never)]
    pub(super) fn absorb<'c>(
        &mut self,
        parts: &mut Parts<'c>,
        begin: u64,
        piece: Piece<'c>,
    ) -> Result<Option<Ready<'c>>, Error> {
        self.block_begin = begin;
        let discarded = self.flags.any(Flags::DISCARD);
        let result = match piece.field {
            Field::Retry => Ok(self.absorb_retry(piece)),
            Field::Comment | Field::Unknown => self.absorb_item(parts, piece),
            _ if discarded => Ok(None),
            Field::Data => self.absorb_data(parts, piece).map(|()| None),
            Field::Event => self.absorb_short(parts, Short::Type, piece).map(|()| None),
            Field::Id => self.absorb_short(parts, Short::Id, piece).map(|()| None),
        };
        if piece.end {
            self.flags.clear(Flags::INCOMING);
            self.flags.clear(Flags::VOID);
            self.partial = utf8::Partial::default();
        } else {
            self.flags.set(Flags::INCOMING);
        }
        let result = result.or_else(|error| match piece.field {
            // The event for which there was no memory is dropped already, by `spill_parts`.
            Field::Comment | Field::Unknown => self.drop_item(error),
            _ => self.drop_event(error, parts),
        });
        if !matches!(result, Ok(None)) {
            // The caller is about to be answered, in the midst of the block.
            self.spill_parts(parts)?;
        }
        result
    }

    /// Moves what lies in the chunk to the carry, since the chunk may go away. `begin` is where the block begins.
    #[inline(always)]
    pub(super) fn spill(&mut self, parts: &mut Parts<'_>, begin: u64) -> Result<(), Error> {
        self.block_begin = begin;
        let in_chunk = |part| matches!(part, Part::Chunk(_));
        if in_chunk(parts.data) || in_chunk(parts.event_type) || in_chunk(parts.id) {
            return self.spill_parts(parts);
        }
        Ok(())
    }

    #[inline(never)]
    fn spill_parts(&mut self, parts: &mut Parts<'_>) -> Result<(), Error> {
        let moved = self.move_to_carry(parts);
        if let Err(error) = moved {
            self.drop_event(error, parts)?;
        }
        Ok(())
    }

    fn move_to_carry(&mut self, parts: &mut Parts<'_>) -> Result<(), Error> {
        if let Part::Chunk(data) = parts.data {
            self.held.push_data(data)?;
        }
        for (short, part) in [(Short::Type, parts.event_type), (Short::Id, parts.id)] {
            if let Part::Chunk(value) = part {
                self.held.set_short(short, value)?;
            }
        }
        for (part, flag) in
            [(&mut parts.data, Flags::DATA), (&mut parts.event_type, Flags::TYPE), (&mut parts.id, Flags::ID)]
        {
            if !part.is_absent() {
                *part = Part::Held;
                self.flags.set(flag);
            }
        }
        Ok(())
    }

    fn absorb_data<'c>(&mut self, parts: &mut Parts<'c>, piece: Piece<'c>) -> Result<(), Error> {
        let join = !self.flags.any(Flags::INCOMING) && !parts.data.is_absent();
        if let Part::Chunk(first_line) = parts.data {
            self.held.push_data(first_line)?;
        }
        parts.data = Part::Held;
        self.flags.set(Flags::DATA);
        if join {
            if parts.size == self.held.limit() {
                return Err(Error::EventTooLarge);
            }
            self.held.push_data(b"\n")?;
            parts.size += 1;
        }
        parts.size = self.push(Place::Data, parts.size, piece.bytes, piece.end)?;
        Ok(())
    }

    fn absorb_short<'c>(
        &mut self,
        parts: &mut Parts<'c>,
        short: Short,
        piece: Piece<'c>,
    ) -> Result<(), Error> {
        if self.flags.any(Flags::VOID) {
            return Ok(());
        }
        self.spill_parts(parts)?;
        let nul = if short == Short::Id { memchr::memchr(0, piece.bytes) } else { None };
        let bytes = nul.and_then(|nul| piece.bytes.get(..nul)).unwrap_or(piece.bytes);
        self.push(Place::Incoming, parts.size, bytes, piece.end || nul.is_some())?;
        if nul.is_some() {
            // An id with a NUL is ignored, the one before it stays (statement 46).
            self.held.drop_incoming();
            self.flags.set(Flags::VOID);
        } else if piece.end {
            self.held.settle_incoming(short);
            parts.size = self.held.block_len();
            let (part, flag) = match short {
                Short::Type => (&mut parts.event_type, Flags::TYPE),
                Short::Id => (&mut parts.id, Flags::ID),
            };
            *part = Part::Held;
            self.flags.set(flag);
        }
        Ok(())
    }

    fn absorb_retry(&mut self, piece: Piece<'_>) -> Option<Ready<'static>> {
        if !self.flags.any(Flags::INCOMING) {
            self.digits = Digits::None;
        }
        self.digits.push(piece.bytes);
        if !piece.end {
            return None;
        }
        let retry = self.digits.value()?;
        self.retry = Some(retry);
        self.config.items.contains(Items::RETRY).then_some(Ready::Retry(retry))
    }

    fn absorb_item<'c>(
        &mut self,
        parts: &mut Parts<'c>,
        piece: Piece<'c>,
    ) -> Result<Option<Ready<'c>>, Error> {
        if self.flags.any(Flags::VOID) || !self.is_wanted(piece.field) {
            self.held.drop_incoming();
            if piece.end {
                self.passes_over(piece.field);
            }
            return Ok(None);
        }
        let part = self.collect_item(parts, piece).map_err(|error| match error {
            Error::EventTooLarge => Error::ItemTooLarge,
            error => error,
        })?;
        if !piece.end {
            return Ok(None);
        }
        if self.config.utf8 == Utf8::Strict && !utf8::is_valid(part.or_held(|| self.held.incoming())) {
            return Err(Error::InvalidUtf8);
        }
        if part.is_held() {
            self.flags.set(Flags::STALE_ITEM);
        }
        Ok(Some(if piece.field == Field::Comment { Ready::Comment(part) } else { Ready::Unknown(part) }))
    }

    /// The item as far as it has come.
    fn collect_item<'c>(&mut self, parts: &mut Parts<'c>, piece: Piece<'c>) -> Result<Part<'c>, Error> {
        let whole = piece.end && !self.flags.any(Flags::INCOMING);
        if whole && (self.config.utf8 != Utf8::Replace || utf8::is_valid(piece.bytes)) {
            let fits = parts.size + piece.bytes.len() <= self.held.limit();
            return if fits { Ok(Part::Chunk(piece.bytes)) } else { Err(Error::ItemTooLarge) };
        }
        self.spill_parts(parts)?;
        self.push(Place::Incoming, parts.size, piece.bytes, piece.end)?;
        Ok(Part::Held)
    }

    /// Appends to a value, decoded if the settings say so, and gives the block's size with it.
    ///
    /// `size` is the block's size without what has come in; `end` says that the value has ended.
    fn push(&mut self, place: Place, size: usize, bytes: &[u8], end: bool) -> Result<usize, Error> {
        let Self { held, partial, .. } = self;
        let mut size = size + held.incoming().len();
        let mut put = |bytes: &[u8]| {
            size += bytes.len();
            if size > held.limit() {
                return Err(Error::EventTooLarge);
            }
            match place {
                Place::Data => held.push_data(bytes),
                Place::Incoming => held.push_incoming(bytes),
            }
        };
        if self.config.utf8 == Utf8::Replace {
            utf8::decode(partial, bytes, &mut put)?;
            if end {
                utf8::finish(partial, &mut put)?;
            }
        } else {
            put(bytes)?;
        }
        Ok(size)
    }

    /// Drops the event to its blank line.
    pub(super) fn drop_event(
        &mut self,
        error: Error,
        parts: &mut Parts<'_>,
    ) -> Result<Option<Ready<'static>>, Error> {
        self.held.clear_block();
        self.flags.clear(Flags::PARTS);
        self.flags.set(Flags::DISCARD);
        *parts = Parts::NONE;
        self.report(error)
    }

    /// Drops a comment or unknown field to its line end, and nothing else.
    fn drop_item(&mut self, error: Error) -> Result<Option<Ready<'static>>, Error> {
        self.held.drop_incoming();
        if self.flags.any(Flags::INCOMING) {
            self.flags.set(Flags::VOID);
        }
        self.report(error)
    }

    /// Says what has been dropped, unless it is to be counted only.
    fn report(&mut self, error: Error) -> Result<Option<Ready<'static>>, Error> {
        if self.held.is_roomy() {
            self.flags.set(Flags::ROOMY);
        }
        match (error, self.config.overflow) {
            (Error::EventTooLarge | Error::ItemTooLarge, Overflow::Skip) => {
                self.skipped = self.skipped.saturating_add(1);
                Ok(None)
            }
            _ => Err(error),
        }
    }
}
