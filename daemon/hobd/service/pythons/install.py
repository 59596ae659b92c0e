"""`hob python install` and `hob python upgrade` (PYT-2, PYT-8).

requests ─→ met by what is there? ─ no ─→ download, side by side ─→ links in the folder of programs ─→ links of minor versions ─→ report
                  └───────── yes ────────────────────────────────────────┘
"""

from collections.abc import Sequence
from functools import partial
from time import monotonic

import anyio
from anyio import to_thread
from msgspec import Struct

from hobd.cli.found import said
from hobd.cli.grammar.values import parse_bool
from hobd.cli.python.install import PythonInstall, PythonUpgrade
from hobd.core.vocab.evidence import NoEvidence
from hobd.core.vocab.python_download import PythonDownload
from hobd.core.vocab.request import Outcome
from hobd.environments.complete_build import complete
from hobd.environments.managed import ManagedPython, find_managed, link_minor_versions
from hobd.errors import HobError, RequestError
from hobd.service.context import Context
from hobd.service.opening import open_session
from hobd.service.pythons.folders import managed_folder
from hobd.service.pythons.installing import BuildInstaller, alone_among_pythons
from hobd.service.pythons.links import Linker
from hobd.service.pythons.offers import MirrorChoice, mirrors_of, read_offers
from hobd.service.pythons.report import Changes, say_changes, say_failures, say_nothing_to_do, say_nothing_wanted
from hobd.service.pythons.wanted import WantedPythons, key_request, want, want_newest_of, want_of_user
from hobd.service.session import Session

_NEVER = (
    'Python downloads are not allowed (`python-downloads = "never"`). Change to `python-downloads = "manual"` to allow explicit installs.\n'
)
_EXPERIMENTAL = (
    "The `--default` option is experimental and may change without warning. "
    "Pass `--preview-features python-install-default` to disable this warning"
)


class Order(Struct, frozen=True, kw_only=True):
    """What either command asks for."""

    targets: tuple[str, ...]
    install_dir: str | None
    mirrors: MirrorChoice
    upgrade: str | None = None
    """The command that upgrades, as messages name it; None where nothing is upgraded."""
    is_upgrade_of_all: bool = False
    """Whether it is about what is installed, and links only what is linked already."""
    reinstall: bool = False
    force: bool = False
    default: bool = False
    bin: bool | None = None
    """None: links are made, and it is no failure if they cannot be."""
    compiles: bool = False


async def tell(command: PythonInstall, context: Context) -> Outcome:
    """Install what is asked for."""
    async with open_session(command, context) as session:
        enabled = _links_are_wanted(session) if command.bin is None else said(command.bin)
        order = Order(
            targets=command.targets,
            install_dir=command.install_dir,
            mirrors=_mirror_choice(command),
            upgrade="hob python install --upgrade" if command.upgrade else None,
            reinstall=command.reinstall,
            force=command.force,
            default=command.default,
            bin=enabled,
            compiles=bool(said(command.compile_bytecode)),
        )
        return await _tell(order, session)


async def tell_upgrade(command: PythonUpgrade, context: Context) -> Outcome:
    """Bring what is installed to its newest patch."""
    async with open_session(command, context) as session:
        order = Order(
            targets=command.targets,
            install_dir=command.install_dir,
            mirrors=_mirror_choice(command),
            upgrade="hob python upgrade",
            is_upgrade_of_all=True,
            reinstall=command.reinstall,
            bin=_links_are_wanted(session),
            compiles=bool(said(command.compile_bytecode)),
        )
        return await _tell(order, session)


def _mirror_choice(command: PythonInstall | PythonUpgrade) -> MirrorChoice:
    return MirrorChoice(
        downloads_json_url=command.python_downloads_json_url,
        cpython=command.mirror,
        pypy=command.pypy_mirror,
        graalpy=command.graalpy_mirror,
        pyodide=command.pyodide_mirror,
    )


def _links_are_wanted(session: Session) -> bool | None:
    value = session.context.environ.get("UV_PYTHON_INSTALL_BIN")
    return None if not value else parse_bool(value) is not False


async def _tell(order: Order, session: Session) -> Outcome:
    started = monotonic()
    if order.default and not session.settings.previews("python-install-default"):
        session.context.voice.warn(_EXPERIMENTAL)
    if order.default and len(order.targets) > 1:
        raise RequestError("The `--default` flag cannot be used with multiple targets")
    root = managed_folder(session, order.install_dir)
    async with alone_among_pythons(root, session):
        installer = BuildInstaller(session=session, root=root, mirrors=mirrors_of(session, order.mirrors))
        return await _Work(order=order, session=session, installer=installer).run(started)


