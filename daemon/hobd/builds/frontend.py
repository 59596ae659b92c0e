"""What is asked of a backend, whatever it is: what it needs, the metadata, the distribution (PEP 517, PEP 660)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

import anyio.to_thread
from msgspec import Struct

from hobd.builds.backend import Backend
from hobd.builds.hooks import BuildFailed, MissingHook, Place, call_hook, failure
from hobd.core.formats.requirement import InvalidRequirement, parse_requirement
from hobd.core.vocab.disk import os_reason
from hobd.core.vocab.spawn import Finished, Spawner
from hobd.errors import WorldError

ConfigValues = Mapping[str, str | list[str]]
"""What a backend is told (`config_settings`)."""


Product: TypeAlias = Literal["wheel", "editable", "sdist"]
"""What is built: `editable` is a wheel that leads to the source tree (PEP 660)."""


class Frontend(Protocol):
    """A source tree that is ready to be built."""

    async def metadata(self) -> bytes | None:
        """The content of METADATA; None where only the wheel has it.

        Raises:
            HobError: the backend failed.
        """

    async def build(self, into: Path) -> Path:
        """Build the distribution into a folder.

        Raises:
            HobError: the backend failed.
        """


class HookFrontend(Struct, frozen=True, kw_only=True):
    """A source tree whose backend runs in processes."""

    spawner: Spawner
    place: Place
    backend: Backend
    config: ConfigValues
    product: Product

    async def requires(self) -> tuple[str, ...]:
        """What the backend needs beside `build-system.requires`, as PEP 508 texts.

        Raises:
            BuildFailed: it failed, or named what is no requirement.
        """
        hook = f"get_requires_for_build_{self.product}"
        try:
            found = await self._call(hook, self.config)
        except MissingHook:
            return ()
        if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
            raise self._mistaken(hook, "it returned no list of strings")
        try:
            for text in found:
                parse_requirement(text)
        except InvalidRequirement as error:
            raise self._mistaken(hook, error.message) from error
        return tuple(found)

    async def metadata(self) -> bytes | None:
        """See `Frontend.metadata`."""
        if not self.backend.prepares_truly:
            return None
        folder = self.place.scratch / "metadata_directory"
        folder.mkdir(exist_ok=True)
        hook = f"prepare_metadata_for_build_{self.product}"
        try:
            name = await self._call(hook, str(folder), self.config)
        except MissingHook:
            return None
        if not isinstance(name, str) or not name:
            raise self._mistaken(hook)
        return await anyio.to_thread.run_sync(_read_prepared, folder / name / "METADATA")

    async def build(self, into: Path) -> Path:
        """See `Frontend.build`."""
        hook = f"build_{self.product}"
        more = () if self.product == "sdist" else (None,)
        name = await self._call(hook, str(into), self.config, *more)
        if not isinstance(name, str) or not await anyio.to_thread.run_sync((into / name).is_file):
            raise self._mistaken(hook)
        return into / name

    async def _call(self, hook: str, *arguments: object) -> object:
        found: object = await call_hook(self.spawner, self.place, self.backend, hook, arguments)
        return found

    def _mistaken(self, hook: str, why: str = "") -> BuildFailed:
        """The process ended well, but not with what was asked for."""
        return failure(self.place, self.backend, hook, Finished(0, b"", b""), why)


def _read_prepared(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = f"failed to read from file `{path}`: {os_reason(error)}"
        raise WorldError("Failed to read from the distribution cache", causes=(reason,)) from error
