"""`pylock.toml` in `hob pip`: written by `compile`, installed by `install` and `sync` (PIP-7, PIP-8)."""

import os
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from msgspec.structs import replace

from hobd.cli.style import green
from hobd.core.lockfile.export import Exported
from hobd.core.lockfile.export_pylock import PylockPlaces, is_pylock_name, render_pylock
from hobd.core.lockfile.model import Lock, LockedPackage
from hobd.core.lockfile.pylock import PylockWishes, parse_pylock
from hobd.core.tags import parse_wheel_name
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Directory, Editable, Registry
from hobd.core.vocab.source import Path as PathSource
from hobd.errors import RequestError
from hobd.projects.files import absolute, read_text
from hobd.service.locks.missing_digests import with_digests
from hobd.service.pip.collecting import Collected
from hobd.service.pip.python import Site
from hobd.service.pip.solving import Solved
from hobd.service.session import Session

_EXPERIMENTAL = (
    "The `--pylock` option is experimental and may change without warning. Pass `--preview-features pylock` to disable this warning."
)


def is_pylock(names: tuple[str, ...]) -> bool:
    """Whether a `pylock.toml` is to be installed.

    Raises:
        RequestError: it is, and something else too.
    """
    found = [name for name in names if is_pylock_name(Path(name).name)]
    if found and len(found) < len(names):
        raise RequestError("Cannot specify additional requirements alongside a `pylock.toml` file")
    if len(found) > 1:
        raise RequestError(f"Multiple `pylock.toml` files specified: `{found[0]}` vs. `{found[1]}`")
    return bool(found)


def refuse_pylocks(names: tuple[str, ...], command: str) -> None:
    """Refuse a `pylock.toml` where only requirements will do.

    Args:
        command: as errors name it: `pip compile`.
    Raises:
        RequestError: there is one.
    """
    for name in filter(is_pylock_name, (Path(each).name for each in names)):
        raise RequestError(f"`{name}` is not a supported input format for `{green(f'hob {command}')}`")


def check_alone(constraints: tuple[str, ...], overrides: tuple[str, ...], groups: tuple[str, ...]) -> None:
    """A `pylock.toml` says all there is to say: no file limits it, and groups are its own.

    Raises:
        RequestError: something else is said beside it.
    """
    beside = "constraints" if constraints else "overrides" if overrides else None
    if beside is not None:
        raise RequestError(f"Cannot specify {beside} with a `pylock.toml` file")
    if any(":" in group for group in groups):
        raise RequestError("Cannot specify paths for groups with a `pylock.toml` file; all groups must refer to the `pylock.toml` file")


def read_pylock(name: str, site: Site, wishes: PylockWishes, session: Session) -> Lock:
    """What a file holds for an environment.

    Raises:
        RequestError: it is not there, cannot be read, or is for other Pythons.
    """
    path = absolute(Path(name), session.cwd)
    text = read_text(path, session.context.evidence)
    if text is None:
        raise RequestError(f"File not found: {name}")
    if not session.settings.previews("pylock"):
        session.context.voice.warn(_EXPERIMENTAL)
    lock = parse_pylock(text, name, PurePosixPath(path.parent), wishes)
    if not lock.requires_python.contains(site.interpreter.version):
        raise RequestError(
            f"The requested interpreter resolved to Python {site.interpreter.version}, which is incompatible with the `pylock.toml`'s "
            f"Python requirement: `{lock.requires_python.text()}`"
        )
    return lock


async def render_solved(collected: Collected, solved: Solved, target: Path | None) -> str:
    """A resolution as `pylock.toml`, without a header.

    Args:
        target: the file; paths are told as seen from there, or from the current folder.
    Raises:
        HobError: a file cannot be had whose digest has to be told.
    """
    root = collected.session.cwd
    folder = root if target is None else target.parent
    rows = tuple(Exported(package=package, marker=solved.marker_of(package)) for package in _installable(solved))
    editables = {package.name for package in solved.lock.packages if isinstance(package.source, Editable)}
    places = PylockPlaces(
        root=PurePosixPath(root),
        shown=lambda path: os.path.relpath(path, folder),
        editable=lambda name: name in editables,
        has_indexes=False,
    )
    digested = await with_digests(rows, collected.builder.network)
    relative = {each.requirement.name for each in collected.stated if each.given is not None and not each.given.startswith(("/", "file:"))}
    return render_pylock(solved.lock, [_placed(row, relative, root) for row in digested], places)


def _placed(row: Exported, relative: Collection[Name], root: Path) -> Exported:
    """A row whose path is relative if it was written so."""
    source = row.package.source
    if row.package.name not in relative or not isinstance(source, Directory | Editable | PathSource):
        return row
    place = replace(source, path=os.path.relpath(source.path, root)) if source.path.startswith("/") else source
    return replace(row, package=replace(row.package, source=place))


def _installable(solved: Solved) -> Iterator[LockedPackage]:
    """The packages, in the one environment that is solved for only with the wheels that fit it."""
    target = solved.problem.target
    for package in solved.lock.packages:
        if target is None or not isinstance(package.source, Registry):
            yield package
        else:
            wheels = tuple(wheel for wheel in package.wheels if target.tags.rank(parse_wheel_name(wheel.name)) is not None)
            yield replace(package, wheels=wheels)
