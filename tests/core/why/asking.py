"""A small project, resolved and locked, with its account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hobd.core.lockfile.build import build_lock
from hobd.core.lockfile.model import Lock
from hobd.core.resolver.problem import Problem
from hobd.core.resolver.resolution import Resolution
from hobd.core.resolver.solve import solve
from hobd.core.vocab.names import Name
from hobd.core.why.account import Account
from hobd.core.why.accounting import account_of
from hobd.core.why.answer import Found, answer
from tests.core.resolver.small_index import Made, SmallIndex, project

MEMBERS = (Name("p"),)


@dataclass(frozen=True, slots=True)
class Asked:
    """A problem and what became of it."""

    problem: Problem
    resolution: Resolution
    lock: Lock
    account: Account

    def why(self, name: str, *, is_all: bool = False, is_known: bool = True) -> tuple[Found, ...]:
        """The answer to `hob why`; with or without what decided the versions."""
        return answer(self.lock, Name(name), MEMBERS, self.account if is_known else None, is_all=is_all)


def ask(versions: Mapping[str, Made | Sequence[str]], *texts: str, **options: Any) -> Asked:
    """Resolve a project `p` that requires these."""
    problem = project(*texts, **options)
    resolution = solve(problem, SmallIndex(versions, is_flat=False))
    return Asked(problem, resolution, build_lock(problem, resolution, None), account_of(problem, resolution))
