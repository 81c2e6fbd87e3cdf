"""Follows one of the example servers, over every loss of its connection, until it is interrupted.

pip install 'eventwire[httpx]'
python examples/client.py http://127.0.0.1:8000/changes
"""

from __future__ import annotations

import sys

from eventwire import ErrorEvent, EventSource


def show_error(event: ErrorEvent) -> None:
    print(f"{event.ready_state.name}: {event.error}", file=sys.stderr)


def main() -> None:
    with EventSource(sys.argv[1]) as source:
        source.onerror = show_error
        for event in source:
            print(event.last_event_id, event.event, event.data)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
