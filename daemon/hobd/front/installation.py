"""The user units: where they are shipped, and where systemd looks for them."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from hobd.errors import RequestError, WorldError
from hobd.front.runtime_dir import Places

SERVICE = "hobd.service"
SOCKET = "hobd.socket"
_SHIPPED_COMMAND = "/usr/bin/python3 -I -X utf8 -m hobd serve --start-reason systemd"
_SHIPPED_SOCKET = "%t/hob/hobd.sock"


def read_unit(name: str) -> str:
    """A unit as it is shipped: in the package, or, in a source tree, beside it."""
    return _units_folder().joinpath(name).read_text(encoding="utf-8")


def _units_folder() -> Traversable:
    shipped = resources.files("hobd.front").joinpath("units")
    return shipped if shipped.is_dir() else Path(__file__).parents[3] / "systemd"


def render_service(places: Places) -> str:
    """The service of this installation."""
    command = [sys.executable, *_SHIPPED_COMMAND.split()[1:], "--build", places.build, "--runtime-dir", str(places.folder)]
    return read_unit(SERVICE).replace(_SHIPPED_COMMAND, " ".join(map(quote, command)))


def render_socket(places: Places) -> str:
    """The socket unit of this installation."""
    return read_unit(SOCKET).replace(_SHIPPED_SOCKET, str(places.socket).replace("%", "%%"))


def quote(word: str) -> str:
    """A word of a command as systemd reads it (systemd.service(5), "Command lines")."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if any(character in word for character in " \t\"'\\;") else escaped


def units_target(environment: Mapping[str, str]) -> Path:
    """Where user units go: `$XDG_CONFIG_HOME/systemd/user`.

    Raises:
        RequestError: neither that variable nor `$HOME` is set.
    """
    config = environment.get("XDG_CONFIG_HOME") or (environment.get("HOME") and f"{environment['HOME']}/.config")
    if not config:
        raise RequestError("Neither `$XDG_CONFIG_HOME` nor `$HOME` is set, so there is no place for user units")
    return Path(config) / "systemd" / "user"


def install(places: Places, environment: Mapping[str, str], *, with_socket: bool) -> list[Path]:
    """Write the units and have systemd read them. Returns what was written.

    Raises:
        WorldError: they cannot be written.
    """
    target = units_target(environment)
    units = {SERVICE: render_service(places)} | ({SOCKET: render_socket(places)} if with_socket else {})
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, text in units.items():
            temporary = target / f".{name}.new"
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(target / name)
    except OSError as error:
        raise WorldError(f"The units could not be written to `{target}`", causes=(str(error),)) from error
    run_systemctl(environment, "daemon-reload")
    return [target / name for name in units]


def uninstall(environment: Mapping[str, str]) -> list[Path]:
    """Stop and remove the units. Returns what was removed."""
    target = units_target(environment)
    present = [target / name for name in (SOCKET, SERVICE) if (target / name).exists()]
    if present:
        run_systemctl(environment, "disable", "--now", *(path.name for path in present))
        for path in present:
            path.unlink(missing_ok=True)
        run_systemctl(environment, "daemon-reload")
    return present


def run_systemctl(environment: Mapping[str, str], *words: str) -> bool:
    """Ask the user's service manager; `False` if there is none, or it says no."""
    program = shutil.which("systemctl", path=environment.get("PATH", ""))
    if program is None:
        return False
    try:
        done = subprocess.run([program, "--user", *words], env=dict(environment), capture_output=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
