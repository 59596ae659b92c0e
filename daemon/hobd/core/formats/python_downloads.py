"""Lists of Python builds: uv's own format, and what the library of standalone builds keeps (PYT-9).

Both are parsed leniently in one way alone: entries for what hob does not know (an implementation, a form of archive) are left out.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from packaging.version import InvalidVersion, Version

from hobd.core.vocab.python_download import PythonDownload
from hobd.core.vocab.python_key import PythonKey
from hobd.errors import RequestError

_IMPLEMENTATIONS = ("cpython", "pypy", "graalpy", "pyodide")
_SYSTEMS = {"darwin": "macos"}
_STANDALONE = re.compile(
    r"(?P<version>\d[\w.]*)(?:\+(?P<build>\d+))?-(?P<machine>\w+)-(?:unknown|apple|pc)-(?P<system>linux|darwin|windows)"
    r"(?:-(?P<libc>gnu|musl|gnueabi|gnueabihf|msvc))?.*"
)
_MACHINES = {"x86": "i686"}


class InvalidDownloadList(RequestError):
    """A list of downloads is none."""


def parse_download_list(content: bytes, shown: str) -> tuple[PythonDownload, ...]:
    """Read a list in uv's format: a table of builds by key, each with `name`, `arch`, `os`, `libc`, version parts, `url` and `sha256`.

    Args:
        shown: the list's place, for errors.
    Raises:
        InvalidDownloadList: it is something else.
    """
    try:
        entries = json.loads(content)
    except ValueError as error:
        raise _invalid(shown, _reason(error)) from error
    if not isinstance(entries, dict):
        raise _invalid(shown, "expected a map")
    return tuple(found for entry in entries.values() if (found := _parse_entry(entry, shown)) is not None)


def parse_standalone_builds(content: bytes) -> tuple[PythonDownload, ...]:
    """Read the list of the library `pbs_installer`: versions, each with its files; only what can be unpacked and checked counts."""
    return tuple(
        found for version in json.loads(content) for file in version["files"] if (found := _parse_build(version["python_version"], file))
    )


def _invalid(shown: str, reason: str) -> InvalidDownloadList:
    return InvalidDownloadList(f"Unable to parse the JSON Python download list at `{shown}`", causes=(reason,))


def _reason(error: ValueError) -> str:
    if not isinstance(error, json.JSONDecodeError):
        return str(error)
    line, column = error.doc.count("\n") + 1, len(error.doc) - error.doc.rfind("\n") - 1
    if error.doc[error.pos :].strip():
        return f"{error.msg} at line {error.lineno} column {error.colno}"
    what = "a value" if error.msg == "Expecting value" else "an object"
    return f"EOF while parsing {what} at line {line} column {column}"


def _parse_entry(entry: object, shown: str) -> PythonDownload | None:
    if not isinstance(entry, dict):
        raise _invalid(shown, "expected a map of fields for each download")
    try:
        return _read_entry(entry)
    except KeyError as error:
        raise _invalid(shown, f"missing field `{error.args[0]}`") from error
    except (TypeError, AttributeError, InvalidVersion) as error:
        raise _invalid(shown, f"invalid field: {error}") from error


def _read_entry(entry: Mapping[str, Any]) -> PythonDownload | None:
    machine = entry["arch"]["family"] + (f"_{entry['arch']['variant']}" if entry["arch"].get("variant") else "")
    version = f"{entry['major']}.{entry['minor']}.{entry['patch']}{entry.get('prerelease') or ''}"
    key = PythonKey(
        implementation=str(entry["name"]),
        version=Version(version),
        variant=entry.get("variant") or "",
        system=_SYSTEMS.get(entry["os"], str(entry["os"])),
        machine=machine,
        libc=str(entry["libc"]),
    )
    if key.implementation not in _IMPLEMENTATIONS:
        return None
    sha256 = entry.get("sha256")
    return PythonDownload(key=key, url=str(entry["url"]), sha256=None if sha256 is None else str(sha256).lower(), build=entry.get("build"))


def _parse_build(version: Mapping[str, Any], file: Mapping[str, Any]) -> PythonDownload | None:
    if not file["install_only"] or file["sha256"] is None or file["filename"].endswith(".zst"):
        return None
    told = _STANDALONE.match(file["filename"].partition("-")[2])
    system, libc = file["platform"], "gnu" if file["platform"] == "linux" else "none"
    if told is not None and told["libc"] in ("musl", "gnueabi", "gnueabihf"):
        libc = told["libc"]
    key = PythonKey(
        implementation=version["implementation"],
        version=Version(told["version"] if told is not None else f"{version['major']}.{version['minor']}.{version['micro']}"),
        variant="freethreaded" if version["freethreaded"] else "",
        system=system,
        machine=_MACHINES.get(file["arch"], file["arch"]),
        libc=libc,
    )
    return PythonDownload(key=key, url=file["url"], sha256=file["sha256"], build=None if told is None else told["build"])
