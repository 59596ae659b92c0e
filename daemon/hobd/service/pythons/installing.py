"""How a build of Python comes onto this machine.

list ─→ fetch ─→ check against the list ─→ unpack beside ─→ complete ─→ rename into place
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

import anyio
from anyio import to_thread
from msgspec import Struct

from hobd.cli.quantities import size
from hobd.cli.style import bold, dim
from hobd.core.formats.python_mirrors import PythonMirrors
from hobd.core.vocab.disk import os_reason
from hobd.core.vocab.python_download import PythonDownload
from hobd.environments.complete_build import complete
from hobd.environments.managed import ManagedPython, prepare_folder, put_in_place, recover
from hobd.errors import WorldError
from hobd.faults import crash_point
from hobd.projects.project_lock import hold_file_lock
from hobd.service.pythons.offers import python_builds
from hobd.service.session import Session
from hobd.sources.archive import Downloaded, digest_file
from hobd.sources.python_builds import check_build
from hobd.sources.unpacking import unpack


class UnexpectedBuild(WorldError):
    """An archive does not hold the Python that it was listed as."""

    default_code = 1


@asynccontextmanager
async def alone_among_pythons(root: Path, session: Session) -> AsyncIterator[None]:
    """Keep other commands off the folder of managed interpreters; what a killed one left is put in order first.

    Raises:
        WorldError: the folder cannot be made.
    """
    await to_thread.run_sync(prepare_folder, root)
    async with hold_file_lock(root / ".lock", str(root), session.settings.cache.lock_timeout_seconds):
        await to_thread.run_sync(recover, root)
        yield


class BuildInstaller(Struct, frozen=True, kw_only=True):
    """Installs builds for one command, into one folder."""

    session: Session
    root: Path
    mirrors: PythonMirrors

    async def install(self, build: PythonDownload) -> ManagedPython:
        """Install a build, in place of the same one if it is there. To be called under the folder's lock.

        Raises:
            HobError: it cannot be fetched, is another one than was listed, or cannot be unpacked.
        """
        python = ManagedPython(folder=self.root / str(build.key), key=build.key)
        scratch = self.root / ".temp" / uuid4().hex
        try:
            archive = await self._bring(build, scratch)
            crash_point("pythons.fetched")
            await to_thread.run_sync(partial(_unpack_into_place, archive.path, scratch / "unpacked", python, build))
        finally:
            with anyio.CancelScope(shield=True):
                await to_thread.run_sync(partial(shutil.rmtree, scratch, ignore_errors=True))
        return python

    async def _bring(self, build: PythonDownload, scratch: Path) -> Downloaded:
        """The archive, from the folder where such are kept if there is one (`UV_PYTHON_CACHE_DIR`)."""
        kept = self.session.context.environ.get("UV_PYTHON_CACHE_DIR")
        if not kept:
            archive = await self._fetch(build, scratch / build.filename)
            check_build(build, archive)
            return archive
        target = self.session.cwd / kept / f"{(build.sha256 or 'unchecked')[:9]}-{build.filename}"
        if target.is_file():
            archive = await to_thread.run_sync(digest_file, target)
        else:
            archive = await self._fetch(build, target)
        self._say("Extracting", build, "extract", archive.size)
        check_build(build, archive)
        self._say(" Extracted", build, "extract")
        return archive

    async def _fetch(self, build: PythonDownload, target: Path) -> Downloaded:
        announce = partial(self._say, "Downloading", build, "download")
        archive = await python_builds(self.session).fetch(build, self.mirrors.address(build), target, announce)
        self._say(" Downloaded", build, "download")
        return archive

    def _say(self, verb: str, build: PythonDownload, what: str, size_bytes: int | None = None) -> None:
        amount = "" if size_bytes is None else f" {dim(f'({size(size_bytes)})')}"
        self.session.context.voice.note(f"{bold(verb)} {build.key} ({what}){amount}\n")


def _unpack_into_place(archive: Path, folder: Path, python: ManagedPython, build: PythonDownload) -> None:
    try:
        folder.mkdir(parents=True)
        top = unpack(archive, folder)
        top = top / "install" if (top / "install").is_dir() else top
        complete(top, python, build.build)
        if not (top / "bin" / python.key.program).exists():
            raise UnexpectedBuild(f"`{build.filename}` has no `bin/{python.key.program}`")
        put_in_place(top, python)
    except OSError as error:
        raise WorldError(f"failed to write `{error.filename or folder}`: {os_reason(error)}", code=1) from error
