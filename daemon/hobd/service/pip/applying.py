"""Making an environment hold what was chosen, and reporting it: what `hob pip install` and `hob pip sync` share."""

import json
from collections.abc import Collection, Iterable

from msgspec import Struct
from msgspec.structs import replace

from hobd.cli.report import Change
from hobd.core.formats.urls import path_url
from hobd.core.lockfile.model import Lock, LockedPackage
from hobd.core.plan.choose_file import choose_file
from hobd.core.plan.model import Pin, Plan, Selection
from hobd.core.plan.tag_hint import misfit_hint
from hobd.core.resolver.target import INSTALLED
from hobd.core.tags import Tags, parse_wheel_name
from hobd.core.vocab.names import Name
from hobd.core.vocab.request import Outcome
from hobd.core.vocab.settings import BuildSettings, Settings
from hobd.core.vocab.source import Directory, Editable, Git, Path, Url
from hobd.errors import RequestError
from hobd.service.builds.building import Builder
from hobd.service.pip.conda import refuse_conda_packages
from hobd.service.pip.inventory import read_inventory, warn_of_faults
from hobd.service.pip.python import Site
from hobd.service.session import Session
from hobd.service.syncs.environment import Manner, Synced, Syncer
from hobd.service.syncs.promises import Promises, with_kept_promises

_ACTIONS = {"added": "installed", "removed": "uninstalled", "reinstalled": "reinstalled"}


class Applying(Struct, frozen=True, kw_only=True):
    """How an environment is changed."""

    site: Site
    tags: Tags
    is_exact: bool = False
    compiles_everything: bool = False
    """See `Manner`."""
    dry_run: bool = False
    is_check: bool = False
    """Fail where something would change."""
    is_json: bool = False
    is_strict: bool = False
    """Warn of what does not go together afterwards."""
    is_forced: bool = False
    """Whether what another tool installed may go (`--break-system-packages`)."""

    async def apply(self, lock: Lock, builder: Builder, expected: Promises | None = None) -> Outcome:
        """Install and remove; what was done is told.

        Raises:
            HobError: something cannot be had or installed; the environment is as it was.
        """
        session = builder.session
        selection = select_chosen(lock, self.tags, self.site.interpreter.name, session.settings, expected or {})
        selection = replace(selection, pins=await with_kept_promises(selection.pins, builder.network))
        syncer = Syncer(
            session=session,
            network=builder.network,
            builder=builder,
            interpreter=self.site.interpreter,
            place=self.site.environment,
            permit=self._permit,
        )
        manner = Manner(is_exact=self.is_exact, dry_run=self.dry_run or self.is_check, compiles_everything=self.compiles_everything)
        synced = await syncer.run(selection, manner)
        if self.is_json:
            self._report(syncer.changes(synced.plan, dict(synced.applied.installed)), session)
        if not manner.dry_run:
            self.warn_of(session, {package.name for package in lock.packages})
        return self.outcome(synced)

    def warn_of(self, session: Session, names: Collection[Name]) -> None:
        """What `--strict` is for: whatever about these packages does not go together."""
        if self.is_strict:
            warn_of_faults(read_inventory(self.site, session), self.site, session, names)

    async def _permit(self, plan: Plan) -> None:
        await refuse_conda_packages(self.site, plan.remove, plan.install, is_forced=self.is_forced)

    def outcome(self, synced: Synced | None) -> Outcome:
        """How the command ends; without changes there is nothing to check."""
        is_changed = synced is not None and synced.is_changed
        return Outcome(code=1 if self.is_check and is_changed else 0, is_replayable=not is_changed)

    def report_nothing(self, session: Session) -> None:
        """That nothing was to be done, for who reads JSON."""
        if self.is_json:
            self._report((), session)

    def _report(self, changes: Iterable[Change], session: Session) -> None:
        rows = [
            {"name": change.name, "version": change.version, "action": _ACTIONS[change.happened]}
            for change in sorted(changes, key=lambda change: change.name)
        ]
        said = {"schema": {"version": "preview"}, "changes": rows, "dry_run": self.dry_run or self.is_check}
        session.context.voice.data(json.dumps(said, indent=2, ensure_ascii=False) + "\n")


def select_chosen(lock: Lock, tags: Tags, implementation: str, settings: Settings, expected: Promises) -> Selection:
    """All packages of a resolution for one environment, each with the file that fits best.

    Raises:
        NoUsableFile: a package has none.
    """
    build = settings.build
    pins = []
    for index, package in enumerate(lock.packages):
        promised = expected.get(package.name, ())
        pin = Pin(package=package, index=index, is_by_hand=True, promised=promised, stays=package.source == INSTALLED)
        check_direct(package, tags, build)
        is_settled = pin.stays or isinstance(package.source, Editable)  # what is editable is not built to be kept
        pins.append(pin if is_settled else choose_file(pin, build.no_build, build.no_binary, tags, implementation))
    return Selection(pins=tuple(sorted(pins, key=lambda pin: pin.name)), packages=lock.packages)


def check_direct(package: LockedPackage, tags: Tags, build: BuildSettings) -> None:
    """Refuse what was asked for by its place, and does not fit, or may not be used as it is.

    Raises:
        RequestError: it does not, or may not.
    """
    if isinstance(package.source, Directory | Git | Url | Path) and not package.wheels and build.no_build.has(package.name):
        raise RequestError(f"Building source distributions is disabled, but attempted to build `{package.name}`", code=1)
    if not isinstance(package.source, Url | Path) or not package.wheels:
        return
    kind, place = ("URL", package.source.url) if isinstance(package.source, Url) else ("path", package.source.path)
    if build.no_binary.has(package.name):
        url = place if isinstance(package.source, Url) else path_url(place)
        raise _unplannable(f"A {kind} dependency points to a wheel which conflicts with `--no-binary`: {url}")
    wheel = parse_wheel_name(package.wheels[0].name)
    if tags.rank(wheel) is None:
        raise _unplannable(f"A {kind} ({place}) dependency is incompatible with the current platform", misfit_hint(wheel, tags))


def _unplannable(why: str, hint: str | None = None) -> RequestError:
    return RequestError("Failed to determine installation plan", causes=(why,), hint=hint)
