"""What builds require, resolved for the interpreter that builds run with: by the solver of locks, and in its words.

requirements, constraints ─solve for one environment─→ versions ─→ the file that fits best ─→ pins
"""

from datetime import UTC, datetime
from functools import partial

from anyio import from_thread, to_thread
from msgspec import Struct
from msgspec.structs import replace

from hobd.core.lockfile.build import build_lock
from hobd.core.markers import RequiresPython
from hobd.core.plan.choose_file import choose_file
from hobd.core.plan.model import Pin
from hobd.core.resolver.pose import Demands, Posing, pose_demands
from hobd.core.resolver.problem import Problem
from hobd.core.resolver.solve import Unsatisfiable, solve
from hobd.core.resolver.target import Target
from hobd.core.tags import tags_for
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.settings import ResolverSettings, Settings
from hobd.environments.interpreter import Interpreter
from hobd.errors import RequestError
from hobd.service.builds.rules import shown_requirement
from hobd.service.locks.files import carried_along
from hobd.service.network import Network
from hobd.service.session import Session
from hobd.service.syncs.promises import Promises, with_kept_promises, with_promised_digests, with_promised_files
from hobd.sources.remote_metadata import BuildMetadata


class RequirementSolver(Struct, frozen=True, kw_only=True):
    """Chooses what build environments are made of."""

    session: Session
    network: Network
    interpreter: Interpreter
    builder: BuildMetadata
    """Asks backends of what has no wheel."""
    constraints: tuple[Requirement, ...]
    """`build-constraint-dependencies`, and those of the command line."""
    promised: Promises
    """The files that may be installed, where constraints say which."""

    async def solve(self, requirements: tuple[Requirement, ...]) -> tuple[Pin, ...]:
        """One version, and one file, of everything that the requirements lead to; sorted by name.

        Raises:
            RequestError: there is no solution, or a file is not promised where all have to be.
        """
        self.session.context.voice.phase("resolving build requirements")
        if self.session.settings.resolver.follows_the_clock:
            self.session.context.evidence.spoil("a clock")
        problem = self._pose(requirements)
        title = _title(requirements, self.network)
        async with carried_along(self.network).knowledge(self.builder) as knowledge:
            run = partial(solve, problem, knowledge, checkpoint=from_thread.check_cancelled)
            try:
                resolution = await to_thread.run_sync(run)
            except Unsatisfiable as error:
                raise RequestError(title, causes=error.causes, hints=error.hints, code=1) from error
        lock = await with_promised_digests(build_lock(problem, resolution, None), self.promised, self.network)
        build, tags = self.session.settings.build, tags_for(self.interpreter.facts)
        try:
            lock = with_promised_files(lock, self.promised, is_required=build.require_hashes)
        except RequestError as error:
            raise error.under(title) from error
        chosen = (
            Pin(package=package, index=index, promised=self.promised.get(package.name, ())) for index, package in enumerate(lock.packages)
        )
        pins = [choose_file(pin, build.no_build, build.no_binary, tags, self.interpreter.name) for pin in chosen]
        return await with_kept_promises(pins, self.network)

    def _pose(self, requirements: tuple[Requirement, ...]) -> Problem:
        interpreter = self.interpreter
        posing = Posing(
            settings=_settings_for_builds(self.session.settings),
            requires_python=RequiresPython.parse(f">={interpreter.version.base_version}"),
            now=datetime.now(UTC),
            cwd_text=lambda member: self.session.shown(member.root),
            installed_python=interpreter.version,
        )
        demands = Demands(requirements=self._holding(requirements), constraints=self._holding(self.constraints))
        return replace(
            pose_demands(demands, posing, self.network.root),
            target=Target(values=interpreter.markers, tags=tags_for(interpreter.facts), implementation=interpreter.name),
            current_environment=tuple(interpreter.markers.items()),
        )

    def _holding(self, requirements: tuple[Requirement, ...]) -> tuple[Requirement, ...]:
        """Those that hold here: of others not even the source is looked at."""
        return tuple(each for each in requirements if each.marker.evaluate(self.interpreter.markers))


def _settings_for_builds(settings: Settings) -> Settings:
    """Builds choose the highest versions, whatever a lock is to have; a cut-off holds for them too."""
    own = settings.resolver
    kept = ResolverSettings(
        exclude_newer=own.exclude_newer, exclude_newer_package=own.exclude_newer_package, dependency_metadata=own.dependency_metadata
    )
    return replace(settings, resolver=kept)


def _title(requirements: tuple[Requirement, ...], network: Network) -> str:
    shown = ", ".join(f"`{shown_requirement(each, network.root)}`" for each in requirements)
    return f"No solution found when resolving: {shown}"
