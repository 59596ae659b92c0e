"""`hobd`: one program, three processes.

    hobd serve      the front: owns the socket (the default)
    hobd engine     an engine: spawned by the front, or by nobody
    hobd run-once   one command line, without a daemon

Each imports only what it needs. This is the one module that reads the process's own environment.
"""

import os
import sys
from typing import NoReturn

from hobd import faults

_KEPT_VARIABLES = frozenset({"PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE"})
"""What a daemon may know of whoever happened to start it. `TMPDIR` is not among them: it is the request's."""
_KEPT_PREFIXES = ("XDG_", "HOB_TEST_")


def main() -> NoReturn:
    """Do what the first word says."""
    words = sys.argv[1:]
    environment = dict(os.environ)  # noqa: TID251 - the one reading; what a request needs comes with the request
    faults.arm(environment.get("HOB_TEST_CRASH_AT"))
    mode = words[0] if words else "serve"
    if mode == "serve":
        _serve(words[1:], environment)
    if mode == "engine":
        _be_engine(words[1:])
    if mode == "run-once":
        from hobd.engine import one_shot

        one_shot.main([os.fsencode(word) for word in words[1:]])
    sys.stderr.write(f"error: unknown mode `{mode}`: use `serve`, `engine` or `run-once`\n")
    sys.exit(2)


def _serve(words: list[str], environment: dict[str, str]) -> NoReturn:
    from hobd.front.command import read_options
    from hobd.front.lifecycle import serve

    clean = {name: value for name, value in environment.items() if name in _KEPT_VARIABLES or name.startswith(_KEPT_PREFIXES)}
    options = read_options(words, environment, clean)
    os.environ.clear()  # noqa: TID251 - so that nothing, ours or a library's, can read what the first caller happened to have
    os.environ.update(clean)  # noqa: TID251
    code = serve(options)
    sys.stdout.flush()
    os._exit(code)  # gRPC's threads end with the process; waiting for them gains nothing


def _be_engine(words: list[str]) -> NoReturn:
    import faulthandler
    import signal

    from hobd.engine import loop

    faulthandler.register(signal.SIGUSR1, all_threads=True)
    loop.main(int(words[words.index("--fd") + 1]))
    sys.exit(0)


if __name__ == "__main__":
    main()
