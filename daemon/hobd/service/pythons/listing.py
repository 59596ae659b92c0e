"""`hob python list`: what is installed, and what could be (PYT-8).

found ─┐
       ├─ newest first ─ each path once, of downloads the best for each minor version ─→ text or JSON
offers ┘
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from hobd.cli.failure import render_failure
from hobd.cli.python.find import PythonList
from hobd.cli.style import cyan, dim
from hobd.core.vocab.python_key import PythonKey, newest_first
from hobd.core.vocab.request import Outcome
from hobd.environments.build_requests import build_request
from hobd.environments.discovery import InterpreterNotFound, Skipped, candidates, find_python
from hobd.environments.interpreter import Interpreter
from hobd.environments.requests import PythonRequest, parse_request
from hobd.service.context import Context
from hobd.service.opening import open_session
from hobd.service.pythons.offers import MirrorChoice, mirrors_of, read_offers
from hobd.service.session import Session

_ANY = PythonRequest(kind="any", text="any")
_DOWNLOAD, _MANAGED, _SYSTEM = range(3)


class _Entry(Struct, frozen=True, kw_only=True):
    key: PythonKey
    kind: int
    """Of one key, what stands on the system comes before what is managed, and that before downloads."""
    path: Path | None = None
    url: str = ""


async def tell(command: PythonList, context: Context) -> Outcome:
    """List interpreters and downloads."""
    async with open_session(command, context) as session:
        request = _ANY if command.request is None else parse_request(command.request, session.cwd)
        entries = [*await _offered(command, request, session)]
        if not command.only_downloads:
            entries += await _installed(request, session)
        chosen = _choose(_ordered(entries, session), command)
        render = _render_json if command.output_format == "json" else _render_text
        context.voice.guide(render(chosen, command, session))
        return Outcome(is_replayable=True)


async def _offered(command: PythonList, request: PythonRequest, session: Session) -> Iterable[_Entry]:
    settings = session.settings.python
    wanted = build_request(request)
    if wanted is None or settings.preference == "only-system" or command.only_installed:
        return ()
    if settings.downloads != "automatic" and not command.only_downloads:
        return ()
    choice = MirrorChoice(downloads_json_url=command.python_downloads_json_url)
    offers, mirrors = await read_offers(session, choice), mirrors_of(session, choice)
    here = wanted if command.all_platforms else wanted.on(session.host, any_machine=command.all_arches)
    plain = (one for one in here.fitting(offers) if "debug" not in one.key.variant)
    return [_Entry(key=one.key, kind=_DOWNLOAD, url=mirrors.address(one)) for one in plain]


async def _installed(request: PythonRequest, session: Session) -> list[_Entry]:
    search, prober, skipped = session.python_search(environments="only-system"), session.prober(), Skipped()
    found = []
    if request.kind in ("file", "folder"):
        try:
            found = [await find_python(request, search, prober, skipped)]
        except InterpreterNotFound:
            return []
    else:
        found = [one async for one in candidates(request, search, prober, skipped) if request.accepts(one.interpreter)]
    for broken in skipped.broken:
        error = broken.explained(session.cwd)
        session.context.voice.note(render_failure(error.message, error.causes, is_warning=True))
    return [
        _Entry(
            key=_key(one.interpreter),
            kind=_MANAGED if one.source == "managed installations" else _SYSTEM,
            path=one.interpreter.executable,
        )
        for one in found
    ]


def _key(interpreter: Interpreter) -> PythonKey:
    *_, system, machine, libc = interpreter.key.split("-")
    return PythonKey(
        implementation=interpreter.implementation,
        version=interpreter.version,
        variant=interpreter.variant.removeprefix("+"),
        system=system,
        machine=machine,
        libc=libc,
    )


def _ordered(entries: list[_Entry], session: Session) -> list[_Entry]:
    entries.sort(key=lambda entry: (entry.kind, str(entry.path)), reverse=True)
    return newest_first(entries, lambda entry: entry.key, session.host.machine)


def _choose(entries: list[_Entry], command: PythonList) -> list[_Entry]:
    """Each path once; of downloads only the newest patch, for the best platform, unless all are asked for."""
    chosen: list[_Entry] = []
    paths: set[Path] = set()
    minors: set[tuple[object, ...]] = set()
    patches: set[tuple[object, ...]] = set()
    for entry in entries:
        if entry.path is not None and entry.path in paths:
            continue
        if entry.path is not None:
            paths.add(entry.path)
        place = _place(entry.key, command)
        minor, patch = (*place, entry.key.minor), (*place, entry.key.version)
        is_known = patch in patches or (minor in minors and not command.all_versions)
        if entry.kind == _DOWNLOAD and is_known:
            continue
        if entry.kind != _SYSTEM:
            minors.add(minor)
            patches.add(patch)
        chosen.append(entry)
    return chosen


def _place(key: PythonKey, command: PythonList) -> tuple[object, ...]:
    system = key.system if command.all_platforms else None
    return key.implementation, key.variant, system, key.machine if command.all_arches else None, key.libc


def _render_text(entries: list[_Entry], command: PythonList, session: Session) -> str:
    width = max((len(str(entry.key)) for entry in entries), default=0)
    return "".join(f"{entry.key!s:{width}}    {_told(entry, command, session)}\n" for entry in entries)


def _told(entry: _Entry, command: PythonList, session: Session) -> str:
    if entry.path is None:
        return dim(entry.url if command.show_urls else "<download available>")
    target = _target(entry.path)
    return cyan(session.shown(entry.path)) + ("" if target is None else f" -> {cyan(target)}")


def _target(path: Path) -> str | None:
    return os.readlink(path) if path.is_symlink() else None


def _render_json(entries: list[_Entry], command: PythonList, session: Session) -> str:
    return json.dumps([_told_whole(entry, session) for entry in entries], separators=(",", ":"), ensure_ascii=False) + "\n"


def _told_whole(entry: _Entry, session: Session) -> dict[str, object]:
    key = entry.key
    major, minor, patch = (*key.version.release, 0, 0)[:3]
    return {
        "key": str(key),
        "version": str(key.version),
        "version_parts": {"major": major, "minor": minor, "patch": patch},
        "path": None if entry.path is None else session.shown(entry.path),
        "symlink": None if entry.path is None else _target(entry.path),
        "url": entry.url or None,
        "os": key.system,
        "variant": key.variant or "default",
        "implementation": key.implementation,
        "arch": key.machine,
        "libc": key.libc,
    }
