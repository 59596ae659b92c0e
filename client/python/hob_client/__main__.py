"""One command line, from its first look to its end."""

import contextlib
import os
import platform
import time
from pathlib import Path
from typing import NoReturn

from .ask import ask
from .call import Call, Unavailable, version
from .launch import run_once
from .render import write_all
from .runtime_dir import RuntimeDir


def announce(folder: RuntimeDir | None, unavailable: Unavailable) -> None:
    """Say why there is no daemon: once an hour for each cause."""
    if folder is not None:
        stamp = Path(folder.inside(f"said-{unavailable.cause}"))
        with contextlib.suppress(OSError):
            if 0 <= time.time() - stamp.stat().st_mtime < 3600:
                return
        with contextlib.suppress(OSError):
            stamp.touch(mode=0o600)
    lines = [f"hob: daemon unavailable ({unavailable.why}), running one-shot", *(f"  {line}" for line in unavailable.log)]
    with contextlib.suppress(OSError):
        write_all(2, "".join(f"{line}\n" for line in lines).encode())


def main() -> NoReturn:
    """Answer one command line."""
    call = Call.of_this_process()
    if call.arguments in {(b"--version",), (b"-V",)}:
        libc = platform.libc_ver()[0].replace("glibc", "gnu") or "musl"
        write_all(1, f"hob {version()} ({os.uname().machine}-unknown-linux-{libc})\n".encode())
        os._exit(0)
    words = [argument for argument in call.arguments if not argument.startswith(b"-")]
    may_start = words[:1] != [b"daemon"]
    if not call.is_off(b"HOB_DAEMON") and (may_start or words[1:2] == [b"status"]):
        os.environ["GRPC_VERBOSITY"] = "NONE"  # standard error is for what the daemon says
        folder = None
        try:
            folder = RuntimeDir.find(call)
            ask(folder, call, may_start=may_start)
        except Unavailable as unavailable:
            if may_start:
                announce(folder, unavailable)
    run_once(call)


if __name__ == "__main__":
    main()
