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
        _run_once([os.fsencode(word) for word in words[1:]], environment)
    sys.stderr.write(f"error: unknown mode `{mode}`: use `serve`, `engine` or `run-once`\n")
    sys.exit(2)


def _serve(words: list[str], environment: dict[str, str]) -> NoReturn:
    import faulthandler

    from hobd.front.command import read_options
    from hobd.front.lifecycle import serve
    from hobd.front.starting import clean_environment

    clean = clean_environment(environment)
    options = read_options(words, environment, clean)
    os.environ.clear()  # noqa: TID251 - so that nothing, ours or a library's, can read what the first caller happened to have
    os.environ.update(clean)  # noqa: TID251
    faulthandler.enable()
    code = serve(options)
    sys.stdout.flush()
    os._exit(code)  # gRPC's threads end with the process; waiting for them gains nothing


def _be_engine(words: list[str]) -> NoReturn:
    import faulthandler
    import signal

    from hobd.engine import loop

    faulthandler.enable()
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    loop.main(int(words[words.index("--fd") + 1]))
    sys.exit(0)


def _run_once(argv: list[bytes], environment: dict[str, str]) -> NoReturn:
    """Commands about the daemon are the front's; all else is the engine's."""
    if b"daemon" in argv:
        from hobd.front import control

        code = control.main(argv, environment)
        if code is not None:
            sys.exit(code)
    from hobd.engine import one_shot

    one_shot.main(argv)


if __name__ == "__main__":
    main()
