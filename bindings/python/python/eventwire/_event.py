"""What an event can do, but for holding its fields.

The extension module makes the class `Event` with the fields, and has `complete` give it the rest.
"""

from __future__ import annotations

import json as json_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._eventwire import Event


def complete(event: type[Any]) -> None:
    """Gives the class of events what is written here."""
    from ._eventwire import make_event

    def __new__(
        cls: type[Event],
        event: str = "message",
        data: str | bytes = "",
        id: str | None = None,
        last_event_id: str | None = None,
        retry: int | None = None,
    ) -> Event:
        return make_event(event, data, id, last_event_id, retry)

    methods: tuple[Callable[..., Any], ...] = (__new__, __eq__, __hash__, __reduce__, __repr__, json)
    for method in methods:
        method.__qualname__ = f"Event.{method.__name__}"
    members: dict[str, object] = {method.__name__: method for method in methods}
    members["__match_args__"] = ("event", "data", "id", "last_event_id", "retry")
    members["data_bytes"] = property(memoryview, doc=DATA_BYTES)
    for name, member in members.items():
        setattr(event, name, member)


DATA_BYTES = """The data as bytes: those of the stream, also where they are not UTF-8.

It is a view; what is ASCII is not copied for it."""


def json(self: Event) -> Any:
    """The data, which is JSON, as Python objects.

    Raises `json.JSONDecodeError`, which is a `ValueError`, if it is not.
    """
    return json_module.loads(self.data)


def _key(event: Event) -> tuple[str, str | bytes, str | None, str, int | None]:
    """What distinguishes an event from others, in the order of the constructor."""
    data = event.data if event._raw is None else event._raw
    return event.event, data, event.id, event.last_event_id, event.retry


def __eq__(self: Event, other: object) -> bool:
    return _key(self) == _key(other) if isinstance(other, type(self)) else NotImplemented


def __hash__(self: Event) -> int:
    return hash(_key(self))


def __reduce__(self: Event) -> tuple[type[Event], tuple[object, ...]]:
    return type(self), _key(self)


def __repr__(self: Event) -> str:
    event, data, own_id, last_event_id, retry = _key(self)
    fields: list[tuple[str, object, bool]] = [
        ("event", event, event != "message"),
        ("data", data, True),
        ("id", own_id, own_id is not None),
        ("last_event_id", last_event_id, last_event_id != (own_id or "")),
        ("retry", retry, retry is not None),
    ]
    return f"Event({', '.join(f'{name}={value!r}' for name, value, shown in fields if shown)})"
