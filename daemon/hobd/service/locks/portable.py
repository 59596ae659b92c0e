"""Portable locks (`[tool.hob] portable-lock`): from what a project has to what its lock says, and back."""

from collections.abc import Iterator
from pathlib import Path

from hobd.core.lockfile.model import Lock
from hobd.core.lockfile.portable import Portability, is_portable, names_no_index, unnamed
from hobd.core.resolver.source_lowering import registry_of as pinnable_registry
from hobd.core.vocab.index import Index
from hobd.core.vocab.source import Registry
from hobd.service.locks.subject import LockSubject
from hobd.service.network import Network
from hobd.service.session import Session
from hobd.sources.registries import registry_of


def portability_of(subject: LockSubject, session: Session) -> Portability:
    """How the indexes of a project are told apart without their addresses: by their names, where a name means one index."""
    by_label: dict[str, dict[Registry, Index]] = {}
    for index, folder in _declared(subject, session):
        label = index.name or ""
        if label and not label.startswith("."):
            by_label.setdefault(label.casefold(), {}).setdefault(pinnable_registry(index, folder), index)
    pinnable: dict[str, Registry] = {}
    locked: dict[Registry, str] = {}
    for found in by_label.values():
        for registry, index in found.items():
            label = index.name or "" if len(found) == 1 else unnamed(registry)
            pinnable[label] = registry
            locked[registry_of(index)] = label
    return Portability(pinnable, locked)


def _declared(subject: LockSubject, session: Session) -> Iterator[tuple[Index, Path]]:
    """Named indexes with the folders that their paths start from; what the command line names, it names for all."""
    stating = subject.stating(session.settings)
    ground = stating.ground
    named = {index.name for index in ground.indexes if index.origin == "cli"}
    yield from ((index, ground.workspace.root) for index in ground.indexes)
    own = [(index, stating.folder) for index in stating.indexes]
    own += [(index, member.root) for member in ground.workspace.members for index in member.pyproject.tool_uv.indexes]
    yield from ((index, folder) for index, folder in own if index.name not in named)


class LockForm:
    """The form in which one subject's lock is kept: with addresses or, where the project asks for it, without."""

    def __init__(self, subject: LockSubject, session: Session) -> None:
        self._session = session
        self._portability = portability_of(subject, session) if session.settings.hob.portable_lock and subject.has_lockfile else None

    @property
    def is_portable(self) -> bool:
        """Whether addresses are left out."""
        return self._portability is not None

    def fits(self, lock: Lock) -> bool:
        """Whether a lock has the form already, as far as that can be seen without solving."""
        if self._portability is None:
            return not is_portable(lock)
        return names_no_index(lock) and self._portability.close(lock) == lock

    def open(self, lock: Lock) -> Lock:
        """A lock as the solver and the judge of freshness know it."""
        return lock if self._portability is None else self._portability.open(lock)

    async def close(self, lock: Lock, previous: Lock | None, network: Network) -> Lock:
        """A lock as it is to be written.

        Args:
            previous: what it replaces, as it was read.
        Raises:
            HobError: a file cannot be had to digest it, or is another than the one in the old lock.
        """
        if self._portability is None:
            return lock
        from hobd.core.lockfile.portable_files import carry_over
        from hobd.service.locks.missing_digests import with_all_digests

        closed = self._portability.close(await with_all_digests(lock, network))
        return carry_over(closed, previous, self._session.settings.resolver.upgrade)
