"""The built-in backend, asked as any other is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import anyio.to_thread
from packaging.requirements import InvalidRequirement, Requirement

from hobd.builds.backend import Backend
from hobd.builds.frontend import Product
from hobd.builds.uv_build import BACKEND
from hobd.builds.uv_build.metadata import render_metadata
from hobd.builds.uv_build.sdist import build_sdist
from hobd.builds.uv_build.wheel import build_wheel
from hobd.core.vocab.uv_version import UV_VERSION
from hobd.errors import RequestError


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltInFrontend:
    """A source tree of a `uv_build` project: no environment, no process. Implements `builds.frontend.Frontend`."""

    source: Path
    pyproject: Mapping[str, Any]
    """The parsed file."""
    product: Product
    cwd: Path
    """Where the caller is: errors show paths below it without it."""

    async def metadata(self) -> bytes | None:
        """See `Frontend.metadata`."""
        with _told(self.source):
            text = await anyio.to_thread.run_sync(render_metadata, self.pyproject["project"], self.source)
        return text.encode()

    async def build(self, into: Path) -> Path:
        """See `Frontend.build`."""
        with _told(self.source):
            if self.product == "sdist":
                make = partial(build_sdist, self.source, self.pyproject, into, cwd=self.cwd)
            else:
                make = partial(build_wheel, self.source, self.pyproject, into, is_editable=self.product == "editable", cwd=self.cwd)
            return await anyio.to_thread.run_sync(make)


@contextmanager
def _told(source: Path) -> Iterator[None]:
    """A file that the project names and that cannot be read is the project's fault."""
    try:
        yield
    except OSError as error:
        path = error.filename or source
        raise RequestError(f"failed to read from file `{path}`: {error.strerror} (os error {error.errno})", code=1) from error


def is_built_in(backend: Backend) -> bool:
    """Whether a backend is the built-in one, in a version that its project admits."""
    if backend.name != BACKEND or backend.path or len(backend.requires) != 1 or backend.project_name is None:
        return False
    try:
        required = Requirement(backend.requires[0])
    except InvalidRequirement:
        return False
    is_plain = required.marker is None and required.url is None and not required.extras
    return is_plain and required.name.replace("-", "_") == BACKEND and required.specifier.contains(UV_VERSION)
