"""`hob python uninstall` (PYT-8)."""

from collections.abc import Sequence
from functools import partial
from time import monotonic

from anyio import to_thread
from msgspec import Struct

from hobd.cli.python.install import PythonUninstall
from hobd.cli.style import cyan, green
from hobd.core.vocab.disk import os_reason
from hobd.core.vocab.evidence import NoEvidence
from hobd.core.vocab.request import Outcome
from hobd.environments.build_requests import BuildRequest, build_request
from hobd.environments.managed import ManagedPython, find_managed, remove_installation, remove_stale_links
from hobd.environments.python_links import remove_links
from hobd.environments.requests import DEFAULT, PythonRequest, parse_request
from hobd.errors import RequestError, WorldError
from hobd.service.context import Context
from hobd.service.opening import open_session
from hobd.service.pythons.folders import managed_folder, programs_folder
from hobd.service.pythons.installing import alone_among_pythons
from hobd.service.pythons.report import in_order, render_count, render_keys
from hobd.service.session import Session


async def tell(command: PythonUninstall, context: Context) -> Outcome:
    """Remove what is asked for, and the links to it."""
    async with open_session(command, context) as session:
        root = managed_folder(session, command.install_dir)
        async with alone_among_pythons(root, session):
            existing = await to_thread.run_sync(find_managed, root, NoEvidence(), session.host)
            gone = _match(command, existing, session)
            code = await _remove(gone, existing, session) if gone else 0
        return Outcome(code=code)


class _Target(Struct, frozen=True):
    request: PythonRequest
    wanted: BuildRequest


def _targets(command: PythonUninstall, session: Session) -> list[_Target]:
    requests = [DEFAULT] if command.all else [parse_request(text, session.cwd) for text in sorted(set(command.targets))]
    found = []
    for request in requests:
        wanted = BuildRequest() if command.all else build_request(request)
        if wanted is None:
            raise RequestError(f"Cannot uninstall managed Python for request: {request}")
        found.append(_Target(request, wanted))
    return found


def _match(command: PythonUninstall, existing: Sequence[ManagedPython], session: Session) -> list[ManagedPython]:
    """The installations that are meant, from old to new."""
    voice, found = session.context.voice, dict[str, ManagedPython]()
    is_all = command.all or command.targets == ("default",)
    for target in _targets(command, session):
        voice.note(
            "Searching for Python installations\n" if is_all else f"Searching for Python versions matching: {cyan(target.request)}\n"
        )
        matching = {str(python.key): python for python in existing if target.wanted.accepts(python.key)}
        if not matching and is_all:
            voice.note("No Python installations found\n")
            return []
        if not matching:
            voice.note(f"No existing installations found for: {cyan(target.request)}\n")
        found |= matching
    if not found:
        voice.note("No Python installations found matching the requests\n")
    return [found[str(key)] for key in in_order(python.key for python in found.values())]


async def _remove(gone: Sequence[ManagedPython], existing: Sequence[ManagedPython], session: Session) -> int:
    started, voice = monotonic(), session.context.voice
    links = await to_thread.run_sync(remove_links, programs_folder(session.context.environ, session.cwd), gone)
    removed, failures = [], []
    for python in gone:
        try:
            await to_thread.run_sync(remove_installation, python)
            removed.append(python)
        except OSError as error:
            failures.append((python, error))
    left = [python for python in existing if python not in removed]
    await to_thread.run_sync(partial(remove_stale_links, removed, left))
    if removed:
        programs = {python.key: links.get(python.folder, []) for python in removed}
        voice.note(render_count("Uninstalled", [python.key for python in removed], monotonic() - started))
        voice.note(render_keys({python.key: "removed" for python in removed}, programs))
    for python, failure in failures:
        voice.error(WorldError(f"Failed to uninstall {green(python.key)}: {os_reason(failure)}"))
    return 1 if failures else 0
