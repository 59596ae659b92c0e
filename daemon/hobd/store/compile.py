"""Compiled bytecode of stored wheels: made once per wheel and interpreter, linked into every environment (INS-3).

    <folder>/bytecode/ab/<64 hex digits>/<cache tag>-<magic>-<mode>/{manifest.msgpack, tree/}      published by one rename

Bytecode is bound to the time and size of its source. Environments keep both, whatever the link mode, so it is valid in each.
Before it is linked again its own size and time are looked at, as those of a wheel's files are.
The source's path in it is the store's; Python puts its own in its place when it loads a module.
"""

import json
import math
import os
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import anyio
import anyio.to_thread
from msgspec import DecodeError, Struct, msgpack

from hobd.core.formats.stored_files import StoredFile, StoredFiles, in_columns
from hobd.core.formats.wheel_manifest import FILE_NAME
from hobd.core.vocab.disk import os_cause, ways_out
from hobd.core.vocab.spawn import Spawner
from hobd.errors import WorldError
from hobd.faults import crash_point
from hobd.store.content import is_intact
from hobd.store.temporary import TemporaryFolder, discard
from hobd.store.wheels import StoredWheel

MODES = ("TIMESTAMP", "CHECKED_HASH", "UNCHECKED_HASH")
_TESTS = re.compile(r"/tests?/")
_PROGRAM = Path(__file__).with_name("compile_modules.py")


class CannotCompile(WorldError):
    """The interpreter that was to compile failed or took too long."""


class Compiler(Struct, frozen=True, kw_only=True):
    """The interpreter that compiles, and how it is run."""

    python: Path
    cache_tag: str
    """`cpython-312`."""
    magic: str
    """The number that begins its bytecode, as hex digits."""
    spawner: Spawner
    environment: Mapping[str, str]
    mode: str = "TIMESTAMP"
    """How bytecode is checked against its source: one of `MODES`."""
    timeout_seconds: float | None = 60.0
    """After which a module counts as one that never ends; None: without limit."""
    processes: int = 2
    """How many run at once."""
    niceness: int = 0
    """How much they leave to others: 19 is all that can be left."""
    pycache_prefix: str | None = None
    """Where bytecode goes that is compiled in place, if not beside its source (`PYTHONPYCACHEPREFIX`)."""

    async def run(self, jobs: Sequence[tuple[str, str | None]], folder: Path, failure: str) -> None:
        """Compile modules.

        Args:
            jobs: source and target of each; without a target it is compiled in place, unless that is done.
            folder: for a file that is needed meanwhile.
            failure: what cannot be done if this cannot be.
        Raises:
            CannotCompile: the interpreter failed or took too long.
        """
        (folder / "jobs.json").write_text(json.dumps(jobs))
        where = [] if self.pycache_prefix is None else ["-X", f"pycache_prefix={self.pycache_prefix}"]
        command = [
            str(self.python),
            "-I",
            "-S",
            *where,
            "-c",
            _PROGRAM.read_text("utf-8"),
            str(folder / "jobs.json"),
            self.mode,
            str(self.niceness),
        ]
        try:
            with anyio.CancelScope(deadline=self._deadline()) as scope:
                done = await self.spawner.run(command, env=self.environment, listen=lambda _: self._prolong(scope))
        except OSError as error:
            raise CannotCompile(failure, causes=(str(error),)) from error
        if scope.cancelled_caught:
            raise CannotCompile(failure, causes=(f"Bytecode timed out ({self.timeout_seconds:g}s)",))
        if done.code != 0:
            raise CannotCompile(failure, causes=(done.err.decode("utf-8", "replace").strip(),))

    def _deadline(self) -> float:
        return math.inf if self.timeout_seconds is None else anyio.current_time() + self.timeout_seconds

    def _prolong(self, scope: anyio.CancelScope) -> None:
        """Another sign of life: the time is for one module, as in uv, not for all."""
        scope.deadline = self._deadline()


class CompiledWheel(Struct, frozen=True, kw_only=True):
    """The bytecode of one wheel."""

    tree: Path
    groups: tuple[StoredFiles, ...]
    """Where each file goes, like the files of a wheel."""
    tests: tuple[StoredFiles, ...]
    """Likewise, of packages' own tests: a quarter of all that is installed, and hardly anybody imports it."""


_Kept = tuple[Literal[2], bytes, tuple[StoredFiles, ...], tuple[StoredFiles, ...]]
"""The schema, which unpacking of the wheel it was made of, and what it consists of."""


