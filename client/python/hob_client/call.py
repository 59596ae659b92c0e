"""How the client was called, what surrounds it, and the one reason for which a call is not the daemon's."""

import os
import re
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # gRPC and the messages take a tenth of a second: only a call that asks the daemon pays for them
    from hob.v1 import execute_pb2 as v1


class Unavailable(Exception):
    """The daemon cannot answer this call."""

    def __init__(self, cause: str, why: str, log: tuple[str, ...] = ()) -> None:
        super().__init__(why)
        self.cause, self.why, self.log = cause, why, log


@dataclass(frozen=True, slots=True)
class Call:
    """How the client was called, and where it is installed."""

    called_as: bytes
    arguments: tuple[bytes, ...]
    environment: dict[bytes, bytes]
    program: bytes
    build: str
    python: str

    @classmethod
    def of_this_process(cls) -> "Call":
        """Read the command line; `hobx` is `hob tool run`."""
        called_as, *arguments = [os.fsencode(word) for word in sys.argv]
        program = Path(os.fsdecode(called_as)).resolve()
        if os.path.basename(called_as) == b"hobx":
            arguments = [b"tool", b"run", *arguments]
        if program.name == "hobx":
            program = program.with_name("hob")
        environment = dict(os.environb)
        python = environment.get(b"HOB_PYTHON")
        return cls(
            called_as=called_as,
            arguments=tuple(arguments),
            environment=environment,
            program=os.fsencode(program),
            build=build_id(),
            python=os.path.abspath(os.fsdecode(python)) if python else sys.executable,
        )

    def is_off(self, name: bytes) -> bool:
        """Whether a variable is set to one of the words for "no"."""
        return self.environment.get(name, b"").lower() in {b"off", b"0", b"false", b"no"}

    def seconds(self, name: bytes, usual: float) -> float:
        """Seconds that a test has set, or `usual`."""
        try:
            return float(self.environment[name])
        except (KeyError, ValueError):
            return usual


def version() -> str:
    """The version that client and daemon share."""
    try:
        return metadata.version("hob")
    except metadata.PackageNotFoundError:
        from hobd import __version__

        return __version__


def build_id() -> str:
    """The build id of this installation: FNV-1a of the version and the folder of the interpreter."""
    value = 0xCBF29CE484222325
    for byte in b"hob 1 " + version().encode() + b"\0" + os.fsencode(Path(sys.executable).parent.resolve()):
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"[:8]


def namespace(kind: str) -> int:
    """The inode of one of this process's namespaces, 0 where unknown."""
    try:
        return int(re.sub(r"\D", "", os.readlink(f"/proc/self/ns/{kind}")))
    except (OSError, ValueError):
        return 0


def terminal() -> "v1.Terminal":
    """What the standard streams are."""
    from hob.v1 import execute_pb2 as v1

    is_tty = [os.isatty(descriptor) for descriptor in (0, 1, 2)]
    size = os.terminal_size((0, 0))
    for descriptor in (2, 1, 0):
        if is_tty[descriptor]:
            size = os.get_terminal_size(descriptor)
            break
    return v1.Terminal(stdin_is_tty=is_tty[0], stdout_is_tty=is_tty[1], stderr_is_tty=is_tty[2], columns=size.columns, rows=size.lines)
