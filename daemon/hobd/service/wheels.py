"""Wheels that exist already, brought into the store: from the web or from this machine, verified, unpacked."""

from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread

from hobd.core.plan.model import Pin
from hobd.core.vocab.source import Path as PathSource
from hobd.core.vocab.source import Registry, Url
from hobd.errors import HobError, InternalError
from hobd.service.network import Network
from hobd.service.session import Session
from hobd.sources.archive import Downloaded, digest_file, download
from hobd.store.wheels import Fetched, StoredWheel


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelFetcher:
    """Fetches wheels for one command."""

    session: Session
    network: Network

    async def fetch(self, pin: Pin) -> StoredWheel:
        """The unpacked wheel of a pin that has one.

        Raises:
            HobError: it cannot be had, or is another file than was promised; names the pin.
        """
        assert pin.file is not None  # a wheel is a file
        name, digest = pin.file.name, pin.file.digest
        local = local_path(pin, self.network)

        async def bring(folder: Path) -> Fetched:
            arrived = await (self._download(pin, folder / name) if local is None else _digest(pin, local))
            return Fetched(path=arrived.path, sha256=arrived.sha256.hex)

        try:
            if digest is None and local is not None:
                digest = (await _digest(pin, local)).sha256
            return await self.session.context.memory.store(self.session.cache).ensure(name, digest, bring)
        except HobError as error:
            verb = "download" if local is None else "install"
            raise error.under(f"Failed to {verb} `{pin}`", code=1) from error

    async def _download(self, pin: Pin, target: Path) -> Downloaded:
        assert pin.file is not None
        return await download(
            self.network.client,
            address(pin),
            target,
            label=str(pin),
            digests=(pin.file.digest,) if pin.file.digest is not None else (),
            size=pin.file.size,
            progress=self.session.context.progress,
            progress_label=str(pin.name),
        )


async def _digest(pin: Pin, path: Path) -> Downloaded:
    assert pin.file is not None
    digests = (pin.file.digest,) if pin.file.digest is not None else ()
    return await to_thread.run_sync(digest_file, path, digests, str(pin))


def local_path(pin: Pin, network: Network) -> Path | None:
    """Where the pin's file is on this machine; None where it is on the web."""
    source, file = pin.package.source, pin.file
    if isinstance(source, PathSource):
        return network.root / source.path
    if isinstance(source, Registry) and file is not None and file.path is not None:
        return (network.indexes.folder(source) or network.root) / file.path
    return None


def address(pin: Pin) -> str:
    """Where the pin's file is on the web."""
    if isinstance(pin.package.source, Url):
        return pin.package.source.url
    if pin.file is None or pin.file.url is None:
        raise InternalError(f"`{pin}` has neither an address nor a path")
    return pin.file.url
