"""Wheel file names taken apart (binary distribution format, "File name convention"; PEP 427, PEP 425).

name-version[-build]-pythons-abis-platforms.whl        each of the last three may hold several, joined by dots
"""

import re
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from packaging.version import InvalidVersion, Version

from hobd.core.vocab.names import InvalidName, Name, parse_name
from hobd.core.vocab.version import version_of
from hobd.errors import RequestError

BuildTag: TypeAlias = tuple[int, str]
"""A leading number and the rest. No build tag is (-1, "") and so comes before every other."""

NO_BUILD: BuildTag = (-1, "")

_PRINTED = re.compile(r"[!-~]+")
_BUILD = re.compile(r"([0-9]+)(.*)")


class InvalidWheelName(RequestError):
    """A file name that is no wheel's."""


class WheelName(NamedTuple):
    """The parts of a wheel's file name."""

    name: Name
    version: Version
    build: BuildTag
    pythons: tuple[str, ...]
    """`py3`, `cp311`, ... in written order."""
    abis: tuple[str, ...]
    """`none`, `abi3`, `cp311`, ..."""
    platforms: tuple[str, ...]
    """`any`, `manylinux_2_17_x86_64`, ..."""

    def canonical(self) -> str:
        """The file name with name and version in their normal forms (binary distribution format, "Escaping and Unicode")."""
        build = "" if self.build == NO_BUILD else f"-{self.build[0]}{self.build[1]}"
        tags = "-".join(".".join(part) for part in (self.pythons, self.abis, self.platforms))
        return f"{self.name.replace('-', '_')}-{self.version}{build}-{tags}.whl"


_LACKS = {1: "Must have a version", 2: "Must have a Python tag", 3: "Must have an ABI tag", 4: "Must have a platform tag"}
"""What names of so few parts lack, in uv's words."""
_TAG_FAULT = "Tag components must contain only ASCII letters, digits, underscores, and periods"


@lru_cache(maxsize=8192)
def parse_wheel_name(filename: str) -> WheelName:
    """Take a file name apart. Whoever chooses, checks and locks a wheel asks for the same one: names and their parts are remembered.

    Raises:
        InvalidWheelName: it does not end in `.whl`, has a wrong number of parts, or one of them is invalid.
    """
    stem, dot, suffix = filename.rpartition(".")
    parts = stem.split("-")
    if not dot or suffix != "whl" or len(parts) not in (5, 6):
        lack = _LACKS.get(len(parts), "Must have 5 or 6 components, but has more") if suffix == "whl" else "Must end with .whl"
        raise InvalidWheelName(f"The wheel filename `{filename}` is invalid: {lack}")
    try:
        name, version = _project(parts[0], parts[1])
    except InvalidName as error:
        raise InvalidWheelName(f"The wheel filename `{filename}` has an invalid package name") from error
    except InvalidVersion as error:
        from hobd.core.formats.version_text import version_fault

        raise InvalidWheelName(f"The wheel filename `{filename}` has an invalid version: {version_fault(parts[1])}") from error
    build = NO_BUILD if len(parts) == 5 else _parse_build(parts[2], filename)
    return WheelName(name, version, build, *(_tags(part, filename) for part in parts[-3:]))


@lru_cache(maxsize=4096)
def _project(name: str, version: str) -> tuple[Name, Version]:
    return parse_name(name), version_of(version)


def _parse_build(text: str, filename: str) -> BuildTag:
    match = _BUILD.fullmatch(text)
    if match is None:
        raise InvalidWheelName(f"The wheel filename `{filename}` is invalid: the build tag `{text}` does not begin with a digit")
    return int(match[1]), match[2]


def _tags(text: str, filename: str) -> tuple[str, ...]:
    tags = _split_tags(text)
    if not tags:
        raise InvalidWheelName(f"The wheel filename `{filename}` is invalid: {_TAG_FAULT}")
    return tags


@lru_cache(maxsize=4096)
def _split_tags(text: str) -> tuple[str, ...]:
    tags = tuple(text.lower().split("."))
    return () if "" in tags or _PRINTED.fullmatch(text) is None else tags
