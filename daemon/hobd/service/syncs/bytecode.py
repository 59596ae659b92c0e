"""Compiling an environment's modules with its own Python (INS-3).

Those of wheels are compiled once for all environments, and linked. What then still lacks bytecode is compiled in place.

Who does not ask for that gets what is compiled already. What is not is compiled by the daemon once nobody waits for anything,
so that the next environment has it. Modules of projects are never compiled unasked: they change with every edit.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import anyio
from anyio import to_thread
from msgspec.structs import replace

from hobd.core.plan.model import Pin
from hobd.core.vocab.digest import Digest
from hobd.core.vocab.evidence import NoEvidence
from hobd.core.vocab.names import Name
from hobd.core.vocab.spawn import Spawner
from hobd.environments.environment import Environment
from hobd.environments.inspect import read_installed
from hobd.environments.interpreter import Interpreter
from hobd.environments.layout import Addition
from hobd.environments.uninstall import read_belongings
from hobd.errors import RequestError
from hobd.service.session import Session
from hobd.store.compile import MODES, BytecodeStore, CannotCompile, CompiledWheel, Compiler
from hobd.store.lease import lease
from hobd.store.temporary import TemporaryFolder
from hobd.store.wheels import StoredWheel, WheelStore

_MODE = "PYC_INVALIDATION_MODE"
_NEVER = "PYTHONDONTWRITEBYTECODE"

_KEPT_NAMES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""Variables without which some interpreters do not start."""


async def with_bytecode(
    additions: Sequence[Addition], wheels: Sequence[StoredWheel], interpreter: Interpreter, session: Session
) -> Sequence[Addition]:
    """What is to be installed, with its bytecode beside it.

    Args:
        additions: as they are without.
        wheels: of each.
    """
    compiler = _compiler(interpreter, session)
    if not _is_linkable(compiler):
        return additions
    try:
        compiled = await BytecodeStore(session.cache).ensure(wheels, compiler)
    except CannotCompile:
        return additions  # compiling in place will fail likewise, once everything is installed, and say so
    return _joined(additions, wheels, compiled, needs_bytecode=True)


async def with_ready_bytecode(
    additions: Sequence[Addition], wheels: Sequence[StoredWheel], pins: Sequence[Pin], interpreter: Interpreter, session: Session
) -> Sequence[Addition]:
    """What is to be installed, with as much of its bytecode as is there. The rest is compiled later.

    Args:
        additions: as they are without.
        wheels, pins: of each.
    """
    compiler = _compiler(interpreter, session)
    if not _is_linkable(compiler) or not session.settings.hob.background_bytecode or session.context.environ.get(_NEVER):
        return additions
    foreign = [wheel for wheel, pin in zip(wheels, pins, strict=True) if not pin.is_local]
    compiled = await to_thread.run_sync(BytecodeStore(session.cache).find, foreign, compiler)
    _compile_later([wheel for wheel in foreign if wheel.sha256 not in compiled], compiler, interpreter, session)
    return _joined(additions, wheels, compiled, needs_bytecode=False)


def _joined(
    additions: Sequence[Addition], wheels: Sequence[StoredWheel], compiled: Mapping[str, CompiledWheel], *, needs_bytecode: bool
) -> list[Addition]:
    joined = []
    for addition, wheel in zip(additions, wheels, strict=True):
        one = compiled.get(wheel.sha256)
        if one is not None:
            groups = one.groups + one.tests if needs_bytecode else one.groups
            addition = replace(addition, bytecode_tree=one.tree, bytecode=groups, needs_bytecode=needs_bytecode)
        joined.append(addition)
    return joined


def _compile_later(wheels: Iterable[StoredWheel], compiler: Compiler, interpreter: Interpreter, session: Session) -> None:
    """Have wheels compiled while nobody waits: by one process that leaves to others what it can."""
    names = {name: value for name in _KEPT_NAMES if (value := session.context.environ.get(name))}
    modest = replace(compiler, python=interpreter.base_executable, environment=names, processes=1, niceness=19)
    for wheel in wheels:
        key = f"compile {wheel.sha256} {compiler.cache_tag} {compiler.magic} {compiler.mode}"
        session.context.memory.chores.later(key, partial(_compile_wheel, session.cache, wheel.sha256, modest))


async def _compile_wheel(cache: Path, sha256: str, compiler: Compiler, spawner: Spawner) -> None:
    """Compile a wheel that is still there. Who wants to clean the cache interrupts this, as every call does."""
    if not cache.is_dir():
        return
    async with lease(cache):
        wheel = await WheelStore(cache).find(Digest("sha256", sha256))
        if wheel is not None:
            await BytecodeStore(cache).ensure([wheel], replace(compiler, spawner=spawner))


def _is_linkable(compiler: Compiler) -> bool:
    """Whether bytecode that was made elsewhere is what the environment's Python would look for."""
    return compiler.mode in MODES and compiler.pycache_prefix is None


async def compile_environment(environment: Environment, interpreter: Interpreter, session: Session) -> int:
    """Compile what is not compiled yet; returns how many source files there are.

    Raises:
        RequestError: there is no such way to check bytecode.
        CannotCompile: the interpreter failed, or took longer than the settings allow.
    """
    return await compile_folders(map(Path, environment.scheme.site_packages), interpreter, session)


async def compile_distributions(names: Collection[Name], environment: Environment, interpreter: Interpreter, session: Session) -> int:
    """The same for the modules of some distributions, and of no others."""
    folders = environment.scheme.site_packages
    found = await to_thread.run_sync(_modules_of, names, environment)
    return await _compile([(folder, [path for path in found if path.startswith(f"{folder}/")]) for folder in folders], interpreter, session)


async def compile_folders(folders: Iterable[Path], interpreter: Interpreter, session: Session) -> int:
    """The same for whatever lies in folders."""
    found = [(folder, await to_thread.run_sync(lambda place: list(_sources(place)), folder)) for folder in folders]
    return await _compile(found, interpreter, session)


async def _compile(found: Iterable[tuple[Path, Sequence[str]]], interpreter: Interpreter, session: Session) -> int:
    compiler = _compiler(interpreter, session)
    room = await to_thread.run_sync(_room, session)
    count = 0
    try:
        for folder, sources in found:
            failure = f"Failed to bytecode-compile Python file in: {session.shown(folder)}"
            if sources:
                _check_mode(compiler.mode, failure)
                await compiler.run([(source, None) for source in sources], room.path, failure)
            count += len(sources)
    finally:
        with anyio.CancelScope(shield=True):
            await to_thread.run_sync(room.remove)
    return count


def _modules_of(names: Collection[Name], environment: Environment) -> list[str]:
    installed = [one for one in read_installed(environment.scheme.site_packages, NoEvidence()) if one.name in names]
    listed = (path for one in installed for path in read_belongings(one, environment.root).files)
    return [os.path.join(environment.root, path) for path in listed if path.endswith(".py")]


def _room(session: Session) -> TemporaryFolder:
    """A folder for what is needed meanwhile: a cache that can only be read is no reason not to compile in an environment."""
    try:
        return TemporaryFolder(session.cache / "bytecode")
    except OSError:
        return TemporaryFolder(Path(session.context.environ.get("TMPDIR") or "/tmp"))


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
