"""The newest version that an index has of what is installed, for this Python and platform, or of what is locked: for `--outdated`."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import TypeVar

import anyio
from msgspec import Struct
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from hobd.core.formats.exclude_newer import cutoff
from hobd.core.lockfile.model import Lock
from hobd.core.markers.bounds import PythonBounds
from hobd.core.plan.described import Described
from hobd.core.resolver.candidates import Candidate, FilePolicy, moment
from hobd.core.resolver.knowledge import NoPage, Page, Release
from hobd.core.resolver.versions import point
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Registry
from hobd.environments.interpreter import Interpreter
from hobd.service.failures import told_singly
from hobd.service.network import Network
from hobd.service.session import Session

Key = TypeVar("Key")
Found = TypeVar("Found")


class Newest(Struct, frozen=True):
    """A version, and what it would be installed from."""

    version: str
    kind: str
    """`wheel` or `sdist`."""


async def find_newest(found: Iterable[Described], interpreter: Interpreter, session: Session) -> dict[Described, Newest]:
    """The distributions that are behind, each with the version that is ahead. Stable versions only, unless pre-releases are allowed."""

    undated: set[tuple[Name, str]] = set()

    def pick(one: Described, page: Page) -> Newest | None:
        policy = _policy(one.name, interpreter, session)
        undated.update(_undated(page, policy))
        return _newest(one, page, policy, interpreter, allows_prereleases=_allows(one.name, session))

    newest = await find_on_pages([(one, one.name) for one in found], Network(session=session, root=session.cwd), pick)
    for name, filename in sorted(undated):
        session.context.voice.warn(f"`{filename}` is missing an upload date, but user provided: {_before(name, session)}")
    return newest


async def find_on_pages(
    wanted: Iterable[tuple[Key, Name]], network: Network, pick: Callable[[Key, Page], Found | None]
) -> dict[Key, Found]:
    """Look for something on the page of each name, all at once; left out is what no index has, or nothing is picked for."""
    found: dict[Key, Found] = {}

    async def ask(key: Key, name: Name) -> None:
        page = await network.indexes.page(name, None)
        picked = None if isinstance(page, NoPage) else pick(key, page)
        if picked is not None:
            found[key] = picked

    with told_singly():
        async with anyio.create_task_group() as tasks:
            for key, name in wanted:
                tasks.start_soon(ask, key, name)
    return found


async def find_newest_locked(lock: Lock, network: Network) -> dict[Name, str]:
    """The newest stable version for a lock's Pythons of each package that is behind it."""
    oldest: dict[Name, Version] = {}
    """Of several versions of a name, those of other forks."""
    for package in lock.packages:
        if isinstance(package.source, Registry) and package.version is not None:
            oldest[package.name] = min(package.version, oldest.get(package.name, package.version))

    def pick(name: Name, page: Page) -> str | None:
        ahead = (release for release in reversed(page.releases) if release.version > oldest[name])
        return next((str(each.version) for each in ahead if not each.version.is_prerelease and _suits(each, lock)), None)

    return await find_on_pages([(name, name) for name in oldest], network, pick)


def _suits(release: Release, lock: Lock) -> bool:
    """Whether a version is for the lock's Pythons: one of its files says so, or says nothing."""
    said = [indexed.file.requires_python for indexed in release.files]
    return any(text is None or lock.requires_python.is_contained_by(text) for text in said)


def _undated(page: Page, policy: FilePolicy) -> Iterator[tuple[Name, str]]:
    """The files of which nobody says how old they are, where that is asked: those of flat indexes count all the same, as in uv."""
    for release in page.releases if policy.cutoff is not None else ():
        for indexed in release.files:
            if indexed.file.upload_time is None:
                yield page.name, indexed.file.filename


def _newest(one: Described, page: Page, policy: FilePolicy, interpreter: Interpreter, *, allows_prereleases: bool) -> Newest | None:
    for release in reversed(page.releases):
        if one.version is None or release.version <= one.version:
            return None
        if release.version.is_prerelease and not allows_prereleases:
            continue
        candidate = Candidate(page.name, point(release.version), release, policy)
        if candidate.rejection is None and _fits(candidate, interpreter):
            return Newest(str(release.version), "wheel" if candidate.wheels else "sdist")
    return None


def _fits(candidate: Candidate, interpreter: Interpreter) -> bool:
    """Whether it is for this Python; what cannot be read is not held against it, as when solving."""
    try:
        return SpecifierSet(candidate.requires_python or "").contains(interpreter.version, prereleases=True)
    except InvalidSpecifier:
        return True


def _policy(name: Name, interpreter: Interpreter, session: Session) -> FilePolicy:
    before = _before(name, session)
    return FilePolicy(
        cutoff=None if before is None else moment(before),
        allows_wheels=True,
        allows_builds=True,
        allowed_yanks=frozenset(),
        python=PythonBounds(),
        tags=interpreter.tags(),
    )


def _before(name: Name, session: Session) -> str | None:
    """The time at which files have to have been there."""
    resolver = session.settings.resolver
    named = dict(resolver.exclude_newer_package)
    return cutoff(named.get(name, resolver.exclude_newer), datetime.now(UTC))


def _allows(name: Name, session: Session) -> bool:
    resolver = session.settings.resolver
    return dict(resolver.prerelease_package).get(name, resolver.prerelease_mode) == "allow"
