"""Which source or index a name comes from in a fork, as first-party requirements decide it (uv-lock.md 4.1)."""

from collections.abc import Callable
from posixpath import normpath

from msgspec.structs import replace

from hobd.core.resolver.environment import Environment
from hobd.core.resolver.first_party import Stated
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Directory, Editable, Git, Path, Registry, Source, Url, Virtual, source_order
from hobd.errors import RequestError


class UnstatedSource(RequestError):
    """A package of an index asks for a direct source that no first-party requirement names."""

    default_code = 1


class ConflictingSources(RequestError):
    """One name is to come from two places in the same fork."""

    default_code = 1


class Sources:
    """Direct sources and indexes that first-party requirements state, by name."""

    def __init__(
        self, stated: tuple[Stated, ...], overrides: tuple[Stated, ...], pinned: Callable[[Source], Source], folder: str = ""
    ) -> None:
        self._pinned = pinned
        self.folder = folder
        """Absolute, of the lock: paths start there. For messages only."""
        self._direct: dict[Name, list[Source]] = {}
        self._overrides: dict[Name, list[tuple[Stated, Source]]] = {}
        self._indexes: dict[Name, list[tuple[Stated, Registry]]] = {}
        for each in (*stated, *overrides):
            source, name = each.requirement.source, each.requirement.name
            if isinstance(source, Registry):
                self._indexes.setdefault(name, []).append((each, source))
        for each in stated:
            source = each.requirement.source
            if source is not None and not isinstance(source, Registry):
                self._add_direct(each.requirement.name, source)
        for each in overrides:
            source = each.requirement.source
            if source is not None and not isinstance(source, Registry):
                self._direct.pop(each.requirement.name, None)
                self._overrides.setdefault(each.requirement.name, []).append((each, source))

    def _add_direct(self, name: Name, source: Source) -> None:
        """Keep one of several spellings of a place; an editable tree stays editable."""
        known = self._direct.setdefault(name, [])
        for index, previous in enumerate(known):
            if self._is_same(previous, source):
                if not isinstance(previous, Editable | Virtual):
                    known[index] = source
                return
        known.append(source)

    def may_be_direct(self, name: Name) -> bool:
        """Whether some fork takes the name from a direct source."""
        return name in self._direct or name in self._overrides

    def is_free(self, name: Name) -> bool:
        """Whether every fork takes the name from any index that has it."""
        return not self.may_be_direct(name) and name not in self._indexes

    def direct(self, name: Name, asked: Source | None, environment: Environment) -> list[Source]:
        """The direct sources of a dependency in a fork.

        Args:
            asked: the direct source that the requirement itself names.

        Raises:
            UnstatedSource: it is not one that the user stated.
            ConflictingSources: the user stated others.
        """
        overrides = self._overrides.get(name)
        if overrides is not None:
            return [source for stated, source in overrides if stated.counts_in(environment)]
        if asked is None or isinstance(asked, Registry):
            return []
        stated_sources = self._direct.get(name)
        if stated_sources is None:
            text = show(asked, self.folder)
            raise UnstatedSource(
                f"Package `{name}` was included as a URL dependency. URL dependencies must be expressed as direct requirements or "
                f"constraints. Consider adding `{name} @ {text}` to your dependencies or constraints file."
            )
        matching = [each for each in stated_sources if self._is_same(each, asked)]
        if len(matching) != 1:
            raise conflicting(name, [*matching, asked], environment, self.folder)
        return matching

    def indexes(self, name: Name, environment: Environment) -> list[Registry]:
        """The indexes that a name is pinned to in a fork."""
        return [source for stated, source in self._indexes.get(name, ()) if stated.counts_in(environment)]

    def _is_same(self, left: Source, right: Source) -> bool:
        """Whether two sources mean the same place."""
        if isinstance(left, Git) and isinstance(right, Git):
            left, right = self._place(left), self._place(right)
            return left == right
        if isinstance(left, Directory | Editable | Virtual) and isinstance(right, Directory | Editable | Virtual):
            return left.path == right.path
        return left == right

    def _place(self, source: Git) -> Source:
        """A git source by its commit alone, where that is known."""
        pinned = self._pinned(source)
        if isinstance(pinned, Git) and pinned.commit is not None:
            return replace(pinned, reference=None, reference_kind=None)
        return pinned


def conflicting(name: Name, sources: list[Source], environment: Environment, folder: str = "") -> ConflictingSources:
    """The error for a name that is to come from several direct sources.

    Args:
        folder: absolute, of the lock.
    """
    listed = "\n".join(
        f"- {show(each, folder)}{' (editable)' if isinstance(each, Editable) else ''}" for each in sorted(sources, key=source_order)
    )
    return ConflictingSources(f"Requirements contain conflicting URLs for package `{name}` in {environment}:\n{listed}")


def conflicting_indexes(name: Name, indexes: list[Registry], environment: Environment) -> ConflictingSources:
    """The error for a name that is pinned to several indexes."""
    listed = "\n".join(f"- {each.url}" for each in sorted(indexes))
    return ConflictingSources(f"Requirements contain conflicting indexes for package `{name}` in {environment}:\n{listed}")


def show(source: Source, folder: str = "") -> str:
    """A source as a requirement would spell it."""
    match source:
        case Git():
            return f"git+{source.url}{f'@{source.reference}' if source.reference else ''}{_subdirectory(source)}"
        case Url():
            return f"{source.url}{_subdirectory(source)}"
        case Registry():
            return source.url
        case Path() | Directory() | Editable() | Virtual():
            return (
                f"file://{normpath(f'{folder}/{source.path}' if not source.path.startswith('/') else source.path)}"
                if folder
                else source.path
            )


def _subdirectory(source: Git | Url) -> str:
    return f"#subdirectory={source.subdirectory}" if source.subdirectory else ""
