"""From an entry of `[tool.uv.sources]` to the source that a lock knows (uv-lock.md 1.7, 4.9).

Paths become relative to the lock, unless the user wrote them absolute.
"""

import posixpath
from collections.abc import Mapping
from pathlib import Path as Folder

from msgspec import Struct, field

from hobd.core.formats.direct_reference import ARCHIVE_EXTENSIONS, is_archive
from hobd.core.formats.urls import has_known_scheme, login_of, path_url, without_credentials, without_fragment
from hobd.core.vocab.index import Index
from hobd.core.vocab.names import Name
from hobd.core.vocab.project import GitEntry, IndexEntry, LocalFact, Member, PathEntry, SourceEntry, UrlEntry, Workspace, WorkspaceEntry
from hobd.core.vocab.settings import NONE, Choice
from hobd.core.vocab.source import Directory, Editable, Git, LocalTree, Path, Registry, Source, Url, Virtual
from hobd.errors import RequestError

_GIT_HOSTS = ("github.com", "gitlab.com", "bitbucket.org")
_FILES = {"user": "a user-level `uv.toml`", "system": "a system-level `uv.toml`", "project": "a project-level `uv.toml`"}


class InvalidSource(RequestError):
    """A source that cannot be what it says."""

    default_code = 1


class UnfitMember(InvalidSource):
    """A source of a workspace member cannot be what it says."""

    def __init__(self, member: Member, ground: "Ground", reason: InvalidSource) -> None:
        """A member and what is wrong with it."""
        shown = f"{member.name} @ {path_url(str(member.root))}"
        super().__init__(f"Failed to build `{shown}`", causes=(reason.message, *reason.causes), hints=reason.hints)
        self.member = member.name
        self.sources = tuple((each.name, member_source(each, ground)) for each in ground.workspace.members)
        """Of all members, as a lock has them."""


class Ground(Struct, frozen=True, kw_only=True):
    """What requirements are lowered against: the workspace, and the project in it that states them."""

    workspace: Workspace
    lock_root: Folder
    """The folder of the lock: that of the workspace, or of another one that this is a dependency of."""
    indexes: tuple[Index, ...] = ()
    """As configured by all layers: those of the command line may be named, the others only explain errors."""
    no_sources: Choice = NONE
    git_lfs: bool = False
    """What holds where an entry does not say."""
    editable: bool = True
    """Whether workspace members are, where no source says."""
    facts: Mapping[Folder, LocalFact] = field(default_factory=dict)


def lower_entry(entry: SourceEntry, name: Name, base: Folder, project_indexes: tuple[Index, ...], ground: Ground) -> Source:
    """The source that an entry means.

    Args:
        entry: what the table says.
        name: the package that it is for.
        base: the folder of the file that says it.
        project_indexes: indexes that the same file declares.
        ground: everything else.
    Raises:
        InvalidSource: an unknown index, no member, a file where a folder is needed, an address that is no archive.
    """
    if isinstance(entry, GitEntry):
        return _git(entry, ground)
    if isinstance(entry, UrlEntry):
        return _url(entry, name)
    if isinstance(entry, PathEntry):
        return lower_path(entry.path, base, ground, editable=entry.editable, package=entry.package)
    if isinstance(entry, IndexEntry):
        return _registry(entry.index, name, base, project_indexes, ground)
    return _workspace_member(entry, name, base, ground)


def registry_of(index: Index, base: Folder) -> Registry:
    """The registry as a requirement names it: the address without credentials, a folder as its `file:` URL."""
    if has_known_scheme(index.url):
        return Registry(url=without_credentials(index.url))
    return Registry(url=path_url(posixpath.normpath(base / index.url)))


def member_source(member: Member, ground: Ground, editable: bool | None = None) -> LocalTree:
    """The source of a workspace member (uv-lock.md 1.7)."""
    text = relative_text(member.root, ground.lock_root)
    required = dict(ground.workspace.required_members)
    if not member.pyproject.is_package(needs_build_system=member.name not in required):
        return Virtual(text)
    said = required.get(member.name)
    is_editable = ground.editable if said is None else said
    return Editable(text) if (is_editable if editable is None else editable) else Directory(text)


def relative_text(path: Folder, lock_root: Folder) -> str:
    """The path as a lock shows it."""
    return posixpath.relpath(path, lock_root)


