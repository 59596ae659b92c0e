"""The variables of a request, and which of them the answer rests on."""

import os
from collections.abc import Iterable, Mapping

from hob.v1 import execute_pb2, verdict_pb2

_FAMILIES = ("UV_", "HOB_")
"""Read so often that the verdict names them as one ground each."""


class RecordingEnviron:
    """An `Environ` that takes note of every read.

    Values are text with surrogates where bytes were not UTF-8 (PEP 383), as in `os.environ`.
    """

    def __init__(self, variables: Iterable[tuple[bytes, bytes]]) -> None:
        self._values = {os.fsdecode(name): os.fsdecode(value) for name, value in variables}
        self._names: set[str] = set()
        self._prefixes: set[str] = set()

    @classmethod
    def of(cls, start: execute_pb2.Start) -> "RecordingEnviron":
        """The environment that a request brought."""
        return cls((variable.name, variable.value) for variable in start.env)

    def get(self, name: str) -> str | None:
        """See `Environ.get`."""
        family = next((family for family in _FAMILIES if name.startswith(family)), None)
        if family is None:
            self._names.add(name)
        else:
            self._prefixes.add(family)
        return self._values.get(name)

    def with_prefix(self, prefix: str) -> Mapping[str, str]:
        """See `Environ.with_prefix`."""
        family = next((family for family in _FAMILIES if prefix.startswith(family)), None)
        self._prefixes.add(family or prefix)
        return {name: value for name, value in self._values.items() if name.startswith(prefix)}

    def whole(self) -> Mapping[str, str]:
        """See `Environ.whole`."""
        return dict(self._values)

    def grounds(self) -> list[verdict_pb2.EnvGround]:
        """What was read, in order of name; prefixes as `PREFIX*`."""
        found = [self._ground_of_name(name) for name in self._names]
        found += [self._ground_of_prefix(prefix) for prefix in self._prefixes]
        return sorted(found, key=lambda ground: ground.name)

    def _ground_of_name(self, name: str) -> verdict_pb2.EnvGround:
        value = self._values.get(name)
        return verdict_pb2.EnvGround(name=os.fsencode(name), is_set=value is not None, value=os.fsencode(value or ""))

    def _ground_of_prefix(self, prefix: str) -> verdict_pb2.EnvGround:
        rows = sorted(os.fsencode(f"{name}={value}") for name, value in self._values.items() if name.startswith(prefix))
        return verdict_pb2.EnvGround(name=os.fsencode(prefix) + b"*", is_set=bool(rows), value=b"\0".join(rows))
