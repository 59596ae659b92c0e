"""Choosing versions for `hob pip`: for one environment, or for all (`--universal`)."""

from datetime import UTC, datetime
from time import monotonic

from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from hobd.core.lockfile.model import Lock, LockedPackage
from hobd.core.markers import Marker, RequiresPython
from hobd.core.resolver.pose import Demands, Posing, pose_demands
from hobd.core.resolver.problem import Preference, Problem
from hobd.core.resolver.resolution import NodeKey, Resolution
from hobd.core.resolver.target import InstalledVersion, Target
from hobd.core.vocab.names import Name
from hobd.environments.interpreter import Interpreter
from hobd.service.locks.locking import Locker
from hobd.service.pip.collecting import Collected
from hobd.service.pip.torch import refuse_torch_backend
from hobd.service.syncs.target import solving_target


class Aim(Struct, frozen=True, kw_only=True):
    """What is solved for."""

    interpreter: Interpreter
    """Builds run with it; without other wishes it is what is solved for."""
    version: Version | None = None
    """`--python-version`."""
    platform: str | None = None
    """`--python-platform`."""
    is_universal: bool = False
    environments: tuple[Marker, ...] = ()
    """What a universal resolution is limited to."""
    follows_dependencies: bool = True
    preferences: tuple[tuple[Name, tuple[Preference, ...]], ...] = ()
    installed: tuple[InstalledVersion, ...] = ()


class Solved(Struct, frozen=True, kw_only=True):
    """An answer."""

    problem: Problem
    resolution: Resolution
    lock: Lock
    """The same, in the form that everything is installed from."""
    seconds: float

    def marker_of(self, package: LockedPackage) -> Marker:
        """Where a package is reached, simplified."""
        reached = next(marker for node, marker in self.resolution.nodes.items() if node == node.base and _is_of(package, node))
        return reached.simplify(self.problem.requires_python)

    def package_of(self, node: NodeKey) -> LockedPackage:
        """The package that a node became."""
        return next(package for package in self.lock.packages if _is_of(package, node))


def _is_of(package: LockedPackage, node: NodeKey) -> bool:
    return node.name == package.name and package.version in (None, node.version)


async def solve_demands(collected: Collected, aim: Aim) -> Solved:
    """Choose versions.

    Raises:
        Unsatisfiable: there is no solution.
        HobError: packages of PyTorch are asked for by their backend.
    """
    begun, session, builder = monotonic(), collected.session, collected.builder
    refuse_torch_backend((each.name for each in collected.demands.requirements), session.settings)
    posing = Posing(
        settings=session.settings,
        requires_python=_pythons(aim),
        now=datetime.now(UTC),
        cwd_text=session.shown_member,
        installed_python=aim.interpreter.version,
    )
    target = None if aim.is_universal else _target(aim, collected)
    demands = collected.demands if target is None else _holding(collected.demands, target)
    problem = replace(
        pose_demands(demands, posing, session.cwd),
        target=target,
        environments=aim.environments if aim.is_universal else (),
        follows_dependencies=aim.follows_dependencies,
        preferences=aim.preferences,
        current_environment=tuple(aim.interpreter.markers.items()),
    )
    locker = Locker(session=session, subject=builder.subject, interpreter=aim.interpreter, writes=False)
    resolution = await locker.solve(problem, builder, builder.network)
    refuse_torch_backend((node.name for node in resolution.distributions), session.settings)
    lock = session.context.memory.resolutions.lock_of(problem, resolution)
    return Solved(problem=problem, resolution=resolution, lock=lock, seconds=monotonic() - begun)


def _pythons(aim: Aim) -> RequiresPython:
    """The Python that is solved for and all later ones: of a universal resolution at least the minor version."""
    own = aim.interpreter.minor if aim.is_universal else aim.interpreter.version.base_version
    return RequiresPython.parse(f">={own if aim.version is None else aim.version}")


def _holding(demands: Demands, target: Target) -> Demands:
    """The requirements and constraints that hold: of others not even the source is looked at."""
    return replace(
        demands,
        requirements=tuple(each for each in demands.requirements if each.marker.evaluate(target.values)),
        constraints=tuple(each for each in demands.constraints if each.marker.evaluate(target.values)),
    )


def _target(aim: Aim, collected: Collected) -> Target:
    values, tags = solving_target(aim.interpreter, aim.version, aim.platform, collected.session.context.environ)
    upgrade = collected.session.settings.resolver.upgrade
    return Target(
        values=values,
        tags=tags,
        implementation=aim.interpreter.name,
        is_requested=aim.version is not None,
        builds_with=aim.interpreter.version if aim.version is not None else None,
        installed=aim.installed,
        upgrades_everything=upgrade.everything,
        upgrades=upgrade.packages,
    )
