"""Wheels that exist already, brought into the store: from the web or from this machine, verified, unpacked."""

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from anyio import to_thread
from msgspec import Struct

from hobd.cli.grammar.values import parse_bool
from hobd.core.formats.direct_url import render_reference
from hobd.core.formats.urls import path_url
from hobd.core.formats.wheel import UninstallableWheel
from hobd.core.plan.model import Pin
from hobd.core.plan.origin import origin_of
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.disk import os_cause, ways_out
from hobd.core.vocab.source import Path as LocalFile
from hobd.errors import HobError, WorldError
from hobd.service.locks.files import label_of, locate
from hobd.service.network import Network
from hobd.service.session import Session
from hobd.sources.archive import Downloaded, digest_file, download
from hobd.sources.failures import FetchFailed
from hobd.store.wheels import Fetched, StoredWheel, WheelStore

_UNCHECKED = "UV_SKIP_WHEEL_FILENAME_CHECK"


def title_of(pin: Pin, root: Path) -> str:
    """A wheel in errors of its installation: its file, and the distribution with where it is from.

    Args:
        root: of the lock, from which paths start.
    """
    origin = origin_of(pin, PurePosixPath(root))
    where = "" if origin is None else f" (from {render_reference(origin)})"
    return f"{pin.file.name if pin.file is not None else pin.name} ({pin}{where})"


class WheelFetcher(Struct, frozen=True, kw_only=True):
    """Fetches wheels for one command."""

    session: Session
    network: Network

    async def fetch(self, pin: Pin) -> StoredWheel:
        """The unpacked wheel of a pin that has one.

        Raises:
            HobError: it cannot be had, or is another file than was promised; names the pin.
        """
        assert pin.file is not None  # a wheel is a file
        if isinstance(pin.package.source, LocalFile):
            return await self._fetch_local(pin, Path(os.path.normpath(self.network.root / pin.package.source.path)))
        name, digest = pin.file.name, pin.file.digest
        verb = "download"

        async def bring(folder: Path) -> Fetched:
            nonlocal verb
            place = await locate(pin, self.network)
            verb = "download" if place.path is None else "install"
            arrived = await (self._download(pin, place.url, folder / name) if place.path is None else self._digest(pin, place.path))
            return self._fetched(arrived.path, arrived.sha256)

        try:
            if digest is None:
                place = await locate(pin, self.network)
                if place.path is None:
                    return await self._fetch_unknown(pin, place.url)
                verb = "install"
                digest = (await self._digest(pin, place.path)).sha256
            return await self._store.ensure(name, digest, bring, is_deep=self._is_deep(pin))
        except UninstallableWheel as error:
            raise error.under(f"Failed to install: {title_of(pin, self.network.root)}") from error
        except HobError as error:
            raise error.under(f"Failed to {verb} `{pin}`", code=error.code if isinstance(error, FetchFailed) else 1) from error
        except OSError as error:  # of a file on this machine: the store and the network tell of theirs
            raise WorldError(f"Failed to {verb} `{pin}`", causes=(os_cause(error),), hints=ways_out(error)) from error

    async def find_ready(self, pins: Iterable[Pin]) -> dict[str, StoredWheel]:
        """The wheels that are in the store, by the name of their pins: found in one go, as that is most of them.

        Their files are looked at when they are linked. What cannot be read is left to `fetch`, which tells of it.
        """
        digests = {str(pin.name): digest for pin in pins if (digest := self._digest_in_store(pin)) is not None}
        found = await to_thread.run_sync(self._store.find_unseen, set(digests.values()))
        return {name: found[digest] for name, digest in digests.items() if digest in found}

    def _digest_in_store(self, pin: Pin) -> Digest | None:
        """By what a pin's wheel is known in the store; None where more has to be asked than whether it is there."""
        if not pin.is_wheel or pin.file is None or isinstance(pin.package.source, LocalFile) or self._is_deep(pin):
            return None
        return pin.file.digest

    async def _fetch_local(self, pin: Pin, path: Path) -> StoredWheel:
        """The wheel that a source names by its path: it is read each time, as somebody may have put another in its place."""
        assert pin.file is not None
        label = f"{pin.name} @ {path_url(str(path))}"
        digests = (pin.file.digest,) if pin.file.digest is not None else ()
        try:
            found = await to_thread.run_sync(digest_file, path, digests, label)
        except FileNotFoundError as error:
            cause = f"Distribution not found at: {path_url(str(path))}"
            raise WorldError("Failed to determine installation plan", causes=(cause,), code=2) from error
        except HobError as error:
            raise error.under(f"Failed to read `{label}`", code=1) from error
        except OSError as error:
            raise WorldError(f"Failed to read `{label}`", causes=(os_cause(error),), hints=ways_out(error)) from error

        async def bring(folder: Path) -> Fetched:
            del folder  # it is on this machine already
            return self._fetched(path, found.sha256)

        try:
            return await self._store.ensure(pin.file.name, found.sha256, bring, is_deep=self._is_deep(pin))
        except UninstallableWheel as error:
            raise error.under(f"Failed to install: {title_of(pin, self.network.root)}") from error
        except HobError as error:
            raise error.under(f"Failed to install `{pin}`", code=1) from error

    def _fetched(self, path: Path, sha256: Digest) -> Fetched:
        unchecked = self.session.context.environ.get(_UNCHECKED)
        return Fetched(path=path, sha256=sha256.hex, may_be_renamed=bool(unchecked and parse_bool(unchecked)))

    @property
    def _store(self) -> WheelStore:
        return self.session.context.memory.store(self.session.cache)

    def _is_deep(self, pin: Pin) -> bool:
        """Whether what is stored is read through before it is used."""
        return self.session.settings.install.reinstall.has(pin.name) or self.session.settings.hob.strict_wheels

    async def _fetch_unknown(self, pin: Pin, url: str) -> StoredWheel:
        """A wheel of which nobody says what it contains: it is what its address led to, as long as that answer is current (CAC-3)."""
        assert pin.file is not None
        archives, label, refresh = self.network.archives, label_of(pin, self.network), self.session.settings.cache.refresh
        is_refresh = refresh.everything or pin.name in refresh.packages
        digest = await archives.identify(url, label=label, is_refresh=is_refresh)

        async def bring(folder: Path) -> Fetched:
            del folder  # archives have one of their own
            arrived = await archives.fetch(url, label=label, is_file=True)
            return self._fetched(arrived.path, arrived.sha256)

        wheel = await self._store.ensure(pin.file.name, digest, bring)
        await archives.drop(digest)  # it is unpacked
        return wheel

    async def _download(self, pin: Pin, url: str, target: Path) -> Downloaded:
        assert pin.file is not None
        return await download(
            self.network.client,
            url,
            target,
            label=label_of(pin, self.network),
            digests=(pin.file.digest,) if pin.file.digest is not None else (),
            size=pin.file.size,
            progress=self.session.context.progress,
            progress_label=str(pin.name),
        )

    async def _digest(self, pin: Pin, path: Path) -> Downloaded:
        assert pin.file is not None
        digests = (pin.file.digest,) if pin.file.digest is not None else ()
        return await to_thread.run_sync(digest_file, path, digests, label_of(pin, self.network))
