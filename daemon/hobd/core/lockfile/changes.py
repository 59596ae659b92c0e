"""What a new lock changes against the old one, name by name (features.md LCK-12)."""

from msgspec import Struct

from hobd.core.lockfile.model import Lock, LockedPackage
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Git

_COMMIT_DIGITS = 8


class Change(Struct, frozen=True, kw_only=True):
    """The versions of one name before and after; empty where the name was not, or is no longer, locked."""

    name: Name
    before: tuple[str, ...]
    after: tuple[str, ...]


def compare(previous: Lock | None, new: Lock) -> tuple[Change, ...]:
    """All names whose versions differ, in order of name."""
    before = _versions(previous) if previous is not None else {}
    after = _versions(new)
    rows = [Change(name=name, before=before.get(name, ()), after=after.get(name, ())) for name in sorted(before.keys() | after.keys())]
    return tuple(row for row in rows if row.before != row.after)


def _version(package: LockedPackage) -> str:
    """The version; of a repository's package with the beginning of the commit, which may be all that changes."""
    text = "(dynamic)" if package.version is None else f"v{package.version}"
    commit = package.source.commit if isinstance(package.source, Git) else None
    return text if commit is None else f"{text} ({commit[:_COMMIT_DIGITS]})"


def _versions(lock: Lock) -> dict[Name, tuple[str, ...]]:
    found: dict[Name, list[str]] = {}
    for package in lock.packages:  # in order of name and version
        text = _version(package)
        versions = found.setdefault(package.name, [])
        if text not in versions:
            versions.append(text)
    return {name: tuple(versions) for name, versions in found.items()}
