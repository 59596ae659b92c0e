"""What `hob python install` and `upgrade` are asked for: requests, each with the build that fits it best."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from hobd.core.vocab.python_download import PythonDownload
from hobd.core.vocab.python_key import PythonKey
from hobd.environments.build_requests import BuildRequest, build_request
from hobd.environments.host import Host
from hobd.environments.managed import ManagedPython
from hobd.environments.requests import DEFAULT, KeyRequest, PythonRequest, may_stand_in_file, parse_request
from hobd.environments.version_requests import VersionRequest
from hobd.errors import RequestError
from hobd.projects.python_versions import find_version_file
from hobd.service.session import Session


class WantedPython(Struct, frozen=True, kw_only=True):
    """One request."""

    request: PythonRequest
    build_request: BuildRequest
    build: PythonDownload
    """The newest that fits."""

    def is_met_by(self, python: ManagedPython) -> bool:
        """Whether an installation is what was asked for."""
        return self.build_request.accepts(python.key)


class WantedPythons(Struct, frozen=True, kw_only=True):
    """All of a command's requests."""

    items: tuple[WantedPython, ...]
    asker: str
    """`user`, `file`, `installed` (all that is there), or `nobody`."""

    @property
    def minors(self) -> frozenset[str]:
        """The minor versions that were asked for as such: their programs follow the newest patch."""
        versions = [one.request.version for one in self.items if one.request.kind == "version"]
        return frozenset(".".join(map(str, version.release)) for version in versions if len(version.release) == 2)


def want(request: PythonRequest, offers: Sequence[PythonDownload], host: Host) -> WantedPython:
    """Find the build for a request.

    Raises:
        RequestError: no build can be that, or none is offered.
    """
    wanted = build_request(request)
    if wanted is None:
        raise RequestError(
            f"`{request.canonical}` is not a valid Python download request; see `hob help python` for supported formats "
            "and `hob python list --only-downloads` for available versions"
        )
    filled = wanted.filled(host)
    return WantedPython(request=request, build_request=filled, build=filled.choose(offers))


def want_of_user(
    targets: Sequence[str], offers: Sequence[PythonDownload], host: Host, session: Session, *, is_reinstall: bool
) -> WantedPythons:
    """What was named, else what a version file names, else any one.

    Raises:
        RequestError: see `want`.
    """
    if targets:
        named = [parse_request(text, session.cwd) for text in targets]
        return WantedPythons(items=tuple(want(one, offers, host) for one in named), asker="user")
    context = session.context
    found, warnings = find_version_file(
        session.start,
        None,
        context.environ,
        context.evidence,
        may_stand_in_file,
        is_configured=session.is_configured,
        prefers_several=True,
    )
    for warning in warnings:
        context.voice.warn(warning)
    if found is not None:
        pinned = [parse_request(text, found.path.parent) for text in found.requests]
        return WantedPythons(items=tuple(want(one, offers, host) for one in pinned), asker="file")
    request = PythonRequest(kind="any", text="any") if is_reinstall else DEFAULT
    return WantedPythons(items=(want(request, offers, host),), asker="nobody")


def want_newest_of(installed: Sequence[ManagedPython], offers: Sequence[PythonDownload], host: Host) -> WantedPythons:
    """The newest patch of each minor version that is installed.

    Raises:
        RequestError: see `want`.
    """
    minors = {python.key.minor_key: minor_request(python.key) for python in installed}
    return WantedPythons(items=tuple(want(one, offers, host) for one in minors.values()), asker="installed")


def minor_request(key: PythonKey) -> PythonRequest:
    """A request for any patch of what a key names."""
    exact = key_request(key)
    assert exact.key is not None  # it is made of one
    assert exact.key.version is not None
    version = replace(exact.key.version, release=key.version.release[:2], prerelease="")
    wanted = replace(exact.key, version=version)
    return replace(exact, text=str(wanted), key=wanted)


def key_request(key: PythonKey) -> PythonRequest:
    """A request for exactly what a key names."""
    prerelease = "" if key.version.pre is None else f"{key.version.pre[0]}{key.version.pre[1]}"
    version = VersionRequest(release=key.version.release, prerelease=prerelease, variant=key.variant)
    wanted = KeyRequest(implementation=key.implementation, version=version, system=key.system, machine=key.machine, libc=key.libc)
    return PythonRequest(kind="key", text=str(key), key=wanted)
