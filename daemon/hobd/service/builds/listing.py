"""`hob build --list`: what the built-in backend would put into its distributions."""

from pathlib import Path

from msgspec import Struct

from hobd.builds.backend import parse_backend
from hobd.builds.frontend import Product
from hobd.builds.uv_build import BACKEND
from hobd.builds.uv_build.frontend import is_built_in
from hobd.builds.uv_build.project import Project, parse_project
from hobd.builds.uv_build.sdist import list_sdist, sdist_name
from hobd.builds.uv_build.wheel import list_wheel, wheel_name
from hobd.cli.style import cyan
from hobd.core.vocab.uv_version import UV_VERSION
from hobd.errors import RequestError
from hobd.projects.discover import PYPROJECT
from hobd.projects.files import read_text, shown
from hobd.service.session import Session


class Lister(Struct, frozen=True):
    """Lists for one source tree."""

    source: Path
    project: Project
    session: Session

    def say(self, product: Product) -> None:
        """The files of a distribution, each with where it is from.

        Raises:
            CannotBuild: it could not be built.
        """
        list_files, name = (list_sdist, sdist_name) if product == "sdist" else (list_wheel, wheel_name)
        rows = list_files(self.source, self.project, cwd=self.session.cwd, warn=self.session.context.voice.warn)
        lines = [f"Building {cyan(name(self.project))} will include the following files:"]
        lines += [f"{name} ({'generated' if path is None else path.relative_to(self.source).as_posix()})" for name, path in rows]
        self.session.context.voice.guide("".join(f"{line}\n" for line in lines))


def make_lister(source: Path, session: Session) -> Lister:
    """The lister of a source tree.

    Raises:
        RequestError: it is built by another backend, which nobody can ask what it would do.
    """
    text = read_text(source / PYPROJECT, session.context.evidence)
    backend = parse_backend(text, source)
    if not is_built_in(backend):
        other = f"`build_system.build-backend` is not `{BACKEND}`, but `{backend.name}`"
        why = other if backend.name != BACKEND else f"`build-system.requires` does not admit `{BACKEND}=={UV_VERSION}`"
        place = "." if source == session.cwd else shown(source, session.cwd)
        raise RequestError(f"Can only use `--list` with a compatible uv build backend, but `{place}` is not compatible because {why}")
    return Lister(source, parse_project(text or "", source / PYPROJECT, session.cwd), session)
