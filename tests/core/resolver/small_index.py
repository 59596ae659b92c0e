"""A small index in memory, a project that asks it, and the same in a folder for uv.

SmallIndex({"a==1": ["b>=2"], "b==2": Made(python=">=3.10"), "c==1@cp311-cp311-win_amd64": []})
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from hobd.core.formats.requirement import parse_requirement
from hobd.core.markers import Marker, RequiresPython
from hobd.core.resolver.knowledge import Foresight, IndexedFile, NoPage, Page, Release, Unusable
from hobd.core.resolver.problem import Problem, RootProject
from hobd.core.resolver.versions import point
from hobd.core.vocab.distribution import File
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name, normalize
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Registry, Source, Virtual
from tests.support.wheels import make_wheel

LINKS = Registry("links", is_path=True)


@dataclass(frozen=True, slots=True)
class Made:
    """One version: what its metadata says, and what the index says of its file."""

    requires: Sequence[str] = ()
    extras: Mapping[str, Sequence[str]] = field(default_factory=dict)
    python: str | None = None
    yanked: str | None = None
    uploaded: str | None = None
    is_sdist: bool = False


class SmallIndex:
    """Knowledge of a few versions. Counts what is asked of it."""

    def __init__(self, versions: Mapping[str, Made | Sequence[str]], *, is_flat: bool = True, index: Registry = LINKS) -> None:
        self.asked_metadata: list[str] = []
        self.announced: list[Name] = []
        self._index, self._is_flat = index, is_flat
        self._made: dict[tuple[Name, Version, str], Made] = {}
        for key, made in versions.items():
            spec, _, tag = key.partition("@")
            name, _, version = spec.partition("==")
            self._made[Name(name), Version(version), tag or "py3-none-any"] = made if isinstance(made, Made) else Made(made)

    def write(self, folder: Path) -> None:
        """Make the wheels, for a tool that reads folders."""
        folder.mkdir()
        for (name, version, tag), made in self._made.items():
            make_wheel(folder, name, str(version), made.requires, made.extras, tag=tag, requires_python=made.python)

    def page(self, name: Name, index: Registry | None) -> Page | NoPage:
        releases: dict[Version, list[IndexedFile]] = {}
        for (each, version, tag), made in self._made.items():
            if each == name:
                releases.setdefault(version, []).append(
                    IndexedFile(file=_file(name, version, tag, made), index=index or self._index, is_flat=self._is_flat)
                )
        if not releases:
            return NoPage(name=name, reason="no-index")
        listed = tuple(Release(version=version, files=tuple(files)) for version, files in sorted(releases.items()))
        return Page(name=name, places=tuple(point(each.version) for each in listed), releases=listed)

    def metadata(self, name: Name, release: Release, file: IndexedFile) -> Metadata | Unusable:
        self.asked_metadata.append(file.file.filename)
        made = next(made for (each, version, _), made in self._made.items() if each == name and version == release.version)
        requires = [parse_requirement(text) for text in made.requires]
        for extra, texts in made.extras.items():
            requires += [parse_requirement(text).under(Marker.parse(f"extra == '{extra}'")) for text in texts]
        return Metadata(
            name=name,
            version=release.version,
            requires_dist=tuple(requires),
            requires_python=None if made.python is None else SpecifierSet(made.python),
            provides_extras=tuple(map(normalize, made.extras)),
        )

    def source_metadata(self, name: Name | None, source: Source) -> Metadata | Unusable:
        return Unusable(reason="was not found")

    def pinned(self, source: Source) -> Source:
        return source

    def source_files(self, source: Source) -> tuple[File, ...]:
        return ()

    def foresee(self, foresight: Foresight) -> None:
        """Nothing is fetched, so nothing follows."""

    def prefetch_pages(self, names: Sequence[tuple[Name, Registry | None]]) -> None:
        self.announced += [name for name, _ in names]

    def prefetch_metadata(self, name: Name, release: Release, file: IndexedFile) -> None:
        """Nothing is to be fetched."""


def _file(name: Name, version: Version, tag: str, made: Made) -> File:
    filename = f"{name}-{version}.tar.gz" if made.is_sdist else f"{name}-{version}-{tag}.whl"
    return File(
        filename=filename,
        location=filename,
        upload_time=made.uploaded,
        requires_python=made.python if made.uploaded else None,
        yanked=made.yanked,
        is_path=True,
    )


def requirements(*texts: str) -> tuple[Requirement, ...]:
    """Requirements by their text."""
    return tuple(map(parse_requirement, texts))


def project(*texts: str, python: str = ">=3.9", **options: object) -> Problem:
    """The problem of a single project `p` 1 that requires these."""
    extras: Mapping[str, Sequence[str]] = options.pop("extras", {})  # type: ignore[assignment]
    groups: Mapping[str, Sequence[str]] = options.pop("groups", {})  # type: ignore[assignment]
    required = list(requirements(*texts))
    for extra, listed in extras.items():
        required += [each.under(Marker.parse(f"extra == '{extra}'")) for each in requirements(*listed)]
    root = RootProject(
        name=Name("p"),
        version=Version("1"),
        source=Virtual("."),
        requires_dist=tuple(required),
        provides_extras=tuple(map(Name, extras)),
        groups=tuple(sorted((Name(group), requirements(*listed)) for group, listed in groups.items())),
        requires_python=python,
    )
    return Problem(roots=(root,), requires_python=RequiresPython.parse(python), **options)  # type: ignore[arg-type]
