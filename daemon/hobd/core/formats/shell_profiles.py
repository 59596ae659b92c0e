"""Shells: which one it is, how it puts a folder on its PATH, and the files that it reads at its start."""

import shlex
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from msgspec import Struct

from hobd.core.vocab.environ import Environ

_MARKERS = {
    "NU_VERSION": "nu",
    "FISH_VERSION": "fish",
    "BASH_VERSION": "bash",
    "ZSH_VERSION": "zsh",
    "KSH_VERSION": "ksh",
    "PSModulePath": "powershell",
}
_NAMES = {"bash": "Bash", "zsh": "Zsh", "fish": "Fish", "csh": "Csh", "ksh": "Ksh", "nu": "Nushell", "powershell": "PowerShell"}
_PROGRAMS = {**{name: name for name in ("bash", "zsh", "fish", "csh", "ksh")}, "pwsh": "powershell", "powershell": "powershell"}
_ACTIVATION = {
    "bash": "/activate",
    "zsh": "/activate",
    "ksh": "/activate",
    "fish": "/activate.fish",
    "csh": "/activate.csh",
    "nu": "/activate.nu",
}
_SOURCING = {"ksh": ".", "nu": "overlay use"}
_ESCAPED = str.maketrans({character: f"\\{character}" for character in '\\"$`'})


class Shell(Struct, frozen=True):
    """One kind of shell."""

    id: str

    @property
    def name(self) -> str:
        """As messages name it."""
        return _NAMES[self.id]

    def prepend(self, folder: str) -> str | None:
        """The command that puts a folder first on PATH; None where hob does not know it."""
        quoted = folder.translate(_ESCAPED)
        match self.id:
            case "bash" | "zsh" | "ksh":
                return f'export PATH="{quoted}:$PATH"'
            case "fish":
                return f'fish_add_path "{quoted}"'
            case "csh":
                return f'setenv PATH "{quoted}:$PATH"'
            case "powershell":
                return f'$env:PATH = "{quoted};$env:PATH"'
        return None

    def activate(self, programs: str) -> str:
        """The command that enters the environment whose folder of programs is `programs`."""
        if self.id == "powershell":
            script = f"{programs}/activate"
            return f'& "{script}"' if " " in script else script
        script = programs + _ACTIVATION[self.id]
        return f"{_SOURCING.get(self.id, 'source')} {shlex.quote(script)}"

    def profiles(self, home: Path, environ: Environ, exists: Callable[[Path], bool]) -> tuple[Path, ...]:
        """The files to write that command into, in order: for login shells and others. Empty where there are none.

        Args:
            environ: for where shells are told to look.
            exists: whether there is a file.
        """
        match self.id:
            case "bash":
                return (_first(home, (".bash_profile", ".bash_login", ".profile"), exists), home / ".bashrc")
            case "ksh":
                return (home / ".profile", home / ".kshrc")
            case "zsh":
                folder = environ.get("ZDOTDIR")
                places = [Path(folder) / ".zshenv"] if folder else []
                places.append(home / ".zshenv")
                return (next((place for place in places if exists(place)), places[0]),)
            case "fish":
                folder = environ.get("XDG_CONFIG_HOME")
                return ((Path(folder) if folder else home / ".config") / "fish" / "config.fish",)
            case "csh":
                return (home / ".cshrc", home / ".login")
        return ()


def _first(home: Path, names: tuple[str, ...], exists: Callable[[Path], bool]) -> Path:
    return home / next((name for name in names if exists(home / name)), names[0])


def find_shell(environ: Environ) -> Shell | None:
    """The caller's shell, by what it says of itself, else by `SHELL`; None where neither is known."""
    for marker, shell in _MARKERS.items():
        if environ.get(marker) is not None:
            return Shell(shell)
    program = PurePosixPath(environ.get("SHELL") or "").name
    return Shell(_PROGRAMS[program]) if program in _PROGRAMS else None
