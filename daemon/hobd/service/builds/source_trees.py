"""What a source tree says without its backend, and what its workspace makes of what it says (uv-lock.md 4.5, 4.9).

pyproject.toml ─┬─ all that counts is static ─→ lowered by the sources of the tree and its workspace ─→ Metadata
                └─ something is dynamic ──────→ the backend is asked ─→ lowered likewise ─────────────→ Metadata
"""

from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from packaging.specifiers import SpecifierSet

from hobd.core.formats.pyproject import parse_pyproject
from hobd.core.formats.static_project import parse_static_project
from hobd.core.formats.toml_text import InvalidToml, parse_toml
from hobd.core.resolver.lower import Stating, lower_member, lower_texts, needs_build, stating_member
from hobd.core.resolver.pose import ground_of
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from hobd.core.vocab.project import Member, Pyproject
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.settings import Settings
from hobd.core.vocab.source import Directory, Editable, Git, Source, Virtual
from hobd.core.vocab.source import Path as PathSource
from hobd.errors import HobError
from hobd.projects.discover import PYPROJECT, Discovery, discover_workspace
from hobd.projects.files import read_text

_DYNAMIC = frozenset({"version", "requires-python"})
"""Beside the requirements: what has to be static for the backend to be left alone."""


class Surroundings(Struct, frozen=True, kw_only=True):
    """What a tree is read in."""

    discovery: Discovery
    settings: Settings
    lock_root: Path
    """The folder of the lock: relative paths start there."""


class SourceTree(Struct, frozen=True, kw_only=True):
    """A folder that something can be built from."""

    folder: Path
    text: str | None
    """Its `pyproject.toml`; None where there is none."""
    pyproject: Pyproject
    member: Member | None
    """What it is in its workspace; None where nothing is lowered: it has no `[project]`, or is not managed."""
    stating: Stating | None
    """How its requirements are lowered; likewise."""
    repository: Git | None = None
    """The repository that it was checked out from: then what lies beside it comes from there too."""

    def static(self, shown: str) -> Metadata | None:
        """What it says without a build; None where the backend has to be asked.

        Args:
            shown: its folder, as errors show it.
        Raises:
            HobError: what it says does not hold together.
        """
        project = self.pyproject.project
        if project is None or project.version is None or needs_build(self.pyproject) or _DYNAMIC & set(project.dynamic):
            return None
        if self.member is None:
            return parse_static_project((self.text or "").encode())
        requires_python = None if project.requires_python is None else SpecifierSet(project.requires_python)
        said = Metadata(name=project.name, version=project.version, requires_python=requires_python)
        return self._lowered(said, self.member, None, shown)

    def lowered(self, said: Metadata, shown: str) -> Metadata:
        """What the backend said, with sources and groups.

        Raises:
            HobError: a source does not fit, or the groups do not hold together.
        """
        return said if self.member is None else self._lowered(said, self.member, said, shown)

    def lower_build_requires(self, texts: tuple[str, ...]) -> tuple[Requirement, ...]:
        """What the build needs, from the sources of the tree.

        Raises:
            HobError: a text is no requirement, or a source does not fit.
        """
        if self.stating is None:
            from hobd.core.formats.requirement import parse_requirement

            return tuple(parse_requirement(text) for text in texts)
        return tuple(self._placed(each) for each in lower_texts(texts, self.stating))

    def _lowered(self, said: Metadata, member: Member, backend: Metadata | None, shown: str) -> Metadata:
        assert self.stating is not None  # a member states
        root = lower_member(member, self.stating.ground, shown, backend)
        return replace(
            said,
            requires_dist=tuple(map(self._placed, root.requires_dist)),
            provides_extras=root.provides_extras,
            groups=tuple((name, tuple(map(self._placed, group))) for name, group in root.groups),
            is_dynamic="version" in member.project.dynamic,
        )

    def _placed(self, requirement: Requirement) -> Requirement:
        """In a repository, what is meant by a path is in the repository too."""
        if self.repository is None or requirement.source is None:
            return requirement
        return replace(requirement, source=_in_repository(requirement.source, self.repository))


def read_tree(
    folder: Path, surroundings: Surroundings, source: Source | None = None, *, blame: str = "Failed to parse metadata from built wheel"
) -> SourceTree:
    """Read a folder. Blocks: call it in a thread.

    Args:
        folder: absolute.
        source: where it comes from, as far as that changes what it means.
        blame: what errors in its `pyproject.toml` are told under.
    Raises:
        HobError: its `pyproject.toml` is broken, or its workspace does not hold together.
    """
    repository = source if isinstance(source, Git) else None
    text = read_text(folder / PYPROJECT, surroundings.discovery.evidence)
    if text is None:
        return SourceTree(folder=folder, text=None, pyproject=Pyproject(), member=None, stating=None, repository=repository)
    pyproject = _parse(text, blame)
    if pyproject.project is None or pyproject.tool_uv.managed is False:
        return SourceTree(folder=folder, text=text, pyproject=pyproject, member=None, stating=None, repository=repository)
    member, stating = _place(folder, pyproject.project.name, surroundings, repository)
    return SourceTree(folder=folder, text=text, pyproject=pyproject, member=member, stating=stating, repository=repository)


def _parse(text: str, blame: str) -> Pyproject:
    try:
        try:
            document = parse_toml(text)
        except InvalidToml as error:
            raise error.under("Invalid `pyproject.toml`") from error
        return parse_pyproject(text, document)
    except HobError as error:
        raise error.under(blame) from error


def _place(folder: Path, name: Name, surroundings: Surroundings, repository: Git | None) -> tuple[Member, Stating]:
    """What the tree is in its workspace, and how its requirements are lowered."""
    discovery, lock_root = surroundings.discovery, surroundings.lock_root
    if repository is not None:
        discovery = replace(discovery, cache_folder=None)  # the checkout lies there, and its workspace may begin above the tree
        lock_root = _checkout(folder, repository)
    workspace = discover_workspace(folder, discovery)
    member = workspace.find_member(name)
    assert member is not None  # the project that was asked for is always a member
    return member, stating_member(member, ground_of(workspace, surroundings.settings, lock_root))


def _checkout(folder: Path, repository: Git) -> Path:
    """The top of the checkout."""
    depth = len(Path(repository.subdirectory or ".").parts)
    return folder.parents[depth - 1] if depth else folder


def _in_repository(source: Source, repository: Git) -> Source:
    match source:
        case Directory(path) | Editable(path) | Virtual(path):
            return replace(repository, subdirectory=None if path == "." else path, path=None)
        case PathSource(path):
            return replace(repository, subdirectory=None, path=path)
    return source
