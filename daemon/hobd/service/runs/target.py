"""What `hob run` is asked to run, told from the first word of the foreign command line (RUN-1, RUN-5, RUN-12).

-                    a program on standard input        python -c PROGRAM
https://…            a script on the web, where no such file is here
python               the environment's own interpreter
x.py  x.pyc  x.pyw   a file that is there               python x.py
folder               with `__main__.py`                 python folder
x.pyz  x.zip …       an archive with `__main__.py`      python x.pyz
anything else        a program, searched in PATH
"""

import os
import zipfile
from enum import Enum
from pathlib import Path

from msgspec import Struct

from hobd.cli.run import Run
from hobd.core.vocab.evidence import Evidence
from hobd.errors import RequestError

_SUFFIXES = (".py", ".pyc", ".pyw")


class Kind(Enum):
    """How a target is started."""

    NOTHING = "nothing"
    PYTHON = "python"
    SCRIPT = "script"
    """A file that Python runs, and whose metadata counts."""
    BUNDLE = "bundle"
    """A folder or an archive with `__main__.py`."""
    MODULE = "module"
    STDIN = "stdin"
    WEB = "web"
    PROGRAM = "program"


class Target(Struct, frozen=True, kw_only=True):
    """What is to be run."""

    kind: Kind
    word: str = ""
    """As it was typed."""
    arguments: tuple[str, ...] = ()
    """What is passed through."""
    path: Path | None = None
    """Of scripts and bundles: absolute. Of a script on the web, once it is here: where it is kept."""

    @property
    def folder(self) -> Path | None:
        """Where projects are looked for; None for what lies in no folder: then where the command is."""
        if self.path is None or self.kind is Kind.WEB:
            return None
        return self.path if self.path.is_dir() else self.path.parent


def find_target(command: Run, cwd: Path, evidence: Evidence) -> Target:
    """Tell what is to be run. Looks at the disk, not at the network.

    Raises:
        RequestError: a module cannot come through standard input.
    """
    if not command.command:
        return Target(kind=Kind.NOTHING)
    word, *rest = command.command
    arguments = tuple(rest)
    path = Path(os.path.normpath(cwd / word))
    if word == "-":
        if command.module:
            raise RequestError("Cannot run a Python module from stdin")
        return Target(kind=Kind.STDIN, word=word, arguments=arguments)
    if word.startswith(("http://", "https://")):
        evidence.saw(path)
        if not path.exists():
            return Target(kind=Kind.WEB, word=word, arguments=arguments)
    if command.module:
        return Target(kind=Kind.MODULE, word=word, arguments=arguments)
    if command.script or command.gui_script:
        return Target(kind=Kind.SCRIPT, word=word, arguments=arguments, path=path)
    return _by_looks(word, arguments, path, evidence)


def _by_looks(word: str, arguments: tuple[str, ...], path: Path, evidence: Evidence) -> Target:
    if word.lower() == "python":
        return Target(kind=Kind.PYTHON, word=word, arguments=arguments)
    evidence.saw(path)
    if word.lower().endswith(_SUFFIXES) and path.is_file():
        return Target(kind=Kind.SCRIPT, word=word, arguments=arguments, path=path)
    if word and _is_bundle(path, evidence):
        return Target(kind=Kind.BUNDLE, word=word, arguments=arguments, path=path)
    return Target(kind=Kind.PROGRAM, word=word, arguments=arguments)


def _is_bundle(path: Path, evidence: Evidence) -> bool:
    if path.is_dir():
        evidence.saw(path / "__main__.py")
        return (path / "__main__.py").is_file()
    if not path.is_file():
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return "__main__.py" in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return False
