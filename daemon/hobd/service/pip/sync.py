"""`hob pip sync`: make an environment hold what files pin, and nothing else (PIP-8).

find the environment ─→ read ─→ choose versions of just that, what it requires not followed ─→ hashes ─→ apply, exactly
"""

from msgspec.structs import replace
from packaging.version import Version

from hobd.cli.pip.sync import PipSync
from hobd.cli.report import render_resolved
from hobd.core.lockfile.pylock import PylockWishes
from hobd.core.tags import Tags
from hobd.core.vocab.names import normalize
from hobd.core.vocab.request import Outcome
from hobd.core.vocab.settings import ResolverSettings
from hobd.service.context import Context
from hobd.service.edits.requirement_lists import STANDARD_INPUT
from hobd.service.opening import open_session
from hobd.service.pip.applying import Applying
from hobd.service.pip.collecting import Collected, Collector
from hobd.service.pip.inputs import InputReader
from hobd.service.pip.inventory import read_inventory
from hobd.service.pip.pylock import check_alone, is_pylock, read_pylock
from hobd.service.pip.python import Site, find_site, prepare_place, refuse_managed
from hobd.service.pip.settings import is_on, is_strict, pip_layer, with_limits
from hobd.service.pip.solving import Aim, solve_demands
from hobd.service.pip.stated import Inputs
from hobd.service.pip.staying import versions_that_may_stay
from hobd.service.pip.verifying import find_promises, verifies_hashes
from hobd.service.runs.brought_target import has_standard_input, run_without_daemon
from hobd.service.session import Session
from hobd.service.syncs.target import solving_target


async def tell(command: PipSync, context: Context) -> Outcome:
    """Bring an environment in line."""
    if STANDARD_INPUT in command.src_file and not has_standard_input(context):
        return Outcome(launch=run_without_daemon(context))
    async with open_session(command, context, is_pip=True) as opened:
        session = _choosing_nothing(with_limits(command, opened))
        if is_pylock(command.src_file):
            check_alone(command.constraints, (), command.group)
            return await _sync_pylock(command, session)
        inputs = await InputReader(session=session).files(command.src_file)
        if _is_empty(command, inputs) and not is_on(command.allow_empty_requirements, pip_layer(session).allow_empty_requirements):
            session.context.voice.note("No requirements found (hint: use `--allow-empty-requirements` to clear the environment)\n")
            return Outcome()
        site = await _find_site(command, session)
        verifies = verifies_hashes(command.hashes, session)
        collector = Collector(command=command, session=session, inputs=inputs, verifies=verifies, heeds_workspace=False, takes_pylocks=True)
        collected = await collector.collect(site.interpreter)
        return await _sync(command, site, collected)


def _choosing_nothing(session: Session) -> Session:
    """The session, as if nobody had settled how versions are chosen: what files leave open is the newest, as in uv."""
    resolver, plain = session.settings.resolver, ResolverSettings()
    resolver = replace(
        resolver,
        resolution_mode=plain.resolution_mode,
        prerelease_mode=plain.prerelease_mode,
        prerelease_package=plain.prerelease_package,
        upgrade=plain.upgrade,
    )
    return replace(session, settings=replace(session.settings, resolver=resolver))


async def _find_site(command: PipSync, session: Session) -> Site:
    layer = pip_layer(session)
    site = await find_site(command, session, is_changed=True)
    is_forced = is_on(command.break_system_packages, layer.break_system_packages)
    refuse_managed(site, session, is_forced=is_forced, is_system=is_on(command.system, layer.system))
    await prepare_place(site, is_dry=command.dry_run)
    return site


async def _sync_pylock(command: PipSync, session: Session) -> Outcome:
    """A `pylock.toml` says what is installed: nothing is chosen."""
    site = await _find_site(command, session)
    aim = _aim(command, site, session)
    values, tags = solving_target(site.interpreter, aim.version, aim.platform, session.context.environ)
    wishes = PylockWishes(
        environment=values, extras=frozenset(map(normalize, command.extra)), groups=frozenset(map(normalize, command.group))
    )
    lock = read_pylock(command.src_file[0], site, wishes, session)
    builder = await Collector(command=command, session=session, inputs=Inputs()).builder(session, site.interpreter)
    return await _applying(command, site, tags, session).apply(lock, builder)


def _applying(command: PipSync, site: Site, tags: Tags, session: Session) -> Applying:
    return Applying(
        site=site,
        tags=tags,
        is_exact=True,
        compiles_everything=True,
        dry_run=command.dry_run,
        is_check=command.check,
        is_json=command.output_format == "json",
        is_strict=is_strict(command.strict, session),
        is_forced=is_on(command.break_system_packages, pip_layer(session).break_system_packages),
    )


def _is_empty(command: PipSync, inputs: Inputs) -> bool:
    return not (inputs.stated or inputs.projects or command.group)


async def _sync(command: PipSync, site: Site, collected: Collected) -> Outcome:
    session = collected.session
    aim = _aim(command, site, session)
    values, tags = solving_target(site.interpreter, aim.version, aim.platform, session.context.environ)
    promises = find_promises(command.hashes, collected, values)
    solved = await solve_demands(collected, aim)
    lock = await promises.limit(solved.lock, collected.builder.network)
    session.context.voice.note(render_resolved(len(lock.packages), solved.seconds))
    outcome = await _applying(command, site, tags, session).apply(lock, collected.builder, promises.expected)
    for warning in solved.resolution.warnings:
        session.context.voice.warn(warning)
    return outcome


def _aim(command: PipSync, site: Site, session: Session) -> Aim:
    layer = pip_layer(session)
    text = command.python_version or layer.python_version
    version, platform = None if text is None else Version(text), command.python_platform or layer.python_platform
    tags = solving_target(site.interpreter, version, platform, session.context.environ)[1]
    return Aim(
        interpreter=site.interpreter,
        version=version,
        platform=platform,
        follows_dependencies=False,
        installed=versions_that_may_stay(read_inventory(site, session), session.settings.install.reinstall, tags),
    )
