"""Making an environment hold what a selection says: compare, fill, apply, tell."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path, PurePosixPath
from time import monotonic

from anyio import to_thread
from msgspec import Struct, field
from msgspec.structs import replace

from hobd.cli.report import (
    Change,
    render_changes,
    render_checked,
    render_compiled,
    render_installed,
    render_prepared,
    render_uninstalled,
)
from hobd.core.formats.direct_url import render_reference
from hobd.core.plan.diff import DiffRules, diff, spared_packages
from hobd.core.plan.model import Installed, Pin, Plan, Selection
from hobd.core.plan.origin import origin_of
from hobd.core.vocab.names import Name
from hobd.core.vocab.settings import Choice
from hobd.environments.apply import Applied, ApplySettings, apply_plan
from hobd.environments.environment import Environment, read_environment
from hobd.environments.inspect import read_installed
from hobd.environments.interpreter import Interpreter
from hobd.environments.journal import is_pending
from hobd.environments.layout import Addition
from hobd.environments.stage import ChangedInStore
from hobd.service.builds.building import Builder
from hobd.service.network import Network
from hobd.service.session import Session
from hobd.service.syncs.bytecode import compile_distributions, compile_environment, with_bytecode, with_ready_bytecode
from hobd.service.syncs.changing import Changing, Successive, changing_in_place
from hobd.service.syncs.known import Noted, note_change, note_use
from hobd.service.syncs.phases import split_by_isolation
from hobd.store.content import drop_changed


class Manner(Struct, frozen=True, kw_only=True):
    """How an environment is brought in line."""

    is_exact: bool = True
    dry_run: bool = False
    is_new: bool = False
    """Whether there is no environment yet: a dry run then compares with an empty one."""
    compiles_everything: bool = True
    """Whether `--compile-bytecode` is about all that lies there, and not only about what came."""
    says_checked: bool = True
    """Whether nothing to do is worth a line, and changes are listed one by one: `run` only says how many."""


class Synced(Struct, frozen=True, kw_only=True):
    """What was, or in a dry run would be, done."""

    plan: Plan
    interpreter: Interpreter
    """Of the environment as it is now."""
    applied: Applied = field(default_factory=Applied)
    compiled: int = 0

    @property
    def is_changed(self) -> bool:
        """Whether the environment is another than before."""
        return not self.plan.is_empty or bool(self.compiled)


class Syncer(Struct, frozen=True, kw_only=True):
    """Brings one environment in line with one selection."""

    session: Session
    network: Network
    builder: Builder
    interpreter: Interpreter
    """The environment's own."""
    place: Environment | None = None
    """Where it installs to, where that is not the interpreter's own environment."""
    project: Path | None = None
    """Whose environment it is: the root of a workspace, or the file of a script."""

    succession: Successive | None = None
    """Makes the next generation, where the environment has generations: it is not changed itself."""
    permit: Callable[[Plan], Awaitable[None]] | None = None
    """Asked before anything is changed; raises what stands against it."""

    async def run(self, selection: Selection, manner: Manner) -> Synced:
        """Compare and change; what was done is told on standard error.

        Raises:
            HobError: something cannot be had or installed; the environment is as it was.
        """
        return await replace(self, builder=self.builder.matching(selection))._bring_in_line(selection, manner)

    async def _bring_in_line(self, selection: Selection, manner: Manner) -> Synced:
        environment = self.place or read_environment(self.interpreter, self.session.context.evidence)
        begun = monotonic()
        if self.succession is not None and self.succession.is_first:
            manner = replace(manner, is_new=True)
        plan = await self._permitted(self._plan(environment, selection, manner))
        self.session.context.voice.debug(
            f"{len(plan.keep)} are installed as wanted, {len(plan.install)} to install, {len(plan.remove)} to remove"
        )
        if manner.dry_run:
            await self._say_would(plan, monotonic() - begun)
            return Synced(plan=plan, interpreter=self.interpreter)
        if plan.is_empty and not manner.is_new and not self._is_pending(environment.root):
            await note_use(Noted(environment, self.project, selection, plan), self.session)
            return await self._finish(environment, Synced(plan=plan, interpreter=self.interpreter), manner, monotonic() - begun)
        async with self._changing(environment) as changing:
            plan = await self._permitted(self._plan(changing.environment, selection, replace(manner, is_new=changing.is_new)))
            applied = Applied()
            if changing.is_new or not plan.is_empty or self.succession is None:
                applied = await self._apply_in_phases(changing, selection, plan, manner)
                await changing.finish()
        environment = changing.environment
        synced = Synced(plan=plan, applied=applied, interpreter=environment.interpreter)
        return await self._finish(environment, synced, manner, monotonic() - begun)

    def _changing(self, environment: Environment) -> AbstractAsyncContextManager[Changing]:
        if self.succession is not None:
            return self.succession.changing()
        return changing_in_place(environment, self.session.settings.cache.lock_timeout_seconds)

    def _is_pending(self, root: Path) -> bool:
        self.session.context.evidence.saw(root / ".hob-txn")
        return is_pending(root)

    def _plan(self, environment: Environment, selection: Selection, manner: Manner) -> Plan:
        context, folders = self.session.context, environment.scheme.site_packages
        installed = () if manner.is_new else read_installed(folders, context.evidence, context.memory.installed)
        rules = DiffRules(
            root=PurePosixPath(self.network.root),
            tags=self.interpreter.tags(),
            is_exact=manner.is_exact,
            reinstall=self._reinstall(),
            spared=spared_packages(environment.configuration, self.interpreter.version),
            cache_info=self.builder.cache_info,
            build_info=self.builder.build_info,
        )
        return diff(selection, installed, rules)

    async def _permitted(self, plan: Plan) -> Plan:
        if self.permit is not None:
            await self.permit(plan)
        return plan

    def _reinstall(self) -> Choice:
        return self.session.settings.install.reinstall

    async def _apply_in_phases(self, changing: Changing, selection: Selection, plan: Plan, manner: Manner) -> Applied:
        """Carry the plan out; what is built without isolation comes last, and finds all else in the environment."""
        before = changing.environment
        parts = await split_by_isolation(plan, self.builder, self.session.settings.build.no_isolation)
        applied, environment = await self._apply(changing, before, selection, parts[0], manner)
        self._say_done(applied)
        for part in parts[1:]:
            later = replace(self, builder=replace(self.builder, interpreter=environment.interpreter))
            more, _ = await later._apply(changing, before, selection, part, manner, begun=environment)
            self._say_done(more)
            applied = replace(more, removed=applied.removed + more.removed, installed=applied.installed + more.installed)
        return applied

    async def _apply(
        self,
        changing: Changing,
        before: Environment,
        selection: Selection,
        plan: Plan,
        manner: Manner,
        *,
        begun: Environment | None = None,
    ) -> tuple[Applied, Environment]:
        """Carry out one part of a plan, and give the environment that is changed.

        Args:
            before: what the plan was compared with.
            begun: what an earlier part has begun to change.
        """
        prepare = partial(self._prepare, plan.install, selection, says_prepared=manner.says_checked, is_shared=begun is not None)
        prepared = await prepare()
        self.session.context.voice.phase("installing")
        environment = begun or await changing.begin()
        prepared, applied = await self._install(environment, changing.moved(plan.remove, before), prepared, prepare)
        for warning in applied.warnings:
            self.session.context.voice.warn(warning)
        await note_change(Noted(environment, self.project, selection, plan), prepared.digests, self.session)
        return applied, environment

    async def _install(
        self, environment: Environment, remove: Sequence[Installed], prepared: "_Prepared", prepare: Callable[[], Awaitable["_Prepared"]]
    ) -> tuple["_Prepared", Applied]:
        """Change the environment. What turns out to be changed in the store is prepared anew; nothing has been done until then."""
        how = apply_settings(self.session)
        changed: frozenset[str] = frozenset()
        while True:
            try:
                return prepared, await to_thread.run_sync(partial(apply_plan, environment, remove, prepared.additions, how))
            except ChangedInStore as error:
                if error.trees <= changed:
                    raise
                changed |= error.trees
                await to_thread.run_sync(drop_changed, self.session.cache, error.trees)
            prepared = await prepare()

    async def _prepare(self, install: Sequence[Pin], selection: Selection, *, says_prepared: bool, is_shared: bool) -> "_Prepared":
        """Have everything in the store that is to be installed, and its bytecode, as far as that is there or was asked for."""
        from hobd.service.syncs.filling import Filler
        from hobd.service.syncs.local_digests import with_local_digests

        voice = self.session.context.voice
        voice.phase("preparing")
        start = monotonic()
        pins = await with_local_digests(install, self.network)
        filled = await Filler(session=self.session, network=self.network, builder=self.builder, selection=selection).fill(pins)
        if filled.new and says_prepared:
            voice.note(render_prepared(filled.new, monotonic() - start, is_shared=is_shared))
        digests = {pin.name: wheel.sha256 for pin, wheel in zip(pins, filled.wheels, strict=True)}
        if self.session.settings.install.compile_bytecode:
            voice.phase("compiling")
            return _Prepared(await with_bytecode(filled.additions, filled.wheels, self.interpreter, self.session), digests)
        return _Prepared(await with_ready_bytecode(filled.additions, filled.wheels, pins, self.interpreter, self.session), digests)

    async def _finish(self, environment: Environment, synced: Synced, manner: Manner, seconds: float) -> Synced:
        compiles, voice = self.session.settings.install.compile_bytecode, self.session.context.voice
        if synced.plan.is_empty and manner.says_checked and not compiles:
            voice.note(render_checked(len(synced.plan.keep), seconds if synced.plan.keep else 0.0))
        if not compiles:
            return self._listed(synced, manner)
        begun = monotonic()
        if manner.compiles_everything:
            count = await compile_environment(environment, self.interpreter, self.session)
        else:
            came = {name for name, _ in synced.applied.installed}
            count = await compile_distributions(came, environment, self.interpreter, self.session) if came else 0
        voice.note(render_compiled(count, monotonic() - begun))
        return self._listed(replace(synced, compiled=count), manner)

    def _say_done(self, applied: Applied) -> None:
        voice = self.session.context.voice
        if applied.removed:
            voice.note(render_uninstalled(len(applied.removed), applied.seconds / 2))
        if applied.installed:
            voice.note(render_installed(len(applied.installed), applied.seconds / 2 if applied.removed else applied.seconds))

    def _listed(self, synced: Synced, manner: Manner) -> Synced:
        if manner.says_checked:
            self.session.context.voice.note(render_changes(self.changes(synced.plan, dict(synced.applied.installed))))
        return synced

    async def _say_would(self, plan: Plan, seconds: float) -> None:
        voice = self.session.context.voice
        if plan.is_empty:
            voice.note(render_checked(len(plan.keep), seconds if plan.keep else 0.0))
            voice.note("Would make no changes\n")
            return
        await say_would_lines(plan, self)

    def changes(self, plan: Plan, versions: Mapping[Name, str]) -> list[Change]:
        """What comes and goes, as the summary lists it.

        Args:
            versions: of what was installed, where only the build knew them.
        """
        again = {one.name for one in plan.remove if _comes_again(one, plan.install, PurePosixPath(self.network.root))}
        rows = [gone(one) for one in plan.remove if one.name not in again]
        return rows + [self._come(pin, versions, is_again=pin.name in again) for pin in plan.install]

    def _come(self, pin: Pin, versions: Mapping[Name, str], *, is_again: bool) -> Change:
        origin = origin_of(pin, PurePosixPath(self.network.root))
        where = None if origin is None else render_reference(origin)
        version = str(pin.package.version or versions.get(pin.name, "(dynamic)"))
        return Change(happened="reinstalled" if is_again else "added", name=str(pin.name), version=version, origin=where)

    def coming(self, pin: Pin, *, is_unbuilt: bool) -> Change:
        """A distribution that would be installed; of what would have to be built the version is not told."""
        return replace(self._come(pin, {}, is_again=False), is_unbuilt=is_unbuilt)

    async def is_ready(self, pin: Pin) -> bool:
        """Whether a pin needs neither download nor build, and is not to be fetched anew."""
        if self._reinstall().has(pin.name):
            return False
        return await self.builder.is_built(pin) if pin.is_local else self.is_in_store(pin)

    def is_in_store(self, pin: Pin) -> bool:
        """Whether the wheel of a pin is there."""
        if not pin.is_wheel or pin.file is None or pin.file.digest is None:
            return False
        return self.session.context.memory.store(self.session.cache).find_now(pin.file.digest) is not None


