"""Where interpreters may be, folder by folder, before any of them is asked (PYT-7).

active environment ─→ conda ─→ .venv upward ─→ base conda ─→ managed, newest first ─→ search path, folder by folder
└───────── environments, where wanted ────────┘              └─── in the order of the preference ───┘
"""

import os
import re
from collections.abc import Iterator
from itertools import chain, islice, repeat
from pathlib import Path

from msgspec import Struct, field

from hobd.core.vocab.evidence import Evidence
from hobd.environments.host import Host, read_host
from hobd.environments.managed import find_managed
from hobd.environments.requests import PythonRequest
from hobd.environments.version_requests import VersionRequest

_MINOR_PROGRAM = re.compile(r"python3\.(\d+)t?d?")
_BASE_CONDA = ("base", "root")
ACTIVE = "active virtual environment"
"""The source that is named by `VIRTUAL_ENV`."""


class Search(Struct, frozen=True, kw_only=True):
    """Where to look."""

    cwd: Path
    environments: str = "any"
    """`any`: environments first, then the rest; `only-virtual`; `only-system`: no environments; `explicit-system`: only where named."""
    preference: str = "managed"
    """`only-managed`, `managed`, `system` or `only-system`."""
    managed_folder: Path | None = None
    """Where managed interpreters are installed."""
    host: Host = field(default_factory=lambda: read_host(None))
    """What they have to be made for."""
    search_path: tuple[Path, ...] = ()
    """The folders of PATH, or of `UV_PYTHON_SEARCH_PATH`; absolute."""
    active_environment: Path | None = None
    """`VIRTUAL_ENV`."""
    conda_environment: Path | None = None
    """`CONDA_PREFIX`."""
    conda_name: str = ""
    """`CONDA_DEFAULT_ENV`."""
    conda_root: Path | None = None
    """`_CONDA_ROOT`."""

    @property
    def is_base_conda(self) -> bool:
        """Whether conda's environment is the base one, a system's Python: by its place, or a name other than its folder's."""
        if self.conda_environment is None or self.conda_environment == self.conda_root:
            return self.conda_environment is not None
        return bool(self.conda_name) and (self.conda_name in _BASE_CONDA or self.conda_name != self.conda_environment.name)


def possible_programs(request: PythonRequest, search: Search, evidence: Evidence) -> Iterator[tuple[str, Path]]:
    """Sources and paths of programs, in order, each once."""
    seen: set[Path] = set()
    for source, path in _all_paths(request, search, evidence):
        if path not in seen:
            seen.add(path)
            yield source, path


def _all_paths(request: PythonRequest, search: Search, evidence: Evidence) -> Iterator[tuple[str, Path]]:
    if search.environments in ("any", "only-virtual") and request.kind != "name":
        yield from _environment_paths(search, evidence)
    if search.environments == "only-virtual":
        yield from _chance_environments(request, search, evidence)
        return
    managed = (("managed installations", path) for path in _managed_paths(request, search, evidence))
    system = zip(
        chain(["first executable in the search path"], repeat("search path")), _search_paths(request, search, evidence), strict=False
    )
    if search.conda_environment is not None and search.is_base_conda and search.environments != "explicit-system":
        yield "conda prefix", search.conda_environment / "bin" / "python"
    match search.preference:
        case "only-managed" | "managed":
            yield from managed
            yield from system  # links to managed interpreters lie there too
        case "system":
            yield from system
            yield from managed
        case _:
            yield from system


def _environment_paths(search: Search, evidence: Evidence) -> Iterator[tuple[str, Path]]:
    if search.active_environment is not None:
        yield ACTIVE, search.active_environment / "bin" / "python"
    if search.conda_environment is not None and not search.is_base_conda:
        yield "conda environment", search.conda_environment / "bin" / "python"
    nearest = find_environment(search.cwd, evidence)
    if nearest is not None:
        yield "virtual environment", nearest / "bin" / "python"


def _chance_environments(request: PythonRequest, search: Search, evidence: Evidence) -> Iterator[tuple[str, Path]]:
    """What may be an environment, though nothing but asking tells: images often have the `bin` folder of one first on PATH, and no more."""
    if search.conda_environment is not None and search.is_base_conda:
        yield "conda prefix", search.conda_environment / "bin" / "python"
    for path in islice(_search_paths(request, search, evidence), 1):
        yield "first executable in the search path", path


def find_environment(start: Path, evidence: Evidence) -> Path | None:
    """The nearest environment from a folder upward: `.venv` in it, or the folder itself (VEN-7)."""
    root = _nearest(start, evidence)
    return root if root is not None and (root / "pyvenv.cfg").is_file() else None


