"""The built-in backend, asked as any other is."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import anyio.to_thread
from msgspec import Struct
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet

from hobd.builds.backend import Backend
from hobd.builds.frontend import Product
from hobd.builds.uv_build import BACKEND
from hobd.builds.uv_build.bounds import build_system_warnings
from hobd.builds.uv_build.metadata import render_metadata
from hobd.builds.uv_build.project import Project, parse_project
from hobd.builds.uv_build.sdist import build_sdist
from hobd.builds.uv_build.wheel import build_wheel
from hobd.core.vocab.names import normalize
from hobd.core.vocab.uv_version import UV_VERSION

_AS_GOOD = ("0.9.30", "0.10.12", "0.11.33", "0.12.24")
"""The last releases before which nothing has changed that would make other distributions."""


class BuiltInFrontend(Struct, frozen=True, kw_only=True):
    """A source tree of a `uv_build` project: no environment, no process. Implements `builds.frontend.Frontend`."""

    source: Path
    text: str
    """Of its `pyproject.toml`."""
    product: Product
    cwd: Path
    """Where the caller is: errors show paths below it without it."""
    warn: Callable[[str], None]
    """Told what will not be good one day."""

    async def metadata(self) -> bytes | None:
        """See `Frontend.metadata`."""
        text = await anyio.to_thread.run_sync(render_metadata, self._project(), self.source, self.cwd, self.warn)
        return text.encode()

    async def build(self, into: Path) -> Path:
        """See `Frontend.build`."""
        project = self._project()
        for warning in build_system_warnings(project, is_sdist=self.product == "sdist"):
            self.warn(warning)
        make = build_sdist if self.product == "sdist" else partial(build_wheel, is_editable=self.product == "editable")
        return await anyio.to_thread.run_sync(partial(make, self.source, project, into, cwd=self.cwd, warn=self.warn))

    def _project(self) -> Project:
        return parse_project(self.text, self.source / "pyproject.toml", self.cwd)


def is_built_in(backend: Backend, constraints: Iterable[SpecifierSet] = ()) -> bool:
    """Whether a backend is the built-in one, in a version that its project admits.

    Args:
        constraints: which versions of it builds may have, whatever projects say: as in uv only a pin is heeded.
    """
    if backend.name != BACKEND or len(backend.requires) != 1:
        return False
    try:
        required = Requirement(backend.requires[0])
    except InvalidRequirement:
        return False
    is_ours = normalize(required.name) == normalize(BACKEND) and required.url is None
    return is_ours and _admits(required.specifier) and all(each.contains(UV_VERSION) for each in constraints if _is_pin(each))


def _admits(specifier: SpecifierSet) -> bool:
    """Who asks for exactly one release gets that; a range may be served by what makes the same."""
    if specifier.contains(UV_VERSION):
        return True
    return not _is_pin(specifier) and any(specifier.contains(version) for version in _AS_GOOD)


def _is_pin(specifier: SpecifierSet) -> bool:
    return any(each.operator in ("==", "===") and not each.version.endswith(".*") for each in specifier)
