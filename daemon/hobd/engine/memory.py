"""All that outlives a request, in one place, with its bounds."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Memory:
    """What the engine keeps between calls. Everything in it can be dropped at any time and made again."""

    calls: int = 0
    drops: int = 0
    kept: dict[str, object] = field(default_factory=dict)
