"""`hob build`: source distributions and wheels for others (BLD-1 to BLD-4).

SRC, --package, --all-packages ─→ Targets ─each─→ sdist ─→ wheel from what the sdist holds ─→ moved into the output folder
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import anyio
from anyio import to_thread
from msgspec import Struct
from msgspec.structs import replace

from hobd.builds.frontend import Product
from hobd.cli.build import Build
from hobd.cli.style import bold, cyan, green
from hobd.core.vocab.names import normalize
from hobd.core.vocab.project import Workspace
from hobd.core.vocab.request import Outcome
from hobd.core.vocab.source import Directory
from hobd.environments.interpreter import Interpreter
from hobd.errors import HobError, RequestError
from hobd.projects.files import absolute, shown
from hobd.projects.new_files import make_folder, write_missing
from hobd.service.builds.buildables import Buildable, of_archive, of_folder
from hobd.service.builds.building import Builder
from hobd.service.builds.checks import check_built_name
from hobd.service.builds.listing import Lister, make_lister
from hobd.service.builds.site import Order
from hobd.service.context import Context
from hobd.service.locks.subject import LockSubject, WorkspaceSubject, without_project
from hobd.service.network import Network
from hobd.service.opening import find_workspace, open_session
from hobd.service.pip.expected import expected_digests
from hobd.service.pip.inputs import InputReader
from hobd.service.pip.settings import is_not_off
from hobd.service.pythons.acquire import find_or_download
from hobd.service.session import Session
from hobd.service.syncs.project_python import make_wish
from hobd.service.syncs.promises import Promises
from hobd.sources.archive import digest_file
from hobd.sources.unpacking import unpack
from hobd.store.temporary import TEMPORARY, TemporaryFolder, is_abandoned

_ENDINGS = (".tar.gz", ".zip", ".tar.bz2", ".tar.lz", ".tar.lzma", ".tar.xz", ".tar.zst", ".tar", ".tbz", ".tgz", ".tlz", ".txz")


class Target(Struct, frozen=True):
    """One thing to build."""

    place: Path
    """A folder, or an archive."""
    prefix: str = ""
    """What its lines begin with, where there are several."""
    label: str = ""
    """As errors name it."""

    @property
    def is_archive(self) -> bool:
        """Whether it is a source distribution already."""
        return self.place.is_file()


async def tell(command: Build, context: Context) -> Outcome:
    """Build, and say what came of it; one failure does not stop the others, and the exit code is 2 then."""
    cwd = absolute(Path(command.general.directory or "."), context.caller.cwd)
    source = absolute(Path(command.src or command.general.project or "."), cwd)
    context.evidence.saw(source)
    if not source.exists():
        raise RequestError(f"Source `{cyan(shown(source, cwd))}` does not exist")
    async with open_session(command, context) as opened:  # settings are those of the place where hob is called
        session = replace(opened, found=find_workspace(source if source.is_dir() else source.parent, opened.discovery()))
        targets = _targets(command, source, session)
        return await _Builds(command, session, _output(command, source, session)).run(targets)


def _targets(command: Build, source: Path, session: Session) -> list[Target]:
    asked = "--all-packages" if command.all_packages else "--package" if command.package is not None else None
    if asked is None:
        return [Target(source, label=str(source))]
    if source.is_file():
        raise RequestError(f"Cannot specify `{green(asked)}` when building from a file")
    if isinstance(session.found, HobError):
        raise session.found.under(f"`{asked}` was provided, but no workspace was found", code=2)
    if command.package is not None:
        member = session.found.find_member(normalize(command.package))
        if member is None:
            raise RequestError(f"Package `{cyan(command.package)}` not found in workspace")
        return [Target(member.root, label=str(member.root))]
    members = [member for member in session.found.members if member.pyproject.is_package(needs_build_system=True)]
    if not members:
        raise RequestError("Workspace does contain any buildable packages", hint="Give a member a `[build-system]` table")
    return [Target(member.root, f"[{cyan(member.name)}] ", f"{member.name} @ {member.root}") for member in members]


def _output(command: Build, source: Path, session: Session) -> Path:
    """`--out-dir`, else `dist` in the workspace of the source, else beside or in the source."""
    if command.out_dir is not None:
        return absolute(Path(command.out_dir), session.cwd)
    if isinstance(session.found, Workspace) and source.is_dir():
        return session.found.root / "dist"
    return source / "dist" if source.is_dir() else source.parent


class _Builds(Struct, frozen=True):
    """The builds of one command."""

    command: Build
    session: Session
    output: Path

    async def run(self, targets: list[Target]) -> Outcome:
        """Build all, and tell what came of each."""
        if self.command.clear:
            await to_thread.run_sync(partial(shutil.rmtree, self.output, ignore_errors=True))
        made: list[list[Path]] = []
        failures: list[tuple[Target, HobError]] = []

        async def build(target: Target) -> None:
            try:
                made.append(await self._build(target))
            except HobError as error:
                failures.append((target, error))

        async with anyio.create_task_group() as tasks:
            for target in targets:
                tasks.start_soon(build, target)
        for target, error in sorted(failures, key=lambda each: each[0].place):
            self.session.context.voice.error(error.under(f"Failed to build `{cyan(target.label)}`", code=2))
        for path in (path for paths in sorted(made) for path in paths):
            self.session.context.voice.note(f"Successfully built {bold(cyan(shown(path, self.session.cwd)))}\n")
        return Outcome(code=2 if failures else 0)

    async def _build(self, target: Target) -> list[Path]:
        products = self._products(target)
        lister = self._lister(target) if self.command.list_files else None
        if lister is not None:
            lister.say(products[0])
            if products == ("wheel",) or self.command.sdist:
                for product in products[1:]:
                    lister.say(product)
                return []
        await to_thread.run_sync(self._prepare_output)
        builder = await self._builder(target)
        with self._workplace() as workplace:
            made = await self._make(target, products if lister is None else products[:1], builder, workplace)
            if lister is not None:
                lister.say("wheel")
            return [await to_thread.run_sync(self._publish, path) for path in made]

    def _lister(self, target: Target) -> Lister:
        if target.is_archive:
            raise RequestError(f"Can only use `{green('--list')}` with a source directory")
        return make_lister(target.place, self.session)

    def _products(self, target: Target) -> tuple[Product, ...]:
        """What is asked for; both where nothing is, the wheel then from the sdist."""
        sdist, wheel = self.command.sdist, self.command.wheel
        if not target.is_archive:
            return ("sdist", "wheel") if sdist == wheel else ("sdist",) if sdist else ("wheel",)
        if sdist:
            raise RequestError(f"Building an `{green('--sdist')}` from a source distribution is not supported")
        if not wheel:
            raise RequestError(f"Pass `{green('--wheel')}` explicitly to build a wheel from a source distribution")
        if not target.place.name.endswith(_ENDINGS):
            known = ", ".join(f"`{ending}`" for ending in _ENDINGS[:-1])
            place = shown(target.place, self.session.cwd)
            raise RequestError(
                f"`{place}` is not a valid build source. Expected to receive a source directory, or a source distribution "
                f"ending in one of: {known}, or `{_ENDINGS[-1]}`."
            )
        return ("wheel",)

    async def _make(self, target: Target, products: tuple[Product, ...], builder: Builder, workplace: Path) -> list[Path]:
        voice = self.session.context.voice
        if target.is_archive:
            voice.note(f"{target.prefix}Building wheel from source distribution...\n")
            return [await builder.make(await to_thread.run_sync(_archived, target.place), self._order("wheel"), workplace)]
        folder = await to_thread.run_sync(of_folder, target.place, Directory(str(target.place)), None, builder.network)
        is_chained = not (self.command.sdist or self.command.wheel)
        made: list[Path] = []
        for product in products:
            name = "source distribution" if product == "sdist" else "wheel from source distribution" if is_chained else "wheel"
            voice.note(f"{target.prefix}Building {name}...\n")
            buildable = folder
            if product == "wheel" and is_chained:
                buildable = await self._unpacked(made[0], workplace, builder)
            made.append(await builder.make(buildable, self._order(product), workplace))
            if product == "wheel":
                check_built_name(made[-1])
        return made

    async def _unpacked(self, sdist: Path, workplace: Path, builder: Builder) -> Buildable:
        """What an sdist that was just made holds; its sources are still those of the project that it was made of."""
        into = workplace / f"from-{sdist.name}"
        await to_thread.run_sync(into.mkdir)
        top = await to_thread.run_sync(unpack, sdist, into)
        return await to_thread.run_sync(of_folder, top, Directory(str(top)), None, builder.network)

    def _order(self, product: Product) -> Order:
        return Order(product, self._listener(), allows_built_in=not self.command.force_pep517)

    def _listener(self) -> Callable[[bytes], None]:
        """What becomes of the backends' output: shown as it comes, unless it is not wanted."""
        is_shown = (self.command.build_logs is None or bool(self.command.build_logs)) and not self.command.general.quiet
        voice = self.session.context.voice
        return (lambda data: voice.note(data.decode("utf-8", "replace"))) if is_shown else (lambda _data: None)

    async def _builder(self, target: Target) -> Builder:
        session, hashes = self.session, self.command.hashes
        requires = bool(hashes.require_hashes)
        constrained = (await InputReader(session=session, flag="-b").files(self.command.build_constraints)).stated
        subject = _subject(session)
        interpreter = await _find_interpreter(target, session)
        promised: Promises = {}
        if requires or is_not_off(hashes.verify_hashes, None):
            promised = expected_digests((), constrained, interpreter.markers, is_required=requires)
        session = _requiring_hashes(session) if requires else session
        return Builder(
            session=session,
            network=Network(session=session, root=subject.root),
            interpreter=interpreter,
            subject=subject,
            constraints=tuple(each.requirement for each in constrained),
            promised=promised,
        )

    def _prepare_output(self) -> None:
        make_folder(self.output)
        for path in self.output.glob(f"{TEMPORARY}*"):
            if is_abandoned(path, time.time()):  # a build was killed
                shutil.rmtree(path, ignore_errors=True)
        if self.command.create_gitignore is None or self.command.create_gitignore:
            write_missing(self.output, {".gitignore": "*"})

    @contextmanager
    def _workplace(self) -> Iterator[Path]:
        """A folder beside what was built before, so that what is new can be renamed into place."""
        room = TemporaryFolder(self.output)
        try:
            yield room.path
        finally:
            room.remove()

    def _publish(self, path: Path) -> Path:
        target = self.output / path.name
        os.replace(path, target)
        return target


def _archived(path: Path) -> Buildable:
    return of_archive(path, digest_file(path).sha256, None, None, None)


def _requiring_hashes(session: Session) -> Session:
    settings = session.settings
    return replace(session, settings=replace(settings, build=replace(settings.build, require_hashes=True)))


def _subject(session: Session) -> LockSubject:
    if isinstance(session.found, Workspace):
        return WorkspaceSubject(session.found)
    return without_project(session.start, session.context.evidence)


async def _find_interpreter(target: Target, session: Session) -> Interpreter:
    """`--python`, a version file, what the project requires, or any."""
    start = target.place if target.place.is_dir() else target.place.parent
    workspace = session.found if isinstance(session.found, Workspace) else None
    wish = make_wish(workspace.root if workspace is not None else None, None, session, start=start)
    return (await find_or_download(wish.request, session.python_search(environments="any"), session)).interpreter
