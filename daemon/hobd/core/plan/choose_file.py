"""Which file of a package to install (uv-lock.md 6.3), and why none will do."""

from collections.abc import Iterable

from msgspec.structs import replace

from hobd.core.lockfile.model import LockedFile, LockedPackage
from hobd.core.plan.model import Pin
from hobd.core.plan.tag_hint import tag_hint
from hobd.core.tags import Fitness, InvalidWheelName, Tags, parse_wheel_name
from hobd.core.vocab.settings import Choice
from hobd.core.vocab.source import Directory, Editable, Git, Path, Registry, Source, Url, Virtual
from hobd.errors import RequestError

_KINDS = {Registry: "registry", Git: "git", Url: "direct", Path: "path", Directory: "directory", Editable: "editable", Virtual: "virtual"}


class NoUsableFile(RequestError):
    """A package has no file that can be installed here."""


def choose_file(pin: Pin, no_build: Choice, no_binary: Choice, tags: Tags, implementation: str) -> Pin:
    """The pin with its file.

    Args:
        pin: without a file.
        no_build: packages that may not be built.
        no_binary: packages whose wheels may not be used.
        tags: of the interpreter.
        implementation: the interpreter's name, for hints.
    Raises:
        NoUsableFile: there is none.
    """
    package = pin.package
    if isinstance(package.source, Directory | Editable | Git) and not package.wheels:
        if no_build.has(package.name) and not pin.is_member:
            raise NoUsableFile(f"{_title(package)} can't be installed because it is marked as `--no-build` but has no binary distribution")
        return pin
    wheel = None if no_binary.has(package.name) else best_wheel(package.wheels, tags)
    if wheel is not None:
        return replace(pin, file=wheel)
    if package.sdist is not None and not no_build.has(package.name):
        return replace(pin, file=package.sdist)
    raise _no_file(package, no_build, no_binary, tags, implementation)


def best_wheel(wheels: Iterable[LockedFile], tags: Tags) -> LockedFile | None:
    """The wheel that fits best; of equals the first."""
    best: tuple[Fitness, LockedFile] | None = None
    for wheel in wheels:
        try:
            fitness = tags.fitness(parse_wheel_name(wheel.name))
        except InvalidWheelName:
            continue
        if fitness is not None and (best is None or fitness > best[0]):
            best = fitness, wheel
    return None if best is None else best[1]


def _no_file(package: LockedPackage, no_build: Choice, no_binary: Choice, tags: Tags, implementation: str) -> NoUsableFile:
    forbids_build, forbids_binary = no_build.has(package.name), no_binary.has(package.name)
    if forbids_build and forbids_binary:
        why = "it is marked as both `--no-binary` and `--no-build`"
    elif forbids_binary:
        why = "it is marked as `--no-binary` but has no source distribution"
    elif forbids_build:
        why = "it is marked as `--no-build` but has no binary distribution"
    elif isinstance(package.source, Path | Url) and package.wheels:
        why = "the binary distribution is incompatible with the current platform"
    else:
        why = "it doesn't have a source distribution or wheel for the current platform"
    hint = None if forbids_build or forbids_binary else tag_hint(package, tags, implementation)
    return NoUsableFile(f"{_title(package)} can't be installed because {why}", hint=hint)


def _title(package: LockedPackage) -> str:
    """``Distribution `name==version @ registry+URL` ``."""
    version = "" if package.version is None else f"=={package.version}"
    return f"Distribution `{package.name}{version} @ {_shown_source(package.source)}`"


def _shown_source(source: Source) -> str:
    place = source.path if isinstance(source, Path | Directory | Editable | Virtual) else source.url
    return f"{_KINDS[type(source)]}+{place}"
