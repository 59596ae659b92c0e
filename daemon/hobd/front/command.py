"""The command line of `hobd serve`, and the process that it makes of itself."""

import argparse
import os
import resource
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


def read_options(words: Sequence[str], environment: Mapping[str, str], clean: Mapping[str, str]) -> Options:
    """Read the words after `serve`; leave the caller's directory and descriptors.

    Args:
        environment: the process's own, whole: for the runtime directory and the service manager.
        clean: what is kept of it.
    """
    arguments = _parser().parse_args(words)
    passed_fd = passed_socket(environment)
    _leave_caller({descriptor for descriptor in (arguments.ready_fd, passed_fd) if descriptor is not None})
    folder, candidates = _runtime_dir(arguments.runtime_dir, environment)
    idle_seconds = arguments.idle_seconds if arguments.idle_seconds is not None else _site_idle_seconds(_SITE_FILE)
    return Options(
        places=Places(folder, arguments.build or build_id(), own_mount_namespace()),
        candidates=candidates,
        start_reason=arguments.start_reason,
        ready_fd=arguments.ready_fd,
        passed_fd=passed_fd,
        idle_seconds=idle_seconds,
        engine_idle_seconds=arguments.engine_idle_seconds,
        environment=clean,
        service_environment=environment,
        engine_command=tuple(arguments.engine_command or ()),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hobd serve", description="Serve hob's command lines until idle.", allow_abbrev=False)
    parser.add_argument("--build", help="build id to serve under; default: this installation's")
    parser.add_argument("--runtime-dir", help="where the socket goes; default: as the client looks for it")
    parser.add_argument("--ready-fd", type=int, help="descriptor to write one line to, `ok <instance>` or `err <json>`")
    parser.add_argument("--start-reason", default="by hand", help="who starts it, for the status")
    parser.add_argument("--idle-seconds", type=float, help="end after so long without a request")
    parser.add_argument("--engine-idle-seconds", type=float, default=_ENGINE_IDLE_SECONDS, help="let engines go after so long")
    parser.add_argument("--engine-command", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


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
