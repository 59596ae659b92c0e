"""Bringing a lock up to date: the story that `lock`, `sync`, `run` and `tree` share.

    read the old lock ─→ still fresh? ─yes→ done: nothing is solved, looked up, or written
                              │no
                              ▼
    pose ─→ solve (in a thread, over the Knowledge port) ─→ build ─→ compare as data ─→ write, if it changed

A file that changes while the answer is worked out makes the story begin again: a lock is never written for what is
no longer there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING

import anyio
from anyio import to_thread
from msgspec import Struct
from msgspec.structs import replace

from hobd.cli.failure import render_warning
from hobd.cli.report import render_resolved
from hobd.core.lockfile.freshness import Circumstances, Freshness, Upgrade, Verdict, judge
from hobd.core.lockfile.model import Lock
from hobd.core.lockfile.satisfaction import LocalFacts, packages_to_read
from hobd.core.resolver.old_versions import Keep, git_pins
from hobd.core.resolver.pose import Posing
from hobd.core.resolver.problem import Problem
from hobd.core.resolver.source_lowering import UnfitMember
from hobd.core.vocab.requirement import ConflictItem
from hobd.core.vocab.settings import Settings
from hobd.core.vocab.source import Registry, Source, Url
from hobd.environments.interpreter import Interpreter
from hobd.errors import RequestError
from hobd.faults import crash_point
from hobd.projects.files import read_text
from hobd.projects.lockfiles import begin_again, expect, write_lockfile
from hobd.service.builds.late_builder import LateBuilder
from hobd.service.failures import told_singly
from hobd.service.locks.link_folders import check_link_folders
from hobd.service.locks.portable import LockForm
from hobd.service.locks.proposal import Proposal
from hobd.service.locks.subject import LockSubject
from hobd.service.network import Network
from hobd.service.session import Session
from hobd.sources.registries import registry_of

if TYPE_CHECKING:  # a lock that is in order needs no solver, and nothing is built for it
    from hobd.core.resolver.knowledge import Knowledge
    from hobd.core.resolver.resolution import Resolution
    from hobd.service.builds.building import Builder

_PACKAGE_CONFLICTS = "package-conflicts"

_KEEPS: dict[Freshness, Keep] = {
    Freshness.VALID: "versions and forks",
    Freshness.PREFERABLE: "versions and forks",
    Freshness.VERSIONS: "versions",
    Freshness.UNUSABLE: "nothing",
}


class Locked(Struct, frozen=True, kw_only=True):
    """A lock, and what it changes."""

    lock: Lock
    previous: Lock | None
    is_changed: bool
    """Whether the file is, or in a dry run would be, another."""
    seconds: float
    network: Network
    warnings: tuple[str, ...] = ()
    """What the resolution gave cause to warn of."""

    @property
    def count(self) -> int:
        """How many packages are locked."""
        return len(self.lock.packages)


class Examined(Struct, frozen=True, kw_only=True):
    """An old lock, judged."""

    previous: Lock | None
    """As it was read."""
    opened: Lock | None
    """With the addresses that a portable lock leaves out."""
    form: LockForm
    posing: Posing
    conflicts: tuple[tuple[ConflictItem, ...], ...]
    verdict: Verdict
    late_builder: LateBuilder
    network: Network

    @property
    def builder(self) -> "Builder":
        """Who builds what has to be built for a new lock."""
        return self.late_builder.builder

    @property
    def is_final(self) -> bool:
        """Whether nothing has to be done."""
        return self.previous is not None and self.verdict.is_valid and self.form.fits(self.previous)

    @property
    def needs_other_form_only(self) -> bool:
        """Whether the old lock holds, and has only to be written without addresses. They cannot be put back without asking indexes."""
        return self.opened is not None and self.verdict.is_valid and self.form.is_portable


class Locker(Struct, frozen=True, kw_only=True):
    """Brings the lock of one subject up to date."""

    session: Session
    subject: LockSubject
    interpreter: Interpreter
    writes: bool = True
    """False for `--check`, `--locked` and dry runs: the file stays as it is."""

    async def run(self) -> Locked:
        """The lock as it should be.

        Raises:
            Unsatisfiable: there is none.
            InvalidLock: the old one cannot be read; it is not overwritten.
            Changed: files kept changing.
        """
        self._warn_of_pythons()
        with deep_markers_refused():
            return await begin_again(self._once)

    async def examine(self, start: Lock | None = None) -> "Examined":
        """Read the old lock and judge it; nothing is solved or written.

        Args:
            start: a lock to judge instead.
        Raises:
            InvalidLock: it cannot be read.
        """
        previous = start or self._read()
        network = Network(session=self.session, root=self.subject.root, logins=self.subject.logins())
        builder = LateBuilder(session=self.session, network=network, interpreter=self.interpreter, subject=self.subject)
        form = LockForm(self.subject, self.session)
        if not form.is_portable:
            check_link_folders(self.session, self.subject.root)
        posing = await self._posing(builder)
        problem = self._pose(posing, previous)
        opened = None if previous is None else form.open(previous)
        verdict = await self._judge(opened, form, problem, builder, network)
        self.session.context.voice.debug(f"The lock is {verdict.freshness.value}" + (f": {verdict.reason}" if verdict.reason else ""))
        return Examined(
            previous=previous,
            opened=opened,
            form=form,
            posing=posing,
            conflicts=problem.conflicts,
            verdict=verdict,
            late_builder=builder,
            network=network,
        )

    def _pose(self, posing: Posing, previous: Lock | None) -> Problem:
        try:
            return self.subject.pose(posing)
        except UnfitMember as error:
            settings = self.session.settings
            if previous is None or not settings.resolver.upgrade.is_empty or settings.cache.refresh.everything:
                raise
            from hobd.core.lockfile.unfit_member import told_of_lock

            raise told_of_lock(error, previous) from error

    async def _once(self) -> Locked:
        begun = monotonic()
        found = await self.examine()
        self._warn_of_experiments(found.conflicts)
        if found.previous is not None and found.is_final:
            return Locked(
                lock=found.previous, previous=found.previous, is_changed=False, seconds=monotonic() - begun, network=found.network
            )
        proposal = replace(await self.propose(), begun=begun)
        locked = await self.build(proposal)
        if locked.is_changed and self.writes:
            await self.write(proposal, locked)
        return locked

    async def propose(self, start: Lock | None = None) -> Proposal:
        """Solve, from files that are read once more: what was read before may have changed since. Nothing is written.

        Args:
            start: a lock to start from instead of the one on disk.
        Raises:
            Unsatisfiable: there is no such lock.
            InvalidLock: the old one cannot be read.
        """
        begun = monotonic()
        self._warn_of_pythons()
        expected = await to_thread.run_sync(expect, self.subject.inputs())
        current = replace(self, subject=self.subject.renewed(self.session.discovery()))
        found = await current.examine(start)
        self._warn_of_experiments(found.conflicts)
        self._tell(found.verdict)
        needs_no_solving = found.is_final or found.needs_other_form_only
        if not needs_no_solving:
            found = replace(found, posing=replace(found.posing, versions=await current.subject.dynamic_versions(found.builder)))
        problem = current.pose(found)
        return Proposal(
            subject=current.subject,
            found=found,
            on_disk=found.previous,
            problem=problem,
            resolution=None if needs_no_solving else await self.solve(problem, found.builder, found.network),
            expected=expected,
            begun=begun,
        )

    async def propose_bounded(self, proposal: Proposal) -> Proposal:
        """What is proposed once requirements have bounds that it meets: solved again only where that may make a difference.

        Raises:
            Unsatisfiable, InvalidLock: see `propose`.
        """
        from hobd.core.resolver.bounded import with_bounds

        current = replace(self, subject=proposal.subject.renewed(self.session.discovery()))
        is_said_by_backends = bool(proposal.found.posing.metadata)
        if proposal.resolution is not None and self.session.settings.resolver.upgrade.is_empty and not is_said_by_backends:
            problem = current.pose(proposal.found)
            resolution = with_bounds(proposal.problem, proposal.resolution, problem)
            if resolution is not None:
                return replace(proposal, subject=current.subject, problem=problem, resolution=resolution)
        start = (await self.build(proposal)).lock
        return replace(await current.propose(start), expected=proposal.expected, on_disk=proposal.on_disk, begun=proposal.begun)

    async def build(self, proposal: Proposal) -> Locked:
        """The lock that is proposed, as it is to be written.

        Raises:
            HobError: a file cannot be had to digest it, where the lock has to be portable.
        """
        from hobd.core.lockfile.build import build_lock

        found, resolution = proposal.found, proposal.resolution
        resolved = found.opened if resolution is None else build_lock(proposal.problem, resolution, found.opened)
        assert resolved is not None  # what need not be solved is there
        is_kept = resolution is None and found.is_final
        new = found.previous if is_kept else await found.form.close(resolved, found.previous, found.network)
        assert new is not None  # likewise
        previous = proposal.on_disk
        is_changed = previous is None or not same_content(previous, new)
        return Locked(
            lock=new if is_changed or previous is None else previous,
            previous=previous,
            is_changed=is_changed,
            seconds=proposal.seconds,
            network=found.network,
            warnings=proposal.warnings,
        )

    async def write(self, proposal: Proposal, locked: Locked) -> None:
        """Write the lock that was built of a proposal.

        Raises:
            Changed: what it rests on is not what it was.
        """
        from hobd.core.lockfile.render import render
        from hobd.core.why.accounting import account_of
        from hobd.service.locks.accounts import keep_account

        crash_point("lock.write")
        text = render(locked.lock)
        account = None
        with told_singly():
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(to_thread.run_sync, write_lockfile, proposal.subject.lockfile, text, proposal.expected)
                if proposal.resolution is not None:  # computed while the disk is waited for
                    account = await to_thread.run_sync(account_of, proposal.problem, proposal.resolution)
        self.session.context.memory.keep_lock(text, locked.lock)
        if account is not None:
            await to_thread.run_sync(keep_account, self.session.cache, text, account)

    def _warn_of_pythons(self) -> None:
        for warning in self.subject.python_warnings(self.interpreter):
            self.session.context.voice.warn(warning)

    def _warn_of_experiments(self, conflicts: tuple[tuple[ConflictItem, ...], ...]) -> None:
        has_project = any(item.extra is None and item.group is None for items in conflicts for item in items)
        if has_project and not self.session.settings.previews(_PACKAGE_CONFLICTS):
            self.session.context.voice.warn(
                "Declaring conflicts for packages (`package = ...`) is experimental and may change without warning. "
                f"Pass `--preview-features {_PACKAGE_CONFLICTS}` to disable this warning."
            )

    def pose(self, found: Examined) -> Problem:
        """The problem of a new lock, which starts from what of the old one may be kept."""
        posing = replace(found.posing, previous=found.opened, keep=_KEEPS[found.verdict.freshness])
        return replace(self.subject.pose(posing), current_environment=tuple(self.interpreter.markers.items()))

    def _read(self) -> Lock | None:
        text = read_text(self.subject.lockfile, self.session.context.evidence)
        return None if text is None else self.session.context.memory.lock(text)

    async def _posing(self, builder: LateBuilder) -> Posing:
        return Posing(
            settings=self.session.settings,
            requires_python=self.subject.pythons(self.interpreter),
            now=datetime.now(UTC),
            cwd_text=self.session.shown_member,
            metadata=await self.subject.dynamic_metadata(builder),
            installed_python=self.interpreter.version,
        )

    async def _judge(self, previous: Lock | None, form: LockForm, problem: Problem, builder: LateBuilder, network: Network) -> Verdict:
        if previous is None:
            return Verdict(freshness=Freshness.UNUSABLE, reason="there is no lock")
        circumstances = Circumstances(
            root=str(self.subject.root),
            local=await self._local_facts(previous, problem, builder, network),
            indexes=None if form.is_portable else configured_indexes(self.session.settings),
            upgrade=_upgrade(self.session.settings),
            is_refresh=self.session.settings.cache.refresh.everything or bool(self.session.settings.cache.refresh.packages),
        )
        return judge(previous, problem, circumstances)

    def _tell(self, verdict: Verdict) -> None:
        if verdict.notice is not None:
            voice = self.session.context.voice
            voice.warn(verdict.notice) if verdict.is_warning else voice.note(f"{verdict.notice}\n")

    async def _local_facts(self, previous: Lock, problem: Problem, builder: LateBuilder, network: Network) -> dict[Source, LocalFacts]:
        """What the local packages of the old lock say now; what cannot be read any more has to be locked anew."""
        packages = packages_to_read(previous, problem)
        if not packages:
            return {}
        async with network.knowledge(builder.builder) as knowledge:
            return await to_thread.run_sync(_read_facts, [each.source for each in packages], knowledge, self._is_offline())

    def _is_offline(self) -> bool:
        return self.session.settings.network.offline

    async def solve(self, problem: Problem, builder: "Builder", network: Network) -> "Resolution":
        """Solve a problem over what the network knows; it is told what is tried, and who holds it up.

        Raises:
            Unsatisfiable: there is no solution.
        """
        context = self.session.context
        context.voice.phase("resolving")
        if self.session.settings.resolver.follows_the_clock:
            context.evidence.spoil("a clock")
        if problem.installed_python is not None:
            context.voice.debug(f"Solving with installed Python version: {problem.installed_python}")
        context.voice.debug(f"Solving with target Python version: {problem.requires_python.text()}")
        pins = git_pins(problem.previous, self.session.settings.resolver.upgrade, problem.roots)
        from hobd.service.locks.resolution_watch import ResolutionWatch

        watch = ResolutionWatch(context.voice, context.progress, problem.folder, monotonic)
        try:
            async with network.knowledge(builder, pins) as knowledge:
                find = context.memory.resolutions.find_or_solve
                return await to_thread.run_sync(find, problem, knowledge, watch, watch.checkpoint, abandon_on_cancel=False)
        finally:
            watch.finish()


@contextmanager
def deep_markers_refused() -> Iterator[None]:
    """Have markers that are too deep to be worked with end the command, and not look like a bug.

    Raises:
        RequestError: there is one.
    """
    try:
        yield
    except RecursionError as error:
        raise RequestError("A marker names more extras, or combines more conditions, than hob can work with") from error


def _read_facts(sources: list[Source], knowledge: "Knowledge", is_offline: bool) -> dict[Source, LocalFacts]:
    from hobd.core.resolver.knowledge import Unusable

    found: dict[Source, LocalFacts] = {}
    for source in sources:
        if isinstance(source, Url) and is_offline:
            continue
        said = knowledge.source_metadata(None, source)
        if isinstance(said, Unusable):
            raise RequestError(f"The metadata of `{source}` {said.reason}", causes=(said.detail,) if said.detail else ())
        version = None if said.is_dynamic else said.version
        extras, groups = said.provides_extras, said.groups
        found[source] = LocalFacts(version=version, requires_dist=said.requires_dist, provides_extras=extras, groups=groups)
    return found


def same_content(previous: Lock, new: Lock) -> bool:
    """Whether two locks say the same; the revision of the writer is part of that."""
    return previous == new


def configured_indexes(settings: Settings) -> frozenset[Registry] | None:
    """The indexes that may be used, as a lock writes them; None where nothing is said of them at all."""
    indexes = () if settings.index.no_index else settings.index.indexes
    configured = [index for index in (*indexes, *settings.index.find_links) if index.origin != "built-in"]
    if not configured and not settings.index.no_index:
        return None
    return frozenset(registry_of(index) for index in (*indexes, *settings.index.find_links))


def _upgrade(settings: Settings) -> Upgrade:
    asked = settings.resolver.upgrade
    if asked.everything:
        return Upgrade.EVERYTHING
    return Upgrade.NOTHING if asked.is_empty else Upgrade.SOME


def say_resolved(locked: Locked | Proposal, session: Session) -> None:
    """How many packages the lock holds, or is to hold."""
    session.context.voice.note(render_resolved(locked.count, locked.seconds))
    for warning in locked.warnings:  # as often as there is cause: a package may be locked more than once
        session.context.voice.note(render_warning(warning))
