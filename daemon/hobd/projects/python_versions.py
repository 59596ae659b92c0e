"""Finding `.python-version` files (features.md, PYT-5)."""

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from hobd.core.formats.python_version_file import parse_version_file
from hobd.core.vocab.environ import Environ
from hobd.core.vocab.evidence import Evidence
from hobd.projects.config_files import user_config_folder
from hobd.projects.files import is_file, read_text

ONE, SEVERAL = ".python-version", ".python-versions"


class VersionFile(Struct, frozen=True):
    """A version file."""

    path: Path
    requests: tuple[str, ...]
    """In order; what each means is for whoever looks for interpreters. Empty where none can be meant: then nothing is asked for."""

    @property
    def request(self) -> str | None:
        """The first request."""
        return self.requests[0] if self.requests else None


def find_version_file(
    start: Path,
    top: Path | None,
    environ: Environ,
    evidence: Evidence,
    is_usable: Callable[[str, Path], bool],
    *,
    is_configured: bool = True,
    prefers_several: bool = False,
    only_global: bool = False,
) -> tuple[VersionFile | None, tuple[str, ...]]:
    """The nearest version file upwards, else the user's own; and what is to be warned of.

    Args:
        start: absolute folder to begin at.
        top: the last folder to look in, usually the root of the workspace; None: up to `/`.
        environ: for the user's configuration folder.
        evidence: is told of every file that was looked for.
        is_usable: whether a request may stand in a version file, given the folder of that file.
        is_configured: False with `--no-config`: version files do not count at all.
        prefers_several: whether `.python-versions` goes before `.python-version`, as for `python install`.
        only_global: whether only the user's own counts.
    Returns:
        None where there is no file.
    """
    if not is_configured:
        return None, ()
    path = _find(_folders(start, top, environ, only_global=only_global), evidence, prefers_several=prefers_several)
    if path is None:
        return None, ()
    requests = parse_version_file(read_text(path, evidence) or "")
    usable = tuple(text for text in requests if is_usable(text, path.parent))
    warnings = tuple(f"Ignoring unsupported Python request `{text}` in version file: {path}" for text in requests if text not in usable)
    return VersionFile(path, usable), warnings


def _folders(start: Path, top: Path | None, environ: Environ, *, only_global: bool) -> list[Path]:
    folders = [start, *start.parents]
    if top in folders:
        folders = folders[: folders.index(top) + 1]
    user = user_config_folder(environ)
    return [*([] if only_global else folders), *([user / "uv"] if user is not None else [])]


def _find(folders: list[Path], evidence: Evidence, *, prefers_several: bool) -> Path | None:
    names = (SEVERAL, ONE) if prefers_several else (ONE, SEVERAL)
    return next((folder / name for folder in folders for name in names if is_file(folder / name, evidence)), None)
