"""Find the interpreter that a request means (PYT-7).

possible programs, in order ─→ probe ─→ preferred? ─→ what was asked for? ─→ the first that is
                                 └ broken: passed over, and told of where nothing fits

A pre-release that was not asked for is taken only if nothing else fits.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.shown_path import shown_path
from hobd.core.vocab.spawn import Spawner
from hobd.environments.interpreter import Interpreter
from hobd.environments.interpreters import Interpreters, MissingInterpreter, NoEnvironment, UnusableInterpreter
from hobd.environments.managed import find_patch_link, is_managed
from hobd.environments.requests import PythonRequest
from hobd.environments.search import ACTIVE, Search, find_broken_environment, possible_programs
from hobd.errors import HobError, RequestError, WorldError

_ASKED_FOR = (ACTIVE, "conda environment")
"""Whoever entered an environment wants it, whatever the preference."""


class InterpreterNotFound(WorldError):
    """Nothing that was found fits the request."""


class NothingWorks(InterpreterNotFound):
    """Nothing fits, and what might have does not work: tells of the first that does not."""


class Found(Struct, frozen=True, kw_only=True):
    """An interpreter, and where it was."""

    interpreter: Interpreter
    source: str
    """As messages name it: `active virtual environment`, `managed installations`, `search path`, ..."""


class Broken(Struct, frozen=True, kw_only=True):
    """A program that is no working Python, and where it was."""

    source: str
    path: Path
    error: UnusableInterpreter

    def explained(self, cwd: Path) -> HobError:
        """The error that tells all of it."""
        return self.error.under(f"Failed to inspect Python interpreter from {self.source} at `{shown_path(self.path, cwd)}`")


class Skipped(Struct):
    """What was passed over on the way, for warnings."""

    broken: list[Broken] = field(default_factory=list)


class Prober(Struct, frozen=True, kw_only=True):
    """All that asking an interpreter needs."""

    interpreters: Interpreters
    spawner: Spawner
    environment: Mapping[str, str]
    evidence: Evidence
    cwd: Path
    tell: Callable[[str], None] = lambda _: None
    """Hears of what is passed over, and why."""

    async def probe(self, path: Path) -> Interpreter:
        """What is at `path`; errors name links to nowhere as seen from the current folder."""
        return await self.interpreters.probe(path, self.spawner, self.environment, self.evidence, link=shown_path(path, self.cwd))

    async def probe_new(self, root: Path, base: Interpreter) -> Interpreter:
        """The Python of the environment at `root`, which was made from `base` just now."""
        return await self.interpreters.probe_new(root / "bin" / "python", base, self.spawner, self.environment, self.evidence)

    def expect(self, root: Path, base: Interpreter) -> None:
        """Somebody may soon ask for the Python of the environment at `root`, which was made from `base` just now."""
        self.interpreters.expect(root / "bin" / "python", base, self.evidence)


async def find_python(request: PythonRequest, search: Search, prober: Prober, skipped: Skipped | None = None) -> Found:
    """The interpreter that is meant. What is made from a managed one goes along with its patches, unless one patch was asked for.

    Raises:
        InterpreterNotFound: none fits.
        UnusableInterpreter: the one that was named, or the environment's, does not work.
    """
    found = await _find(request, search, prober, skipped)
    if request.wanted_version.names_patch or found.interpreter.is_environment:
        return found
    link = find_patch_link(found.interpreter.base_prefix, search.managed_folder)
    return found if link is None else replace(found, interpreter=replace(found.interpreter, base_executable=link))


async def _find(request: PythonRequest, search: Search, prober: Prober, skipped: Skipped | None) -> Found:
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
    broken = find_broken_environment(search, prober.evidence)
    if broken is not None and not (skipped.broken and skipped.broken[0].source.endswith("environment")):
        raise NothingWorks(f"Broken virtual environment `{broken}`: missing `pyvenv.cfg`")
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
        RequestError: there can be no such Python.
        UnusableInterpreter: the active environment has lost its Python, or is a file.
    """
    if (fault := request.wanted_version.fault) is not None:
        raise RequestError(f"Invalid version request: {fault}")
    for source, path in possible_programs(request, search, prober.evidence):
        is_environment = source.endswith("environment")
        try:
            interpreter = await prober.probe(path)
        except UnusableInterpreter as error:
            is_lost = isinstance(error, MissingInterpreter) and path.parent.with_name("pyvenv.cfg").is_file()
            if source == ACTIVE and (is_lost or isinstance(error, NoEnvironment)):
                raise Broken(source=source, path=path, error=error).explained(search.cwd) from error
            prober.tell(f"Passed over `{path}` from {source}: {': '.join((error.message, *error.causes))}")
            skipped.broken.append(Broken(source=source, path=path, error=error))
            continue
        if not is_environment and not _is_admitted(interpreter, search.environments):
            continue
        if source in _ASKED_FOR or is_preferred(interpreter, search.preference, search.managed_folder):
            yield Found(interpreter=interpreter, source=source)
        else:
            prober.tell(f"Passed over `{path}` from {source}: the preference is `{search.preference}`")


def _is_admitted(interpreter: Interpreter, environments: str) -> bool:
    """Whether what was found elsewhere than in the places of environments is of the kind that is looked for."""
    return {"only-system": not interpreter.is_environment, "only-virtual": interpreter.is_environment}.get(environments, True)


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
    text = request.text if request.kind == "file" else shown_path(path, prober.cwd)
    try:
        interpreter = await prober.interpreters.probe(path, prober.spawner, prober.environment, prober.evidence, link=text, named=text)
    except UnusableInterpreter as error:
        place = shown_path(path, prober.cwd) if Path(text).is_absolute() else text
        raise error.under(f"Failed to inspect Python interpreter from {source} at `{place}`") from error
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
