"""The answer: what was chosen in every fork, and the forks merged into one graph."""

from msgspec import Struct
from packaging.version import Version

from hobd.core.markers import Marker
from hobd.core.resolver.environment import Environment
from hobd.core.resolver.knowledge import IndexedFile
from hobd.core.vocab.distribution import File
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Source


class NodeKey(Struct, frozen=True):
    """A node of the graph: a distribution from one place, or an extra or a group of it."""

    name: Name
    version: Version
    source: Source
    """An index by its URL, or a direct source as it was asked for."""
    extra: Name | None = None
    group: Name | None = None

    def __hash__(self) -> int:
        """By names alone: few nodes share them, and versions and sources take longer to hash than all else of a merge."""
        return hash((self.name, self.extra, self.group))

    @property
    def base(self) -> "NodeKey":
        """The distribution itself."""
        return self if self.extra is None and self.group is None else NodeKey(self.name, self.version, self.source)


class ForkEdge(Struct, frozen=True):
    """In one fork: a node depends on another where the marker holds. `parent` is None for the root."""

    parent: NodeKey | None
    child: NodeKey
    marker: Marker


class ForkSolution(Struct, frozen=True):
    """What was chosen in one fork."""

    environment: Environment
    nodes: tuple[NodeKey, ...]
    edges: tuple[ForkEdge, ...]


class Chosen(Struct, frozen=True, kw_only=True):
    """A distribution of the result, with what a lock says of it."""

    metadata: Metadata
    files: tuple[IndexedFile, ...] = ()
    """All files of the version on the index that it was chosen from, those cut off by time left out; empty for direct sources."""
    archive: tuple[File, ...] = ()
    """The file of a direct archive."""
    source: Source
    """Where it comes from, with what was learnt about it: a git reference with its commit."""


class PassedOver(Struct, frozen=True):
    """A version that all requirements allow, that would have come first, and was not taken."""

    version: Version
    reason: str
    """As it follows the version in a sentence, `was yanked`; empty where nothing stands against it but an earlier choice."""


class Decided(Struct, frozen=True, kw_only=True):
    """What decided one version."""

    name: Name
    version: Version
    forks: tuple[int, ...] = ()
    """In which forks it was chosen, by order of completion; the first of them is the one that is told of here."""
    is_direct: bool = False
    """It comes from a direct source, which has but one version."""
    is_kept: bool = False
    """The old lock had it."""
    prefers_high: bool = True
    """Whether higher versions come first."""
    passed: tuple[PassedOver, ...] = ()
    """The most wanted first; only the first few."""
    passed_count: int = 0
    outside: Version | None = None
    """The newest version that there is, where some requirement does not allow it."""


class Resolution(Struct, frozen=True, kw_only=True):
    """Everything that was chosen, for all environments of the project."""

    fork_markers: tuple[Marker, ...]
    """In order of completion, with encoded items; empty if there was no split and no restriction."""
    distributions: dict[NodeKey, Chosen]
    """By base node."""
    nodes: dict[NodeKey, Marker]
    """Every node with the marker of where it is reached."""
    edges: dict[NodeKey, dict[NodeKey, Marker]]
    """By parent: its children, each with the marker of where the parent depends on it."""
    forks: tuple[ForkSolution, ...] = ()
    decided: tuple[Decided, ...] = ()
    """What decided the versions, by name and version."""
    warnings: tuple[str, ...] = ()
    """Warnings that are told after it."""
