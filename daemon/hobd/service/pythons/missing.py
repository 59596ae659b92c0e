"""An interpreter that was not found: downloaded where that is allowed, else it is said what stands against it (PYT-3).

could one be downloaded? ─ yes ─→ may it? ─ yes ─→ install it
          └─ no                      └─ no: the error says why
"""

from anyio import to_thread
from msgspec import Struct

from hobd.core.vocab.evidence import NoEvidence
from hobd.core.vocab.python_download import PythonDownload
from hobd.environments.build_requests import NoDownload, build_request
from hobd.environments.discovery import Found, InterpreterNotFound, NothingWorks
from hobd.environments.managed import ManagedPython, find_managed, link_minor_versions
from hobd.environments.requests import PythonRequest
from hobd.errors import HobError
from hobd.service.pythons.installing import BuildInstaller, alone_among_pythons
from hobd.service.pythons.offers import MirrorChoice, mirrors_of, read_offers
from hobd.service.session import Session

_OUTDATED = (
    "hob embeds available Python downloads and may require an update to install new versions. Consider retrying on a newer version of hob."
)


class Permission(Struct, frozen=True, kw_only=True):
    """Whether interpreters may be downloaded without being asked for."""

    preference: str
    downloads: str
    is_offline: bool

    @property
    def is_given(self) -> bool:
        """Whether they may."""
        return self.preference != "only-system" and self.downloads == "automatic" and not self.is_offline

    def objection(self, request: PythonRequest) -> str | None:
        """What stands against it, as a hint says it."""
        wanted = "" if request.kind in ("default", "any") else f" for {request}"
        available = f"A managed Python download is available{wanted}, but"
        if self.downloads == "manual":
            way_out = f"use `hob python install {request.canonical}` to install the required version"
            return f"{available} Python downloads are set to 'manual', {way_out}"
        if self.downloads == "never":
            return f"{available} Python downloads are set to 'never'"
        if self.preference == "only-system":
            return f"{available} the Python preference is set to 'only system'"
        return f"{available} hob is set to offline mode" if self.is_offline else None


async def replace_missing(request: PythonRequest, error: InterpreterNotFound, session: Session) -> Found:
    """Download the interpreter that was not found.

    Args:
        error: what is said if that is not possible, with a hint on why.
    Raises:
        InterpreterNotFound: there is none to download, or it may not be.
        HobError: the download failed.
    """
    return await _install(await _offer(request, error, session), request, session)


async def _offer(request: PythonRequest, error: InterpreterNotFound, session: Session) -> PythonDownload:
    """The build to download.

    Raises:
        InterpreterNotFound: there is none, or it may not be downloaded; otherwise what `error` says.
    """
    wanted = build_request(request)
    if wanted is None:
        raise error
    settings = session.settings
    permission = Permission(preference=settings.python.preference, downloads=settings.python.downloads, is_offline=settings.network.offline)
    try:
        build = wanted.filled(session.host).choose(await read_offers(session, MirrorChoice()))
    except NoDownload:
        if not permission.is_given or request.kind in ("default", "any"):
            raise error from None
        raise _hinted(error, _OUTDATED) from error
    except HobError:
        if not permission.is_given:
            raise error from None
        raise
    if not permission.is_given:
        raise _hinted(error, permission.objection(request)) from None
    return build


def _hinted(error: InterpreterNotFound, hint: str | None) -> InterpreterNotFound:
    if isinstance(error, NothingWorks):
        return error  # what is there is to be mended
    return InterpreterNotFound(error.message, causes=error.causes, hints=(*error.hints, *([hint] if hint else [])), code=error.code)


async def _install(build: PythonDownload, request: PythonRequest, session: Session) -> Found:
    root = session.managed_pythons()
    if root is None:
        raise InterpreterNotFound("Could not find a folder for managed Pythons: neither `HOME` nor `UV_PYTHON_INSTALL_DIR` is set")
    session.context.evidence.spoil("a Python was installed")
    async with alone_among_pythons(root, session):
        python = ManagedPython(folder=root / str(build.key), key=build.key)
        if not python.program.exists():  # another command may have brought it meanwhile
            python = await BuildInstaller(session=session, root=root, mirrors=mirrors_of(session, MirrorChoice())).install(build)
        await to_thread.run_sync(lambda: link_minor_versions(find_managed(root, NoEvidence(), session.host)))
    interpreter = await session.prober().probe(python.program if request.wanted_version.names_patch else python.linked_program)
    return Found(interpreter=interpreter, source="managed installations")
