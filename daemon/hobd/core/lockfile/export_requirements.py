"""An export as `requirements.txt` (uv-lock.md 8.3). Lines that are no data come painted: whoever writes a file strips them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from hobd.core.formats.urls import path_url
from hobd.core.lockfile.export import Exported
from hobd.core.lockfile.model import LockedPackage
from hobd.core.lockfile.order import package_order
from hobd.core.vocab.digest import STRENGTH, Digest
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Directory, Editable, Git, Path, Registry, Url, Virtual


def render_requirements(
    rows: Iterable[Exported],
    *,
    is_editable: Callable[[Name], bool],
    has_hashes: bool,
    has_annotations: bool,
    paint: Callable[[str], str],
) -> str:
    """The requirements, one a line: editables first, then what is on this machine, then the rest.

    Args:
        rows: what is exported.
        is_editable: whether an editable package stays one.
        has_hashes: whether each requirement is followed by the digests of its files.
        has_annotations: whether it is followed by who needs it.
        paint: gives comments their colour.
    """
    lines: list[str] = []
    for row in sorted(rows, key=lambda row: _order(row.package)):
        if isinstance(row.package.source, Virtual):
            continue
        marker = row.marker.to_text()
        head = _requirement(row.package, is_editable) + ("" if marker is None else f" ; {marker}")
        hashes = [f"    --hash={digest}" for digest in _digests(row.package)] if has_hashes else []
        lines.append(" \\\n".join([head, *hashes]))
        lines += map(paint, annotation_lines(row.dependents) if has_annotations else ())
    return "".join(f"{line}\n" for line in lines)


def _order(package: LockedPackage) -> tuple[Any, ...]:
    match package.source:
        case Editable(path):
            return 0, _path_order(path)
        case Directory(path) | Path(path):
            return 1, _path_order(path)
    return 2, package_order(package)


def _path_order(path: str) -> list[tuple[int, str]]:
    """Part by part: the root comes before `..`, that before all names."""
    return [(0 if part == "/" else 1 if part == ".." else 2, part) for part in PurePosixPath(path).parts]


def _requirement(package: LockedPackage, is_editable: Callable[[Name], bool]) -> str:
    match package.source:
        case Registry():
            return f"{package.name}=={package.version}"
        case Url(url, subdirectory):
            return f"{package.name} @ {url}" + (f"#subdirectory={subdirectory}" if subdirectory else "")
        case Git() as git:
            return f"{package.name} @ {git_url(git)}"
        case Editable(path) if is_editable(package.name):
            return f"-e {anchored(path)}"
        case Editable(path) | Directory(path) | Path(path) | Virtual(path):
            return path_url(path) if path.startswith("/") else anchored(path)


def git_url(git: Git) -> str:
    """The reference to a repository, with the commit."""
    place = ("path", git.path) if git.path else ("subdirectory", git.subdirectory)
    fragment = "&".join(f"{key}={value}" for key, value in (place, ("lfs", "true" if git.lfs else None)) if value)
    return f"git+{git.url}@{git.commit or git.reference}" + (f"#{fragment}" if fragment else "")


def anchored(path: str) -> str:
    """A path that pip takes for one: `./lib`, `../lib`, `.`."""
    first = PurePosixPath(path).parts[:1]
    return path if not first or first[0] in ("/", "..") else f"./{path}"


def _digests(package: LockedPackage) -> list[Digest]:
    """Of all files, once each, by algorithm."""
    files = (*package.wheels, *(() if package.sdist is None else (package.sdist,)))
    return in_order(file.digest for file in files if file.digest is not None)


def in_order(digests: Iterable[Digest]) -> list[Digest]:
    """Digests as files of pins list them: by algorithm."""
    return sorted(digests, key=lambda digest: (STRENGTH.index(digest.algorithm), digest.hex))


def annotation_lines(dependents: Sequence[str]) -> Iterator[str]:
    """Who needs a package, below its line."""
    if len(dependents) == 1:
        yield f"    # via {dependents[0]}"
    elif dependents:
        yield "    # via"
        yield from (f"    #   {name}" for name in dependents)
