"""`hob pip list` and `hob pip freeze`: what is installed, for people and for files (PIP-4)."""

import json
from collections.abc import Iterable
from pathlib import Path

from hobd.cli.pip.listing import Row, render_columns
from hobd.cli.pip.show import PipFreeze, PipList
from hobd.core.formats.direct_url import render_reference
from hobd.core.formats.urls import file_url_path
from hobd.core.plan.described import Described
from hobd.core.vocab.names import normalize
from hobd.core.vocab.request import Outcome
from hobd.service.context import Context
from hobd.service.newest import Newest, find_newest
from hobd.service.opening import open_session
from hobd.service.pip.inventory import read_inventory, read_listing, warn_of_faults
from hobd.service.pip.python import find_site
from hobd.service.pip.settings import is_strict


async def tell_list(command: PipList, context: Context) -> Outcome:
    """List what is installed as columns, as requirements, or as JSON."""
    async with open_session(command, context, is_pip=True) as session:
        site = await find_site(command, session, is_changed=False)
        found = _chosen(read_listing(site.environment.scheme.site_packages, session), command.exclude)
        if command.editable or command.exclude_editable:
            found = [one for one in found if _is_editable(one) == command.editable]
        newest: dict[Described, Newest] | None = None
        if command.outdated:
            newest = await find_newest(found, site.interpreter, session)
            found = [one for one in found if one in newest]
        context.voice.listing(_render(command.format, [_row(one, newest) for one in found]))
        if is_strict(command.strict, session):
            warn_of_faults(read_inventory(site, session), site, session)
        return Outcome(is_replayable=newest is None)


async def tell_freeze(command: PipFreeze, context: Context) -> Outcome:
    """List what is installed as requirements, with where it came from."""
    async with open_session(command, context) as session:
        if command.path:
            site, folders = None, tuple(session.cwd / folder for folder in command.path)
        else:
            site = await find_site(command, session, is_changed=False)
            folders = site.environment.scheme.site_packages
        found = _chosen(read_listing(folders, session), command.exclude)
        lines = [_frozen(one) for one in found if not (command.exclude_editable and _is_editable(one))]
        context.voice.listing("".join(f"{line}\n" for line in dict.fromkeys(lines)))  # what is there twice is asked for once
        if site is not None and is_strict(command.strict, session):
            warn_of_faults(read_inventory(site, session), site, session)
        return Outcome(is_replayable=True)


def _chosen(found: Iterable[Described], excluded: Iterable[str]) -> list[Described]:
    left_out = frozenset(map(normalize, excluded))
    return [one for one in found if one.name not in left_out]


def _is_editable(one: Described) -> bool:
    return one.installed.origin is not None and bool(one.installed.origin.is_editable)


def editable_place(one: Described) -> str | None:
    """The folder of a project that is installed as it stands; None for what is not."""
    origin = one.installed.origin
    return file_url_path(origin.url) if origin is not None and origin.is_editable else None


def _row(one: Described, newest: dict[Described, Newest] | None) -> Row:
    latest = None if newest is None else newest[one]
    return Row(
        name=one.name,
        version=one.version_text,
        latest=None if latest is None else latest.version,
        latest_kind=None if latest is None else latest.kind,
        editable=editable_place(one),
    )


def _render(form: str, rows: list[Row]) -> str:
    match form:
        case "json":
            return json.dumps([row.as_json() for row in rows], separators=(",", ":"), ensure_ascii=False) + "\n"
        case "freeze":
            return "".join(f"{row.name}=={row.version}\n" for row in rows)
    return render_columns(rows)


def _frozen(one: Described) -> str:
    """A line that installs the same again."""
    origin = one.installed.origin
    if origin is None:
        return f"{one.name}=={one.version_text}"
    if one.installed.kind == "egg-link":
        return f"-e {Path(file_url_path(origin.url) or origin.url)}"
    return f"-e {origin.url}" if origin.is_editable else f"{one.name} @ {render_reference(origin)}"