class _Prepared(Struct, frozen=True):
    """What is ready to be installed."""

    additions: Sequence[Addition]
    digests: Mapping[Name, str]
    """By name: the sha256 of its wheel."""


def apply_settings(session: Session) -> ApplySettings:
    """How distributions are installed and removed for a command."""
    settings, known = session.settings.install, session.context.memory.link_modes
    return ApplySettings(link_mode=settings.link_mode, writes_installer=settings.installer_metadata, known_modes=known)


def gone(one: Installed) -> Change:
    """A distribution that was removed, as the summary lists it."""
    origin = render_reference(one.origin) if one.origin is not None else None
    return Change(happened="removed", name=str(one.name), version=one.version_text, origin=origin)


def _comes_again(one: Installed, install: tuple[Pin, ...], root: PurePosixPath) -> bool:
    """Whether the same version from the same place takes its part."""
    pin = next((pin for pin in install if pin.name == one.name), None)
    if pin is None or not (pin.package.version is None or one.has_version(pin.package.version)):
        return False
    origin = origin_of(pin, root)
    return (None if origin is None else origin.url) == (None if one.origin is None else one.origin.url)


async def say_would_lines(plan: Plan, syncer: Syncer) -> None:
    """What a dry run would do."""
    from hobd.cli.report import render_summary
    from hobd.service.syncs.local_digests import with_local_digests

    voice = syncer.session.context.voice
    wanted = await with_local_digests(plan.install, syncer.network)
    missing = {pin.name for pin in wanted if not await syncer.is_ready(pin)}
    if missing:
        voice.note(render_summary("Would download", len(missing), None))
    if plan.remove:
        voice.note(render_summary("Would uninstall", len(plan.remove), None))
    if plan.install:
        voice.note(render_summary("Would install", len(plan.install), None))
    come = [syncer.coming(pin, is_unbuilt=pin.name in missing) for pin in plan.install]
    voice.note(render_changes([*map(gone, plan.remove), *come]))
