"""For which platform and Python something is selected: the interpreter's own, or another that is named."""

from collections.abc import Mapping

from msgspec.structs import replace
from packaging.version import Version

from hobd.core.lockfile.model import Lock
from hobd.core.plan.model import Selection
from hobd.core.plan.select import Place, select
from hobd.core.plan.wanted import Wishes
from hobd.core.tags import DeploymentFloors, Tags, Target, UnknownTarget, get_pip_target, get_target, read_floors, tags_for
from hobd.core.vocab.environ import Environ
from hobd.environments.interpreter import Interpreter


def target_of(interpreter: Interpreter, platform: str | None, environ: Environ) -> tuple[Mapping[str, str], Tags]:
    """Marker values and tags, for the interpreter's platform or the one that `--python-platform` names.

    Args:
        environ: says which systems of that platform are the oldest to support.
    """
    if platform is None:
        return interpreter.markers, interpreter.tags()
    target = _named(platform, read_floors(environ))
    facts = replace(interpreter.facts, platform=target.platform, is_manylinux_compatible=target.is_manylinux_compatible)
    return {**interpreter.markers, **target.markers}, tags_for(facts)


def solving_target(
    interpreter: Interpreter, version: Version | None, platform: str | None, environ: Environ
) -> tuple[Mapping[str, str], Tags]:
    """The same for solving, with `--python-version` in place of the interpreter's own version."""
    target = _named(platform, read_floors(environ)) if platform is not None else None
    facts = interpreter.facts
    if target is not None:
        facts = replace(facts, platform=target.platform, is_manylinux_compatible=target.is_manylinux_compatible)
    if version is not None:
        minor = (version.major, version.minor)
        own = minor if facts.implementation == "cpython" else facts.implementation_version
        facts = replace(facts, python_version=minor, implementation_version=own)
    return marker_environment(interpreter, None if version is None else str(version), platform), tags_for(facts)


def marker_environment(interpreter: Interpreter, version: str | None, platform: str | None) -> Mapping[str, str]:
    """Marker values, with `--python-version` and `--python-platform` in place of the interpreter's."""
    markers = dict(interpreter.markers)
    if platform is not None:
        markers |= _named(platform, DeploymentFloors()).markers  # the oldest systems matter to tags alone
    if version is not None:
        asked = Version(version)
        full = asked if len(asked.release) > 2 else Version(".".join(map(str, (*asked.release, 0, 0)[:3])))
        markers |= {"python_version": f"{full.major}.{full.minor}", "python_full_version": str(full), "implementation_version": str(full)}
    return markers


def select_for(lock: Lock, wishes: Wishes, interpreter: Interpreter, platform: str | None, environ: Environ) -> Selection:
    """The pins for an interpreter, or for another platform that is named."""
    markers, tags = target_of(interpreter, platform, environ)
    return select(lock, wishes, Place(environment=markers, version=interpreter.version, tags=tags, name=interpreter.name))


def _named(platform: str, floors: DeploymentFloors) -> Target:
    """The platform of a name: of `--python-platform`, or of pip's `--platform`."""
    try:
        return get_target(platform, floors)
    except UnknownTarget:
        return get_pip_target(platform)
