"""Reading `pylock.toml`: its packages in the form that locks have, so that they are installed as those are (PEP 751)."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from msgspec import Struct

from hobd.core.formats.shapes import Misfit
from hobd.core.formats.toml_text import InvalidToml, misfit_error, parse_toml
from hobd.core.formats.urls import file_url_path
from hobd.core.formats.version_text import parse_version
from hobd.core.lockfile.fields import Table, array, as_name, as_number, as_table, as_text, optional, required
from hobd.core.lockfile.model import Lock, LockedFile, LockedPackage
from hobd.core.markers import InvalidMarker, Marker, RequiresPython
from hobd.core.plan.origin import absolute
from hobd.core.vocab.digest import STRENGTH, Digest, strongest
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Directory, Editable, Git, Path, Registry, Source, Url
from hobd.errors import RequestError

NO_INDEX = ""
"""Stands for the index of packages that do not name theirs: their files say where they are."""


class InvalidPylock(RequestError):
    """A file that is no `pylock.toml`, or is not for this environment."""


class PylockWishes(Struct, frozen=True, kw_only=True):
    """What is wanted of a file."""

    environment: Mapping[str, str]
    """Values of markers."""
    extras: frozenset[Name] = frozenset()
    groups: frozenset[Name] = frozenset()
    """None: those that the file says are meant by default."""


def parse_pylock(text: str, shown: str, folder: PurePosixPath, wishes: PylockWishes | None) -> Lock:
    """What a file holds, all of it or for one environment.

    Args:
        text: the document.
        shown: its name, for errors.
        folder: absolute, the file's: relative paths start there.
        wishes: for which environment; None: all.
    Raises:
        InvalidPylock: it is no such file, or not for the environment.
    """
    try:
        document = parse_toml(text)
        try:
            return _read(document, folder, wishes)
        except Misfit as misfit:
            raise misfit_error(text, misfit) from misfit
    except InvalidToml as error:
        raise InvalidPylock(f"Not a valid `pylock.toml` file: {shown}", causes=(error.message,)) from error


def _read(document: Table, folder: PurePosixPath, wishes: PylockWishes | None) -> Lock:
    version = required(document, "lock-version", as_text)
    if version.partition(".")[0] != "1":
        raise Misfit(f"unsupported lock version (`{version}`, but only major version 1 is supported)", ("lock-version",))
    pythons = optional(document, "requires-python", as_text)
    supported = array(document, "environments", _marker)
    if wishes is not None and supported and not any(each.evaluate(wishes.environment) for each in supported):
        raise InvalidPylock("The target environment is not supported by the lockfile")
    defaults = frozenset(array(document, "default-groups", as_name))
    packages = array(document, "packages", lambda value: (_package(as_table(value), folder), optional(as_table(value), "marker", _marker)))
    return Lock(
        requires_python=RequiresPython.parse(pythons or ""),
        packages=tuple(package for package, marker in packages if _is_wanted(marker, wishes, defaults)),
    )


def _is_wanted(marker: Marker | None, wishes: PylockWishes | None, defaults: frozenset[Name]) -> bool:
    if marker is None or wishes is None:
        return True
    return marker.evaluate(wishes.environment, wishes.extras, wishes.groups or defaults)


def _marker(value: object) -> Marker:
    try:
        return Marker.parse(as_text(value))
    except InvalidMarker as error:
        raise Misfit(error.message, ()) from error


def _package(table: Table, folder: PurePosixPath) -> LockedPackage:
    source, file = _source(table, folder)
    wheels = array(table, "wheels", lambda value: _file(as_table(value), folder))
    sdist = optional(table, "sdist", lambda value: _file(as_table(value), folder))
    if file is not None:
        wheels, sdist = ((file,), None) if file.name.endswith(".whl") else ((), file)
    return LockedPackage(
        name=required(table, "name", as_name),
        version=optional(table, "version", lambda value: parse_version(as_text(value))),
        source=source,
        wheels=wheels,
        sdist=sdist,
    )


def _source(table: Table, folder: PurePosixPath) -> tuple[Source, LockedFile | None]:
    """Where a package comes from; of an archive its one file too."""
    if (vcs := optional(table, "vcs", as_table)) is not None:
        return _repository(vcs), None
    if (directory := optional(table, "directory", as_table)) is not None:
        path = str(absolute(folder, required(directory, "path", as_text)))
        return (Editable if directory.get("editable") is True else Directory)(path), None
    if (archive := optional(table, "archive", as_table)) is not None:
        file = _file(archive, folder)
        if file.url is None:
            return Path(str(file.path)), file
        return Url(file.url, optional(archive, "subdirectory", as_text)), file
    return Registry(optional(table, "index", as_text) or NO_INDEX), None


def _repository(vcs: Table) -> Git:
    if required(vcs, "type", as_text) != "git":
        raise Misfit(f"unsupported VCS type: {vcs['type']}", ("type",))
    revision = optional(vcs, "requested-revision", as_text)
    return Git(
        url=required(vcs, "url", as_text),
        reference_kind=None if revision is None else "rev",
        reference=revision,
        subdirectory=optional(vcs, "subdirectory", as_text),
        commit=required(vcs, "commit-id", as_text),
    )


def _file(table: Table, folder: PurePosixPath) -> LockedFile:
    url, path = optional(table, "url", as_text), optional(table, "path", as_text)
    if url is None and path is None:
        raise Misfit("missing field `url`", ())
    hashes = required(table, "hashes", as_table)
    digests = tuple(Digest(algorithm, as_text(text).lower()) for algorithm, text in hashes.items() if algorithm in STRENGTH)
    local = file_url_path(url) if url is not None else None if path is None else str(absolute(folder, path))
    return LockedFile(
        url=url if local is None else None,
        path=local,
        filename=optional(table, "name", as_text),
        digest=strongest(digests),
        size=optional(table, "size", as_number),
    )
