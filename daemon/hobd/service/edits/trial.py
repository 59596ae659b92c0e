"""Trying what would be if a requirement were added: nothing is written."""

from msgspec import Struct
from msgspec.structs import replace

from hobd.core.lockfile.build import build_lock
from hobd.core.lockfile.changes import Change, compare
from hobd.core.lockfile.model import Lock
from hobd.core.resolver.problem import Problem
from hobd.core.resolver.resolution import Resolution
from hobd.core.resolver.unsatisfiable import Unsatisfiable
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.why.answer import asker_of
from hobd.core.why.chains import Ways, find_packages
from hobd.core.why.objection import Objection, amended, objection_of
from hobd.core.why.what_if import Absence, absences, alone, as_stated, is_locked, is_met, with_constraint, with_preference, with_requirement
from hobd.service.locks.locking import Examined, Locker
from hobd.service.locks.question import Question

_NOT_EVERYWHERE = ("python", "no-files")
"""Objections that may not hold in every fork."""


class Possible(Struct, frozen=True, kw_only=True):
    """It can be had."""

    changes: tuple[Change, ...]
    """Of the lock."""
    is_new: bool
    """Whether the project itself has to ask for it."""
    absences: tuple[Absence, ...] | None
    """Who asks for a name that is not locked, and why that does not count; None where the name is locked."""
    only_for: tuple[str, ...] = ()
    """Whose requirements alone it can meet; empty: everybody's."""
    yanked: str | None
    """Why the version was yanked; empty for no reason, None if it was not."""


class Impossible(Struct, frozen=True, kw_only=True):
    """It cannot be had."""

    objection: Objection
    error: Unsatisfiable | None = None
    """With the proof; None where no search was needed to see it."""


class Trial(Struct, frozen=True, kw_only=True):
    """One requirement, tried beside a lock."""

    question: Question
    lock: Lock
    asked: Requirement

    async def run(self) -> Possible | Impossible:
        """Whether it can be had, and at what price; or what stands against it."""
        locker = await self.question.locker()
        examined = await locker.examine()
        problem = locker.pose(examined)
        return await _Attempts(
            locker=locker,
            members=self.question.members,
            examined=examined,
            problem=problem,
            lock=self.lock,
            asked=as_stated(problem, self.asked),
        ).run()


class _Attempts(Struct, frozen=True, kw_only=True):
    """The ways to ask, the plainest first."""

    locker: Locker
    members: tuple[Name, ...]
    examined: Examined
    problem: Problem
    lock: Lock
    asked: Requirement

    async def run(self) -> Possible | Impossible:
        """Ask for it alone, then of those who ask for it, then of the project."""
        try:
            await self._solve(alone(self.problem, self.asked))
        except Unsatisfiable as error:
            objection = objection_of(error, self.asked, is_alone=True)
            if objection.kind != "conflict":
                partial = await self._preferred() if objection.kind in _NOT_EVERYWHERE else None
                return partial or Impossible(objection=objection, error=error)
        possible = await self._constrained()
        if possible is not None:
            return possible
        found = await self._required()
        return found if isinstance(found, Possible) else await self._preferred() or found

    async def _constrained(self) -> Possible | None:
        """The packages that ask for it take that version; None where they do not."""
        if not find_packages(self.lock, self.asked.name) or self.asked.extras:
            return None
        posed = with_constraint(self.problem, self.asked)
        try:
            resolution = await self._solve(posed)
        except Unsatisfiable:
            return None
        new = build_lock(posed, resolution, self.lock)
        return self._possible(new, resolution, is_new=False) if is_locked(new, self.asked) else None

    async def _required(self) -> Possible | Impossible:
        """The project asks for it itself: so the reasons that stand against it name who asks."""
        posed = with_requirement(self.problem, self.asked)
        try:
            resolution = await self._solve(posed)
        except Unsatisfiable as error:
            return Impossible(objection=objection_of(error, self.asked, is_alone=False), error=error)
        new = build_lock(posed, resolution, self.lock)
        if not is_locked(new, self.asked):
            return Impossible(objection=amended(self.asked))
        return self._possible(new, resolution, is_new=True)

    async def _preferred(self) -> Possible | None:
        """Some forks take it, and others do not: a lock with several versions of the name."""
        posed = with_preference(self.problem, self.asked) if find_packages(self.lock, self.asked.name) else None
        if posed is None:
            return None
        resolution = await self._solve(posed)
        new = build_lock(posed, resolution, self.lock)
        if not is_locked(new, self.asked):
            return None
        askers = (
            asker_of(new, link)
            for place in find_packages(new, self.asked.name)
            if is_met(new.packages[place], self.asked)
            for link in Ways(new, self.members, place).last()
        )
        return replace(self._possible(new, resolution, is_new=False), only_for=tuple(dict.fromkeys(askers)))

    def _possible(self, new: Lock, resolution: Resolution, *, is_new: bool) -> Possible:
        is_known = bool(find_packages(self.lock, self.asked.name))
        return Possible(
            changes=compare(self.lock, new),
            is_new=is_new,
            absences=None if is_known else absences(self.problem, resolution, self.asked.name),
            yanked=_yanked(resolution, self.asked),
        )

    async def _solve(self, problem: Problem) -> Resolution:
        return await self.locker.solve(problem, self.examined.builder, self.examined.network)


def _yanked(resolution: Resolution, asked: Requirement) -> str | None:
    """Why the version that was chosen was yanked."""
    for node, chosen in resolution.distributions.items():
        if node.name == asked.name and chosen.files and all(each.file.yanked is not None for each in chosen.files):
            return chosen.files[0].file.yanked
    return None
