"""`hob daemon ...` without a daemon's help: these commands must work when it hangs, and when there is none."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from hobd import __version__
from hobd.build_id import build_id, compute_build_id
from hobd.errors import HobError, WorldError
from hobd.front.living import LivingDaemon, find_living
from hobd.front.runtime_dir import Candidate, Places, find_runtime_dir, own_mount_namespace

_STOP_SECONDS = 16.0
"""A daemon that drains takes at most 15: 10 for what runs, 2 to stop, 3 until its own watchdog ends it."""
_FORCE_SECONDS = 1.0
_KILL_SECONDS = 5.0
_STATUS_SECONDS = 1.0
_SHOWN_LINES = 100


def run(words: Sequence[str], environment: Mapping[str, str], out: TextIO, err: TextIO) -> int:
    """Run one command about the daemon. Returns the exit code.

    Args:
        words: what follows `hob daemon`.
        environment: the caller's own; `HOB_CLIENT` names the client's executable.
        out: data goes here.
        err: everything else.
    """
    try:
        arguments = _parser().parse_args(list(words))
    except SystemExit as stop:
        return 2 if stop.code else 0
    try:
        code: int = arguments.command(Control(environment, out, err), arguments)
    except HobError as error:
        err.write(f"error: {error.message}\n")
        err.writelines(f"  Caused by: {cause}\n" for cause in error.causes)
        err.writelines(f"\nhint: {hint}\n" for hint in error.hints)
        return error.code
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hob daemon", description="Manage hob's daemon", allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="<COMMAND>")

    def add(name: str, command: object, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        added.set_defaults(command=command)
        return added

    add("status", Control.status, "Show what the daemon is and does").add_argument("--json", action="store_true", help="for programs")
    add("stop", Control.stop, "End the daemon").add_argument("--force", action="store_true", help="do not wait for what runs")
    add("restart", Control.restart, "End the daemon and start another")
    lines = add("logs", Control.logs, "Show the end of the daemon's log")
    lines.add_argument("-n", "--lines", type=int, default=_SHOWN_LINES, help="how many lines")
    add("endpoint", Control.endpoint, "Show where the daemon listens").add_argument("--json", action="store_true", help="for programs")
    units = add("install", Control.install, "Have systemd run the daemon for this user")
    units.add_argument("--socket", action="store_true", help="have systemd listen, too")
    add("uninstall", Control.uninstall, "Undo `install`")
    return parser


class Control:
    """The commands."""

    def __init__(self, environment: Mapping[str, str], out: TextIO, err: TextIO) -> None:
        self._environment = environment
        self._out = out
        self._err = err

    def status(self, arguments: argparse.Namespace) -> int:
        """Exit code 1 where none runs."""
        places, candidates = self._look()
        living = find_living(places) if places else None
        if places and living and (text := _ask_status(places, as_json=arguments.json)):
            self._out.write(text)
            return 0
        if arguments.json:
            document: dict[str, object] = {"running": False, "pid": living.pid if living else None, "version": __version__}
            document |= {"build": self._build(), "candidates": [str(candidate) for candidate in candidates]}
            self._out.write(json.dumps(document, indent=2) + "\n")
            return 1
        if living:
            self._out.write(f"A daemon runs (pid {living.pid}), but does not answer: try `hob daemon restart`\n")
        else:
            self._out.write("No daemon is running\n")
        for candidate in candidates:
            self._out.write(f"  {candidate}\n")
        return 1

    def stop(self, arguments: argparse.Namespace) -> int:
        """Success, too, where none runs."""
        living = find_living(self._places())
        if living is None:
            self._err.write("No daemon is running\n")
            return 0
        if not end(living, force=arguments.force):
            hint = "`hob daemon stop --force` does not wait"
            raise WorldError(f"The daemon (pid {living.pid}) still works", hint=hint, code=1)
        self._err.write(f"Stopped the daemon (pid {living.pid})\n")
        return 0

    def restart(self, _arguments: argparse.Namespace) -> int:
        """However the old one feels about it."""
        from hobd.front.starting import spawn_lock, start_daemon

        places = self._places()
        with spawn_lock(places):
            living = find_living(places)
            if living is not None and not end(living, force=False):
                end(living, force=True)
            instance = start_daemon(places, self._environment, "restart")
        self._err.write(f"Started a daemon (instance {instance})\n")
        return 0

    def logs(self, arguments: argparse.Namespace) -> int:
        """The newest lines, oldest first."""
        log = self._places().log
        try:
            lines = log.read_text(errors="replace").splitlines()
        except FileNotFoundError:
            raise WorldError(f"There is no log at `{log}` yet", code=1) from None
        self._out.writelines(f"{line}\n" for line in lines[-arguments.lines :])
        return 0

    def endpoint(self, arguments: argparse.Namespace) -> int:
        """What an editor connects to; whether or not it is there yet."""
        places = self._places()
        living = find_living(places)
        address = f"unix:{places.socket}"
        if not arguments.json:
            self._out.write(f"{address}\n")
            return 0
        document = {
            "address": address,
            "socket": str(places.socket),
            "build": places.build,
            "running": living is not None,
            "pid": living.pid if living else None,
        }
        self._out.write(json.dumps(document, indent=2) + "\n")
        return 0

    def install(self, arguments: argparse.Namespace) -> int:
        """Write the units; what to enable is said, not done."""
        from hobd.front import installation

        for path in installation.install(self._places(), self._environment, with_socket=arguments.socket):
            self._err.write(f"Wrote `{path}`\n")
        unit = installation.SOCKET if arguments.socket else installation.SERVICE
        self._err.write(f"Run `systemctl --user enable --now {unit}` to have it started with your session\n")
        return 0

    def uninstall(self, _arguments: argparse.Namespace) -> int:
        """Success, too, where nothing was installed."""
        from hobd.front import installation

        removed = installation.uninstall(self._environment)
        self._err.writelines(f"Removed `{path}`\n" for path in removed)
        if not removed:
            self._err.write("Nothing was installed\n")
        return 0

    def _build(self) -> str:
        """The build of the client that was called, or of this installation."""
        client = self._environment.get("HOB_CLIENT")
        return compute_build_id(__version__, str(Path(client).parent.resolve())) if client else build_id()

    def _look(self) -> tuple[Places | None, tuple[Candidate, ...]]:
        folder, candidates = find_runtime_dir(self._environment)
        return (Places(folder, self._build(), own_mount_namespace()) if folder else None), candidates

    def _places(self) -> Places:
        places, candidates = self._look()
        if places is None:
            raise WorldError("No runtime directory is fit", causes=tuple(map(str, candidates)), hint="Set `HOB_RUNTIME_DIR`")
        return places


def end(living: LivingDaemon, *, force: bool) -> bool:
    """End a daemon; whether it ended. By force, it has a second to end by itself."""
    living.signal(signal.SIGTERM)
    if living.wait(_FORCE_SECONDS if force else _STOP_SECONDS):
        return True
    if not force:
        return False
    living.signal(signal.SIGCONT)
    living.signal(signal.SIGKILL)
    return living.wait(_KILL_SECONDS)


def _ask_status(places: Places, *, as_json: bool) -> str:
    """What the daemon says about itself; empty if it does not answer."""
    import grpc

    from hob.v1 import daemon_pb2 as daemon_v1
    from hobd.front.exits import read_exits
    from hobd.front.runtime_dir import open_folder, socket_address
    from hobd.front.status import render_json, render_text

    folder = open_folder(places.folder)
    try:
        with grpc.insecure_channel(f"unix:{socket_address(places.socket, folder)}") as channel:
            ask = channel.unary_unary(
                "/hob.v1.DaemonService/GetStatus",
                request_serializer=daemon_v1.GetStatusRequest.SerializeToString,
                response_deserializer=daemon_v1.GetStatusResponse.FromString,
            )
            status = ask(daemon_v1.GetStatusRequest(), timeout=_STATUS_SECONDS)
    except grpc.RpcError:
        return ""
    finally:
        os.close(folder)
    render = render_json if as_json else render_text
    return render(status, watch_fault="", previous=read_exits(places.exits)[-1:])


def words_of(argv: Sequence[bytes]) -> list[str] | None:
    """What follows `daemon` on a command line about the daemon; `None` if it is about something else."""
    from hobd.front.command_line import first_words

    if first_words(argv, 1) != (b"daemon",):
        return None
    return [os.fsdecode(word) for word in argv[argv.index(b"daemon") + 1 :]]


def main(argv: Sequence[bytes], environment: Mapping[str, str]) -> int | None:
    """Run `hob daemon ...` on this process's own streams; `None` if the command line is about something else."""
    words = words_of(argv)
    if words is None:
        return None
    code = run(words, environment, sys.stdout, sys.stderr)
    sys.stdout.flush()
    return code
