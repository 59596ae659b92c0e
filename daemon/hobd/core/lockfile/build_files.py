"""The `sdist` and `wheels` of a locked package (uv-lock.md 1.10)."""

import re
from datetime import UTC, datetime

from hobd.core.lockfile.model import LockedFile, LockedPackage
from hobd.core.markers import Marker, PythonBounds, RequiresPython
from hobd.core.resolver.knowledge import IndexedFile
from hobd.core.resolver.resolution import Chosen
from hobd.core.tags import InvalidWheelName, may_be_locked, parse_wheel_name
from hobd.core.vocab.digest import Digest, strongest
from hobd.core.vocab.distribution import File
from hobd.core.vocab.source import Path, Registry, Url

_UTC = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](?:\.[0-9]{3,6})?Z")


def locked_sdist(chosen: Chosen, kept: LockedPackage | None) -> LockedFile | None:
    """The source distribution, if there is one.

    Args:
        kept: the package in the lock before, if it stays at the same version: for hashes that the index does not give, and for those
            of direct archives, which are promised.
    """
    if isinstance(chosen.source, Url | Path):
        promised = kept.sdist.digest if kept is not None and kept.sdist is not None else None
        return next((LockedFile(digest=promised or strongest(file.digests)) for file in chosen.archive if not file.is_wheel), None)
    known = [kept.sdist] if kept is not None and kept.sdist is not None else []
    return next((_locked(each, known) for each in chosen.files if not each.file.is_wheel), None)


def locked_wheels(chosen: Chosen, kept: LockedPackage | None, python: RequiresPython, marker: Marker) -> tuple[LockedFile, ...]:
    """The wheels that some environment of the lock can use, by name.

    Args:
        marker: where the package is reached.
    """
    if isinstance(chosen.source, Url | Path):
        promised = next((each.digest for each in kept.wheels), None) if kept is not None else None
        return tuple(_archive(file, chosen.source, promised) for file in chosen.archive if file.is_wheel)
    known = list(kept.wheels) if kept is not None else []
    bounds = python.bounds
    wanted = [each for each in chosen.files if each.file.is_wheel and _is_wanted(each.file, bounds, marker)]
    return tuple([_locked(each, known) for each in sorted(wanted, key=lambda each: each.file.filename)])


def _is_wanted(file: File, python: PythonBounds, marker: Marker) -> bool:
    try:
        return may_be_locked(parse_wheel_name(file.filename), python, marker)
    except InvalidWheelName:
        return False


def _archive(file: File, source: Url | Path, promised: Digest | None) -> LockedFile:
    """A direct wheel: its address or its name, and its hash."""
    digest = promised or strongest(file.digests)
    if isinstance(source, Url):
        return LockedFile(url=source.url, digest=digest)
    return LockedFile(filename=file.filename, digest=digest)


def _locked(each: IndexedFile, known: list[LockedFile]) -> LockedFile:
    file = each.file
    is_path = file.is_path and each.index.is_path
    return LockedFile(
        url=None if is_path else file.location.partition("#")[0],
        path=_path(file.location, each.index) if is_path else None,
        digest=strongest(file.digests) or _known_digest(file, known),
        size=file.size,
        upload_time=None if file.upload_time is None else lock_time(file.upload_time),
    )


def _path(location: str, index: Registry) -> str:
    """A file of a local index: from there, or in full where the index is written in full."""
    return f"{index.url.rstrip('/')}/{location}" if index.url.startswith("/") and not location.startswith("/") else location


def _known_digest(file: File, known: list[LockedFile]) -> Digest | None:
    return next((each.digest for each in known if each.name == file.filename), None)


def lock_time(text: str) -> str:
    """An RFC 3339 time as a lock writes it: UTC, cut to milliseconds, no zeros at the end."""
    if _UTC.fullmatch(text):  # as indexes write it
        return f"{text[:23].removesuffix('Z').rstrip('0')}Z" if text[19] == "." and text[20:23] != "000" else f"{text[:19]}Z"
    moment = datetime.fromisoformat(text)
    moment = moment.astimezone(UTC) if moment.tzinfo is not None else moment
    fraction = f"{moment.microsecond // 1000:03}".rstrip("0")
    return f"{moment:%Y-%m-%dT%H:%M:%S}{f'.{fraction}' if fraction else ''}Z"
