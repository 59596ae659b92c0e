"""After an addition that brought a conflict: the version that would do, if one bound gave way. Tried for a few seconds at most."""

from itertools import islice

import anyio
from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from hobd.core.resolver.problem import Problem
from hobd.core.resolver.unsatisfiable import Unsatisfiable
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.service.locks.locking import Examined, Locker

_PATIENCE_SECONDS = 4.0
_MOST_TRIED = 3


async def find_concessions(error: Unsatisfiable, locker: Locker, asked: frozenset[Name]) -> tuple[str, ...]:
    """What to say of bounds that stand in the way: of one that was asked for, and of one that the project had before.

    Args:
        error: why there is no lock.
        locker: that found none.
        asked: what was to be added.
    """
    from hobd.core.why.concession import bounds_in_the_way

    context, hints = locker.session.context, []
    hushed = replace(locker, session=replace(locker.session, context=replace(context, voice=context.voice.hushed())))
    with anyio.move_on_after(_PATIENCE_SECONDS):
        examined = await hushed.examine()
        trials = _Trials(hushed, examined, hushed.pose(examined))
        bounds = bounds_in_the_way(trials.problem, error)
        for is_asked in (True, False):
            for each in islice((each for each in bounds if (each.name in asked) is is_asked), _MOST_TRIED):
                version = await trials.version_without(each)
                if version is not None:
                    hints.append(_asked_otherwise(each, version) if is_asked else _required_otherwise(each, version))
                    break
    return tuple(hints)


def _asked_otherwise(requirement: Requirement, version: Version) -> str:
    return f"`{requirement.name}` v{version} would do: ask for `{requirement.name}` without `{requirement.specifier}`"


def _required_otherwise(requirement: Requirement, version: Version) -> str:
    return f"`{requirement.name}` v{version} would do, but the project requires `{requirement.name}{requirement.specifier}`"


class _Trials(Struct, frozen=True):
    """Solves variants of a problem that has no solution."""

    locker: Locker
    examined: Examined
    problem: Problem

    async def version_without(self, requirement: Requirement) -> Version | None:
        """The version of a package that is chosen where its bounds do not count; None where that does not help."""
        from hobd.core.why.concession import without_bounds

        freed = without_bounds(self.problem, requirement.name)
        try:
            found = await self.locker.solve(freed, self.examined.builder, self.examined.network)
        except Unsatisfiable:
            return None
        return max((node.version for node in found.distributions if node.name == requirement.name), default=None)