class _Work(Struct, frozen=True, kw_only=True):
    """One command, while nobody else changes the folder."""

    order: Order
    session: Session
    installer: BuildInstaller

    async def run(self, started: float) -> Outcome:
        """Do all of it."""
        session, order = self.session, self.order
        existing = await to_thread.run_sync(self._existing)
        wanted = await self._want(existing)
        if not wanted.items:
            say_nothing_wanted(order.upgrade, session, is_upgrade_of_all=order.is_upgrade_of_all)
            return Outcome()
        self._refuse_patches(wanted)
        met, missing = self._divide(wanted, existing)
        if missing and session.settings.python.downloads == "never":
            session.context.voice.note(_NEVER)
            return Outcome(code=1)
        changes = Changes(existing=frozenset(python.key for python in existing))
        installed = await self._install(missing, changes)
        linker = Linker(session=session, order=order, minors=wanted.minors, is_default=order.default or wanted.asker == "nobody")
        await to_thread.run_sync(partial(self._finish, installed, met, existing, linker, changes))
        if changes.is_nothing:
            say_nothing_to_do(wanted, order.upgrade, session)
        else:
            say_changes(changes, None if order.bin is False else linker.folder, monotonic() - started, session)
        failed = say_failures(changes, is_strict=order.bin is True, session=session)
        if order.compiles:
            from hobd.service.pythons.bytecode import compile_libraries  # few ask for it

            await compile_libraries([*met, *installed], session)
        return Outcome(code=1 if failed else 0)

    def _existing(self) -> list[ManagedPython]:
        return find_managed(self.installer.root, NoEvidence(), self.session.host)

    async def _want(self, existing: Sequence[ManagedPython]) -> WantedPythons:
        offers, host = await read_offers(self.session, self.order.mirrors), self.session.host
        if self.order.is_upgrade_of_all and not self.order.targets:
            return want_newest_of(existing, offers, host)
        wanted = want_of_user(self.order.targets, offers, host, self.session, is_reinstall=self.order.reinstall)
        if not (self.order.reinstall and wanted.asker == "nobody"):
            return wanted
        again = tuple(want(key_request(python.key), offers, host) for python in existing)
        return WantedPythons(items=again or wanted.items, asker=wanted.asker)

    def _refuse_patches(self, wanted: WantedPythons) -> None:
        precise = next((one.request for one in wanted.items if one.request.wanted_version.names_patch), None)
        if self.order.upgrade is None or precise is None or wanted.asker == "installed":
            return
        file = "The version request came from a `.python-version` file; change the patch version in the file to upgrade instead"
        raise RequestError(
            f"`{self.order.upgrade}` only accepts minor versions, got: {precise.canonical}",
            code=1,
            hint=file if wanted.asker == "file" else None,
        )

    def _divide(self, wanted: WantedPythons, existing: Sequence[ManagedPython]) -> tuple[list[ManagedPython], list[PythonDownload]]:
        """The installations that meet a request, and the builds that are still to come, each once."""
        met: list[ManagedPython] = []
        missing: dict[str, PythonDownload] = {}
        for one in wanted.items:
            fitting = [python for python in existing if one.is_met_by(python)]
            if self.order.upgrade is not None:
                fitting = [python for python in fitting if python.key == one.build.key and _is_same_build(one.build.build, python.build)]
            if fitting and not self.order.reinstall:
                met.append(fitting[0])
            else:
                missing[str(one.build.key)] = one.build
        return met, list(missing.values())

    async def _install(self, builds: Sequence[PythonDownload], changes: Changes) -> list[ManagedPython]:
        """Install builds side by side; what fails is noted, and stops none of the others."""
        installed: list[ManagedPython] = []

        async def install(build: PythonDownload) -> None:
            try:
                installed.append(await self.installer.install(build))
            except HobError as error:
                changes.failures.append((build.key, error))
            else:
                changes.add_installed(build.key)

        async with anyio.create_task_group() as tasks:
            for build in builds:
                tasks.start_soon(install, build)
        return sorted(installed, key=lambda python: str(python.key))

    def _finish(
        self,
        installed: Sequence[ManagedPython],
        met: Sequence[ManagedPython],
        existing: Sequence[ManagedPython],
        linker: Linker,
        changes: Changes,
    ) -> None:
        """Complete what is there, and link it: those that met a request too, as they may lack something."""
        for python in met:
            complete(python.folder, python, None)
        known = [*installed, *(python for python in existing if python.key not in {one.key for one in installed})]
        for python in dict.fromkeys((*installed, *met)):
            linker.link(python, known, changes)
        link_minor_versions(known)


def _is_same_build(offered: str | None, installed: str | None) -> bool:
    """Whether an installation is up to date with what is offered; who does not say counts as such."""
    return offered is None or installed is None or offered == installed
