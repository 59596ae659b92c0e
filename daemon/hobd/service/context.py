"""What every story has at hand: who asked, what they may read, whom to tell, and what is remembered."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from hobd.core.vocab.environ import Environ
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.progress import ProgressSink
from hobd.core.vocab.request import Caller
from hobd.core.vocab.say import Say
from hobd.core.vocab.spawn import Spawner

__all__ = ["AsyncIterator", "Context", "Memory"]

Value = TypeVar("Value")


class Memory(Protocol):
    """What outlives a call. The engine owns it; a story must find the same answer when it is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One request's surroundings."""

    caller: Caller
    environ: Environ
    evidence: Evidence
    say: Say
    progress: ProgressSink
    spawner: Spawner
    memory: Memory
