"""What a file that `hob pip` is pointed at holds, by its name: a list of requirements, a project, a script or a lock (PIP-1)."""

from enum import Enum, auto
from pathlib import Path

from hobd.core.lockfile.export_pylock import is_pylock_name
from hobd.errors import RequestError

_PROJECTS = ("pyproject.toml", "setup.py", "setup.cfg")
_CONDA = "environment.yml"
_SCRIPTS = (".py", ".pyw")
_TOML = ".toml"


class FileKind(Enum):
    """What a file holds."""

    LIST = auto()
    PROJECT = auto()
    SCRIPT = auto()
    PYLOCK = auto()


def kind_of(name: str) -> FileKind:
    """What a file holds that may hold anything.

    Raises:
        RequestError: it is conda's, or would be a lock if it were called so.
    """
    path = Path(name)
    suffix = path.suffix.lower()
    if path.name in _PROJECTS:
        return FileKind.PROJECT
    if path.name == _CONDA:
        raise RequestError(f"Conda environment files (i.e., `{name}`) are not supported")
    if is_pylock_name(path.name):
        return FileKind.PYLOCK
    if suffix == _TOML:
        raise RequestError(
            f"`{name}` is not a valid PEP 751 filename: expected `pylock.toml` or `pylock.<name>.toml`, "
            "where `<name>` is non-empty and contains no dots"
        )
    return FileKind.SCRIPT if suffix in _SCRIPTS else FileKind.LIST


def check_list(name: str, content: str) -> None:
    """Refuse a file that has to be a list, and is called like something else.

    Args:
        content: what it lists: `constraints`, `overrides`, `requirements`.
    Raises:
        RequestError: it is.
    """
    path = Path(name)
    looks = path.name in _PROJECTS or is_pylock_name(path.name)
    if looks or path.suffix.lower() == _TOML:
        kind = f"`{path.name}`" if looks else "TOML"
        raise RequestError(f"The file `{name}` appears to be a {kind} file, but {content} must be specified in `requirements.txt` format")
