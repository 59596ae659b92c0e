"""`hob python dir`, and where managed interpreters and their links lie."""

import os
from pathlib import Path

from hobd.cli.python.find import PythonDir
from hobd.cli.style import cyan
from hobd.core.vocab.environ import Environ
from hobd.core.vocab.request import Outcome
from hobd.errors import RequestError
from hobd.projects.config_files import home_folder, user_data_folder
from hobd.service.context import Context
from hobd.service.opening import open_session
from hobd.service.session import Session


async def tell(command: PythonDir, context: Context) -> Outcome:
    """Print one of the folders."""
    async with open_session(command, context, uses_cache=False) as session:
        folder = _shown_programs(session) if command.bin else _shown_pythons(session)
        context.voice.guide(f"{cyan(folder)}\n")
        return Outcome(is_replayable=True)


def programs_folder(environ: Environ, cwd: Path) -> Path:
    """Where links to interpreters are put, as it is written.

    Raises:
        RequestError: there is no home to put them in.
    """
    if said := environ.get("UV_PYTHON_BIN_DIR"):
        return cwd / said
    if (folder := environ.get("XDG_BIN_HOME") or "").startswith("/"):
        return Path(folder)
    if (data := environ.get("XDG_DATA_HOME") or "").startswith("/"):
        return Path(data) / ".." / "bin"
    if (home := home_folder(environ)) is not None:
        return home / ".local" / "bin"
    raise RequestError("Could not find a folder for programs: neither `HOME` nor `UV_PYTHON_BIN_DIR` is set")


def managed_folder(session: Session, named: str | None) -> Path:
    """Where interpreters are installed.

    Args:
        named: `--install-dir`.
    Raises:
        RequestError: there is no home to install into.
    """
    folder = session.cwd / named if named else session.managed_pythons()
    if folder is None:
        raise RequestError("Could not find a folder for managed Pythons: neither `HOME` nor `UV_PYTHON_INSTALL_DIR` is set")
    return Path(os.path.normpath(folder))


def _shown_programs(session: Session) -> str:
    named = session.context.environ.get("UV_PYTHON_BIN_DIR")
    return named or str(programs_folder(session.context.environ, session.cwd))


def _shown_pythons(session: Session) -> str:
    named = session.context.environ.get("UV_PYTHON_INSTALL_DIR")
    if named:
        return named
    data = user_data_folder(session.context.environ)
    if data is None:
        raise RequestError("Could not find a folder for managed Pythons: neither `HOME` nor `UV_PYTHON_INSTALL_DIR` is set")
    return str(data / "uv" / "python")
