"""The parser by cffi in its ABI mode: the declarations are those of eventwire.h itself, comments and macros left out."""

import re
from pathlib import Path

from cffi import FFI
from vectors import EVENT, RETRY, Known, Outcome, Settings, error

HAS_ID = 1
NEED_INPUT = 0
BATCH = 4


def declarations(header: str) -> str:
    """What cffi wants: C without a preprocessor."""
    plain = re.sub(r"/\*.*?\*/", "", Path(header).read_text(), flags=re.DOTALL)
    plain = re.sub(r"#ifdef __cplusplus.*?#endif", "", plain, flags=re.DOTALL)
    return re.sub(r"^\s*#.*?$", "", re.sub(r"\\\n", " ", plain), flags=re.MULTILINE)


class Library:
    """libeventwire as its header declares it."""

    def __init__(self, path: str, header: str) -> None:
        self.ffi = FFI()
        self.ffi.cdef(declarations(header))
        self.lib = self.ffi.dlopen(path)
        self.events = self.ffi.new("ew_event[]", BATCH)
        self.count = self.ffi.new("size_t *")

    def version(self) -> str:
        return self.ffi.string(self.lib.ew_version_string()).decode()

    def bytes(self, span) -> bytes:
        return bytes(self.ffi.buffer(span.ptr, span.len)) if span.len else b""

    def item(self, event) -> tuple:
        own = self.bytes(event.id) if event.flags & HAS_ID else None
        span = (event.begin, event.end) if event.kind == EVENT else None
        parts = self.bytes(event.event_type), self.bytes(event.data), self.bytes(event.last_event_id)
        return event.kind, *parts, own, span, event.retry

    def parse(self, settings: Settings, start: Known, chunks: list[bytes], many: bool) -> Outcome:
        """What a new parser makes of these chunks."""
        ffi, lib = self.ffi, self.lib
        config = ffi.new("ew_config *", {"struct_size": ffi.sizeof("ew_config"), **vars(settings)})
        out = ffi.new("ew_parser **")
        assert lib.ew_parser_new(config, out) == 0
        parser = ffi.gc(out[0], lib.ew_parser_free)
        if start.retry is not None:
            self.feed(parser, b"retry: %d\n" % start.retry, False)
            lib.ew_parser_reset(parser)
        last = ffi.from_buffer(start.last_event_id)
        span = ffi.new("ew_span *", {"ptr": ffi.cast("uint8_t *", last), "len": len(last)})
        assert lib.ew_parser_set_last_event_id(parser, span[0]) == 0
        items = []
        for chunk in chunks:
            items += self.feed(parser, chunk, many)
        position = lib.ew_parser_position(parser)
        event, retry = ffi.new("ew_event *"), ffi.new("uint64_t *")
        status = lib.ew_parser_finish(parser, event)
        if status != NEED_INPUT:
            items.append(self.item(event) if status > 0 else error(status))
        known = lib.ew_parser_retry(parser, retry) == RETRY
        after = Known(self.bytes(lib.ew_parser_last_event_id(parser)), retry[0] if known else None)
        return Outcome(items, after, position, lib.ew_parser_skipped(parser))

    def feed(self, parser, chunk: bytes, many: bool) -> list[tuple]:
        """The items of one chunk; all that is kept is copied before the next call."""
        lib, events, count, items = self.lib, self.events, self.count, []
        lent = self.ffi.from_buffer(chunk)
        input = self.ffi.new("ew_input *", {"ptr": self.ffi.cast("uint8_t *", lent), "len": len(chunk)})
        while True:
            if many:
                status = lib.ew_parser_next_many(parser, input, events, BATCH, count)
            else:
                status, count[0] = lib.ew_parser_next(parser, input, events), 1
            if status == NEED_INPUT:
                return items
            items += [error(status)] if status < 0 else [self.item(events[i]) for i in range(count[0])]
