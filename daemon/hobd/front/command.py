"""The command line of `hobd serve`, and the process that it makes of itself."""

import os
import resource
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from hobd.build_id import build_id
from hobd.errors import HobError
from hobd.front.lifecycle import Options
from hobd.front.notify import passed_socket
from hobd.front.runtime_dir import Candidate, Places, find_runtime_dir, own_mount_namespace

_IDLE_SECONDS = 3 * 60 * 60.0
_SHARED_IDLE_SECONDS = 15 * 60.0
"""On a node that many users share."""
_ENGINE_IDLE_SECONDS = 2 * 60.0
_SITE_FILE = Path("/etc/hob/site.toml")


_USAGE = """\
usage: hobd serve [--build ID] [--runtime-dir DIR] [--ready-fd FD] [--start-reason WORD]
                  [--idle-seconds N] [--engine-idle-seconds N]

Serve hob's command lines until idle.

  --build ID               build to serve under; default: this installation's
  --runtime-dir DIR        where the socket goes; default: as the client looks for it
  --ready-fd FD            descriptor to write one line to: `ok INSTANCE` or `err JSON`
  --start-reason WORD      who starts it, for the status
  --idle-seconds N         end after so long without a request
  --engine-idle-seconds N  let engines go after so long
"""
_OPTIONS = frozenset({"--build", "--runtime-dir", "--ready-fd", "--start-reason", "--idle-seconds", "--engine-idle-seconds"})


def read_options(words: Sequence[str], environment: Mapping[str, str], clean: Mapping[str, str]) -> Options:
    """Read the words after `serve`; leave the caller's directory and descriptors.

    Args:
        environment: the process's own, whole: for the runtime directory and the service manager.
        clean: what is kept of it.
    """
    given = _parse(words)
    ready_fd = int(given["--ready-fd"]) if "--ready-fd" in given else None
    passed_fd = passed_socket(environment)
    _leave_caller({descriptor for descriptor in (ready_fd, passed_fd) if descriptor is not None})
    folder, candidates = _runtime_dir(given.get("--runtime-dir"), environment)
    return Options(
        places=Places(folder, given.get("--build") or build_id(), own_mount_namespace()),
        candidates=candidates,
        start_reason=given.get("--start-reason", "hand"),
        ready_fd=ready_fd,
        passed_fd=passed_fd,
        idle_seconds=float(given["--idle-seconds"]) if "--idle-seconds" in given else _site_idle_seconds(_SITE_FILE),
        engine_idle_seconds=float(given.get("--engine-idle-seconds", _ENGINE_IDLE_SECONDS)),
        environment=clean,
        service_environment=environment,
        engine_command=tuple(filter(None, clean.get("HOB_TEST_ENGINE", "").split("\n"))),
    )


def _parse(words: Sequence[str]) -> dict[str, str]:
    """The options. By hand: argparse alone costs a start 5 ms."""
    given: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        name, is_joined, value = word.partition("=")
        if word in {"-h", "--help"}:
            sys.stdout.write(_USAGE)
            raise SystemExit(0)
        if name not in _OPTIONS:
            raise SystemExit(f"error: unknown option `{word}`\n\n{_USAGE}")
        given[name] = value if is_joined else next(rest, "")
    return given


def _runtime_dir(given: str | None, environment: Mapping[str, str]) -> tuple[Path, tuple[Candidate, ...]]:
    if given:
        return Path(given), (Candidate(given, ""),)
    try:
        folder, candidates = find_runtime_dir(environment)
    except HobError as error:
        raise SystemExit(f"error: {error.message}") from None
    if folder is None:
        raise SystemExit("error: no runtime directory is fit: " + "; ".join(map(str, candidates)))
    return folder, candidates


def _site_idle_seconds(site_file: Path) -> float:
    """How long to stay: as the site says (`idle-seconds`), or shorter on a node that it calls shared (`shared-node = true`)."""
    try:
        text = site_file.read_text()
    except OSError:
        return _IDLE_SECONDS
    import tomllib

    try:
        site = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return _SHARED_IDLE_SECONDS  # somebody set this node apart, if not well: stay short
    default = _SHARED_IDLE_SECONDS if site.get("shared-node") else _IDLE_SECONDS
    return float(site.get("idle-seconds", default))


def _leave_caller(kept: set[int]) -> None:
    """Leave the caller's directory, so that it can be unmounted, and its pipes, so that nobody waits for their end."""
    os.chdir("/")  # noqa: TID251 - once, before anything is served
    descriptors = [int(name) for name in os.listdir("/proc/self/fd")]
    for descriptor in descriptors:
        if descriptor > 2 and descriptor not in kept:
            with suppress(OSError):  # the listing's own is closed already
                os.close(descriptor)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    for descriptor in kept:
        os.set_inheritable(descriptor, False)  # noqa: FBT003 - the standard library's signature
