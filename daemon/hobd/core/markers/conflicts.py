"""Extras, groups and projects of `conflicts`, encoded as extras inside markers (uv-lock.md 3.9).

extra-4-demo-cpu     the extra `cpu` of `demo` (4: length of the package's name)
group-4-demo-dev     the group `dev` of `demo`
project-4-demo       `demo` itself
"""

from typing import NamedTuple

_KINDS = ("extra", "group", "project")


class EncodedItem(NamedTuple):
    """What an encoded extra stands for."""

    kind: str
    """`extra`, `group` or `project`."""
    package: str
    name: str | None
    """Of the extra or the group; None for a project."""


def encode_extra(package: str, extra: str) -> str:
    """The extra of a package as the name of an extra in markers."""
    return f"extra-{len(package)}-{package}-{extra}"


def encode_group(package: str, group: str) -> str:
    """The dependency group of a package as the name of an extra in markers."""
    return f"group-{len(package)}-{package}-{group}"


def encode_project(package: str) -> str:
    """A package itself as the name of an extra in markers."""
    return f"project-{len(package)}-{package}"


def decode(name: str) -> EncodedItem | None:
    """What an extra's name in a marker stands for; None for a plain extra."""
    kind, _, rest = name.partition("-")
    length, _, tail = rest.partition("-")
    if kind not in _KINDS or not length.isdecimal() or len(tail) < int(length):
        return None
    package, remainder = tail[: int(length)], tail[int(length) :]
    if kind == "project":
        return None if remainder else EncodedItem(kind, package, None)
    return EncodedItem(kind, package, remainder[1:]) if remainder.startswith("-") and remainder[1:] else None
