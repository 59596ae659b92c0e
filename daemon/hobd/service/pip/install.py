"""`hob pip install`: put requirements into an environment, and leave alone what else is there (PIP-1, PIP-9, PIP-13).

find the environment ─→ read ─→ all there? ─yes→ done
                                    │ no
                                    ▼
             solve, what is installed preferred ─→ hashes ─→ compare, fetch, build ─→ apply
"""

from time import monotonic

from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from hobd.cli.found import said
from hobd.cli.pip.install import PipInstall
from hobd.cli.report import render_checked, render_resolved
from hobd.core.lockfile.model import ScopedRequirement
from hobd.core.lockfile.pylock import PylockWishes
from hobd.core.plan.diff import fits
from hobd.core.plan.satisfied import Demands, Present, is_enough
from hobd.core.tags import Tags
from hobd.core.vocab.names import Name, normalize
from hobd.core.vocab.request import Outcome
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.settings import Choice
from hobd.core.vocab.source import Directory, Editable
from hobd.service.context import Context
from hobd.service.edits.requirement_lists import STANDARD_INPUT
from hobd.service.opening import open_session
from hobd.service.pip.applying import Applying
from hobd.service.pip.collecting import Collected, Collector
from hobd.service.pip.inputs import InputReader
from hobd.service.pip.inventory import metadata_of, read_inventory, read_listing
from hobd.service.pip.origins import Origins
from hobd.service.pip.pylock import check_alone, is_pylock, read_pylock
from hobd.service.pip.python import Site, find_site, prepare_place, refuse_managed
from hobd.service.pip.settings import is_not_off, is_on, is_strict, opposite, pip_layer, with_limits
from hobd.service.pip.solving import Aim, solve_demands
from hobd.service.pip.stated import Inputs
from hobd.service.pip.staying import versions_that_may_stay
from hobd.service.pip.verifying import find_promises, verifies_hashes
from hobd.service.runs.brought_target import has_standard_input, run_without_daemon
from hobd.service.session import Session
from hobd.service.syncs.target import solving_target


async def tell(command: PipInstall, context: Context) -> Outcome:
    """Install."""
    if STANDARD_INPUT in command.requirements and not has_standard_input(context):
        return Outcome(launch=run_without_daemon(context))
    async with open_session(command, context, is_pip=True) as opened:
        session = with_limits(command, opened)
        is_locked = is_pylock((*command.requirements, *command.package, *command.editable))
        if is_locked:
            check_alone(command.constraints, command.overrides, command.group)
        inputs = Inputs() if is_locked else await _read(command, session)
        site = await find_site(command, session, is_changed=True)
        layer = pip_layer(session)
        is_forced = is_on(command.break_system_packages, layer.break_system_packages)
        refuse_managed(site, session, is_forced=is_forced, is_system=is_on(command.system, layer.system))
        await prepare_place(site, is_dry=command.dry_run)
        collector = Collector(
            command=command,
            session=session,
            inputs=inputs,
            overrides=command.overrides,
            excludes=command.excludes,
            verifies=verifies_hashes(command.hashes, session),
            takes_pylocks=True,
        )
        if is_locked:
            return await _install_pylock(command, site, collector)
        collected = _with_manner_of_words(command, await collector.collect(site.interpreter))
        return await _Installation(command=command, site=site, collected=collected).run()


async def _install_pylock(command: PipInstall, site: Site, collector: Collector) -> Outcome:
    """A `pylock.toml` says what is installed: nothing is chosen."""
    session = collector.session
    values, tags = _target(command, site, session)
    wishes = PylockWishes(
        environment=values, extras=frozenset(map(normalize, command.extra)), groups=frozenset(map(normalize, command.group))
    )
    lock = read_pylock(command.requirements[0], site, wishes, session)
    return await _applying(command, site, tags, session).apply(lock, await collector.builder(session, site.interpreter))


def _applying(command: PipInstall, site: Site, tags: Tags, session: Session) -> Applying:
    return Applying(
        site=site,
        tags=tags,
        is_exact=command.exact,
        dry_run=command.dry_run,
        is_check=command.check,
        is_json=command.output_format == "json",
        is_strict=is_strict(command.strict, session),
        is_forced=is_on(command.break_system_packages, pip_layer(session).break_system_packages),
    )


def _version(command: PipInstall, session: Session) -> Version | None:
    text = command.python_version or pip_layer(session).python_version
    return None if text is None else Version(text)


def _platform(command: PipInstall, session: Session) -> str | None:
    return command.python_platform or pip_layer(session).python_platform


def _target(command: PipInstall, site: Site, session: Session) -> tuple[dict[str, str], Tags]:
    values, tags = solving_target(site.interpreter, _version(command, session), _platform(command, session), session.context.environ)
    return dict(values), tags


