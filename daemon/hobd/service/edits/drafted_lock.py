"""Locking what an addition drafts, with bounds for what came without any: files change once, when all of it is known.

draft ─→ solve ─→ bounds from what was chosen ─→ draft ─→ build ─→ write the edited files ─→ write the lock
                                                   └─ solved again only where the bounds may make a difference

Whoever is killed between the two writes has stated all that was asked for; the next command locks it.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from anyio import to_thread
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


async def lock_draft(
    locker: Locker, drafts: Drafts, bound: Bound, restorer: Restorer, *, asked: frozenset[Name], locked: str | None
) -> Locked:
    """Lock the subject as it is drafted; then write the draft and, if the locker writes, the lock.

    Args:
        locker: its session has the drafts.
        drafts: of the addition.
        bound: see there.
        restorer: hears what is written.
        asked: what is added.
        locked: who asked that the lock be what it should be already, as it was spelled.
    Raises:
        Unsatisfiable: there is no such lock; nothing was written. On a terminal its hints tell which version would do.
        LockRefused: with `locked` there is none, or it would be another.
        Changed: somebody else changed a file meanwhile.
    """
    if locked is not None and not locker.subject.lockfile.is_file():
        raise missing_lock(locker.subject, locker.session, locked)
    proposal = await _propose(locker, asked)
    say_resolved(proposal, locker.session)
    if locked is not None:
        await _refuse_change(locker, proposal, locked)
    if bound(proposal.versions()) and locker.writes:
        proposal = await locker.propose_bounded(proposal)
    built = await locker.build(proposal)
    await to_thread.run_sync(proposal.expected.check)
    expected = proposal.expected.after(drafts.contents())
    drafts.keep(restorer.settle)
    if built.is_changed and locker.writes:
        await locker.write(replace(proposal, expected=expected), built)
    return built


async def _propose(locker: Locker, asked: frozenset[Name]) -> Proposal:
    try:
        return await locker.propose()
    except Unsatisfiable as error:
        if locker.session.context.caller.terminal.stderr_is_tty:  # a person may like to know, and has the time
            from hobd.service.edits.concessions import find_concessions

            error.hints = (*error.hints, *await find_concessions(error, locker, asked))
        raise


async def _refuse_change(locker: Locker, proposal: Proposal, locked: str) -> None:
    if (await locker.build(proposal)).is_changed:
        raise stale_lock(locker.subject, locker.session, locked)
