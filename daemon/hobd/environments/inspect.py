"""Read what is installed: one listing of each folder of packages, and of each distribution only what is there."""

import os
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from packaging.version import InvalidVersion, Version

from hobd.core.formats.cache_info import CacheInfo, parse_cache_info
from hobd.core.formats.direct_url import DirectUrl, parse_direct_url
from hobd.core.formats.urls import path_url
from hobd.core.plan.model import Installed
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.names import InvalidName, Name, parse_name
from hobd.environments.installed_memory import InstalledMemory, Listed

_ENDINGS = (".dist-info", ".egg-info", ".egg-link")
_TAG = re.compile(r"^Tag:[ \t]*(\S+)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_LISTED_BYTES = 2048
_REWRITTEN = frozenset({"direct_url.json", "uv_cache.json", "uv_build.json"})
_TOP = re.compile(r'^([^"/,\n]+)[/,]', re.MULTILINE)
"""The first part of a path in RECORD; names that need quotes are left out."""
_FIELD = re.compile(r"^(Name|Version):[ \t]*(.+?)[ \t]*$", re.MULTILINE | re.IGNORECASE)


def read_installed(folders: Iterable[Path], evidence: Evidence, memory: InstalledMemory | None = None) -> tuple[Installed, ...]:
    """Every distribution, sorted by name; one name may be there several times.

    Args:
        folders: of packages (`Scheme.site_packages`); those that are missing count as empty.
        evidence: told of every folder, and of the files that were read and may change without the folder's knowing.
        memory: spares reading what was read before and is as it was.
    """
    memory = InstalledMemory() if memory is None else memory
    found: list[Installed] = []
    for folder in dict.fromkeys(folders):
        evidence.saw(folder)
        try:
            entries = frozenset(os.listdir(folder))
        except (FileNotFoundError, NotADirectoryError):
            continue
        found.extend(_read_all(folder, entries, evidence, memory))
    return tuple(sorted(found, key=lambda one: one.name))


def metadata_file(installed: Installed) -> Path | None:
    """Where a distribution's METADATA or PKG-INFO is; None where a link leads nowhere."""
    match installed.kind:
        case "dist-info":
            return installed.location / "METADATA"
        case "egg-info-folder":
            return installed.location / "PKG-INFO"
        case "egg-info-file":
            return installed.location
    project = _linked_project(installed.location)
    return None if project is None else project / "PKG-INFO"


def read_metadata(installed: Installed) -> str | None:
    """The text of a distribution's METADATA or PKG-INFO; None where it has none."""
    file = metadata_file(installed)
    return None if file is None else _read_text(file)


def read_installer(installed: Installed) -> str | None:
    """Who installed it, as it says."""
    text = _read_text(installed.location / "INSTALLER")
    return None if text is None else text.strip()


def _read_all(folder: Path, entries: Collection[str], evidence: Evidence, memory: InstalledMemory) -> Iterator[Installed]:
    for name in sorted(entry for entry in entries if entry.endswith(_ENDINGS)):
        match name.rpartition(".")[2]:
            case "dist-info":
                distribution = _find_dist_info(folder, name, entries, evidence, memory)
            case "egg-info":
                distribution = _read_egg_info(folder / name, evidence)
            case _:
                distribution = _read_egg_link(folder / name, evidence)
        if distribution is not None:
            yield distribution


def _find_dist_info(folder: Path, name: str, entries: Collection[str], evidence: Evidence, memory: InstalledMemory) -> Installed | None:
    """By one look at its folder, if that says that it is a plain one that was read before. `entries`: all names beside it."""
    place = f"{folder}/{name}"
    try:
        read_ns, state = memory.now_ns(), os.stat(place)
    except OSError:
        return None
    known = memory.distributions.get(place, state)
    if known is not None and not _is_hollow(name, entries, known.tops):
        return known.installed
    listed = _read_dist_info(folder / name, entries, evidence)
    if listed is not None and listed.is_told_by_folder:
        memory.distributions.put(place, state, read_ns, listed, _LISTED_BYTES)
    return None if listed is None else listed.installed


def _read_dist_info(path: Path, entries: Collection[str], evidence: Evidence) -> Listed | None:
    """A folder whose name is no `NAME-VERSION` is no distribution."""
    identity = _split(path.name.removesuffix(".dist-info"))
    try:
        present = set(os.listdir(path))
    except OSError:
        return None
    if identity is None:
        return None
    name, version = identity
    tops = None if _is_there_by_name(path.name, entries) else _read_tops(path)
    is_broken = not {"METADATA", "RECORD"} <= present or _is_hollow(path.name, entries, tops)
    if is_broken:
        evidence.saw(path)
    wheel = _read_text(path / "WHEEL") if "WHEEL" in present else None
    installed = Installed(
        name=name,
        version=version,
        location=path,
        origin=_read_origin(path, evidence) if "direct_url.json" in present else None,
        cache_info=_read_cache_info(path, evidence) if "uv_cache.json" in present else None,
        build_info=_read_text(path / "uv_build.json") if "uv_build.json" in present else None,
        tags=() if wheel is None else tuple(_TAG.findall(wheel)),
        lacks_wheel_file="WHEEL" not in present,
        is_broken=is_broken,
    )
    return Listed(installed, tops, is_told_by_folder=not is_broken and _REWRITTEN.isdisjoint(present))


def _is_there_by_name(name: str, entries: Collection[str]) -> bool:
    """Whether a module of a distribution's own name is there: nearly always so, and spares reading RECORD."""
    stem = name.partition("-")[0]
    return stem in entries or f"{stem}.py" in entries


def _read_tops(path: Path) -> frozenset[str]:
    return frozenset(_TOP.findall(_read_text(path / "RECORD") or "")) - {path.name, "..", "__pycache__"}


def _is_hollow(name: str, entries: Collection[str], tops: frozenset[str] | None) -> bool:
    """Whether somebody removed all that a distribution brought, and left its metadata: uv takes that for installed.

    What is missing in part is not noticed: some remove tests to save room, and want to keep the rest.
    """
    if tops is None:
        return not _is_there_by_name(name, entries)
    return bool(tops) and tops.isdisjoint(entries)


def _read_origin(path: Path, evidence: Evidence) -> DirectUrl | None:
    evidence.saw(path / "direct_url.json")
    return parse_direct_url(_read_text(path / "direct_url.json") or "")


def _read_cache_info(path: Path, evidence: Evidence) -> CacheInfo | None:
    evidence.saw(path / "uv_cache.json")
    return parse_cache_info(_read_text(path / "uv_cache.json") or "")


def _split(stem: str) -> tuple[Name, str] | None:
    """Name and version. Old tools left dashes in names: then the last dash counts."""
    for name, _, version in (stem.partition("-"), stem.rpartition("-")):
        try:
            Version(version)
            return parse_name(name), version
        except (InvalidVersion, InvalidName):
            continue
    return None


def _read_egg_info(path: Path, evidence: Evidence) -> Installed | None:
    """`NAME-VERSION[-pyX.Y].egg-info`, or `NAME.egg-info` with the version inside."""
    is_folder = path.is_dir()
    stem = re.sub(r"-py\d+(\.\d+)?$", "", path.name.removesuffix(".egg-info"))
    identity = _split(stem)
    if identity is None:
        file = path / "PKG-INFO" if is_folder else path
        evidence.saw(file)
        identity = _identity_in(file)
    if identity is None:
        return None
    return Installed(name=identity[0], version=identity[1], location=path, kind="egg-info-folder" if is_folder else "egg-info-file")


def _read_egg_link(path: Path, evidence: Evidence) -> Installed | None:
    evidence.saw(path)
    info = _linked_project(path)
    if info is None:
        return None
    evidence.saw(info / "PKG-INFO")
    identity = _identity_in(info / "PKG-INFO")
    if identity is None:
        return None
    origin = DirectUrl(url=path_url(str(info.parent)), is_folder=True, is_editable=True)
    return Installed(name=identity[0], version=identity[1], location=path, kind="egg-link", origin=origin)


def _linked_project(path: Path) -> Path | None:
    """The `.egg-info` folder of the project that a link leads to."""
    lines = (_read_text(path) or "").splitlines()
    if not lines or not lines[0].strip():
        return None
    try:
        return next((entry for entry in sorted(Path(lines[0].strip()).iterdir()) if entry.name.endswith(".egg-info")), None)
    except OSError:
        return None


def _identity_in(file: Path) -> tuple[Name, str] | None:
    fields = {key.lower(): value for key, value in _FIELD.findall(_read_text(file) or "")}
    try:
        return parse_name(fields["name"]), fields["version"]
    except (KeyError, InvalidName):
        return None


def _read_text(path: Path) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError:
        return None
