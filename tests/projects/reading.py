"""What the tests of projects share: folders of files, and reading them as a command does."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from packaging.version import Version

from hobd.cli.failure import render_error, render_warning
from hobd.cli.style import strip_style
from hobd.core.formats.group_table import default_groups
from hobd.core.markers import RequiresPython
from hobd.core.resolver.pose import Posing, pose_workspace
from hobd.core.resolver.problem import Problem
from hobd.core.resolver.project_pythons import find_requires_python
from hobd.core.vocab.project import Workspace
from hobd.core.vocab.settings import Settings
from hobd.errors import HobError
from hobd.projects.discover import Discovery, discover_workspace
from hobd.projects.options import Options
from hobd.projects.settings import SettingsPlace, read_settings
from tests.support.evidence import DiskNotes
from tests.support.variables import Variables

DEFAULT_INDEX = "https://index.example/simple"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
PYTHON = Version("3.11.7")


def environ(**values: str) -> Variables:
    """Environment variables, with a home where nothing is."""
    return Variables({"HOME": "/nowhere", **values})


def write_files(root: Path, files: Mapping[str, str]) -> Path:
    """Put files below a folder."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def discover(root: Path, seen: DiskNotes | None = None) -> Workspace:
    """The workspace at a folder."""
    return discover_workspace(root, Discovery(evidence=seen or DiskNotes(), cwd=root))


def settings_of(
    root: Path, options: Options | None = None, variables: Variables | None = None, *, lock_root: Path | None = None
) -> Settings:
    """The settings of a folder."""
    place = SettingsPlace(cwd=root, start=root, lock_root=lock_root or root)
    return read_settings(options or Options(), variables or environ(), DiskNotes(), place, lambda: DEFAULT_INDEX)


def posed(root: Path, options: Options | None = None) -> Problem:
    """The problem of the project at a folder."""
    workspace, settings = discover(root), settings_of(root, options)
    python = find_requires_python(workspace) or RequiresPython.at_least(PYTHON)
    posing = Posing(settings=settings, requires_python=python, now=NOW, cwd_text=lambda member: _shown(member.root, root))
    return pose_workspace(workspace, posing)


def complaints(root: Path) -> tuple[str, int]:
    """What reading a project says on standard error, and the exit code: warnings as they come, then the error."""
    said: list[str] = []
    try:
        settings = settings_of(root)
        said += map(render_warning, settings.configuration_warnings)
        workspace = discover(root)
        said += map(render_warning, workspace.warnings)
        default_groups(workspace.pyproject)
        posed(root)
    except HobError as error:
        return strip_style("".join([*said, render_error(error)])), error.code
    return strip_style("".join(said)), 0


def _shown(path: Path, root: Path) -> str:
    if path == root:
        return ""
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
