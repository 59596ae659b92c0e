"""Puts the client into the wheel: the native one where a Rust toolchain builds it, else its pure-Python stand-in.

Beside the native one lies `hob-files`; what it does, hobd can do itself.

`HOB_BUILD_NATIVE=0` leaves Rust alone; `HOB_BUILD_NATIVE=1` makes a failed build fatal.
"""

import os
import shutil
import subprocess
import sysconfig
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STAND_IN = "client/python/hob"
"""A script that starts the package beside it, which every wheel has."""
COMMANDS = ("hob", "hobx")
"""The same program; it looks at the name by which it was called."""
FILES_PROGRAM = "libexec/hob/hob-files"
"""Where `hobd.files_program` looks for it."""


class ClientHook(BuildHookInterface[Any]):
    """Builds the client and hands it to the wheel as a script; editable wheels get it, too."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the commands to a wheel; an sdist carries the sources alone."""
        del version  # the same for standard and editable wheels
        if self.target_name != "wheel":
            return
        programs = self._build()
        if programs is not None:
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
            build_data["shared_data"][str(programs / "hob-files")] = FILES_PROGRAM
        source = Path(self.root, STAND_IN) if programs is None else programs / "hob"
        for command in COMMANDS:
            build_data["shared_scripts"][str(self._copy(source, command))] = command

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Take the copies away."""
        del version, build_data, artifact_path  # the wheel is written
        shutil.rmtree(self._folder, ignore_errors=True)

    @cached_property
    def _folder(self) -> Path:
        return Path(tempfile.mkdtemp(prefix="hob-build-"))

    def _copy(self, source: Path, command: str) -> Path:
        """A file of its own for `command`: the wheel takes each file once."""
        copy = self._folder / command
        shutil.copyfile(source, copy)
        copy.chmod(0o755)
        return copy

    def _build(self) -> Path | None:
        """The folder of the native programs, freshly built, or `None` where there are to be, or can be, none."""
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
    """Build the Rust programs in `folder` and return where they are.

    Raises:
        OSError: there is no toolchain.
        subprocess.CalledProcessError: it fails, statically linked and not.
    """
    target = next(line.split()[1] for line in _run(folder, "rustc", "-vV").splitlines() if line.startswith("host:"))
    build = ("cargo", "build", "--release", "--target", target, "--target-dir", "target")
    try:
        _run(folder, *build)
    except subprocess.CalledProcessError:
        _run(folder, *build, environment={"RUSTFLAGS": "-Cstrip=symbols"})  # in place of the flags that ask for a static C library
    return folder / "target" / target / "release"


def _run(folder: Path, *command: str, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=folder, env={**os.environ, **(environment or {})}, stdout=subprocess.PIPE, check=True, text=True)
    return done.stdout
