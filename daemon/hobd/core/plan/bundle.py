"""Which files of a lock are carried to a machine without a network: those that a sync there may want (`hob bundle`)."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from hobd.core.lockfile.model import Lock, LockedFile, LockedPackage
from hobd.core.lockfile.portable import WHEELHOUSE, Portability, unnamed
from hobd.core.plan.choose_file import best_wheel
from hobd.core.plan.model import Pin
from hobd.core.tags import Tags
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.settings import Choice
from hobd.core.vocab.source import Git, Path, Registry, Url


class Target(Struct, frozen=True, kw_only=True):
    """One kind of environment that the files are for."""

    environment: Mapping[str, str]
    """Marker values."""
    tags: Tags


class Wanted(Struct, frozen=True, kw_only=True):
    """One kind of bundle."""

    targets: tuple[Target, ...] = ()
    """None: everything that the lock is for."""
    sdists: bool = False
    """Whether source distributions come along where there are wheels."""
    no_binary: Choice
    """Packages whose wheels may not be used."""


class Carried(Struct, frozen=True, kw_only=True):
    """One file of the bundle."""

    pin: Pin
    file: LockedFile
    path: str
    """Relative to the folder of the bundle."""


def select_files(lock: Lock, wanted: Wanted, portability: Portability) -> tuple[Carried, ...]:
    """The files of the bundle, in the order of the lock; each place is taken once."""
    pins = portability.pins(lock)
    taken: dict[str, Digest | None] = {}
    found: list[Carried] = []
    for index, package in enumerate(lock.packages):
        folder = portability.folder(package, pins).removeprefix(WHEELHOUSE).lstrip("/")
        for file in _files(package, wanted):
            path = f"{folder}/{file.name}" if folder else file.name
            if path in taken and taken[path] != file.digest:
                path = f"{unnamed(_whole_source(package))}/{file.name}"
            if path not in taken:
                taken[path] = file.digest
                found.append(Carried(pin=Pin(package=package, index=index, file=file), file=file, path=path))
    return tuple(found)


def left_out(lock: Lock, wanted: Wanted) -> tuple[tuple[LockedPackage, str], ...]:
    """Packages that a machine without a network lacks all the same, and why."""
    found = []
    for package in lock.packages:
        source = package.source
        if not _is_reached(package, wanted.targets):
            continue
        if isinstance(source, Git):
            found.append((package, "it comes from a Git repository"))
        elif isinstance(source, Path) and source.path.startswith("/"):
            found.append((package, f"it is the file `{source.path}`"))
        elif isinstance(source, Registry) and not wanted.targets and not (package.wheels or package.sdist):
            found.append((package, "the lockfile has no file of it"))
    return tuple(found)


def _whole_source(package: LockedPackage) -> Registry:
    return Registry(package.source.url if isinstance(package.source, Registry | Url) else str(package.name))


def _files(package: LockedPackage, wanted: Wanted) -> Iterator[LockedFile]:
    """The files of one package; names that would leave the folder are no files."""
    if not isinstance(package.source, Registry | Url) or not _is_reached(package, wanted.targets):
        return
    for file in _wanted_files(package, wanted):
        told = replace(file, url=package.source.url) if isinstance(package.source, Url) else file
        if is_plain_name(told.name):
            yield told


def is_plain_name(name: str) -> bool:
    """Whether a file of that name stays in its folder."""
    return bool(name.strip(".")) and not set(name) & {"/", "\\", "\0"}


def _wanted_files(package: LockedPackage, wanted: Wanted) -> Iterator[LockedFile]:
    forbids_wheels = wanted.no_binary.has(package.name)
    wheels = () if forbids_wheels else tuple(_wheels(package, wanted.targets))
    yield from wheels
    if package.sdist is not None and (wanted.sdists or not wheels):
        yield package.sdist


def _wheels(package: LockedPackage, targets: Sequence[Target]) -> Iterator[LockedFile]:
    if not targets:
        yield from package.wheels
        return
    best = [best_wheel(package.wheels, target.tags) for target in targets if _is_for(package, target)]
    yield from dict.fromkeys(wheel for wheel in best if wheel is not None)


def _is_reached(package: LockedPackage, targets: Sequence[Target]) -> bool:
    return not targets or any(_is_for(package, target) for target in targets)


def _is_for(package: LockedPackage, target: Target) -> bool:
    """Whether a target is in one of the package's forks; of a package without forks its requirers decide, and it is taken."""
    markers = package.resolution_markers
    return not markers or any(marker.evaluate(target.environment) for marker in markers)
