"""What was read for `hob pip`, before anything is learnt of it: requirements, where they were written, and what files say beside them."""

from pathlib import Path
from typing import NamedTuple

from msgspec import Struct, field

from hobd.core.formats.urls import path_url
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Directory, Editable
from hobd.core.vocab.source import Path as PathSource
from hobd.service.edits.asked import Asked

KINDS = {"-c": 0, "--override": 1, "-r": 2}
"""How annotations begin for what files state, in their order."""


class Origin(NamedTuple):
    """Where requirements were written. Origins sort as annotations list them."""

    kind: int
    """Constraints first, then overrides, then requirements: by `KINDS`."""
    is_project: bool
    place: str
    """The file as it was found: absolute where another file names it."""
    text: str
    """As annotations name it: `-r requirements.in`, `app (pyproject.toml)`."""

    @classmethod
    def of_file(cls, flag: str, place: str, shown: str) -> "Origin":
        """A file of requirements."""
        return cls(kind=KINDS.get(flag, 2), is_project=False, place=place, text=f"{flag} {shown}")


class Stated(Struct, frozen=True, kw_only=True):
    """One requirement, and where it was written."""

    asked: Asked
    origin: Origin | None = None
    """None for words and standard input."""
    given: str | None = None
    """Of a direct reference: as it was written."""
    had_name: bool = True
    """False: it was a bare reference, whose name was learnt."""
    hashes: tuple[str, ...] = ()
    """`algorithm:hex`: the files that may be installed."""

    @property
    def requirement(self) -> Requirement:
        """Without where it was written."""
        return self.asked.requirement


def shown_place(stated: Stated) -> str | None:
    """What a direct reference refers to, as errors name it: the URL of a path, else what was written. None for what has a version."""
    source = stated.requirement.source
    if isinstance(source, Directory | Editable):
        return path_url(source.path)
    if isinstance(source, PathSource):
        return path_url(source.path) + (f"#{source.fragment}" if source.fragment else "")
    return stated.given


class FileOptions(Struct, frozen=True, kw_only=True):
    """What requirements files say of indexes and builds."""

    index_url: str | None = None
    extra_index_url: tuple[str, ...] = ()
    find_links: tuple[tuple[str, Path], ...] = ()
    """As written, and the folder where relative paths start."""
    no_index: bool = False
    requires_hashes: bool = False
    no_binary: tuple[str, ...] = ()
    only_binary: tuple[str, ...] = ()


class Inputs(Struct):
    """All that was read; grows while files are read."""

    stated: list[Stated] = field(default_factory=list)
    constraints: list[Stated] = field(default_factory=list)
    overrides: list[Stated] = field(default_factory=list)
    """Of scripts."""
    projects: list[Path] = field(default_factory=list)
    """`pyproject.toml`, `setup.py` and `setup.cfg` files."""
    options: FileOptions = field(default_factory=FileOptions)

    def extend(self, other: "Inputs") -> None:
        """Take over what another file says."""
        self.stated += other.stated
        self.constraints += other.constraints
        self.overrides += other.overrides
        self.projects += other.projects
        ours, theirs = self.options, other.options
        self.options = FileOptions(
            index_url=ours.index_url or theirs.index_url,
            extra_index_url=ours.extra_index_url + theirs.extra_index_url,
            find_links=ours.find_links + theirs.find_links,
            no_index=ours.no_index or theirs.no_index,
            requires_hashes=ours.requires_hashes or theirs.requires_hashes,
            no_binary=ours.no_binary + theirs.no_binary,
            only_binary=ours.only_binary + theirs.only_binary,
        )
