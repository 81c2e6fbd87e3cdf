"""What the extension module holds. The documentation is in the docstrings of its objects."""

from typing import Any, Final, Generic, Literal, Self, TypeAlias, final, overload

from typing_extensions import Buffer, TypeVar

from ._items import Comment, Retry

__version__: Final[str]

_Item_co = TypeVar("_Item_co", bound=Event | Comment | Retry, default=Event, covariant=True)
_Overflow: TypeAlias = Literal["error", "skip"]
_Utf8: TypeAlias = Literal["raw", "replace", "strict"]
_Eof: TypeAlias = Literal["discard", "dispatch"]
_Told: TypeAlias = tuple[int, str, str] | None

@final
class Event:
    __match_args__: Final = ("event", "data", "id", "last_event_id", "retry")
    def __new__(
        cls,
        event: str = "message",
        data: str | Buffer = "",
        id: str | None = None,
        last_event_id: str | None = None,
        retry: int | None = None,
    ) -> Self: ...
    @property
    def event(self) -> str: ...
    @property
    def data(self) -> str: ...
    @property
    def id(self) -> str | None: ...
    @property
    def last_event_id(self) -> str: ...
    @property
    def retry(self) -> int | None: ...
    @property
    def data_bytes(self) -> memoryview: ...
    @property
    def _raw(self) -> bytes | None: ...
    def json(self) -> Any: ...
    def __buffer__(self, flags: int, /) -> memoryview: ...
    def __hash__(self) -> int: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class Parser(Generic[_Item_co]):
    @overload
    def __new__(
        cls,
        *,
        max_event_size: int = 16_777_216,
        overflow: _Overflow = "error",
        utf8: _Utf8 = "raw",
        eof: _Eof = "discard",
        comments: Literal[False] = False,
        retry: Literal[False] = False,
        last_event_id: str | Buffer | None = None,
    ) -> Parser[Event]: ...
    @overload
    def __new__(
        cls,
        *,
        max_event_size: int = 16_777_216,
        overflow: _Overflow = "error",
        utf8: _Utf8 = "raw",
        eof: _Eof = "discard",
        comments: bool = False,
        retry: bool = False,
        last_event_id: str | Buffer | None = None,
    ) -> Parser[Event | Comment | Retry]: ...
    def feed(self, data: Buffer, /) -> list[_Item_co]: ...
    def finish(self) -> list[_Item_co]: ...
    def reset(self) -> None: ...
    @property
    def last_event_id(self) -> str: ...
    @property
    def retry(self) -> int | None: ...
    @property
    def position(self) -> int: ...
    @property
    def skipped(self) -> int: ...

def encode(
    data: str | Buffer | None = None,
    *,
    event: str | Buffer | None = None,
    id: str | Buffer | None = None,
    retry: int | None = None,
    comment: str | Buffer | None = None,
) -> bytes: ...
def scanner_name() -> str: ...
def make_event(
    event: str, data: str | Buffer, id: str | None, last_event_id: str | None, retry: int | None, /
) -> Event: ...
def check_response(status: int, content_type: bytes | None, /) -> str | None: ...

@final
class Machine:
    def __new__(
        cls,
        url: str,
        request: object,
        policy: object,
        *,
        max_event_size: int = 16_777_216,
        overflow: _Overflow = "error",
        utf8: _Utf8 = "replace",
        eof: _Eof = "discard",
    ) -> Self: ...
    def poll(self, now: int) -> tuple[Literal["connect", "wait", "receive", "closed"], int | None]: ...
    def request(self) -> tuple[str, str, list[tuple[str, bytes]], bytes | None]: ...
    def handle_response(
        self,
        now: int,
        status: int,
        content_type: bytes | None,
        url: str,
        retry_after: bytes | None,
        date: bytes | None,
    ) -> _Told: ...
    def feed(self, now: int, data: Buffer) -> list[Event]: ...
    def finish(self) -> list[Event]: ...
    def handle_end(self, now: int) -> _Told: ...
    def handle_error(self, now: int, fatal: bool) -> _Told: ...
    def handle_timeout(self, now: int) -> _Told: ...
    def close(self) -> None: ...
    @property
    def ready_state(self) -> int: ...
    @property
    def last_event_id(self) -> str: ...
    @property
    def reconnection_time(self) -> int: ...
    @property
    def origin(self) -> str: ...
