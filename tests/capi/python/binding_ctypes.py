"""The parser by ctypes: the structs of eventwire.h written down once more, and nothing else."""

from ctypes import CDLL, POINTER, Structure, byref, c_char_p, c_int32, c_size_t, c_uint32, c_uint64, c_void_p
from ctypes import cast, sizeof, string_at

from vectors import EVENT, RETRY, Known, Outcome, Settings, error

HAS_ID = 1
NEED_INPUT = 0
BATCH = 4


class Span(Structure):
    _fields_ = [("ptr", c_void_p), ("len", c_size_t)]

    def bytes(self) -> bytes:
        return string_at(self.ptr, self.len) if self.len else b""


class Input(Structure):
    _fields_ = [("ptr", c_void_p), ("len", c_size_t), ("pos", c_size_t), ("reserved", c_uint64 * 2)]


class Event(Structure):
    _fields_ = [
        ("event_type", Span),
        ("data", Span),
        ("last_event_id", Span),
        ("id", Span),
        ("begin", c_uint64),
        ("end", c_uint64),
        ("retry", c_uint64),
        ("flags", c_uint32),
        ("kind", c_uint32),
        ("reserved", c_uint32 * 4),
    ]

    def item(self) -> tuple:
        own = self.id.bytes() if self.flags & HAS_ID else None
        span = (self.begin, self.end) if self.kind == EVENT else None
        parts = self.event_type.bytes(), self.data.bytes(), self.last_event_id.bytes()
        return self.kind, *parts, own, span, self.retry


class Config(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("items", c_uint32),
        ("max_event_size", c_size_t),
        ("overflow", c_uint32),
        ("utf8", c_uint32),
        ("eof", c_uint32),
        ("reserved", c_uint32),
    ]


def span_of(value: bytes) -> Span:
    """A span of a bytes object, which must outlive it."""
    return Span(cast(c_char_p(value), c_void_p), len(value))


class Library:
    """The functions of libeventwire that a parser needs."""

    def __init__(self, path: str, _header: str) -> None:
        lib = self.lib = CDLL(path)
        signatures = {
            "ew_parser_new": (c_int32, [POINTER(Config), POINTER(c_void_p)]),
            "ew_parser_next": (c_int32, [c_void_p, POINTER(Input), POINTER(Event)]),
            "ew_parser_next_many": (
                c_int32,
                [c_void_p, POINTER(Input), POINTER(Event), c_size_t, POINTER(c_size_t)],
            ),
            "ew_parser_finish": (c_int32, [c_void_p, POINTER(Event)]),
            "ew_parser_last_event_id": (Span, [c_void_p]),
            "ew_parser_set_last_event_id": (c_int32, [c_void_p, Span]),
            "ew_parser_retry": (c_int32, [c_void_p, POINTER(c_uint64)]),
            "ew_parser_position": (c_uint64, [c_void_p]),
            "ew_parser_skipped": (c_uint64, [c_void_p]),
            "ew_parser_reset": (None, [c_void_p]),
            "ew_parser_free": (None, [c_void_p]),
            "ew_version_string": (c_char_p, []),
        }
        for name, (result, arguments) in signatures.items():
            function = getattr(lib, name)
            function.restype, function.argtypes = result, arguments
        self.events = (Event * BATCH)()

    def version(self) -> str:
        return self.lib.ew_version_string().decode()

    def parse(self, settings: Settings, start: Known, chunks: list[bytes], many: bool) -> Outcome:
        """What a new parser makes of these chunks."""
        lib, parser = self.lib, c_void_p()
        config = Config(
            sizeof(Config), settings.items, settings.max_event_size, settings.overflow, settings.utf8, settings.eof, 0
        )
        assert lib.ew_parser_new(byref(config), byref(parser)) == 0
        if start.retry is not None:
            self.feed(parser, b"retry: %d\n" % start.retry, False)
            lib.ew_parser_reset(parser)
        assert lib.ew_parser_set_last_event_id(parser, span_of(start.last_event_id)) == 0
        items = []
        for chunk in chunks:
            items += self.feed(parser, chunk, many)
        position = lib.ew_parser_position(parser)
        event, retry = Event(), c_uint64()
        status = lib.ew_parser_finish(parser, byref(event))
        if status != NEED_INPUT:
            items.append(event.item() if status > 0 else error(status))
        known = lib.ew_parser_retry(parser, byref(retry)) == RETRY
        after = Known(lib.ew_parser_last_event_id(parser).bytes(), retry.value if known else None)
        skipped = lib.ew_parser_skipped(parser)
        lib.ew_parser_free(parser)
        return Outcome(items, after, position, skipped)

    def feed(self, parser: c_void_p, chunk: bytes, many: bool) -> list[tuple]:
        """The items of one chunk; all that is kept is copied before the next call."""
        lib, count, items = self.lib, c_size_t(), []
        input = Input(cast(c_char_p(chunk), c_void_p), len(chunk))
        while True:
            if many:
                status = lib.ew_parser_next_many(parser, byref(input), self.events, BATCH, byref(count))
            else:
                status, count.value = lib.ew_parser_next(parser, byref(input), self.events), 1
            if status == NEED_INPUT:
                return items
            items += [error(status)] if status < 0 else [event.item() for event in self.events[: count.value]]
