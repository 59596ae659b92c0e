"""Locking what an addition drafts, with bounds for what came without any: files change once, when all of it is known.

draft ─→ solve ─→ bounds from what was chosen ─→ draft ─→ build ─→ write the edited files ─→ write the lock
                                                   └─ solved again only where the bounds may make a difference

Whoever is killed between the two writes has stated all that was asked for; the next command locks it. Only where a build
backend has to say what a project requires is the draft written at once, and with its bounds once more: backends see the disk.
"""

from collections.abc import Callable, Iterable

from anyio import to_thread
from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from hobd.core.resolver.unsatisfiable import Unsatisfiable
from hobd.core.vocab.names import Name
from hobd.projects.drafts import Drafts
from hobd.projects.restoring import Restorer
from hobd.service.locks.locking import Locked, Locker, say_resolved
from hobd.service.locks.proposal import Proposal
from hobd.service.locks.unchanged import missing_lock, stale_lock

Bound = Callable[[Iterable[tuple[Name, Version]]], bool]
"""Drafts bounds from the versions that were chosen. Returns whether there were some."""


class DraftLocker(Struct, frozen=True, kw_only=True):
    """Locks a subject as it is drafted."""

    locker: Locker
    """Its session has the drafts."""
    drafts: Drafts
    restorer: Restorer
    """Hears what is written."""
    asked: frozenset[Name]
    """What is added."""
    locked: str | None
    """Who asked that the lock be what it should be already, as it was spelled."""
    is_for_backends: bool = False
    """Whether build backends have a say in what the subject requires."""

    async def run(self, bound: Bound) -> Locked:
        """Lock the draft; then write it and, if the locker writes, the lock.

        Raises:
            Unsatisfiable: there is no such lock; nothing was written. On a terminal its hints tell which version would do.
            LockRefused: with `locked` there is none, or it would be another.
            Changed: somebody else changed a file meanwhile.
        """
        locker = self.locker
        if self.locked is not None and not locker.subject.lockfile.is_file():
            raise missing_lock(locker.subject, locker.session, self.locked)
        if self.is_for_backends:
            self.drafts.keep(self.restorer.settle)
        proposal = await self._propose()
        say_resolved(proposal, locker.session)
        if self.locked is not None:
            await self._refuse_change(proposal, self.locked)
        if bound(proposal.versions()) and locker.writes:
            if self.is_for_backends:
                proposal = await self._keep(proposal)
            proposal = await locker.propose_bounded(proposal)
        built = await locker.build(proposal)
        proposal = await self._keep(proposal)
        if built.is_changed and locker.writes:
            await locker.write(proposal, built)
        return built

    async def _propose(self) -> Proposal:
        try:
            return await self.locker.propose()
        except Unsatisfiable as error:
            if self.locker.session.context.caller.terminal.stderr_is_tty:  # a person may like to know, and has the time
                from hobd.service.edits.concessions import find_concessions

                error.hints = (*error.hints, *await find_concessions(error, self.locker, self.asked))
            raise

    async def _refuse_change(self, proposal: Proposal, locked: str) -> None:
        if (await self.locker.build(proposal)).is_changed:
            raise stale_lock(self.locker.subject, self.locker.session, locked)

    async def _keep(self, proposal: Proposal) -> Proposal:
        """Write the draft, if nothing that the proposal rests on has changed; from now on it rests on what was written."""
        await to_thread.run_sync(proposal.expected.check)
        self.drafts.keep(self.restorer.settle)
        return replace(proposal, expected=proposal.expected.after(self.drafts.contents()))