def lower_path(text: str, base: Folder, ground: Ground, *, editable: bool | None = None, package: bool | None = None) -> Source:
    """The archive or folder that a path means."""
    path = Folder(posixpath.normpath(base / text))
    shown = str(path) if text.startswith("/") else relative_text(path, ground.lock_root)
    fact = ground.facts.get(path, LocalFact(is_folder=not path.suffix, exists=False))
    if fact.is_folder:
        if editable:
            return Editable(shown)
        return Directory(shown) if (fact.is_package if package is None else package) else Virtual(shown)
    if editable:
        raise InvalidSource(f"Source with `editable = true` must refer to a local directory, not a file: {path_url(str(path))}")
    if package:
        raise InvalidSource(f"Source with `package = true` must refer to a local directory, not a file: {path_url(str(path))}")
    if not is_archive(path.name):
        raise InvalidSource(f"Expected path (`{text}`) to end in a supported file extension: {_extensions()}")
    return Path(shown)


def _extensions() -> str:
    *most, last = (f"`{extension}`" for extension in ARCHIVE_EXTENSIONS)
    return f"{', '.join(most)}, or {last}"


def _git(entry: GitEntry, ground: Ground) -> Git:
    kind = next((kind for kind in ("rev", "tag", "branch") if getattr(entry, kind) is not None), None)
    address, _ = without_fragment(without_credentials(entry.git))
    return Git(
        url=address.partition("?")[0],
        reference_kind=kind,
        reference=getattr(entry, kind) if kind else None,
        subdirectory=entry.subdirectory,
        path=entry.path,
        lfs=ground.git_lfs if entry.lfs is None else entry.lfs,
        login=login_of(entry.git),
    )


def _url(entry: UrlEntry, name: Name) -> Url:
    from urllib.parse import urlsplit

    address, fragment = without_fragment(entry.url)
    if fragment or "#" in entry.url:
        raise InvalidSource(f"Fragments are not allowed in URLs: {without_credentials(entry.url)}")
    parts = urlsplit(address)
    if not is_archive(parts.path):
        shown = without_credentials(address)
        if parts.hostname in _GIT_HOSTS or parts.path.endswith(".git"):
            raise InvalidSource(
                f"`{name}` is associated with a URL source, but references a Git repository. Consider using a Git source instead "
                f'(e.g., `{name} = {{ git = "{shown}" }}`)'
            )
        raise InvalidSource(f"Expected direct URL (`{shown}`) to end in a supported file extension: {_extensions()}")
    return Url(url=address, subdirectory=entry.subdirectory)


def _registry(wanted: str, name: Name, base: Folder, project_indexes: tuple[Index, ...], ground: Ground) -> Registry:
    """The index of a name: the command line's, then that of the project, then that of the workspace's root."""
    root = ground.workspace.root
    candidates = [(index, root) for index in ground.indexes if index.origin == "cli"]
    candidates += [(index, base) for index in project_indexes]
    candidates += [(index, root) for index in ground.workspace.pyproject.tool_uv.indexes]
    for index, folder in candidates:
        if index.name == wanted:
            return registry_of(index, folder)
    raise _unknown_index(wanted, name, ground)


def _unknown_index(wanted: str, name: Name, ground: Ground) -> InvalidSource:
    elsewhere = next((index for index in ground.indexes if index.name == wanted and index.origin in _FILES), None)
    hint = None
    if elsewhere is not None:
        hint = (
            f"Index `{wanted}` was found in {_FILES[elsewhere.origin]}, but indexes referenced via `tool.uv.sources` "
            "must be defined in the project's `pyproject.toml`"
        )
    return InvalidSource(f"Package `{name}` references an undeclared index: `{wanted}`", hint=hint)


def _workspace_member(entry: WorkspaceEntry, name: Name, base: Folder, ground: Ground) -> Source:
    if entry.workspace is False:
        raise InvalidSource("`workspace = false` is not yet supported")
    if isinstance(entry.workspace, str):
        return _foreign_member(entry.workspace, entry.editable, name, base, ground)
    member = ground.workspace.find_member(name)
    if member is None:
        raise _no_member(name)
    return member_source(member, ground)


def _foreign_member(text: str, editable: bool | None, name: Name, base: Folder, ground: Ground) -> Source:
    """A member of the workspace whose root is at a path."""
    wanted = Folder(posixpath.normpath(base / text))
    others = {path: (root, members) for path, root, members in ground.workspace.other_workspaces}
    root, members = others.get(wanted, (None, ()))
    if root is None:
        raise InvalidSource("No `pyproject.toml` found in current directory or any parent directory")
    if root != wanted:
        raise InvalidSource(f"Workspace source path `{wanted}` must point to a workspace root (found workspace at `{root}`)")
    found = next((member for member in members if member.name == name), None)
    if found is None:
        raise _no_member(name)
    shown = relative_text(found.root, ground.lock_root)
    if not found.is_package:
        return Virtual(shown)
    return Directory(shown) if editable is False else Editable(shown)


def _no_member(name: Name) -> InvalidSource:
    return InvalidSource(
        f"`{name}` references a workspace in `tool.uv.sources` (e.g., `{name} = {{ workspace = true }}`), but is not a workspace member"
    )
