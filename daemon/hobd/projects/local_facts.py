"""What the disk says about the paths that sources and requirements name: lowering is pure and has to be told."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from hobd.core.formats.pyproject import parse_pyproject
from hobd.core.formats.urls import file_url_path, has_known_scheme
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.project import IncludeGroup, LocalFact, Member, PathEntry, Pyproject, SourceEntry, UnknownGroupObject, WorkspaceEntry
from hobd.errors import HobError
from hobd.projects.files import absolute, read_text

_DIRECT = re.compile(r"\s*+[A-Za-z0-9._-]++\s*+(?:\[[^\]]*+\]\s*+)?@\s*+(\S+)")


def gather_local_facts(
    root: Path, pyproject: Pyproject, members: Iterable[Member], evidence: Evidence, extra: Iterable[str] = ()
) -> tuple[tuple[Path, LocalFact], ...]:
    """Look at every path that the workspace names, and the requirements in `extra`; sorted by path."""
    found: dict[Path, LocalFact] = {}
    for base, each in ((root, pyproject), *((member.root, member.pyproject) for member in members)):
        for path in _paths_of(base, each):
            if path not in found:
                found[path] = look_at(path, evidence)
    for path in filter(None, (_direct_path(text, root) for text in extra)):
        found.setdefault(path, look_at(path, evidence))
    return tuple(sorted(found.items()))


def look_at(path: Path, evidence: Evidence) -> LocalFact:
    """Whether a path is a folder and its project one that is built. What is missing counts as a folder if it has no suffix."""
    evidence.saw(path)
    if not path.exists():
        return LocalFact(is_folder=not path.suffix, exists=False)
    if not path.is_dir():
        return LocalFact(is_folder=False)
    try:
        text = read_text(path / "pyproject.toml", evidence)
        is_package = text is None or parse_pyproject(text).is_package(needs_build_system=False)
    except HobError:
        is_package = True  # whoever builds it will say what is wrong
    return LocalFact(is_folder=True, is_package=is_package)


def _paths_of(base: Path, pyproject: Pyproject) -> Iterator[Path]:
    for _, entries in pyproject.tool_uv.sources:
        for entry in entries:
            text = _path_text(entry)
            if text is not None:
                yield _resolve(text, base)
    for requirement in _requirement_texts(pyproject):
        path = _direct_path(requirement, base)
        if path is not None:
            yield path


def _direct_path(requirement: str, base: Path) -> Path | None:
    """The path behind the `@` of a requirement, if it is one."""
    direct = _DIRECT.match(requirement)
    if direct is None or (has_known_scheme(direct[1]) and not direct[1].lower().startswith("file:")):
        return None
    return _resolve(direct[1].partition("#")[0], base)


def _resolve(text: str, base: Path) -> Path:
    return absolute(Path(file_url_path(text) or text), base)


def _path_text(entry: SourceEntry) -> str | None:
    if isinstance(entry, PathEntry):
        return entry.path
    if isinstance(entry, WorkspaceEntry) and isinstance(entry.workspace, str):
        return entry.workspace
    return None


def _requirement_texts(pyproject: Pyproject) -> Iterator[str]:
    if pyproject.project is not None:
        yield from pyproject.project.dependencies or ()
        for _, texts in pyproject.project.optional_dependencies:
            yield from texts
    for _, entries in pyproject.groups:
        yield from (entry for entry in entries if not isinstance(entry, IncludeGroup | UnknownGroupObject))
    yield from pyproject.tool_uv.dev_dependencies or ()
    yield from pyproject.tool_uv.constraints
    yield from (entry for entry in pyproject.tool_uv.overrides if isinstance(entry, str))
