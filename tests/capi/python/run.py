"""Runs the vectors of tests/vectors through the shared library, from Python.

    python3 run.py ctypes|cffi LIBRARY HEADER VECTORS

No C is compiled: this is what any runtime with a foreign function interface can do. Needs Python 3.11, and cffi for
the second form.
"""

import sys
from pathlib import Path

from vectors import Connection, Outcome, load

# Streams up to this length are cut in two at every offset, longer ones at this many.
CUTS = 256


def cuts(stream: bytes):
    """The stream whole, byte by byte, and in two."""
    yield [stream]
    yield [stream[at : at + 1] for at in range(len(stream))]
    for at in range(0, len(stream) + 1, len(stream) // CUTS + 1):
        yield [stream[:at], stream[at:]]


def check(name: str, way: str, chunks: list[bytes], connection: Connection, found: Outcome) -> None:
    """Ends the program if what was found is not what the vector says."""
    items = [
        item[:5] + (wanted[5] and item[5],) + item[6:] for item, wanted in zip(found.items, connection.items)
    ] + found.items[len(connection.items) :]
    wanted = (connection.items, connection.after, len(connection.stream), connection.skipped)
    if (items, found.after, found.position, found.skipped) != wanted:
        sys.exit(f"{name} ({way}): {chunks}:\n{(items, found.after, found.position, found.skipped)}\n!=\n{wanted}")


def main() -> None:
    """Runs all vectors."""
    form, library, header, folder = sys.argv[1:]
    if form == "cffi":
        from binding_cffi import Library
    else:
        from binding_ctypes import Library
    library = Library(library, header)
    vectors = runs = 0
    for name, settings, start, connections in load(Path(folder)):
        vectors += 1
        for connection in connections:
            for chunks in cuts(connection.stream):
                for way in ("next", "next_many"):
                    found = library.parse(settings, start, chunks, many=way == "next_many")
                    check(name, way, chunks, connection, found)
                    runs += 1
            start = connection.after
    print(f"{form}, eventwire {library.version()}: {vectors} vectors, {runs} runs")


if __name__ == "__main__":
    main()
