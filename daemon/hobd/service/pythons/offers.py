"""What builds of Python can be downloaded, and where from."""

from collections.abc import Sequence

from msgspec import Struct

from hobd.addresses import known_python_builds
from hobd.core.formats.python_mirrors import PythonMirrors
from hobd.core.vocab.python_download import PythonDownload
from hobd.core.vocab.python_key import newest_first
from hobd.service.network import Network
from hobd.service.session import Session
from hobd.sources.python_builds import PythonBuilds

_PINS = {
    "cpython": "UV_PYTHON_CPYTHON_BUILD",
    "pypy": "UV_PYTHON_PYPY_BUILD",
    "graalpy": "UV_PYTHON_GRAALPY_BUILD",
    "pyodide": "UV_PYTHON_PYODIDE_BUILD",
}
"""The variables by which a user fixes the build of each implementation."""


class MirrorChoice(Struct, frozen=True, kw_only=True):
    """What the command line says of mirrors. None: what the settings say."""

    downloads_json_url: str | None = None
    cpython: str | None = None
    pypy: str | None = None
    graalpy: str | None = None
    pyodide: str | None = None


def mirrors_of(session: Session, choice: MirrorChoice) -> PythonMirrors:
    """Where builds are mirrored."""
    said = session.settings.python
    return PythonMirrors(
        cpython=choice.cpython or said.install_mirror,
        pypy=choice.pypy or said.pypy_install_mirror,
        graalpy=choice.graalpy or said.graalpy_install_mirror,
        pyodide=choice.pyodide or said.pyodide_install_mirror,
        publisher=session.context.environ.get("UV_ASTRAL_MIRROR_URL") or None,
    )


def python_builds(session: Session) -> PythonBuilds:
    """Where lists and archives come from."""
    context = session.context
    return PythonBuilds(
        client=lambda: Network(session, session.cwd).client, evidence=context.evidence, progress=context.progress, cwd=session.cwd
    )


async def read_offers(session: Session, choice: MirrorChoice) -> Sequence[PythonDownload]:
    """All builds that can be downloaded, for any platform, the newest first.

    Raises:
        HobError: the user's own list cannot be read.
    """
    place = choice.downloads_json_url or session.settings.python.downloads_json_url
    builds = python_builds(session)
    found = await (builds.read_known(known_python_builds()) if place is None else builds.read_list(place))
    pins = {name: session.context.environ.get(variable) for name, variable in _PINS.items()}
    pinned = (one for one in found if pins.get(one.key.implementation) in (None, "", one.build))
    return newest_first(pinned, lambda one: one.key, session.host.machine)
