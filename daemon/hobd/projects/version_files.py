"""Finding `.python-version` files (features.md, PYT-5)."""

from dataclasses import dataclass
from pathlib import Path

from hobd.core.formats.python_version_file import parse_version_file
from hobd.core.vocab.environ import Environ
from hobd.core.vocab.evidence import Evidence
from hobd.projects.config_files import user_config_folder
from hobd.projects.files import is_file, read_text

ONE, SEVERAL = ".python-version", ".python-versions"


@dataclass(frozen=True, slots=True)
class VersionFile:
    """A version file and its requests, in order; what a request means is for whoever looks for interpreters."""

    path: Path
    requests: tuple[str, ...]

    @property
    def request(self) -> str | None:
        """The first request; None where the file has none."""
        return self.requests[0] if self.requests else None


def find_version_file(
    start: Path,
    environ: Environ,
    evidence: Evidence,
    *,
    stop_at: Path | None = None,
    no_config: bool = False,
    prefers_several: bool = False,
    only_global: bool = False,
) -> VersionFile | None:
    """The nearest version file upwards, else the user's own.

    Args:
        start: absolute folder to begin at.
        environ: for the user's configuration folder.
        evidence: is told of every file that was looked for.
        stop_at: the last folder to look in, usually the root of the workspace; None: up to `/`.
        no_config: whether version files are ignored altogether.
        prefers_several: whether `.python-versions` goes before `.python-version`, as for `python install`.
        only_global: whether only the user's own counts.
    """
    if no_config:
        return None
    folders = [] if only_global else _upwards(start, stop_at)
    user = user_config_folder(environ)
    if user is not None:
        folders.append(user / "uv")
    names = (SEVERAL, ONE) if prefers_several else (ONE, SEVERAL)
    for folder in folders:
        for name in names:
            if is_file(folder / name, evidence):
                text = read_text(folder / name, evidence)
                return VersionFile(folder / name, parse_version_file(text or ""))
    return None


def _upwards(start: Path, stop_at: Path | None) -> list[Path]:
    folders = [start, *start.parents]
    return folders[: folders.index(stop_at) + 1] if stop_at in folders else folders