def _nearest(start: Path, evidence: Evidence) -> Path | None:
    """The nearest folder that is, or should be, an environment: a `.venv` without `pyvenv.cfg` ends the search too."""
    for folder in (start, *start.parents):
        for root in (folder, folder / ".venv"):
            evidence.saw(root / "pyvenv.cfg")
            if (root / "pyvenv.cfg").is_file():
                return root
        if (folder / ".venv").is_dir():
            return folder / ".venv"
    return None


def find_broken_environment(search: Search, evidence: Evidence) -> Path | None:
    """The nearest `.venv` that lacks `pyvenv.cfg`, where environments are looked at and none is nearer."""
    if search.environments not in ("any", "only-virtual"):
        return None
    nearest = _nearest(search.cwd, evidence)
    return None if nearest is None or (nearest / "pyvenv.cfg").is_file() else nearest


def _managed_paths(request: PythonRequest, search: Search, evidence: Evidence) -> Iterator[Path]:
    """Programs of managed interpreters, newest first; what their names rule out is left out.

    A request that leaves the patch open finds them by the link of their minor version, so that what rests on it follows the newest patch.
    """
    version, implementation = request.wanted_version, request.wanted_implementation
    for python in find_managed(search.managed_folder, evidence, search.host):
        key = python.key
        if (key.system, key.machine, key.libc) != (search.host.system, search.host.machine, search.host.libc):
            continue
        if implementation not in (None, key.implementation) or not (version.is_any or version.accepts_version(key.version)):
            continue
        yield python.program if version.names_patch else python.linked_program


def _search_paths(request: PythonRequest, search: Search, evidence: Evidence) -> Iterator[Path]:
    """Programs on the search path that may be meant, folder by folder."""
    names = program_names(request)
    seen: set[tuple[int, int]] = set()
    for folder in search.search_path:
        evidence.saw(folder)
        try:
            state, present = folder.stat(), set(os.listdir(folder))
        except OSError:
            continue
        if (state.st_dev, state.st_ino) in seen:
            continue  # `/bin` is often a link to `/usr/bin`
        seen.add((state.st_dev, state.st_ino))
        yield from (path for name in names if name in present and _is_program(path := folder / name))
        if request.kind != "name":
            yield from (path for name in _minor_programs(present, request) if name not in names and _is_program(path := folder / name))


def program_names(request: PythonRequest) -> list[str]:
    """Names to look for, best first: the more they say of what was asked for, the earlier."""
    if request.kind == "name":
        return [request.text]
    version, implementation = request.wanted_version, request.wanted_implementation
    stems = ["python"] if implementation in (None, "cpython") else [implementation, "python"]
    if request.kind == "any":
        stems += ["cpython", "pypy", "graalpy"]
    return [stem + ending for stem in stems for ending in _endings(version)]


def _endings(version: VersionRequest) -> list[str]:
    """`3.12t`, `3.12`, `3t`, `3`, ``: the longest first; for any version the bare name comes first."""
    if version.is_any:
        plain = ["", "3"]
    elif version.specifiers is not None:
        plain = ["3", ""]
    else:
        lengths = range(len(version.release), 0, -1)
        plain = [".".join(map(str, version.release[:length])) for length in lengths]
        plain = [text + version.prerelease for text in plain if version.prerelease] + [*plain, ""]
    suffix = ("t" if "freethreaded" in version.variant else "") + ("d" if "debug" in version.variant else "")
    return [ending for text in plain for ending in ((text + suffix, text) if suffix else (text,))]


def _minor_programs(present: set[str], request: PythonRequest) -> list[str]:
    """`python3.13`, `python3.12`, ... in a folder, as far as their minor may be meant; newest first."""
    version = request.wanted_version
    found = [(int(match[1]), name) for name in present if (match := _MINOR_PROGRAM.fullmatch(name))]
    return [name for minor, name in sorted(found, reverse=True) if _may_be(version, minor)]


def _may_be(version: VersionRequest, minor: int) -> bool:
    if version.specifiers is not None:
        # The patch is not known: both ends of the minor decide.
        return any(version.specifiers.contains(f"3.{minor}.{patch}", prereleases=True) for patch in (0, 1, 5, 10, 15, 20, 99))
    return version.release[:2] in ((), (3,), (3, minor))


def _is_program(path: Path) -> bool:
    return os.access(path, os.X_OK) and path.is_file()
