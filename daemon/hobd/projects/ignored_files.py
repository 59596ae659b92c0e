"""Whether a folder holds nothing but what git ignores: such a folder is no member that lost its pyproject.toml."""

import os
import re
from pathlib import Path

from msgspec import Struct

from hobd.core.vocab.evidence import Evidence


class _Rule(Struct, frozen=True):
    """One line of a `.gitignore`, for paths relative to the folder of the file."""

    expression: re.Pattern[str]
    is_negated: bool
    only_folders: bool


def holds_only_ignored(folder: Path, evidence: Evidence) -> bool:
    """Whether every file below is ignored; true for a folder without files. All that was looked at is evidence."""
    return not _has_kept_file(folder, _rules_above(folder, evidence), evidence)


def _has_kept_file(folder: Path, rules: list[tuple[Path, _Rule]], evidence: Evidence) -> bool:
    rules = rules + _rules_in(folder, evidence)
    evidence.saw(folder)
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return True
    for entry in entries:
        path = Path(entry.path)
        if entry.name == ".git" or _is_ignored(path, rules, is_folder=entry.is_dir()):
            continue
        if not entry.is_dir() or _has_kept_file(path, rules, evidence):
            return True
    return False


def _rules_above(folder: Path, evidence: Evidence) -> list[tuple[Path, _Rule]]:
    """The rules of the folders above, outermost first; those of git only count inside a repository."""
    found: list[tuple[Path, _Rule]] = []
    for parent in folder.parents:
        found = _rules_in(parent, evidence) + found
        evidence.saw(parent / ".git")
        if (parent / ".git").exists():
            return _rules_of(parent, parent / ".git" / "info" / "exclude", evidence) + found
    return []


def _rules_in(folder: Path, evidence: Evidence) -> list[tuple[Path, _Rule]]:
    return _rules_of(folder, folder / ".gitignore", evidence) + _rules_of(folder, folder / ".ignore", evidence)


def _rules_of(folder: Path, file: Path, evidence: Evidence) -> list[tuple[Path, _Rule]]:
    evidence.saw(file)
    try:
        lines = file.read_text(errors="replace").splitlines()
    except OSError:
        return []
    return [(folder, rule) for line in lines if (rule := _parse(line)) is not None]


def _parse(line: str) -> _Rule | None:
    line = line.rstrip()
    if not line or line.startswith("#"):
        return None
    is_negated = line.startswith("!")
    body = line.removeprefix("!")
    only_folders = body.endswith("/")
    body = body.rstrip("/")
    is_anchored = "/" in body
    expression = _expression(body.lstrip("/"))
    return _Rule(re.compile(("" if is_anchored else "(?:.*/)?") + expression + r"\Z"), is_negated, only_folders)


def _expression(pattern: str) -> str:
    parts = re.split(r"(\*\*/|/\*\*$|\*|\?|\[[^\]]*\])", pattern)
    meanings = {"**/": "(?:.*/)?", "/**": "/.*", "*": "[^/]*", "?": "[^/]"}
    return "".join(meanings.get(part, part.replace("[!", "[^") if part.startswith("[") else re.escape(part)) for part in parts)


def _is_ignored(path: Path, rules: list[tuple[Path, _Rule]], *, is_folder: bool) -> bool:
    """The last rule that matches decides."""
    for folder, rule in reversed(rules):
        if rule.only_folders and not is_folder:
            continue
        if rule.expression.match(path.relative_to(folder).as_posix()):
            return not rule.is_negated
    return False
