"""Ask an interpreter what it is: run it once, and remember the answer while the file stays the same."""

import hashlib
import json
import os
import tempfile
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import anyio

from hobd.core.vocab.disk import os_reason
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.spawn import Finished, Spawner
from hobd.environments.interpreter import Interpreter, read_facts
from hobd.errors import WorldError
from hobd.faults import crash_point

_SCHEMA = 1
"""Counts up whenever `probe_facts.py` says something else: files of other schemas are not read."""

_REMEMBERED = 64
_PROBE = Path(__file__).with_name("probe_facts.py")


class UnusableInterpreter(WorldError):
    """A path that is no working Python, with why."""


class MissingInterpreter(UnusableInterpreter):
    """There is no file at the path, or a link to nowhere."""


class NoEnvironment(MissingInterpreter):
    """There cannot be one: what should be a folder is none."""


class Identity(NamedTuple):
    """When all of this is as it was, an interpreter is what it was."""

    path: str
    device: int
    inode: int
    mtime_ns: int
    size: int
    configuration: tuple[int, int] | None
    """(inode, mtime_ns) of the environment's `pyvenv.cfg`; None outside of environments."""
    host: tuple[str, ...]
    """The machine and its kernel: a home may be shared by several."""


class Interpreters:
    """Probes interpreters. Keeps the last few answers in memory, and all of them in a folder."""

    def __init__(self, folder: Path | None, *, timeout_seconds: float = 30.0) -> None:
        """`folder`: where answers are kept; None where nothing may be."""
        self._folder = folder
        self._timeout_seconds = timeout_seconds
        self._known: OrderedDict[Identity, Interpreter] = OrderedDict()
        self._twins: OrderedDict[Identity, Interpreter] = OrderedDict()
        """By what environments are made from: the Python of one that was asked."""

    async def probe(
        self,
        path: Path,
        spawner: Spawner,
        environment: Mapping[str, str],
        evidence: Evidence,
        *,
        link: str | None = None,
        named: str | None = None,
    ) -> Interpreter:
        """What the interpreter at `path` is.

        Args:
            path: absolute, links kept: in an environment the link's place is what counts.
            spawner: where it is run, if it must be.
            environment: of the process.
            evidence: told of the files that were looked at.
            link: the path as errors name it where it is a link to nowhere.
            named: the path as other errors name it.
        Raises:
            UnusableInterpreter: it is not there, cannot be run, hangs, or is no Python that hob knows.
        """
        shown = named or str(path)
        identity = _identify(path, link or shown, evidence)
        if (known := self._known.get(identity)) is not None:
            self._known.move_to_end(identity)
            return known
        said = self._read_kept(identity)
        if said is None:
            said = await self._ask(path, shown, spawner, environment)
            if _is_itself(path, said):  # a shim may be another interpreter tomorrow, without having changed
                await anyio.to_thread.run_sync(self._keep, identity, said)
            else:
                return _understand(path, shown, said)
        found = self._remember(identity, _understand(path, shown, said))
        self._learn_twin(found, evidence)
        return found

    async def probe_new(
        self, path: Path, base: Interpreter, spawner: Spawner, environment: Mapping[str, str], evidence: Evidence
    ) -> Interpreter:
        """What the Python of an environment is that was made just now, from `base`: the first one is asked, later ones are like it.

        The other arguments and errors are those of `probe`. Starting Python costs as much as linking a thousand files.
        """
        return self.expect(path, base, evidence) or await self.probe(path, spawner, environment, evidence)

    def expect(self, path: Path, base: Interpreter, evidence: Evidence) -> Interpreter | None:
        """The same where it is known without asking: remembered for whoever probes `path`."""
        origin = _identify(base.base_executable, str(base.base_executable), evidence)
        if (twin := self._twins.get(origin)) is None:
            return None
        self._twins.move_to_end(origin)
        return self._remember(_identify(path, str(path), evidence), twin.at(path.parent.parent))

    def _learn_twin(self, found: Interpreter, evidence: Evidence) -> None:
        """Keep an environment's Python: that of others of the same origin is like it."""
        if found.is_environment and found.path == found.prefix / "bin" / "python":
            with suppress(MissingInterpreter):
                self._twins[_identify(found.base_executable, str(found.base_executable), evidence)] = found
                _trim(self._twins)

    def _remember(self, identity: Identity, interpreter: Interpreter) -> Interpreter:
        self._known[identity] = interpreter
        _trim(self._known)
        return interpreter

    async def _ask(self, path: Path, shown: str, spawner: Spawner, environment: Mapping[str, str]) -> Mapping[str, Any]:
        command = [str(path), "-I", "-S", "-c", _PROBE.read_text("utf-8")]
        try:
            finished = await spawner.run(command, env=environment, timeout_seconds=self._timeout_seconds)
        except TimeoutError as error:
            raise UnusableInterpreter(f"Querying Python at `{shown}` did not end in {self._timeout_seconds:.0f} s") from error
        except OSError as error:
            reason = f"{error.strerror} (os error {error.errno})" if error.errno is not None else str(error).removeprefix(f"{path}: ")
            raise UnusableInterpreter(f"Failed to query Python interpreter at `{shown}`", causes=(reason,)) from error
        return _parse_answer(shown, finished)

    def _file(self, identity: Identity) -> Path | None:
        name = hashlib.sha256(repr((identity.path, identity.host)).encode()).hexdigest()[:32]
        return None if self._folder is None else self._folder / f"{name}.json"

    def _read_kept(self, identity: Identity) -> Mapping[str, Any] | None:
        file = self._file(identity)
        if file is None:
            return None
        try:
            kept = json.loads(file.read_bytes())
            is_same = kept["schema"] == _SCHEMA and kept["identity"] == json.loads(json.dumps(identity))
            said: Mapping[str, Any] | None = kept["facts"] if is_same else None
        except (OSError, ValueError, KeyError, TypeError):
            return None  # missing or damaged: then it is asked again
        return said

    def _keep(self, identity: Identity, said: Mapping[str, Any]) -> None:
        file = self._file(identity)
        if file is None:
            return
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=file.parent, prefix=".tmp-", delete=False) as new:
                json.dump({"schema": _SCHEMA, "identity": identity, "facts": said}, new)
            crash_point("interpreters.keep")
            os.replace(new.name, file)
        except OSError:
            return  # a folder that cannot be written only costs time


