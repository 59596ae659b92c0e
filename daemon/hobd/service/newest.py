"""The newest version of what is installed that its index has for this Python and platform: for `--outdated`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import anyio
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from hobd.core.formats.exclude_newer import cutoff
from hobd.core.markers.bounds import PythonBounds
from hobd.core.plan.described import Described
from hobd.core.resolver.candidates import Candidate, FilePolicy, moment
from hobd.core.resolver.knowledge import NoPage, Page
from hobd.core.resolver.versions import point
from hobd.core.vocab.names import Name
from hobd.environments.interpreter import Interpreter
from hobd.service.failures import told_singly
from hobd.service.network import Network
from hobd.service.session import Session


@dataclass(frozen=True, slots=True)
class Newest:
    """A version, and what it would be installed from."""

    version: str
    kind: str
    """`wheel` or `sdist`."""


async def find_newest(found: Iterable[Described], interpreter: Interpreter, session: Session) -> dict[Described, Newest]:
    """The distributions that are behind, each with the version that is ahead. Stable versions only, unless pre-releases are allowed."""
    network = Network(session=session, root=session.cwd)
    newest: dict[Described, Newest] = {}

    async def ask(one: Described) -> None:
        page = await network.indexes.page(one.name, None)
        if isinstance(page, NoPage):
            return
        ahead = _newest(one, page, _policy(one.name, interpreter, session), interpreter, allows_prereleases=_allows(one.name, session))
        if ahead is not None:
            newest[one] = ahead

    with told_singly():
        async with anyio.create_task_group() as tasks:
            for one in found:
                tasks.start_soon(ask, one)
    return newest


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
    resolver = session.settings.resolver
    named = dict(resolver.exclude_newer_package)
    before = cutoff(named.get(name, resolver.exclude_newer), datetime.now(UTC))
    return FilePolicy(
        cutoff=None if before is None else moment(before),
        allows_wheels=True,
        allows_builds=True,
        allowed_yanks=frozenset(),
        python=PythonBounds(),
        tags=interpreter.tags(),
    )


def _allows(name: Name, session: Session) -> bool:
    resolver = session.settings.resolver
    return dict(resolver.prerelease_package).get(name, resolver.prerelease_mode) == "allow"
