"""A folder of distributions, filled with verified files: of `hob bundle`, `hob pip download` and `hob pip wheel`."""

import shutil
import time
from pathlib import Path

import anyio
from anyio import to_thread
from msgspec import Struct

from hobd.core.lockfile.portable import WHEELHOUSE
from hobd.core.plan.bundle import Carried
from hobd.core.vocab.disk import os_reason
from hobd.errors import HobError, WorldError
from hobd.service.exports.bundle_report import Bundled
from hobd.service.failures import told_singly
from hobd.service.locks.files import find_origin, find_same, label_of
from hobd.service.network import Network
from hobd.store.temporary import is_abandoned

_ABANDONED_SECONDS = 3600.0
"""How long nobody wrote to an unfinished file of a run that was killed."""


class FolderFiller(Struct, frozen=True, kw_only=True):
    """Fills one folder."""

    network: Network
    root: Path
    """The folder of the lock."""
    folder: Path
    dry_run: bool = False
    verb: str = "bundle"
    """What failed, in errors."""
    expects_digests: bool = True
    """Whether a file without a known digest is worth a warning."""

    async def fill(self, carried: tuple[Carried, ...]) -> list[Bundled]:
        """Bring every file to its place.

        Raises:
            HobError: one cannot be had, or is another than the lock expects; those that have come stay.
        """
        found: dict[str, Bundled] = {}

        async def bring(each: Carried) -> None:
            found[each.path] = await self._bring(each)

        if not self.dry_run:
            await to_thread.run_sync(_sweep, self.folder)
        with told_singly():
            async with anyio.create_task_group() as tasks:
                for each in carried:
                    tasks.start_soon(bring, each)
        return [found[each.path] for each in carried]

    async def _bring(self, each: Carried) -> Bundled:
        target = self.folder / each.path
        if each.file.digest is not None and await to_thread.run_sync(find_same, target.parent, target.name, each.file.digest) == target:
            return Bundled(carried=each, happened="kept", size=target.stat().st_size)
        if self.dry_run:
            return Bundled(carried=each, happened="missing", size=each.file.size)
        if each.file.digest is None and self.expects_digests:
            self.network.session.context.voice.warn(f"`{each.file.name}` could not be verified: no hash of it is known")
        try:
            size = await self._fetch(each, target)
        except HobError as error:
            raise error.under(f"Failed to {self.verb} `{each.file.name}`", code=1) from error
        except OSError as error:
            raise WorldError(f"Failed to {self.verb} `{each.file.name}`", causes=(os_reason(error),), code=1) from error
        return Bundled(carried=each, happened="fetched", size=size)

    async def _fetch(self, each: Carried, target: Path) -> int:
        """The size of what has come."""
        from hobd.sources.archive import copy_file, download

        digests, label = () if each.file.digest is None else (each.file.digest,), label_of(each.pin, self.network)
        path = await to_thread.run_sync(find_same, self.root / WHEELHOUSE, target.name, each.file.digest)
        place = None if path is not None else await find_origin(each.pin, each.file, self.network)
        local = path if place is None else place.path
        if local is not None:
            arrived = await to_thread.run_sync(copy_file, local, target, digests, label)
        else:
            assert place is not None  # what is not on this machine is at an address
            context = self.network.session.context
            arrived = await download(
                self.network.client,
                place.url,
                target,
                label=label,
                digests=digests,
                size=each.file.size,
                progress=context.progress,
                progress_label=str(each.pin.name),
            )
        await to_thread.run_sync(target.chmod, 0o666 & ~self.network.session.context.caller.umask)
        return arrived.size


def _sweep(folder: Path) -> None:
    """Remove what runs that were killed left unfinished. Blocks."""
    for path in (*folder.glob(".tmp-*"), *folder.glob("*/.tmp-*")):
        try:
            if path.is_dir():
                if is_abandoned(path, time.time()):  # a build was killed
                    shutil.rmtree(path, ignore_errors=True)
            elif time.time() - path.stat().st_mtime > _ABANDONED_SECONDS:
                path.unlink()
        except FileNotFoundError:  # another run was quicker
            continue
