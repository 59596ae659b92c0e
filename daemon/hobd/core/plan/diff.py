"""Compare the pins with what is installed (uv-lock.md 6.4, 6.5)."""

from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

from msgspec import Struct
from packaging.version import Version

from hobd.core.formats.cache_info import CacheInfo
from hobd.core.formats.direct_url import DirectUrl
from hobd.core.plan.model import Installed, Pin, Plan, Selection
from hobd.core.plan.origin import origin_of
from hobd.core.tags import InvalidWheelName, Tags, parse_wheel_name
from hobd.core.vocab.names import Name
from hobd.core.vocab.settings import NONE, Choice
from hobd.core.vocab.source import Directory, Editable, Git, Path

_FIRST_WITHOUT_SETUPTOOLS = (3, 12)


class DiffRules(Struct, frozen=True, kw_only=True):
    """How strictly an environment is to match."""

    root: PurePosixPath
    """What relative paths of the lock start from."""
    tags: Tags
    """Of the environment's interpreter."""
    is_exact: bool = True
    """Whether what is not wanted is removed."""
    reinstall: Choice = NONE
    spared: frozenset[Name] = frozenset()
    """Never removed only because they are not wanted."""
    cache_info: Callable[[Pin], CacheInfo | None] = lambda pin: None
    """The present state of a local source; None where it has none."""
    build_info: Callable[[Pin], str] = lambda pin: "{}"
    """The settings that a build of the pin would have, as `uv_build.json` writes them."""


def spared_packages(configuration: dict[str, str], python: Version) -> frozenset[Name]:
    """The packages that an environment may keep although nothing asks for them (6.5).

    Args:
        configuration: the values of its `pyvenv.cfg`.
        python: the environment's.
    """
    if "uv" in configuration and configuration.get("seed", "").lower() != "true":
        return frozenset()
    names = ("pip", "uv") if python.release[:2] >= _FIRST_WITHOUT_SETUPTOOLS else ("pip", "setuptools", "wheel", "uv")
    return frozenset(map(Name, names))


def diff(selection: Selection, installed: Iterable[Installed], rules: DiffRules) -> Plan:
    """The steps from what is installed to what is wanted."""
    present: dict[Name, list[Installed]] = {}
    for distribution in installed:
        present.setdefault(distribution.name, []).append(distribution)
    install: list[Pin] = []
    keep: list[Installed] = []
    remove: list[Installed] = []
    for pin in selection.pins:
        found = present.pop(pin.name, [])
        if len(found) == 1 and not rules.reinstall.has(pin.name) and is_satisfied(pin, found[0], rules):
            keep.append(found[0])
        else:
            install.append(pin)
            remove.extend(found)
    if rules.is_exact:
        remove.extend(one for name, found in present.items() if name not in rules.spared for one in found)
    remove.sort(key=lambda one: (one.name, one.version))
    return Plan(remove=tuple(remove), install=tuple(install), keep=tuple(keep))


def is_satisfied(pin: Pin, found: Installed, rules: DiffRules) -> bool:
    """Whether the installed distribution is what the pin asks for."""
    if pin.stays:
        return True
    if found.is_broken or (pin.package.version is not None and not found.has_version(pin.package.version)):
        return False
    if not _has_origin(pin, found.origin, rules.root):
        return False
    if isinstance(pin.package.source, Directory | Editable | Path) and found.cache_info != rules.cache_info(pin):
        return False
    if not pin.is_wheel and found.build_info is not None and found.build_info != rules.build_info(pin):
        return False
    return fits(found, rules.tags)


def _has_origin(pin: Pin, found: DirectUrl | None, root: PurePosixPath) -> bool:
    wanted = origin_of(pin, root)
    if wanted is None or found is None:
        return wanted is found
    if isinstance(pin.package.source, Git):
        return _git_identity(wanted) == _git_identity(found)
    same_place = (_canonical(wanted.url), wanted.subdirectory) == (_canonical(found.url), found.subdirectory)
    return same_place and (wanted.is_folder, wanted.is_editable, wanted.commit) == (found.is_folder, found.is_editable, found.commit)


def _git_identity(origin: DirectUrl) -> tuple[object, ...]:
    return _canonical(origin.url), origin.subdirectory, origin.path, origin.is_lfs, origin.commit


def _canonical(url: str) -> str:
    """An address without what says nothing about the place: a trailing slash, `.git`, the case of a known host."""
    return url.rstrip("/").removesuffix(".git")


def fits(found: Installed, tags: Tags) -> bool:
    """Whether the wheel that it came from still fits the interpreter. What does not say fits."""
    if not found.tags:
        return True
    try:
        return any(tags.rank(parse_wheel_name(f"{found.name.replace('-', '_')}-0-{tag}.whl")) is not None for tag in found.tags)
    except InvalidWheelName:
        return True
