"""Find the interpreter that a request means (PYT-7).

    active environment ─→ conda ─→ .venv upward ─→ managed, newest first ─→ search path, folder by folder
    └───────── environments, where wanted ────────┘ └── in the order of the preference ────┘

The first that fits is taken; a pre-release that was not asked for only if nothing else fits.
"""

import os
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, repeat
from pathlib import Path

from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.spawn import Spawner
from hobd.environments.host import Host, read_host
from hobd.environments.interpreter import Interpreter
from hobd.environments.interpreters import Interpreters, MissingInterpreter, UnusableInterpreter
from hobd.environments.managed import find_managed, is_managed
from hobd.environments.requests import PythonRequest, VersionRequest
from hobd.errors import HobError, WorldError

_MINOR_PROGRAM = re.compile(r"python3\.(\d+)t?d?")
_BASE_CONDA = ("base", "root")
_ACTIVE = "active virtual environment"
_ASKED_FOR = (_ACTIVE, "conda environment")
"""Whoever entered an environment wants it, whatever the preference."""


class InterpreterNotFound(WorldError):
    """Nothing that was found fits the request."""


class NothingWorks(InterpreterNotFound):
    """Nothing fits, and what might have does not work: tells of the first that does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
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
    """`CONDA_DEFAULT_ENV`: the base environment counts as a system's Python."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An interpreter, and where it was."""

    interpreter: Interpreter
    source: str
    """As messages name it: `active virtual environment`, `managed installations`, `search path`, ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A program that is no working Python, and where it was."""

    source: str
    path: Path
    error: UnusableInterpreter

    def explained(self, cwd: Path) -> HobError:
        """The error that tells all of it."""
        return self.error.under(f"Failed to inspect Python interpreter from {self.source} at `{shown(self.path, cwd)}`")


@dataclass(slots=True)
class Skipped:
    """What was passed over on the way, for warnings."""

    broken: list[Broken] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prober:
    """All that asking an interpreter needs."""

    interpreters: Interpreters
    spawner: Spawner
    environment: Mapping[str, str]
    evidence: Evidence
    cwd: Path
    tell: Callable[[str], None] = lambda _: None
    """Hears of what is passed over, and why."""

    async def probe(self, path: Path) -> Interpreter:
        """What is at `path`; errors name it as seen from the current folder."""
        return await self.interpreters.probe(path, self.spawner, self.environment, self.evidence, shown(path, self.cwd))


def shown(path: Path, cwd: Path) -> str:
    """A path as messages show it: relative where it lies below the current folder."""
    return str(path.relative_to(cwd)) if path.is_relative_to(cwd) and path != cwd else str(path)


async def find_python(request: PythonRequest, search: Search, prober: Prober, skipped: Skipped | None = None) -> Found:
    """The interpreter that is meant.

    Raises:
        InterpreterNotFound: none fits.
        UnusableInterpreter: the one that was named, or the environment's, does not work.
    """
    if request.kind in ("file", "folder"):
        return await _find_named(request, prober)
    fallback, skipped = None, Skipped() if skipped is None else skipped
    async for found in candidates(request, search, prober, skipped):
        if not request.accepts(found.interpreter):
            continue
        if _is_unasked_prerelease(request, found):
            fallback = fallback or found
            continue
        return found
    if fallback is not None:
        return fallback
    if skipped.broken:
        told = skipped.broken[0].explained(search.cwd)
        raise NothingWorks(told.message, causes=told.causes, hints=told.hints)
    raise InterpreterNotFound(not_found_message(request, search))


def not_found_message(request: PythonRequest, search: Search) -> str:
    """`No interpreter found for Python 3.99 in managed installations or search path`."""
    wanted = "" if request.kind in ("default", "any") else f" for {request}"
    return f"No interpreter found{wanted} in {_alternatives(_places(search))}"