async def _read(command: PipInstall, session: Session) -> Inputs:
    """Words, editables, then files."""
    reader = InputReader(session=session)
    inputs = Inputs(stated=[*reader.words(command.package), *reader.words(command.editable, are_editable=True)])
    inputs.extend(await reader.files(command.requirements))
    return inputs


def _with_manner_of_words(command: PipInstall, collected: Collected) -> Collected:
    """Folders that the command line names are built anew each time; what is not to be editable is not."""
    session = collected.session
    named = frozenset(each.requirement.name for each in collected.stated if each.origin is None and _is_folder(each.requirement))
    if named:
        install, cache = session.settings.install, session.settings.cache
        settings = replace(
            session.settings,
            install=replace(install, reinstall=_more(install.reinstall, named)),
            cache=replace(cache, refresh=replace(cache.refresh, packages=cache.refresh.packages | named)),
        )
        session = replace(session, settings=settings)
    plain = frozenset(map(normalize, command.no_editable_package))
    everything = said(command.no_editable) is True
    demands = replace(
        collected.demands,
        requirements=tuple(_plain(each) if everything or each.name in plain else each for each in collected.demands.requirements),
    )
    builder = collected.builder
    if session is not collected.session:  # else what naming has learnt of repositories stays known
        builder = replace(builder, session=session, network=replace(builder.network, session=session))
    return replace(collected, demands=demands, builder=builder)


def _is_folder(requirement: Requirement) -> bool:
    return isinstance(requirement.source, Directory | Editable)


def _more(choice: Choice, names: frozenset[Name]) -> Choice:
    return choice if choice.everything else replace(choice, packages=choice.packages | names)


def _plain(requirement: Requirement) -> Requirement:
    source = requirement.source
    return replace(requirement, source=Directory(source.path)) if isinstance(source, Editable) else requirement


class _Installation(Struct, frozen=True, kw_only=True):
    """One installation at work."""

    command: PipInstall
    site: Site
    collected: Collected

    async def run(self) -> Outcome:
        """See the module."""
        begun, session = monotonic(), self.collected.session
        values, tags = _target(self.command, self.site, session)
        applying = _applying(self.command, self.site, tags, session)
        if self._is_enough():
            session.context.voice.note(render_checked(len(self.collected.stated), monotonic() - begun))
            if applying.dry_run or applying.is_check:
                session.context.voice.note("Would make no changes\n")
            else:
                applying.warn_of(session, {each.requirement.name for each in self.collected.stated})
            applying.report_nothing(session)
            return applying.outcome(None)
        promises = find_promises(self.command.hashes, self.collected, values)
        solved = await solve_demands(self.collected, self._aim())
        lock = await promises.limit(solved.lock, self.collected.builder.network)
        session.context.voice.note(render_resolved(len(lock.packages), solved.seconds))
        outcome = await applying.apply(lock, self.collected.builder, promises.expected)
        for warning in solved.resolution.warnings:
            session.context.voice.warn(warning)
        return outcome

    def _aim(self) -> Aim:
        layer, reinstall = pip_layer(self.collected.session), self.collected.session.settings.install.reinstall
        _, tags = _target(self.command, self.site, self.collected.session)
        return Aim(
            interpreter=self.site.interpreter,
            version=_version(self.command, self.collected.session),
            platform=_platform(self.command, self.collected.session),
            follows_dependencies=is_not_off(self.command.deps, opposite(layer.no_deps)),
            installed=versions_that_may_stay(read_inventory(self.site, self.collected.session), reinstall, tags),
        )

    def _is_enough(self) -> bool:
        """Whether all is there, so that nothing needs to be solved."""
        session, demands = self.collected.session, self.collected.demands
        settings = session.settings
        if not settings.resolver.upgrade.is_empty or not settings.install.reinstall.is_empty or self.command.exact:
            return False
        overrides = tuple(each for each in demands.overrides if isinstance(each, Requirement))
        excludes = frozenset(each for each in demands.excludes if not isinstance(each, ScopedRequirement))
        is_scoped = len(overrides) + len(excludes) < len(demands.overrides) + len(demands.excludes)
        if not self.collected.is_plain or is_scoped:
            return False
        asked = Demands(requirements=demands.requirements, constraints=demands.constraints, overrides=overrides, excludes=excludes)
        values, tags = _target(self.command, self.site, session)
        origins = Origins(builder=self.collected.builder, tags=tags)
        listing = read_listing(self.site.environment.scheme.site_packages, session)
        present = Present(
            installed=[one.installed for one in listing if fits(one.installed, tags)],
            metadata=lambda one: metadata_of(one, session),
            environment=values,
            comes_from=origins.comes_from,
        )
        return is_enough(asked, present)
