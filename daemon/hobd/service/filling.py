"""Bringing what a plan wants into the store: fetched, verified, unpacked, or built."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import anyio
from anyio import to_thread

from hobd.core.formats.cache_info import render_cache_info
from hobd.core.formats.direct_url import render_direct_url
from hobd.core.plan.model import Pin, Selection
from hobd.core.plan.origin import origin_of
from hobd.core.vocab.source import Path as PathSource
from hobd.core.vocab.source import Registry, Url
from hobd.environments.stage import Addition
from hobd.errors import HobError, InternalError
from hobd.service.building import Builder
from hobd.service.failures import told_singly
from hobd.service.network import Network
from hobd.service.session import Session
from hobd.sources.archive import Downloaded, digest_file, download
from hobd.store.wheels import Fetched, StoredWheel


@dataclass(slots=True)
class Filled:
    """What is in the store now, by pin, in the order of the pins."""

    additions: list[Addition] = field(default_factory=list)
    new: int = 0
    """How many had to be fetched or built."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filler:
    """Fills the store for one selection."""

    session: Session
    network: Network
    builder: Builder
    selection: Selection

    async def fill(self, pins: Sequence[Pin]) -> Filled:
        """Bring every pin's wheel into the store.

        Raises:
            HobError: one cannot be had; names it and why it is wanted.
        """
        stored: dict[str, StoredWheel] = {}
        with told_singly():
            async with anyio.create_task_group() as tasks:
                for pin in pins:
                    tasks.start_soon(self._ensure, pin, stored)
        again = self.session.settings.install.reinstall
        filled = Filled(new=sum(again.has(pin.name) or stored[str(pin.name)].is_new for pin in pins))
        filled.additions = [self._addition(pin, stored[str(pin.name)]) for pin in pins]
        return filled

    async def _ensure(self, pin: Pin, stored: dict[str, StoredWheel]) -> None:
        try:
            wheel = await (self._fetch(pin) if pin.is_wheel else self.builder.wheel_of(pin))
        except HobError as error:
            if (why := self.selection.because(pin)) is not None:
                error.hints = (why, *error.hints)
            raise
        stored[str(pin.name)] = wheel

    async def _fetch(self, pin: Pin) -> StoredWheel:
        assert pin.file is not None  # a wheel is a file
        file = pin.file
        digests = (file.digest,) if file.digest is not None else ()

        async def fetch(folder: Path) -> Fetched:
            arrived = await self._arrive(pin, folder / file.name)
            return Fetched(path=arrived.path, sha256=arrived.sha256.hex)

        digest = next(iter(digests), None)
        if digest is None and (local := self._local_path(pin)) is not None:
            digest = (await to_thread.run_sync(digest_file, local)).sha256
        try:
            return await self.session.context.memory.store(self.session.cache).ensure(file.name, digest, fetch)
        except HobError as error:
            verb = "download" if self._local_path(pin) is None else "install"
            raise error.under(f"Failed to {verb} `{pin}`", code=1) from error

    async def _arrive(self, pin: Pin, target: Path) -> Downloaded:
        assert pin.file is not None
        digests = (pin.file.digest,) if pin.file.digest is not None else ()
        local = self._local_path(pin)
        if local is not None:
            return await to_thread.run_sync(digest_file, local, digests, str(pin))
        return await download(
            self.network.client,
            self._address(pin),
            target,
            label=str(pin),
            digests=digests,
            size=pin.file.size,
            progress=self.session.context.progress,
            progress_label=str(pin.name),
        )

    def _local_path(self, pin: Pin) -> Path | None:
        """Where the pin's file is on this machine; None where it is on the web."""
        source, file = pin.package.source, pin.file
        if isinstance(source, PathSource):
            return self.network.root / source.path
        if isinstance(source, Registry) and file is not None and file.path is not None:
            folder = self.network.indexes.folder(source)
            return (folder or self.network.root) / file.path
        return None

    def _address(self, pin: Pin) -> str:
        if isinstance(pin.package.source, Url):
            return pin.package.source.url
        if pin.file is None or pin.file.url is None:
            raise InternalError(f"`{pin}` has neither an address nor a path")
        return pin.file.url

    def _addition(self, pin: Pin, wheel: StoredWheel) -> Addition:
        origin = origin_of(pin, PurePosixPath(self.network.root))
        info = None if isinstance(pin.package.source, Registry) else self.builder.cache_info(pin)
        return Addition(
            tree=wheel.tree,
            manifest=wheel.manifest,
            title=f"{pin.file.name if pin.file is not None else pin.name} ({pin})",
            origin=render_direct_url(origin) if origin is not None else None,
            cache_info=render_cache_info(info) if info is not None else None,
            build_info=None if pin.is_wheel else self.builder.build_info(pin),
        )
