"""What was built before: metadata and wheels, by source and rules (BIS-3).

built-v1/AB/IDENTITY/RULES.json     the state that the source had, its metadata, and the wheels that were made of it
built-v1/AB/IDENTITY/.lock          held while a backend works on the source
"""

import hashlib
import json
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from hobd.core.tags import InvalidWheelName, Tags, parse_wheel_name
from hobd.core.vocab.digest import Digest
from hobd.faults import crash_point
from hobd.projects.project_lock import hold_file_lock
from hobd.service.builds.buildables import Buildable

_SCHEMA = 1


class Built(Struct, frozen=True, kw_only=True):
    """What is known of one source under one set of rules."""

    metadata: bytes | None = None
    """The content of METADATA."""
    wheels: tuple[tuple[str, str], ...] = ()
    """File name and sha256, the newest last. Several, where they are for several interpreters."""

    def find_wheel(self, tags: Tags) -> Digest | None:
        """The newest wheel that an interpreter can use."""
        for filename, digits in reversed(self.wheels):
            try:
                if tags.rank(parse_wheel_name(filename)) is not None:
                    return Digest("sha256", digits)
            except InvalidWheelName:
                continue
        return None


class BuiltIndex(Struct, frozen=True, kw_only=True):
    """The index below one folder. Several processes may use it at once: files are replaced, never changed."""

    folder: Path
    lock_timeout_seconds: float

    @asynccontextmanager
    async def alone(self, buildable: Buildable) -> AsyncIterator[None]:
        """Keep other builds off a source for the length of the block: backends write beside it.

        Raises:
            LockTimeout: another build did not end.
        """
        place = self._place(buildable)
        place.mkdir(parents=True, exist_ok=True)
        async with hold_file_lock(place / ".lock", buildable.label, self.lock_timeout_seconds):
            yield

    def read(self, buildable: Buildable, rules: str) -> Built:
        """What is known; nothing where the source has changed. Blocks."""
        try:
            kept = json.loads((self._place(buildable) / f"{rules}.json").read_bytes())
            if kept["schema"] != _SCHEMA or kept["state"] != buildable.state:
                return Built()
            metadata = kept["metadata"]
            return Built(
                metadata=None if metadata is None else metadata.encode("utf-8", "surrogateescape"),
                wheels=tuple((str(name), str(digits)) for name, digits in kept["wheels"]),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return Built()  # missing or damaged: then it is built again

    def add_metadata(self, buildable: Buildable, rules: str, metadata: bytes) -> None:
        """Keep what a backend said. Blocks."""
        self._write(buildable, rules, replace(self.read(buildable, rules), metadata=metadata))

    def add_wheel(self, buildable: Buildable, rules: str, filename: str, digits: str, metadata: bytes) -> None:
        """Keep which wheel was made, and its metadata. Blocks."""
        others = tuple(pair for pair in self.read(buildable, rules).wheels if pair[0] != filename)
        self._write(buildable, rules, Built(metadata=metadata, wheels=(*others, (filename, digits))))

    def _place(self, buildable: Buildable) -> Path:
        digest = hashlib.sha256(json.dumps(buildable.identity).encode()).hexdigest()[:40]
        return self.folder / digest[:2] / digest[2:]

    def _write(self, buildable: Buildable, rules: str, built: Built) -> None:
        place = self._place(buildable)
        metadata = None if built.metadata is None else built.metadata.decode("utf-8", "surrogateescape")
        kept = {"schema": _SCHEMA, "state": buildable.state, "metadata": metadata, "wheels": built.wheels}
        try:
            place.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=place, prefix=".tmp-", delete=False) as new:
                json.dump(kept, new)
            crash_point("built.write")
            os.replace(new.name, place / f"{rules}.json")
        except OSError:
            return  # a folder that cannot be written only costs time
