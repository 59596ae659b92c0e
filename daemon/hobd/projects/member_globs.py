"""Finding the folders that workspace globs mean, and telling which of them are left out (features.md, WSP-1)."""

import os
from collections.abc import Iterator
from pathlib import Path

from hobd.core.formats.globs import compile_glob, escape_glob
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.project import WorkspaceTable

_WILD = frozenset("*?[")


def expand(root: Path, pattern: str, evidence: Evidence) -> Iterator[Path]:
    """What exists and matches a glob, in order of name folder by folder. Every folder that is listed becomes evidence.

    Args:
        root: where relative patterns begin.
        pattern: as the workspace says it.
        evidence: is told of folders that are listed, and of literal paths.
    """
    base, steps = _split(root, os.path.normpath(pattern))
    yield from _walk(base, steps, evidence)


def _split(root: Path, pattern: str) -> tuple[Path, list[str]]:
    if pattern.startswith("/"):
        return Path("/"), [step for step in pattern.split("/") if step]
    return root, [] if pattern == "." else pattern.split("/")


def _walk(folder: Path, steps: list[str], evidence: Evidence) -> Iterator[Path]:
    if not steps:
        yield folder
        return
    step, rest = steps[0], steps[1:]
    if step == "**":
        yield from _walk_deep(folder, rest, evidence)
    elif _WILD.isdisjoint(step):
        path = Path(os.path.normpath(folder / step))
        evidence.saw(path)
        if os.path.lexists(path):
            yield from _walk(path, rest, evidence)
    else:
        matches = compile_glob(step).match
        for name in _names(folder, evidence):
            if matches(name):
                yield from _walk(folder / name, rest, evidence)


def _walk_deep(folder: Path, rest: list[str], evidence: Evidence) -> Iterator[Path]:
    """`**`: the folder itself and all below it, not through links."""
    if rest:
        yield from _walk(folder, rest, evidence)
    for name in _names(folder, evidence):
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            if not rest:
                yield path
            yield from _walk_deep(path, rest, evidence)


def _names(folder: Path, evidence: Evidence) -> list[str]:
    evidence.saw(folder)
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def is_member(folder: Path, root: Path, workspace: WorkspaceTable) -> bool:
    """Whether the globs of a workspace name a folder; here `*` may match a `/`, as uv has it."""
    return any(compile_glob(_absolute(root, pattern)).match(str(folder)) for pattern in workspace.members)


def is_excluded(folder: Path, root: Path, workspace: WorkspaceTable) -> bool:
    """Whether the workspace leaves a folder out."""
    return any(_excludes(pattern, folder, root) for pattern in workspace.exclude)


def _excludes(pattern: str, folder: Path, root: Path) -> bool:
    is_plain = not pattern.startswith("/") and os.path.normpath(pattern) == pattern
    if not is_plain:
        return compile_glob(_absolute(root, pattern)).match(str(folder)) is not None
    try:
        relative = folder.relative_to(root)
    except ValueError:
        return False
    return compile_glob(pattern).match(relative.as_posix()) is not None


def _absolute(root: Path, pattern: str) -> str:
    normal = os.path.normpath(pattern)
    return normal if normal.startswith("/") else os.path.normpath(f"{escape_glob(str(root))}/{normal}")
