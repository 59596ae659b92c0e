"""What the clients start as "Python with hobd": a daemon that tells what it was born with, and a one-shot run that tells how it was called.

`HOB_TEST_START` says how a start goes: `ok` (the default), `die`, `err`, `mute`.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn

ONE_SHOT_CODE = 7
OPTIONS = ["-I", "-X", "utf8", "-m", "hobd"]


def main() -> NoReturn:
    """Do what hobd would be asked to do."""
    assert sys.argv[1:6] == OPTIONS, sys.argv
    mode, *words = sys.argv[6:]
    if mode == "run-once":
        told = {"argv": words, "client": os.environ["HOB_CLIENT"]}
        sys.stdout.write(f"one-shot {json.dumps(told)}\n")
        sys.exit(ONE_SHOT_CODE)
    options = dict(zip(words[::2], words[1::2], strict=True))
    serve(Path(options["--runtime-dir"]), options)


def serve(folder: Path, options: dict[str, str]) -> NoReturn:
    """Serve, or fail to."""
    from tests.client.fake_daemon import FakeDaemon, answer, end, out  # takes a while, which one-shot runs do without

    ready = int(options["--ready-fd"])
    behaviour = os.environ.get("HOB_TEST_START", "ok")
    if behaviour == "die":
        sys.stderr.write("first line\nthe last words\n")
        sys.exit(1)
    if behaviour == "err":
        os.write(ready, b'err {"why": "failed", "text": "the disk is full"}\n')
        sys.exit(1)
    if behaviour == "mute":
        time.sleep(30)
    with (folder / "lives").open("a") as lives:
        lives.write(f"{os.getpid()}\n")
    (folder / "witness.json").write_text(json.dumps(witness(options)))
    namespace = "".join(filter(str.isdigit, os.readlink("/proc/self/ns/mnt")))
    with FakeDaemon(folder / f"v1-{options['--build']}-{namespace}.sock", answer(out(b"from the started daemon\n"), end())):
        os.write(ready, b"ok fake\n")
        os.close(ready)
        time.sleep(30)
    sys.exit(0)


def witness(options: dict[str, str]) -> dict[str, object]:
    """All that this process could have inherited."""
    return {
        "options": options,
        "environment": dict(os.environ),
        "cwd": str(Path.cwd()),
        "umask": os.umask(0o077),
        "is_session_leader": os.getsid(0) == os.getpid(),
        "session": os.getsid(0),
        "descriptors": {number: os.readlink(f"/proc/self/fd/{number}") for number in (0, 1, 2)},
        "others": [link for name in os.listdir("/proc/self/fd") if int(name) > 2 and "/inherited" in (link := _link(name))],
        "blocked": [int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, [])],
    }


def _link(name: str) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{name}")
    except OSError:
        return ""
