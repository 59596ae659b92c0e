"""Which Python and which environment `hob pip` is about (PIP-10).

--target, --prefix ──→ a folder, with an interpreter of its own choice
--python ─────────────→ what is named; a version means an environment that has it
--system ─────────────→ the first on the search path
otherwise ────────────→ VIRTUAL_ENV, CONDA_PREFIX, `.venv` upward; who only reads may fall back to the system's
"""

from functools import partial
from pathlib import Path
from typing import Protocol

from anyio import to_thread
from msgspec import Struct
from msgspec.structs import replace

from hobd.cli.found import Given
from hobd.cli.style import cyan, green
from hobd.core.formats.externally_managed import parse_externally_managed
from hobd.core.vocab.disk import os_reason, ways_out
from hobd.environments.discovery import InterpreterNotFound, NothingWorks, find_python
from hobd.environments.environment import Environment, prefix_environment, read_environment, target_environment
from hobd.environments.interpreter import Interpreter
from hobd.environments.interpreters import MissingInterpreter
from hobd.environments.requests import DEFAULT, PythonRequest, parse_request
from hobd.environments.search import Search
from hobd.environments.version_requests import VersionRequest
from hobd.errors import RequestError, WorldError
from hobd.projects.files import absolute, read_text, shown
from hobd.service.pip.settings import is_on, pip_layer
from hobd.service.pythons.acquire import find_or_download
from hobd.service.session import Session
from hobd.service.syncs.project_python import using


class Place(Protocol):
    """What commands say of the environment that they are about."""

    @property
    def python(self) -> str | None:
        """`--python`."""

    @property
    def system(self) -> Given | None:
        """`--system`."""


class Elsewhere(Place, Protocol):
    """What commands say that may be about a folder, too."""

    @property
    def target(self) -> str | None:
        """`--target`."""

    @property
    def prefix(self) -> str | None:
        """`--prefix`."""


class Site(Struct, frozen=True, kw_only=True):
    """An environment, and the interpreter that installs into it."""

    environment: Environment
    interpreter: Interpreter
    is_elsewhere: bool = False
    """Whether it is a folder (`--target`, `--prefix`), and not the interpreter's own."""


async def find_site(command: Elsewhere, session: Session, *, is_changed: bool, is_removal: bool = False) -> Site:
    """The environment or folder that a command is about; it is named on standard error, unless it is `.venv` here.

    Args:
        is_changed: whether the command changes it: then a system's Python has to be asked for.
        is_removal: whether the command removes something: which Python a folder is for then does not matter.
    Raises:
        RequestError: there is none.
        UnusableInterpreter: its Python does not work.
    """
    layer = pip_layer(session)
    target, prefix = command.target or layer.target, command.prefix or layer.prefix
    if not (target or prefix):
        return await find_environment(command, session, is_changed=is_changed)
    if not is_changed:
        site = await find_environment(command, session, is_changed=False)
        return _elsewhere(target, prefix, site.interpreter, session)
    search = _search(session, is_system=is_on(command.system, layer.system), is_changed=False)
    found = await find_python(_request(command.python or layer.python, session), search, session.prober())
    if not is_removal:
        session.context.voice.note(using(found, session.shown))
    return _elsewhere(target, prefix, found.interpreter, session)


async def find_environment(command: Place, session: Session, *, is_changed: bool) -> Site:
    """The environment that a command is about, never a folder; otherwise as `find_site`."""
    layer = pip_layer(session)
    request, is_system = _request(command.python or layer.python, session), is_on(command.system, layer.system)
    interpreter = await _find(request, session, is_system=is_system, is_changed=is_changed)
    site = Site(environment=read_environment(interpreter, session.context.evidence), interpreter=interpreter)
    _report(site, session)
    return site


def refuse_managed(site: Site, session: Session, *, is_forced: bool, is_system: bool = False, is_removal: bool = False) -> None:
    """Refuse to change what another tool manages (PEP 668).

    Raises:
        RequestError: it does.
    """
    interpreter = site.interpreter
    if site.is_elsewhere or is_forced or interpreter.is_environment:
        return
    text = read_text(interpreter.externally_managed_file, session.context.evidence)
    if text is None:
        return
    said = parse_externally_managed(text)
    head = f"The interpreter at `{cyan(str(interpreter.prefix))}` is externally managed"
    if said is not None:
        indented = "\n".join(f"  {line}".rstrip() for line in said.splitlines())
        head += f", and indicates the following:\n\n{green(indented)}"
    if is_removal:
        raise RequestError(f"{head}\n\nConsider creating a virtual environment with `{green('hob venv')}`.")
    way_out = f"Consider creating a virtual environment, e.g., with `{green('hob venv')}`"
    raise RequestError(head, hint="Virtual environments were not considered due to the `--system` flag" if is_system else way_out)


