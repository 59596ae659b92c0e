"""`hob daemon`: the process that keeps everything warm. The front answers these; here they are declared and explained."""

from msgspec import Struct

from hobd.cli.checks import a_number
from hobd.cli.found import Found
from hobd.cli.grammar.declare import flag, option
from hobd.cli.grammar.model import Child, Command
from hobd.cli.options.globals import GlobalOptions, read_globals


class DaemonStatus(Struct, frozen=True, kw_only=True):
    """`hob daemon status`: show what the daemon is and does."""

    general: GlobalOptions
    json: bool = False


class DaemonStop(Struct, frozen=True, kw_only=True):
    """`hob daemon stop`: end the daemon."""

    general: GlobalOptions
    force: bool = False


class DaemonRestart(Struct, frozen=True, kw_only=True):
    """`hob daemon restart`: end the daemon and start another."""

    general: GlobalOptions


class DaemonLogs(Struct, frozen=True, kw_only=True):
    """`hob daemon logs`: show the end of the daemon's log."""

    general: GlobalOptions
    lines: int


class DaemonEndpoint(Struct, frozen=True, kw_only=True):
    """`hob daemon endpoint`: show where the daemon listens."""

    general: GlobalOptions
    json: bool = False


class DaemonInstall(Struct, frozen=True, kw_only=True):
    """`hob daemon install`: have systemd run the daemon for this user."""

    general: GlobalOptions
    socket: bool = False


class DaemonUninstall(Struct, frozen=True, kw_only=True):
    """`hob daemon uninstall`: undo `install`."""

    general: GlobalOptions


def _read_status(found: Found) -> DaemonStatus:
    return DaemonStatus(general=read_globals(found), json=found.flag("json"))


def _read_stop(found: Found) -> DaemonStop:
    return DaemonStop(general=read_globals(found), force=found.flag("force"))


def _read_restart(found: Found) -> DaemonRestart:
    return DaemonRestart(general=read_globals(found))


def _read_logs(found: Found) -> DaemonLogs:
    return DaemonLogs(general=read_globals(found), lines=int(found.word("lines")))


def _read_endpoint(found: Found) -> DaemonEndpoint:
    return DaemonEndpoint(general=read_globals(found), json=found.flag("json"))


def _read_install(found: Found) -> DaemonInstall:
    return DaemonInstall(general=read_globals(found), socket=found.flag("socket"))


def _read_uninstall(found: Found) -> DaemonUninstall:
    return DaemonUninstall(general=read_globals(found))


DAEMON_STATUS = Command(name="status", arguments=(flag("json"),), texts="daemon", read=_read_status)
DAEMON_STOP = Command(name="stop", arguments=(flag("force"),), texts="daemon", read=_read_stop)
DAEMON_RESTART = Command(name="restart", texts="daemon", read=_read_restart)
DAEMON_LOGS = Command(name="logs", arguments=(option("lines", "n", check=a_number(), default="100"),), texts="daemon", read=_read_logs)
DAEMON_ENDPOINT = Command(name="endpoint", arguments=(flag("json"),), texts="daemon", read=_read_endpoint)
DAEMON_INSTALL = Command(name="install", arguments=(flag("socket"),), texts="daemon", read=_read_install)
DAEMON_UNINSTALL = Command(name="uninstall", texts="daemon", read=_read_uninstall)

DAEMON = Command(
    name="daemon",
    children=(
        Child(name="status", load=lambda: DAEMON_STATUS),
        Child(name="stop", load=lambda: DAEMON_STOP),
        Child(name="restart", load=lambda: DAEMON_RESTART),
        Child(name="logs", load=lambda: DAEMON_LOGS),
        Child(name="endpoint", load=lambda: DAEMON_ENDPOINT),
        Child(name="install", load=lambda: DAEMON_INSTALL),
        Child(name="uninstall", load=lambda: DAEMON_UNINSTALL),
    ),
    hint="hob help daemon",
    texts="daemon",
)
