"""Puts the client into the wheel: the native one where a Rust toolchain builds it, else its pure-Python stand-in.

`HOB_BUILD_NATIVE=0` leaves Rust alone; `HOB_BUILD_NATIVE=1` makes a failed build fatal.
"""

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STAND_IN = "client/python/hob"
"""A script that starts the package beside it, which every wheel has."""
COMMANDS = ("hob", "hobx")
"""The same program; it looks at the name by which it was called."""


class ClientHook(BuildHookInterface[Any]):
    """Builds the client and hands it to the wheel as a script; editable wheels get it, too."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the commands to a wheel; an sdist carries the sources alone."""
        del version  # the same for standard and editable wheels
        if self.target_name != "wheel":
            return
        program = self._build()
        if program is not None:
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
        source = program or Path(self.root, STAND_IN)
        build_data["shared_scripts"].update({str(path): command for path, command in self._copies(source)})

    def _copies(self, source: Path) -> list[tuple[Path, str]]:
        """A file for each command: the wheel takes each source once."""
        copies = []
        for command in COMMANDS:
            copy = Path(self.root, "client", "target", "commands", command)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
            copy.chmod(0o755)
            copies.append((copy, command))
        return copies

    def _build(self) -> Path | None:
        """The native client, freshly built, or `None` where there is to be, or can be, none."""
        wish = os.environ.get("HOB_BUILD_NATIVE", "")
        if wish == "0":
            return None
        try:
            return build_native(Path(self.root, "client"))
        except (OSError, subprocess.CalledProcessError) as error:
            if wish == "1":
                raise
            self.app.display_warning(f"hob: no native client ({error}); the Python stand-in takes its place")
            return None


def build_native(folder: Path) -> Path:
    """Build the Rust client in `folder` and return the program.

    Raises:
        OSError: there is no toolchain.
        subprocess.CalledProcessError: it fails, statically linked and not.
    """
    target = next(line.split()[1] for line in _run(folder, "rustc", "-vV").splitlines() if line.startswith("host:"))
    build = ("cargo", "build", "--release", "--locked", "--target", target, "--target-dir", "target")
    try:
        _run(folder, *build)
    except subprocess.CalledProcessError:
        _run(folder, *build, environment={"RUSTFLAGS": "-Copt-level=3"})  # without the flags that ask for a static C library
    return folder / "target" / target / "release" / "hob"


def _run(folder: Path, *command: str, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=folder, env={**os.environ, **(environment or {})}, stdout=subprocess.PIPE, check=True, text=True)
    return done.stdout
