"""The ways in which this process ends."""

import contextlib
import fcntl
import os
import resource
import signal
import time
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:  # gRPC and the messages take a tenth of a second: only a call that asks the daemon pays for them
    from hob.v1 import execute_pb2 as v1


from .call import Call
from .render import write_all

EXIT_UNAVAILABLE = 75
LOWEST_DESCRIPTOR = 64
"""For what programs inherit: those below are what scripts redirect by number."""


def launch(spec: "v1.ExecSpec", call: Call) -> NoReturn:
    """Become the program that the daemon named; say why and exit with 2 where that fails."""
    environment = {name: value for name, value in call.environment.items() if name not in set(spec.env_unset)}
    environment |= {variable.name: variable.value for variable in spec.env_set}
    try:
        if spec.cwd:
            os.chdir(spec.cwd)
        if spec.nofile_limit:
            hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            wanted = spec.nofile_limit if hard == resource.RLIM_INFINITY else min(spec.nofile_limit, hard)
            if wanted < spec.nofile_limit and spec.nofile_refused:
                write_all(2, spec.nofile_refused.replace(b"{}", str(hard).encode()))
                os._exit(2)
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        keep_lease(spec)
        become(spec.program, list(spec.argv), environment)
    except OSError as error:
        text = spec.not_found if isinstance(error, FileNotFoundError) else b""
        shown = spec.program.decode(errors="replace")
        usual = f"error: Failed to spawn: {shown}\n  cause: {error.strerror} (os error {error.errno})\n"
        write_all(2, text or usual.encode())
        os._exit(2)


def keep_lease(spec: "v1.ExecSpec") -> None:
    """Take the locks that the program is to hold as long as it runs; without them it runs as well.

    Record locks are gone as soon as any descriptor of the file is closed, so the one that stays is made first.
    """
    if not spec.HasField("lease"):
        return
    with contextlib.suppress(OSError):
        low = os.open(spec.lease.path, os.O_RDONLY | os.O_CLOEXEC)
        handle = fcntl.fcntl(low, fcntl.F_DUPFD, LOWEST_DESCRIPTOR)
        os.close(low)
        for place in spec.lease.bytes:
            wait_for_lock(handle, place)


def wait_for_lock(handle: int, place: int) -> None:
    """Lock one byte, shared; who cleans a little is done within half a second."""
    for _ in range(25):
        try:
            fcntl.lockf(handle, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, place)
        except (BlockingIOError, PermissionError):
            time.sleep(0.02)
        else:
            return


def become(program: bytes, argv: list[bytes], environment: dict[bytes, bytes]) -> NoReturn:
    """Replace this process, without the signals that Python ignores. The program is searched in the new `PATH`.

    A file that the kernel cannot start is refused, as uv does; execvp(3) would have a shell read it.
    """
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    os.execvpe(program, argv, environment)


def run_once(call: Call) -> NoReturn:
    """Do the same work in one process."""
    argv = [os.fsencode(word) for word in (call.python, "-I", "-X", "utf8", "-m", "hobd", "run-once")]
    try:
        become(argv[0], [*argv, call.called_as, *call.arguments], {**call.environment, b"HOB_CLIENT": call.program})
    except OSError as error:
        fail(f"Failed to start `{call.python}`: {error.strerror}", EXIT_UNAVAILABLE)


def fail(text: str, code: int) -> NoReturn:
    """Say why nothing could be done, and end."""
    with contextlib.suppress(OSError):
        write_all(2, f"error: {text}\n".encode())
    os._exit(code)


def die_of(number: int) -> NoReturn:
    """End as the signal would have ended this process."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    os._exit(128 + number)
