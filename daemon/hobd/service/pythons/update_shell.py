"""`hob python update-shell`: put the folder of programs on PATH, for shells that begin from now on (PYT-8)."""

import os
from pathlib import Path

from hobd.cli.python.find import PythonUpdateShell
from hobd.cli.style import cyan, green
from hobd.core.formats.shell_profiles import Shell, find_shell
from hobd.core.vocab.environ import Environ
from hobd.core.vocab.request import Outcome
from hobd.errors import RequestError
from hobd.projects.config_files import home_folder
from hobd.projects.lockfiles import write_atomically
from hobd.projects.new_files import make_folder
from hobd.service.context import Context
from hobd.service.opening import open_session
from hobd.service.pythons.folders import programs_folder


async def tell(command: PythonUpdateShell, context: Context) -> Outcome:
    """Write into the shell's own files what puts the folder on PATH, once."""
    async with open_session(command, context, uses_cache=False) as session:
        folder = programs_folder(context.environ, session.cwd)
        if is_on_path(folder, context.environ):
            context.voice.note(f"Executable directory {cyan(folder)} is already in PATH\n")
            return Outcome()
        shell, line, files = _plan(folder, context.environ)
        changed = [file for file in files if _add(file, line, context)]
        if not changed:
            raise RequestError(f"{_missing(folder)} the {shell.name} configuration files are already up-to-date")
        context.voice.note("Restart your shell to apply changes\n")
        return Outcome()


def is_on_path(folder: Path, environ: Environ) -> bool:
    """Whether programs are looked for in a folder that exists."""
    try:
        return any(os.path.samefile(place, folder) for place in (environ.get("PATH") or "").split(os.pathsep) if os.path.isdir(place))
    except OSError:
        return False


def path_warning(folder: Path, environ: Environ) -> str | None:
    """What to do for programs in a folder to be found; None where they are."""
    if is_on_path(folder, environ):
        return None
    shell = find_shell(environ)
    line = None if shell is None else shell.prepend(str(folder))
    head = f"`{cyan(folder)}` is not on your PATH. To use installed Python executables,"
    if line is None:
        return f"{head} add the directory to your PATH."
    return f"{head} run `{green(line)}` or `{green('hob python update-shell')}`."


def _missing(folder: Path) -> str:
    return f"The executable directory `{folder}` is not in PATH, but"


def _plan(folder: Path, environ: Environ) -> tuple[Shell, str, tuple[Path, ...]]:
    shell, home = find_shell(environ), home_folder(environ)
    if shell is None or home is None:
        raise RequestError(f"{_missing(folder)} the current shell could not be determined")
    files, line = shell.profiles(home, environ, Path.exists), shell.prepend(str(folder))
    if not files or line is None:
        raise RequestError(f"{_missing(folder)} updating {shell.name} is currently unsupported")
    return shell, line, files


def _add(file: Path, line: str, context: Context) -> bool:
    """Add a line to a file that does not have it: what is there stays."""
    text = file.read_text("utf-8", errors="surrogateescape") if file.is_file() else None
    if text is not None and any(line in one for one in text.splitlines() if not one.lstrip().startswith("#")):
        return False
    make_folder(file.parent)
    new = f"# hob\n{line}\n" if text is None else f"{text}\n# hob\n{line}\n"
    write_atomically(file, new.encode("utf-8", errors="surrogateescape"))
    context.voice.note(f"{'Created' if text is None else 'Updated'} configuration file: {cyan(file)}\n")
    return True