def _trim(known: OrderedDict[Identity, Interpreter]) -> None:
    while len(known) > _REMEMBERED:
        known.popitem(last=False)


def _identify(path: Path, shown: str, evidence: Evidence) -> Identity:
    evidence.saw(path)
    try:
        state = path.stat()
    except OSError as error:
        if path.is_symlink():
            raise MissingInterpreter(
                f"Broken symlink at `{shown}`, was the underlying Python interpreter removed?",
                hint="Consider recreating the environment (e.g., with `hob venv`)",
            ) from error
        if isinstance(error, NotADirectoryError):
            reason = f"failed to canonicalize path `{path}`: {os_reason(error)}"
            raise NoEnvironment("Failed to query Python interpreter", causes=(reason,)) from error
        raise MissingInterpreter(f"Python interpreter not found at `{path}`") from error
    system = os.uname()
    host = (system.sysname, system.release, system.version, system.machine)
    return Identity(str(path), state.st_dev, state.st_ino, state.st_mtime_ns, state.st_size, _configuration(path, evidence), host)


def _configuration(path: Path, evidence: Evidence) -> tuple[int, int] | None:
    """The state of `pyvenv.cfg`, which makes the folder above the programs an environment."""
    file = path.parent.parent / "pyvenv.cfg"
    evidence.saw(file)
    try:
        state = file.stat()
    except OSError:
        return None
    return state.st_ino, state.st_mtime_ns


def _is_itself(path: Path, said: Mapping[str, Any]) -> bool:
    """Whether the file that was run is the interpreter, not a shim that chose one."""
    try:
        return os.path.samefile(path, said["executable"])
    except (OSError, KeyError, TypeError):
        return False


def _parse_answer(shown: str, finished: Finished) -> Mapping[str, Any]:
    if b"Unknown option: -I" in finished.err:
        reason = "Python executable does not support `-I` flag. Please use Python 3.6 or newer."
        raise UnusableInterpreter(f"Can't use Python at `{shown}`", causes=(reason,))
    if finished.code != 0:
        raise UnusableInterpreter(f"Querying Python at `{shown}` failed with exit status {finished.status}{_streams(finished)}")
    try:
        said = json.loads(finished.out)
    except ValueError as error:
        why = "expected value at line 1 column 1" if finished.out.strip() else "EOF while parsing a value at line 1 column 0"
        if finished.out[:1] in (b"n", b"t", b"f"):  # as if it began with `null`, `true` or `false`
            why = "expected ident at line 1 column 2"
        raise UnusableInterpreter(f"Querying Python at `{shown}` returned an invalid response: {why}{_streams(finished)}") from error
    if not isinstance(said, dict):
        raise UnusableInterpreter(f"Querying Python at `{shown}` returned an invalid response: not an object{_streams(finished)}")
    return said


def _streams(finished: Finished) -> str:
    """What the process printed, each stream under its name."""
    parts = [(name, text.decode("utf-8", "replace").strip()) for name, text in (("stdout", finished.out), ("stderr", finished.err))]
    return "".join(f"\n\n[{name}]\n{text}" for name, text in parts if text)


def _understand(path: Path, shown: str, said: Mapping[str, Any]) -> Interpreter:
    try:
        return read_facts(path, said)
    except (KeyError, ValueError, TypeError) as error:
        raise UnusableInterpreter(f"Querying Python at `{shown}` returned an invalid response: {error}") from error
