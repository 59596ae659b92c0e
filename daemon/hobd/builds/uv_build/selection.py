"""Which files of a source tree the backend takes: walks, and the globs of its table (BIS-5)."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

Patterns = list[re.Pattern[str]]


def compile_patterns(texts: Iterable[str]) -> Patterns:
    """Globs as the backend reads exclusions: anchored with a leading `/`, else they fit at any depth; `*` stops at `/`."""
    return [re.compile(_regex(text) if text.startswith("/") else f"(?:.*/)?{_regex(text)}", re.DOTALL) for text in texts]


def compile_anchored(texts: Iterable[str]) -> Patterns:
    """Globs as the backend reads inclusions: all begin at the top."""
    return [re.compile(_regex(text), re.DOTALL) for text in texts]


def walk(source: Path, folder: Path, excluded: Patterns) -> Iterator[Path]:
    """A folder or file and all below it, by name, without what a pattern excludes."""
    if matches(folder, source, excluded):
        return
    yield folder
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            yield from walk(source, path, excluded)


def matches(path: Path, source: Path, patterns: Patterns) -> bool:
    """Whether one of the patterns means a path of the source tree."""
    relative = path.relative_to(source).as_posix()
    return any(pattern.fullmatch(relative) for pattern in patterns)


def _regex(text: str) -> str:
    parts = re.split(r"(\*\*/?|\*|\?)", text.lstrip("/").rstrip("/"))
    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(wild.get(part, re.escape(part)) for part in parts)