async def prepare_place(site: Site, *, is_dry: bool) -> None:
    """Make the folder that `--target` or `--prefix` names, unless nothing is to be changed.

    Raises:
        WorldError: it cannot be made.
    """
    if not site.is_elsewhere or is_dry:
        return
    root = site.environment.root
    try:
        await to_thread.run_sync(partial(root.mkdir, parents=True, exist_ok=True))
    except OSError as error:
        raise WorldError(f"failed to create directory `{root}`: {os_reason(error)}", hints=ways_out(error)) from error


async def find_compiling_python(asked: str | None, version: str | None, session: Session, *, is_system: bool) -> Interpreter:
    """The interpreter that `hob pip compile` builds with: what is named, else one of the target's version, else any.

    Args:
        asked: `--python`.
        version: `--python-version`.
    Raises:
        InterpreterNotFound: there is none.
    """
    search = _search(session, is_system=is_system, is_changed=False)
    if asked:
        return (await find_or_download(parse_request(asked, session.cwd), search, session)).interpreter
    requests = [DEFAULT]
    if version is not None:
        exact = parse_request(version, session.cwd)
        minor = replace(exact, version=VersionRequest(release=exact.version.release[:2]))
        requests = [exact, minor, DEFAULT]
    for request in requests[:-1]:
        try:
            return (await find_or_download(request, search, session)).interpreter
        except InterpreterNotFound:
            continue
    return (await find_or_download(requests[-1], search, session)).interpreter


def _request(text: str | None, session: Session) -> PythonRequest:
    return parse_request(text, session.cwd) if text else DEFAULT


def _search(session: Session, *, is_system: bool, is_changed: bool) -> Search:
    search = session.python_search(environments="only-system" if is_system else "only-virtual" if is_changed else "any")
    # Who says `--system` means the system's, where a managed one would go before it.
    return replace(search, preference="system") if is_system and search.preference == "managed" else search


async def _find(request: PythonRequest, session: Session, *, is_system: bool, is_changed: bool) -> Interpreter:
    # Environments are taken whoever made their Python: the preference is about Pythons that one is made of.
    search = replace(_search(session, is_system=is_system, is_changed=is_changed), preference="system" if is_system else "managed")
    try:
        return (await find_python(request, search, session.prober())).interpreter
    except NothingWorks:
        raise
    except InterpreterNotFound as error:
        if not is_system and not request.is_explicit:
            _check_active(search, session.context.environ.get("VIRTUAL_ENV"))
        if is_system or not is_changed:
            raise
        if request.kind in ("file", "folder"):
            raise RequestError(
                f"No virtual environment or system Python installation found for {request}; "
                f"run `{green('hob venv')}` to create an environment"
            ) from error
        wanted = "" if request.kind in ("default", "any") else f" for {request}"
        raise RequestError(
            f"No virtual environment found{wanted}; run `{green('hob venv')}` to create an environment, "
            f"or pass `{green('--system')}` to install into a non-virtual environment"
        ) from error


def _check_active(search: Search, named: str | None) -> None:
    """Where there is no other, an active environment that is not there is what is wrong."""
    if search.active_environment is not None and not search.active_environment.joinpath("bin", "python").exists():
        path = shown(search.active_environment / "bin" / "python", search.cwd)
        raise MissingInterpreter(
            f"Failed to inspect Python interpreter from active virtual environment at `{path}`",
            causes=(f"Python interpreter not found at `{Path(named or '', 'bin', 'python')}`",),
        )


def _elsewhere(target: str | None, prefix: str | None, interpreter: Interpreter, session: Session) -> Site:
    folder = absolute(Path(target or prefix or ""), session.cwd)
    make = target_environment if target else prefix_environment
    return Site(environment=make(folder, interpreter), interpreter=interpreter, is_elsewhere=True)


def _report(site: Site, session: Session) -> None:
    root = site.environment.root if site.interpreter.is_environment else site.interpreter.prefix
    if root != session.cwd / ".venv":
        version = site.interpreter.markers["python_full_version"]
        session.context.voice.note(f"Using Python {version} environment at: {cyan(shown(root, session.cwd))}\n")