async def candidates(request: PythonRequest, search: Search, prober: Prober, skipped: Skipped) -> AsyncIterator[Found]:
    """Every interpreter that may be meant, in order, probed; what does not work is passed over.

    Raises:
        UnusableInterpreter: the active environment has lost its Python.
    """
    for source, path in _paths(request, search, prober.evidence):
        is_environment = source.endswith("environment")
        try:
            interpreter = await prober.probe(path)
        except UnusableInterpreter as error:
            if source == _ACTIVE and isinstance(error, MissingInterpreter) and path.parent.with_name("pyvenv.cfg").is_file():
                raise Broken(source=source, path=path, error=error).explained(search.cwd) from error
            prober.tell(f"Passed over `{path}` from {source}: {error.message}")
            skipped.broken.append(Broken(source=source, path=path, error=error))
            continue
        if not is_environment and interpreter.is_environment and search.environments == "only-system":
            continue
        if source in _ASKED_FOR or is_preferred(interpreter, search.preference, search.managed_folder):
            yield Found(interpreter=interpreter, source=source)
        else:
            prober.tell(f"Passed over `{path}` from {source}: the preference is `{search.preference}`")


def is_preferred(interpreter: Interpreter, preference: str, managed_folder: Path | None) -> bool:
    """Whether an interpreter, or the one that its environment is made from, may be used."""
    if preference == "only-managed":
        return is_managed(interpreter.base_prefix, managed_folder)
    return preference != "only-system" or not is_managed(interpreter.base_prefix, managed_folder)


def _is_unasked_prerelease(request: PythonRequest, found: Found) -> bool:
    is_environment = found.source.endswith("environment")
    allowed = request.is_explicit or request.wanted_version.allows_prereleases
    return found.interpreter.version.is_prerelease and not is_environment and not allowed


async def _find_named(request: PythonRequest, prober: Prober) -> Found:
    assert request.path is not None  # requests of these kinds have one
    source = "provided path"
    if request.kind == "folder":
        path = next((program for name in ("bin/python3", "bin/python") if (program := request.path / name).exists()), None)
        prober.evidence.saw(request.path)
        if path is None:
            raise InterpreterNotFound(f"No interpreter found in directory `{request.text}`")
        path = path.with_name("python") if path.with_name("python").exists() else path
    else:
        path = request.path
        prober.evidence.saw(path)
        if not path.exists():
            raise InterpreterNotFound(f"No interpreter found at path `{request.text}`")
    text = request.text if request.kind == "file" else shown(path, prober.cwd)
    try:
        interpreter = await prober.interpreters.probe(path, prober.spawner, prober.environment, prober.evidence, text)
    except UnusableInterpreter as error:
        raise error.under(f"Failed to inspect Python interpreter from {source} at `{text}`") from error
    return Found(interpreter=interpreter, source=source)


def _places(search: Search) -> list[str]:
    installed = {
        "only-managed": ["managed installations"],
        "managed": ["managed installations", "search path"],
        "system": ["search path", "managed installations"],
        "only-system": ["search path"],
    }[search.preference]
    environments = [] if search.environments in ("only-system", "explicit-system") else ["virtual environments"]
    return environments if search.environments == "only-virtual" else environments + installed


def _alternatives(names: list[str]) -> str:
    if len(names) < 3:
        return " or ".join(names)
    return f"{', '.join(names[:-1])}, or {names[-1]}"


def _paths(request: PythonRequest, search: Search, evidence: Evidence) -> Iterator[tuple[str, Path]]:
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
        return
    managed = (("managed installations", path) for path in _managed_paths(request, search, evidence))
    system = zip(
        chain(["first executable in the search path"], repeat("search path")), _search_paths(request, search, evidence), strict=False
    )
    if search.conda_environment is not None and search.conda_name in _BASE_CONDA and search.environments != "explicit-system":
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
        yield _ACTIVE, search.active_environment / "bin" / "python"
    if search.conda_environment is not None and search.conda_name not in _BASE_CONDA:
        yield "conda environment", search.conda_environment / "bin" / "python"
    nearest = find_environment(search.cwd, evidence)
    if nearest is not None:
        yield "virtual environment", nearest / "bin" / "python"


def find_environment(start: Path, evidence: Evidence) -> Path | None:
    """The nearest environment from a folder upward: `.venv` in it, or the folder itself (VEN-7)."""
    for folder in (start, *start.parents):
        for root in (folder, folder / ".venv"):
            evidence.saw(root / "pyvenv.cfg")
            if (root / "pyvenv.cfg").is_file():
                return root
    return None


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
    for folder in search.search_path:
        evidence.saw(folder)
        try:
            present = set(os.listdir(folder))
        except OSError:
            continue
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
