"""`hob pip uninstall`: remove distributions, and nothing that others need to be asked for (PIP-3)."""

from time import monotonic

from anyio import to_thread

from hobd.cli.pip.uninstall import PipUninstall
from hobd.cli.report import render_changes, render_summary, render_uninstalled
from hobd.cli.style import cyan
from hobd.core.formats.urls import path_url
from hobd.core.plan.model import Installed
from hobd.core.vocab.request import Outcome
from hobd.core.vocab.source import Directory, Editable, Source
from hobd.core.vocab.source import Path as PathSource
from hobd.environments.apply import apply_plan
from hobd.environments.inspect import read_installed
from hobd.errors import RequestError
from hobd.service.context import Context
from hobd.service.opening import open_session
from hobd.service.pip.conda import refuse_conda_packages
from hobd.service.pip.inputs import InputReader
from hobd.service.pip.python import Site, find_site, refuse_managed
from hobd.service.pip.settings import is_on, pip_layer
from hobd.service.pip.stated import Stated, shown_place
from hobd.service.session import Session
from hobd.service.syncs.changing import changing_in_place
from hobd.service.syncs.environment import apply_settings, gone
from hobd.service.syncs.known import note_removal

_LISTED = {"dist-info": ("RECORD",), "egg-info-folder": ("top_level.txt", "installed-files.txt")}
"""What says what a distribution consists of, by its kind: one of these files."""


async def tell(command: PipUninstall, context: Context) -> Outcome:
    """Remove what is named, all or nothing; what is not installed is warned of."""
    async with open_session(command, context) as session:
        reader = InputReader(session=session)
        stated = [*reader.words(command.package), *(await reader.files(command.requirements)).stated]
        site = await find_site(command, session, is_changed=True, is_removal=True)
        is_forced = is_on(command.break_system_packages, pip_layer(session).break_system_packages)
        refuse_managed(site, session, is_forced=is_forced, is_removal=True)
        if command.dry_run:
            found = _find(stated, site, session, warns=False)
            await refuse_conda_packages(site, found, (), is_forced=is_forced)
            _say_would(found, session)
            return Outcome()
        timeout = session.settings.cache.lock_timeout_seconds
        async with changing_in_place(site.environment, timeout):
            begun = monotonic()
            found = _find(stated, site, session, warns=True)
            if not found:
                context.voice.warn("No packages to uninstall")
                return Outcome()
            _check_records(found, session)
            await refuse_conda_packages(site, found, (), is_forced=is_forced)
            applied = await to_thread.run_sync(apply_plan, site.environment, found, (), apply_settings(session))
            await note_removal(site.environment, found, session)
        for warning in applied.warnings:
            context.voice.warn(warning)
        context.voice.note(render_uninstalled(len(found), monotonic() - begun))
        context.voice.note(render_changes(map(gone, found)))
        return Outcome()


def _find(stated: list[Stated], site: Site, session: Session, *, warns: bool) -> list[Installed]:
    """What is installed of what was named, by name; versions that were named with it do not matter."""
    installed = read_installed(site.environment.scheme.site_packages, session.context.evidence, session.context.memory.installed)
    found: dict[Installed, None] = {}
    for each in stated:
        matching = [one for one in installed if _is_meant(each, one)]
        if not matching and warns:
            session.context.voice.warn(f"Skipping {_shown(each)} as it is not installed")
        found |= dict.fromkeys(matching)
    return sorted(found, key=lambda one: (one.name, one.version))


def _check_records(found: list[Installed], session: Session) -> None:
    """Refuse to remove what does not say what it consists of: its files would stay, and nobody would know whose they are."""
    for one in found:
        listed = _LISTED.get(one.kind, ())
        if listed and not any((one.location / name).is_file() for name in listed):
            raise RequestError(f"Cannot uninstall package; `{listed[0]}` file not found at: {session.shown(one.location / listed[0])}")


def _is_meant(stated: Stated, one: Installed) -> bool:
    """By name where there is one; a path or an address alone means what was installed from there."""
    if stated.asked.is_named:
        return one.name == stated.requirement.name
    return one.origin is not None and one.origin.url == _url(stated.requirement.source)


def _shown(stated: Stated) -> str:
    if stated.asked.is_named:
        return cyan(stated.requirement.name)
    return f"`{cyan(shown_place(stated) or '')}`"


def _url(source: Source | None) -> str | None:
    """The address of what was named by where it is."""
    if isinstance(source, Directory | Editable | PathSource):
        return path_url(source.path)
    return None if source is None else getattr(source, "url", None)


def _say_would(found: list[Installed], session: Session) -> None:
    if not found:
        session.context.voice.warn("No packages to uninstall")
        return
    session.context.voice.note(render_summary("Would uninstall", len(found), None))
    session.context.voice.note(render_changes(map(gone, found)))
