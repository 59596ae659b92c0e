"""What a program is started with: its command line, its variables, its limits (RUN-14, RUN-16)."""

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from hobd.cli.failure import render_failure
from hobd.cli.run import Run
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.request import Launch, Lease
from hobd.environments.interpreter import Interpreter
from hobd.errors import RequestError
from hobd.service.context import Context
from hobd.service.runs.target import Kind, Target
from hobd.service.session import Session
from hobd.service.temporary_cache import leave_to_program
from hobd.store.lease import lease_of_program

_MOST_RECURSIONS = 100
_MOST_FILES = 1 << 20
"""What the soft limit of open files is raised to, as far as the hard one allows."""
_LARGEST = (1 << 32) - 1
_NOT_FOUND = "No such file or directory (os error 2)"
_DEPTH, _LIMIT = "UV_RUN_RECURSION_DEPTH", "UV_RUN_RLIMIT_NOFILE"


class Home(Struct, frozen=True, kw_only=True):
    """The environment that a program is started in."""

    python: Path
    environment: Path | None
    """Its folder; None for a Python without one."""
    programs: tuple[Path, ...]
    """Folders of programs, the first that is searched first."""
    lease: Lease
    """What of it is in the cache, and may not be cleaned away meanwhile."""

    @classmethod
    def of(cls, interpreter: Interpreter, session: Session) -> "Home":
        """An interpreter with the programs of its own environment."""
        environment = interpreter.prefix if interpreter.is_environment else None
        lease = make_lease(session, interpreter.prefix)
        return cls(python=interpreter.executable, environment=environment, programs=(interpreter.scheme.scripts,), lease=lease)


def make_lease(session: Session, *environments: Path) -> Lease:
    """What keeps the cache, and those environments that are in it, while a program runs."""
    lease = lease_of_program(session.cache, environments)
    if session.settings.cache.is_temporary and len(lease.places) > 1:
        leave_to_program(session.cache)
    return lease


def check_recursion(command: Run, context: Context) -> int:
    """How deep this run is nested in others.

    Raises:
        RequestError: too deep; most often a script starts itself by its first line.
    """
    depth = _number(context, _DEPTH)
    most = _MOST_RECURSIONS if command.max_recursion_depth is None else command.max_recursion_depth
    if depth > most:
        raise RequestError(
            f"`hob run` was recursively invoked {depth} times which exceeds the limit of {most}",
            hint="If you are running a script with `hob run` in the shebang, you may need to include the `--script` flag",
        )
    return depth


def _number(context: Context, name: str, default: int = 0) -> int:
    text = context.environ.get(name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit()):
        raise _no_number(name, text, "invalid digit found in string")
    if int(text) > _LARGEST:
        raise _no_number(name, text, "number too large to fit in target type")
    return int(text)


def _no_number(name: str, text: str, why: str) -> RequestError:
    return RequestError(f"Failed to parse environment variable `{name}` with invalid value `{text}`: {why}")


def make_launch(target: Target, home: Home, brought: Mapping[str, str], context: Context, cwd: Path) -> Launch:
    """How the client starts the target.

    Args:
        target: what to run; a program on standard input has its text as `word`.
        home: where.
        brought: variables from files.
        context: of the request.
        cwd: where the command is, after `--directory`.
    Raises:
        RequestError: it is no program.
    """
    argv = command_line(target, home.python)
    _check_permission(argv[0], cwd, context.evidence)
    return Launch(
        argv=argv,
        program=argv[0],
        env_set=tuple({**brought, **_variables(home, brought, context)}.items()),
        cwd=cwd if cwd != context.caller.cwd else None,
        nofile_limit=_number(context, _LIMIT, _MOST_FILES),
        nofile_refused=_refused_limit(context),
        lease=home.lease,
        not_found=context.voice.prepared(render_failure(f"Failed to spawn: {argv[0]}".rstrip(), (_NOT_FOUND,))),
    )


def _refused_limit(context: Context) -> str:
    """What is said where as many files as were asked for are more than there may be; only the client knows."""
    asked = context.environ.get(_LIMIT)
    if not asked:
        return ""
    cause = f"requested open file limit ({asked}) exceeds the hard limit ({{}})"
    return context.voice.prepared(render_failure(f"Failed to apply `{_LIMIT}` value `{asked}`", (cause,)))


def command_line(target: Target, python: Path) -> tuple[str, ...]:
    """The words that start a target."""
    match target.kind:
        case Kind.PYTHON:
            return str(python), *target.arguments
        case Kind.SCRIPT | Kind.BUNDLE:
            return str(python), target.word, *target.arguments
        case Kind.WEB:
            return str(python), str(target.path), *target.arguments
        case Kind.MODULE:
            return str(python), "-m", target.word, *target.arguments
        case Kind.STDIN:
            return str(python), "-c", target.word, *target.arguments
    return target.word, *target.arguments


def _variables(home: Home, brought: Mapping[str, str], context: Context) -> dict[str, str]:
    path = context.environ.get("PATH") or brought.get("PATH")
    folders = [str(folder) for folder in dict.fromkeys(home.programs)]
    depth = _number(context, _DEPTH)
    variables = {"PATH": os.pathsep.join([*folders, path] if path else folders), _DEPTH: str(depth + 1), "UV": context.caller.program}
    if home.environment is not None:
        variables["VIRTUAL_ENV"] = str(home.environment)
    return variables


def _check_permission(name: str, cwd: Path, evidence: Evidence) -> None:
    """Refuse a file that is no program; that one is missing shows when it is started."""
    if "/" not in name and name != ".":
        return
    path = cwd / name
    evidence.saw(path)
    if path.exists() and (path.is_dir() or not os.access(path, os.X_OK)):
        raise RequestError(f"Failed to spawn: {name}", causes=("Permission denied (os error 13)",))
