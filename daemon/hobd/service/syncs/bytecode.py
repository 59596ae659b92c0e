"""Compiling an environment's modules with its own Python (INS-3).

Those of wheels are compiled once for all environments, and linked. What then still lacks bytecode is compiled in place.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import anyio
from anyio import to_thread

from hobd.environments.environment import Environment
from hobd.environments.interpreter import Interpreter
from hobd.environments.stage import Addition
from hobd.errors import RequestError
from hobd.service.session import Session
from hobd.store.compile import MODES, BytecodeStore, CannotCompile, Compiler
from hobd.store.temporary import TemporaryFolder
from hobd.store.wheels import StoredWheel

_MODE = "PYC_INVALIDATION_MODE"


async def with_bytecode(
    additions: Sequence[Addition], wheels: Sequence[StoredWheel], interpreter: Interpreter, session: Session
) -> Sequence[Addition]:
    """What is to be installed, with its bytecode beside it.

    Args:
        additions: as they are without.
        wheels: of each.
    """
    compiler = _compiler(interpreter, session)
    if compiler.mode not in MODES or compiler.pycache_prefix is not None:
        return additions
    try:
        compiled = await BytecodeStore(session.cache).ensure(wheels, compiler)
    except CannotCompile:
        return additions  # compiling in place will fail likewise, once everything is installed, and say so
    found = (compiled[wheel.sha256] for wheel in wheels)
    return [replace(each, bytecode_tree=one.tree, bytecode=one.files) for each, one in zip(additions, found, strict=True)]


async def compile_environment(environment: Environment, interpreter: Interpreter, session: Session) -> int:
    """Compile what is not compiled yet; returns how many source files there are.

    Raises:
        RequestError: there is no such way to check bytecode.
        CannotCompile: the interpreter failed, or took longer than the settings allow.
    """
    compiler = _compiler(interpreter, session)
    room = await to_thread.run_sync(TemporaryFolder, session.cache / "bytecode")
    count = 0
    try:
        for folder in map(Path, environment.scheme.site_packages):
            failure = f"Failed to bytecode-compile Python file in: {session.shown(folder)}"
            sources = await to_thread.run_sync(lambda place: list(_sources(place)), folder)
            if sources:
                _check_mode(compiler.mode, failure)
                await compiler.run([(source, None) for source in sources], room.path, failure)
            count += len(sources)
    finally:
        with anyio.CancelScope(shield=True):
            await to_thread.run_sync(room.remove)
    return count


def _compiler(interpreter: Interpreter, session: Session) -> Compiler:
    environ = session.context.environ
    mode = environ.get(_MODE)
    if mode is None:  # as Python itself decides
        mode = "CHECKED_HASH" if environ.get("SOURCE_DATE_EPOCH") else "TIMESTAMP"
    return Compiler(
        python=interpreter.executable,
        cache_tag=interpreter.cache_tag,
        magic=interpreter.magic,
        spawner=session.context.spawner,
        environment=environ.whole(),
        mode=mode,
        timeout_seconds=session.settings.install.compile_timeout_seconds,
        pycache_prefix=environ.get("PYTHONPYCACHEPREFIX") or None,
    )


def _check_mode(mode: str, failure: str) -> None:
    if mode not in MODES:
        valid = ", ".join(f'"{each}"' for each in MODES)
        raise RequestError(failure, causes=(f'Invalid value for {_MODE} "{mode}", valid are {valid}',))


def _sources(folder: Path) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (os.path.join(place, name) for name in names if name.endswith(".py"))
