"""`hob python pin`: what the version file says, and writing or removing it (PYT-5)."""

from pathlib import Path

from msgspec import Struct
from packaging.version import Version

from hobd.cli.failure import render_failure
from hobd.cli.python.find import PythonPin
from hobd.cli.style import cyan, green
from hobd.core.resolver.project_pythons import find_requires_python
from hobd.core.vocab.project import Workspace
from hobd.core.vocab.request import Outcome
from hobd.environments.discovery import InterpreterNotFound, find_python
from hobd.environments.interpreter import Interpreter
from hobd.environments.requests import PythonRequest, may_stand_in_file, parse_request
from hobd.errors import HobError, RequestError
from hobd.projects.config_files import user_config_folder
from hobd.projects.lockfiles import write_atomically
from hobd.projects.new_files import make_folder
from hobd.projects.python_versions import ONE, VersionFile, find_version_file
from hobd.service.context import Context
from hobd.service.opening import open_session
from hobd.service.pythons.acquire import find_or_download
from hobd.service.session import Session


async def tell(command: PythonPin, context: Context) -> Outcome:
    """Show, write or remove the pin."""
    async with open_session(command, context) as session:
        workspace = session.found if isinstance(session.found, Workspace) and not command.no_project else None
        found = _find(command, workspace, session)
        if command.rm:
            _remove(command, found, session)
            return Outcome()
        if command.request is None:
            await _show(found, workspace, session)
            return Outcome(is_replayable=True)
        await _pin(command, found, workspace, session)
        return Outcome()


def _find(command: PythonPin, workspace: Workspace | None, session: Session) -> VersionFile | None:
    context = session.context
    found, warnings = find_version_file(
        session.start,
        workspace.root if workspace is not None else None,
        context.environ,
        context.evidence,
        may_stand_in_file,
        is_configured=session.is_configured,
        only_global=command.is_global,
    )
    for warning in warnings:
        context.voice.warn(warning)
    return found


def _global_file(session: Session) -> Path:
    folder = user_config_folder(session.context.environ)
    if folder is None:
        raise RequestError("Could not find a folder for settings: neither `HOME` nor `XDG_CONFIG_HOME` is set")
    return folder / "uv" / ONE


def _remove(command: PythonPin, found: VersionFile | None, session: Session) -> None:
    if found is None:
        raise RequestError("No global Python pin found" if command.is_global else "No Python version file found")
    if found.path == _global_file(session) and not command.is_global:
        raise RequestError("No Python version file found; use `--rm --global` to remove the global pin")
    found.path.unlink()
    what = "global Python pin" if command.is_global else "Python version file"
    session.context.voice.guide(f"Removed {what} at `{cyan(session.shown(found.path))}`\n")


async def _show(found: VersionFile | None, workspace: Workspace | None, session: Session) -> None:
    if found is None:
        raise RequestError("No Python version file found; specify a version to create one")
    for text in found.requests:
        request = parse_request(text, found.path.parent)
        session.context.voice.guide(f"{request.canonical}\n")
        if workspace is not None:
            await _warn_of_old_pin(request, workspace, session)


async def _warn_of_old_pin(request: PythonRequest, workspace: Workspace, session: Session) -> None:
    voice = session.context.voice
    try:
        _check(_Pin(request=request, is_old=True), workspace)
        found = await find_python(request, session.python_search(environments="only-system"), session.prober())
        _check(_Pin(request=request, is_old=True, interpreter=found.interpreter), workspace)
    except InterpreterNotFound as error:
        message = f"Failed to resolve pinned Python version `{request.canonical}`"
        voice.note(render_failure(message, (error.message, *error.causes), is_warning=True))
    except HobError as error:
        voice.warn(error.message)


async def _pin(command: PythonPin, found: VersionFile | None, workspace: Workspace | None, session: Session) -> None:
    request = parse_request(command.request or "", session.cwd)
    if request.kind == "name":
        raise RequestError(f"Requests for arbitrary names (e.g., `{request.text}`) are not supported in version files")
    if workspace is not None:
        _check(_Pin(request=request), workspace)
    interpreter = await _resolve(command, request, session)
    if workspace is not None and interpreter is not None and _stated_version(request) is None:
        _check_resolved(command, _Pin(request=request, interpreter=interpreter), workspace, session)
    text = session.shown(interpreter.executable) if command.resolved and interpreter is not None else request.canonical
    path = _global_file(session) if command.is_global else session.start / ONE
    make_folder(path.parent)
    write_atomically(path, f"{text}\n".encode())
    old = None if found is None or found.request is None or found.path != path else parse_request(found.request, path.parent).canonical
    place = f"`{cyan(session.shown(path))}`"
    if old is not None and old != text:
        session.context.voice.guide(f"Updated {place} from `{green(old)}` -> `{green(text)}`\n")
    else:
        session.context.voice.guide(f"Pinned {place} to `{green(text)}`\n")


async def _resolve(command: PythonPin, request: PythonRequest, session: Session) -> Interpreter | None:
    """The interpreter that the pin means; None, with a warning, where there is none yet."""
    try:
        return (await find_or_download(request, session.python_search(environments="only-system"), session)).interpreter
    except InterpreterNotFound as error:
        if command.resolved:
            raise
        session.context.voice.warn(error.message)
        return None


def _check_resolved(command: PythonPin, pin: "_Pin", workspace: Workspace, session: Session) -> None:
    try:
        _check(pin, workspace)
    except RequestError as error:
        if command.resolved:
            raise
        session.context.voice.warn(error.message)


class _Pin(Struct, frozen=True, kw_only=True):
    request: PythonRequest
    is_old: bool = False
    """Whether it stands in the file already."""
    interpreter: Interpreter | None = None
    """What it leads to, where that is to be judged and not its words."""


def _check(pin: _Pin, workspace: Workspace) -> None:
    """Refuse a pin that the project rules out.

    Raises:
        RequestError: it does.
    """
    required = find_requires_python(workspace)
    version = _stated_version(pin.request) if pin.interpreter is None else pin.interpreter.version
    if required is None or version is None or required.contains(version):
        return
    given = "pinned" if pin.is_old else "requested"
    resolved = "" if pin.interpreter is None else f" resolves to `{version}` which "
    kind = "workspace" if workspace.current is None else "project"
    raise RequestError(
        f"The {given} Python version `{pin.request.canonical}`{resolved} is incompatible with the {kind} `requires-python` "
        f"value of `{required.text()}`."
    )


def _stated_version(request: PythonRequest) -> Version | None:
    """The version that a request names by itself; None for ranges and places."""
    version = request.wanted_version
    if not version.release:
        return None
    return Version(".".join(map(str, version.release)) + version.prerelease)