class BytecodeStore:
    """The bytecode below one folder. Several processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        """`folder`: of the cache."""
        self._folder = folder / "bytecode"

    async def ensure(self, wheels: Sequence[StoredWheel], compiler: Compiler) -> dict[str, CompiledWheel]:
        """The bytecode of every wheel, by the wheel's digest; what is missing is compiled.

        Raises:
            CannotCompile: the interpreter failed or took too long.
        """
        found = await anyio.to_thread.run_sync(self.find, wheels, compiler)
        limiter = anyio.CapacityLimiter(max(1, compiler.processes))
        try:
            async with anyio.create_task_group() as tasks:
                for wheel in wheels:
                    if wheel.sha256 not in found:
                        tasks.start_soon(self._compile, wheel, compiler, limiter, found)
        except* CannotCompile as failures:
            raise failures.exceptions[0] from None
        return found

    def find(self, wheels: Iterable[StoredWheel], compiler: Compiler) -> dict[str, CompiledWheel]:
        """The bytecode that is there, by the wheel's digest, for who looks at each file when it is linked. Blocks.

        That of wheels that were read through is read through, too.
        """
        found: dict[str, CompiledWheel] = {}
        for wheel in wheels:
            one = self._read(wheel, compiler)
            if one is not None and wheel.is_read and not is_intact(one.tree, one.groups + one.tests, is_deep=True):
                discard(one.tree.parent, self._folder)  # who looks less closely must not find it again
            elif one is not None:
                found[wheel.sha256] = one
        return found

    def _entry(self, wheel: StoredWheel, compiler: Compiler) -> Path:
        return self._folder / wheel.sha256[:2] / wheel.sha256 / f"{compiler.cache_tag}-{compiler.magic}-{compiler.mode}"

    def _read(self, wheel: StoredWheel, compiler: Compiler) -> CompiledWheel | None:
        """What was compiled from these very files: the wheel may have been unpacked anew since."""
        entry = self._entry(wheel, compiler)
        try:
            _, unpacking, groups, tests = msgpack.decode((entry / FILE_NAME).read_bytes(), type=_Kept)
        except (OSError, DecodeError):
            return None
        return CompiledWheel(tree=entry / "tree", groups=groups, tests=tests) if unpacking == wheel.manifest.unpacking else None

    async def _compile(
        self, wheel: StoredWheel, compiler: Compiler, limiter: anyio.CapacityLimiter, found: dict[str, CompiledWheel]
    ) -> None:
        failure = f"Failed to bytecode-compile `{wheel.manifest.name}=={wheel.manifest.version}`"
        try:
            async with limiter:
                found[wheel.sha256] = await self._make(wheel, compiler, failure)
        except OSError as error:
            raise CannotCompile(failure, causes=(os_cause(error),), hints=ways_out(error)) from error

    async def _make(self, wheel: StoredWheel, compiler: Compiler, failure: str) -> CompiledWheel:
        room = await anyio.to_thread.run_sync(TemporaryFolder, self._folder)
        try:
            targets = _targets(wheel, compiler.cache_tag)
            tree = room.path / "entry" / "tree"
            tree.mkdir(parents=True)
            jobs = [(str(wheel.tree / source), str(tree / file.source)) for source, file in targets.items()]
            if jobs:
                await compiler.run(jobs, room.path, failure)
            return await anyio.to_thread.run_sync(self._publish, wheel, compiler, room.path / "entry", list(targets.values()))
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(room.remove)

    def _publish(self, wheel: StoredWheel, compiler: Compiler, new: Path, files: Sequence[StoredFile]) -> CompiledWheel:
        """Keep what was compiled. A module that cannot be compiled has no bytecode."""
        made = [_measured(file, new / "tree" / file.source) for file in files if (new / "tree" / file.source).exists()]
        groups, tests = (in_columns(file for file in made if bool(_TESTS.search(file.path)) == are_tests) for are_tests in (False, True))
        kept: _Kept = (2, wheel.manifest.unpacking, groups, tests)
        (new / FILE_NAME).write_bytes(msgpack.encode(kept))
        entry = self._entry(wheel, compiler)
        entry.parent.mkdir(parents=True, exist_ok=True)
        crash_point("compile.ready")
        try:
            os.rename(new, entry)
        except OSError:
            if found := self.find([wheel], compiler):  # another process was faster
                return found[wheel.sha256]
            aside = TemporaryFolder(self._folder)
            os.rename(entry, aside.path / "stale")
            os.rename(new, entry)
            aside.remove()
        return CompiledWheel(tree=entry / "tree", groups=groups, tests=tests)


def _targets(wheel: StoredWheel, cache_tag: str) -> dict[str, StoredFile]:
    """Bytecode files by the path of their source in the wheel."""
    found: dict[str, StoredFile] = {}
    for file in wheel.manifest.files:
        if file.kind in ("purelib", "platlib") and file.path.endswith(".py"):
            source, path = (_cached(text, cache_tag) for text in (file.source, file.path))
            found[file.source] = file._replace(path=path, source=source, is_executable=False, digest="", recorded_size="", crc=0)
    return found


def _cached(path: str, cache_tag: str) -> str:
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}__pycache__/{name[:-3]}.{cache_tag}.pyc"


def _measured(file: StoredFile, path: Path) -> StoredFile:
    path.chmod(0o444)
    state = path.stat()
    return file._replace(size=state.st_size, mtime_ns=state.st_mtime_ns, crc=zlib.crc32(path.read_bytes()))
