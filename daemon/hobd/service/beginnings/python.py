"""Which Pythons a new project or script is for (INI-6).

`--python`, version file ─→ `.venv` that is there ─→ the workspace's `requires-python` ─→ any interpreter
"""

from pathlib import Path

from msgspec import Struct

from hobd.core.formats.python_version_file import parse_version_file
from hobd.core.markers import RequiresPython
from hobd.core.resolver.project_pythons import find_requires_python
from hobd.core.vocab.project import Workspace
from hobd.environments.interpreter import Interpreter
from hobd.environments.interpreters import MissingInterpreter, UnusableInterpreter
from hobd.environments.requests import DEFAULT, PythonRequest, parse_request, request_range
from hobd.projects.files import read_text
from hobd.service.pythons.acquire import find_or_download
from hobd.service.session import Session


class FirstPython(Struct, frozen=True, kw_only=True):
    """What is written of Python."""

    requires_python: str
    pin: str | None
    """For `.python-version`; None where none is wanted."""

    def is_said_by(self, path: Path, session: Session) -> bool:
        """Whether a version file pins the same already."""
        text = read_text(path, session.context.evidence)
        return text is not None and parse_version_file(text)[:1] == (self.pin,)


async def find_first_python(folder: Path, workspace: Workspace | None, session: Session, *, is_pinned: bool) -> FirstPython:
    """What to write; an interpreter is looked for only where what was asked for does not say enough.

    Args:
        folder: of the project or script.
        workspace: that the project is to be a part of.
        is_pinned: whether `.python-version` is written.
    Raises:
        InterpreterNotFound: none fits.
    """
    request = _asked(folder, session)
    if request is not None:
        return await _for_request(request, session, is_pinned=is_pinned)
    if (own := await _own_python(folder, session)) is not None:
        return _for_minor(own, is_pinned=is_pinned)
    required = find_requires_python(workspace) if workspace is not None else None
    if required is None:
        return _for_minor(await _find(DEFAULT, session), is_pinned=is_pinned)
    pin = _minor(await _find(request_range(required.text()), session)) if is_pinned else None
    return FirstPython(requires_python=required.text(), pin=pin)


def _asked(folder: Path, session: Session) -> PythonRequest | None:
    text = session.settings.python.request
    if text is not None:
        return parse_request(text, session.cwd)
    found = session.find_version_file(folder, None)
    return None if found is None or found.request is None else parse_request(found.request, found.path.parent)


async def _for_request(request: PythonRequest, session: Session, *, is_pinned: bool) -> FirstPython:
    version = request.version
    if request.kind == "version" and version.specifiers is not None:
        required = RequiresPython.parse(str(version.specifiers)).text()
        return FirstPython(requires_python=required, pin=_minor(await _find(request, session)) if is_pinned else None)
    if request.kind == "version" and len(version.release) > 1 and not version.prerelease:
        least = ".".join(map(str, version.release))
        return FirstPython(requires_python=f">={least}", pin=str(version) if is_pinned else None)
    return _for_minor(await _find(request, session), is_pinned=is_pinned)


async def _own_python(folder: Path, session: Session) -> Interpreter | None:
    """Of the environment that is in the folder already."""
    try:
        return await session.prober().probe(folder / ".venv" / "bin" / "python")
    except (MissingInterpreter, UnusableInterpreter):
        return None


async def _find(request: PythonRequest, session: Session) -> Interpreter:
    return (await find_or_download(request, session.python_search(environments="only-system"), session)).interpreter


def _for_minor(interpreter: Interpreter, *, is_pinned: bool) -> FirstPython:
    minor = _minor(interpreter)
    return FirstPython(requires_python=f">={minor}", pin=minor if is_pinned else None)


def _minor(interpreter: Interpreter) -> str:
    return f"{interpreter.version.major}.{interpreter.version.minor}"
