"""The environment variables of a request: read by name, and every read is noted."""

from collections.abc import Mapping
from typing import Protocol


class Environ(Protocol):
    """Variables as the request brought them. `os.environ` is never read."""

    def get(self, name: str) -> str | None:
        """The value of one variable, undecodable bytes as surrogates; None where it is not set. The read is noted."""

    def with_prefix(self, prefix: str) -> Mapping[str, str]:
        """All variables whose name begins with `prefix`. The read of the whole prefix is noted."""

    def whole(self) -> Mapping[str, str]:
        """Everything, for a child process. Not noted: what children read is not the answer's ground."""
