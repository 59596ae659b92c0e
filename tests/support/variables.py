"""The environment that comes with a request."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Variables:
    """An environment."""

    values: Mapping[str, str] = field(default_factory=lambda: {"PATH": "/usr/bin:/bin"})

    def get(self, name: str) -> str | None:
        return self.values.get(name)

    def with_prefix(self, prefix: str) -> Mapping[str, str]:
        return {name: value for name, value in self.values.items() if name.startswith(prefix)}

    def whole(self) -> Mapping[str, str]:
        return self.values
