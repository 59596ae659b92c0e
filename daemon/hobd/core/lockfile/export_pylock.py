"""An export as `pylock.toml` (PEP 751, uv-lock.md 8.4)."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from hobd.core.formats.urls import path_url
from hobd.core.lockfile.export import Exported
from hobd.core.lockfile.model import Lock, LockedFile, LockedPackage
from hobd.core.lockfile.toml_style import Pairs, fitting_array, flat_array, inline_table, string
from hobd.core.plan.origin import absolute
from hobd.core.tags.wheel_name import parse_wheel_name
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Directory, Editable, Git, Path, Registry, Url, Virtual
from hobd.errors import RequestError

_NAME = re.compile(r"pylock\.(?:[^.]+\.)?toml")
_FRACTION = re.compile(r"\.\d+")


class PylockPlaces(Struct, frozen=True, kw_only=True):
    """Where things are, as a `pylock.toml` tells it."""

    root: PurePosixPath
    """The folder that relative paths of the lock start from, absolute."""
    shown: Callable[[PurePosixPath], str]
    """A path as seen from the folder of the export."""
    editable: Callable[[Name], bool | None]
    """Whether a folder is said to be editable; None says nothing of it, as for all that is built as it will be shipped."""
    has_indexes: bool = True
    """Whether the index of each package is told."""


def is_pylock_name(name: str) -> bool:
    """Whether a file may be called so: `pylock.toml` or `pylock.NAME.toml` (PEP 751, "File name")."""
    return _NAME.fullmatch(name) is not None


def check_pylock_name(name: str) -> None:
    """Refuse to write a file that may not be called so.

    Raises:
        RequestError: it may not.
    """
    if not is_pylock_name(name):
        raise RequestError(
            "Expected the output filename to be `pylock.toml` or `pylock.<name>.toml`, where `<name>` is non-empty and contains no dots; "
            f"found `{name}`"
        )


def render_pylock(lock: Lock, rows: Iterable[Exported], places: PylockPlaces) -> str:
    """The document, without a header.

    Raises:
        RequestError: a package cannot be told in it.
    """
    head = ['lock-version = "1.0"\n', 'created-by = "uv"\n']
    environments = [marker.to_text() for marker in lock.supported_markers]
    told = [text for text in environments if text is not None]
    if told and len(told) == len(environments):
        head.append(f"environments = {flat_array(map(string, told))}\n")
    head.append(f"requires-python = {string(lock.requires_python.text())}\n")
    tables = [_table(row, places) for row in rows if not isinstance(row.package.source, Virtual)]
    return "".join([*head, *tables]) if tables else "".join([*head, "packages = []\n"])


def files_to_digest(package: LockedPackage) -> tuple[LockedFile, ...]:
    """The files of a package whose digest the document has to tell, and the lock does not know."""
    if isinstance(package.source, Git | Directory | Editable | Virtual):
        return ()
    return tuple(file for file in _files(package) if file.digest is None)


def _files(package: LockedPackage) -> tuple[LockedFile, ...]:
    return (*(() if package.sdist is None else (package.sdist,)), *package.wheels)


def _table(row: Exported, places: PylockPlaces) -> str:
    pairs = [("name", string(row.package.name)), *_identity(row), *_content(row.package, places)]
    written = "".join(f"{key} = {value}\n" for key, value in pairs if value is not None)
    return f"\n[[packages]]\n{written}"


def _identity(row: Exported) -> Iterator[tuple[str, str | None]]:
    package = row.package
    marker = row.marker.to_text()
    # The version of a folder may be another by the time it is built.
    if package.version is not None and not isinstance(package.source, Directory | Editable):
        yield "version", string(str(package.version))
    yield "marker", None if marker is None else string(marker)


def _content(package: LockedPackage, places: PylockPlaces) -> Iterator[tuple[str, str | None]]:
    match package.source:
        case Registry() as registry:
            yield "index", string(_index_url(registry, places)) if places.has_indexes else None
            if package.sdist is not None:
                yield "sdist", inline_table(_file(package.sdist, registry, places))
            if package.wheels:
                yield "wheels", fitting_array([inline_table(_file(wheel, registry, places)) for wheel in package.wheels])
        case Git() as git:
            yield "vcs", inline_table(_vcs(git, package))
        case Directory(path) | Editable(path):
            yield "directory", inline_table(_directory(package, path, places))
        case Url() | Path() as source:
            yield "archive", inline_table(_archive(package, source, places))


def _index_url(registry: Registry, places: PylockPlaces) -> str:
    return path_url(str(absolute(places.root, registry.url))) if registry.is_path else registry.url


def _file(file: LockedFile, registry: Registry, places: PylockPlaces) -> Pairs:
    url = file.url
    if url is None:
        folder = absolute(places.root, registry.url) if registry.is_path else places.root
        url = path_url(str(absolute(folder, file.path or file.name)))
    name = parse_wheel_name(file.name).canonical() if file.name.endswith(".whl") else file.name
    is_plain = unquote(urlsplit(url).path).rpartition("/")[2] == name
    yield "name", None if is_plain else string(name)
    yield "url", string(url)
    yield "upload-time", None if file.upload_time is None else _FRACTION.sub("", file.upload_time)
    yield "size", None if file.size is None else str(file.size)
    yield "hashes", _hashes(file.digest)


def _vcs(git: Git, package: LockedPackage) -> Pairs:
    if git.path is not None:
        raise RequestError(f"Package `{package.name}` uses a Git archive, which pylock.toml export does not support")
    yield "type", string("git")
    yield "url", string(git.url)
    yield "requested-revision", None if git.reference is None else string(git.reference)
    yield "commit-id", string(git.commit or "")
    yield "subdirectory", None if git.subdirectory is None else string(git.subdirectory)


def _directory(package: LockedPackage, path: str, places: PylockPlaces) -> Pairs:
    is_editable = places.editable(package.name)
    yield "path", string(_path(path, places))
    if is_editable is not False:
        yield "editable", "true" if is_editable or isinstance(package.source, Editable) else "false"


def _archive(package: LockedPackage, source: Url | Path, places: PylockPlaces) -> Pairs:
    file = package.wheels[0] if package.wheels else package.sdist or LockedFile()
    if isinstance(source, Url):
        yield "url", string(source.url)
    else:
        yield "path", string(_path(source.path, places))
    yield "size", None if file.size is None else str(file.size)
    yield "subdirectory", string(source.subdirectory) if isinstance(source, Url) and source.subdirectory else None
    yield "hashes", _hashes(file.digest)


def _path(path: str, places: PylockPlaces) -> str:
    return path if path.startswith("/") else places.shown(absolute(places.root, path))


def _hashes(digest: Digest | None) -> str:
    return "{}" if digest is None else inline_table([(digest.algorithm, string(digest.hex))])
