"""The request's environment, as this room asks it."""

from typing import Protocol


class Environment(Protocol):
    """Environment variables as text; the object may note which are asked for."""

    def get(self, name: str, /) -> str | None:
        """The value, or None where the variable is not set."""
        ...
