"""Which builds of Python a request means: among those to download, and those that are installed."""

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from hobd.core.vocab.python_download import PythonDownload
from hobd.core.vocab.python_key import PythonKey
from hobd.environments.host import Host
from hobd.environments.requests import PythonRequest
from hobd.environments.version_requests import VersionRequest
from hobd.errors import RequestError


class NoDownload(RequestError):
    """No build fits."""


class BuildRequest(Struct, frozen=True, kw_only=True):
    """What a build has to have. None: anything."""

    implementation: str | None = None
    version: VersionRequest | None = None
    """None: any version, of any variant."""
    system: str | None = None
    machine: str | None = None
    libc: str | None = None

    def __str__(self) -> str:
        parts = (self.implementation, self.version, self.system, self.machine, self.libc)
        return "-".join("any" if part is None or str(part) == "" else str(part) for part in parts)

    def on(self, host: Host, *, any_machine: bool = False) -> "BuildRequest":
        """The same for one machine, as far as the request leaves that open."""
        return replace(
            self,
            system=self.system or host.system,
            machine=self.machine or (None if any_machine else host.machine),
            libc=self.libc or host.libc,
        )

    def filled(self, host: Host) -> "BuildRequest":
        """The same for one machine, and CPython where nothing else is asked for."""
        implementation = self.implementation or ("pyodide" if self.system == "emscripten" else "cpython")
        return replace(self.on(host), implementation=implementation)

    def accepts(self, key: PythonKey) -> bool:
        """Whether a build has all that is asked for; pre-releases count like others."""
        wanted = (self.implementation, self.system, self.machine, self.libc)
        found = (key.implementation, key.system, key.machine, key.libc)
        return all(one is None or one == other for one, other in zip(wanted, found, strict=True)) and self._accepts_version(key)

    def _accepts_version(self, key: PythonKey) -> bool:
        if self.version is None:
            return True
        variant = "+".join(part for part in self.version.variant.split("+") if part != "gil")
        return variant == key.variant and self.version.accepts_version(key.version)

    def choose(self, downloads: Sequence[PythonDownload]) -> PythonDownload:
        """The first that fits; a pre-release that was not asked for only if nothing else does.

        Raises:
            NoDownload: none fits.
        """
        allows_prereleases = self.version is not None and self.version.allows_prereleases
        fitting = list(self.fitting(downloads))
        finished = (one for one in fitting if allows_prereleases or not one.key.version.is_prerelease)
        found = next(finished, next(iter(fitting), None))
        if found is None:
            raise NoDownload(f"No download found for request: {self}")
        return found

    def fitting(self, downloads: Sequence[PythonDownload]) -> Iterator[PythonDownload]:
        """All that fit, in their order."""
        return (one for one in downloads if self.accepts(one.key))


def build_request(request: PythonRequest) -> BuildRequest | None:
    """What a request says of builds; None where it names a place or a program, which no build can be."""
    match request.kind:
        case "any":
            return BuildRequest()
        case "default" | "version":
            return BuildRequest(version=request.version)
        case "implementation":
            return BuildRequest(implementation=request.implementation, version=None if request.version.is_any else request.version)
        case "key":
            key = request.key
            assert key is not None  # requests of this kind have one
            return BuildRequest(
                implementation=key.implementation, version=key.version, system=key.system, machine=key.machine, libc=key.libc
            )
    return None
