"""Mirrors of Python builds: another base in place of the one that a list names (PYT-9)."""

import re

from msgspec import Struct

from hobd.core.vocab.python_download import PythonDownload
from hobd.errors import RequestError

_RELEASE = re.compile(r"https?://[^/]+/(?:.*/)?releases/download/(?P<rest>[^/]+/[^/]+)")
_STANDALONE = re.compile(r"https?://[^/]+/(?:.*/)?(?P<rest>python-build-standalone/releases/download/[^/]+/[^/]+)")
_PYPY = re.compile(r"https?://[^/]+/pypy/(?P<rest>[^/]+)")
_PATTERNS = {"cpython": _RELEASE, "pypy": _PYPY, "graalpy": _RELEASE, "pyodide": _RELEASE}
_VARIABLES = {
    "cpython": "UV_PYTHON_INSTALL_MIRROR",
    "pypy": "UV_PYPY_INSTALL_MIRROR",
    "graalpy": "UV_GRAALPY_INSTALL_MIRROR",
    "pyodide": "UV_PYODIDE_INSTALL_MIRROR",
}


class UnexpectedAddress(RequestError):
    """A mirror is given for an address that is not of the form that mirrors repeat."""

    default_code = 1


class PythonMirrors(Struct, frozen=True, kw_only=True):
    """Where the builds of each implementation are mirrored. None: not."""

    cpython: str | None = None
    pypy: str | None = None
    graalpy: str | None = None
    pyodide: str | None = None
    publisher: str | None = None
    """Where the publisher of CPython builds is mirrored as a whole (`UV_ASTRAL_MIRROR_URL`); what is said above goes before it."""

    def address(self, download: PythonDownload) -> str:
        """Where to fetch a build.

        Raises:
            UnexpectedAddress: there is a mirror, and no telling where in it the build lies.
        """
        implementation = download.key.implementation
        base = {"cpython": self.cpython, "pypy": self.pypy, "graalpy": self.graalpy, "pyodide": self.pyodide}.get(implementation)
        if base is None:
            return self._published(download.url)
        found = _PATTERNS[implementation].fullmatch(download.url)
        if found is None:
            raise UnexpectedAddress(
                f"A mirror was provided via `{_VARIABLES[implementation]}`, but the URL does not match the expected format: {download.url}"
            )
        return f"{base.rstrip('/')}/{found['rest']}"

    def _published(self, url: str) -> str:
        found = _STANDALONE.fullmatch(url)
        return url if found is None or not self.publisher else f"{self.publisher.rstrip('/')}/github/{found['rest']}"
