"""What a stream holds beside events, for those who ask for it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: all that follows the colon, the space included that most servers write there."""

    text: str


@dataclass(frozen=True, slots=True)
class Retry:
    """The reconnection time has been set."""

    milliseconds: int
