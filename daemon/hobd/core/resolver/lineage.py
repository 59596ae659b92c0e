"""Why a package is there: the way from the root to it, for the hint of an error that is about one distribution.

`idna` (v3.6) was included because `project` (v0.1.0) depends on `anyio` (v3.7.0) which depends on `idna`
"""

from hobd.core.resolver.package import Kind, Package
from hobd.core.resolver.sentences import spell
from hobd.core.resolver.state import ForkState
from hobd.core.resolver.versions import Point, VersionSet

_Way = list[tuple[Package, Point, VersionSet]]
"""From near the root to the package: who depends on the next, its version, and the versions of the next that it admits."""


def lineage(state: ForkState, package: Package, place: Point) -> str | None:
    """The hint; None for the root and what it depends on directly without a name of its own."""
    way = _find_way(state, package, place)
    if not way or package.name is None:
        return None
    text = f"`{package.name}` (v{place}) was included because"
    asked: VersionSet | None = None
    for index, (parent, version, admitted) in enumerate(way):
        text += f" `{_label(parent)}{_range(asked)}` (v{version}) {'which ' if index else ''}depends on"
        asked = admitted
    return f"{text} `{package.name}{_range(asked)}`"


def _label(package: Package) -> str:
    part = f"[{package.extra}]" if package.extra is not None else f":{package.group}" if package.group is not None else ""
    return f"{package.name}{part}"


def _range(versions: VersionSet | None) -> str:
    if versions is None or versions.is_everything or versions.is_empty:
        return ""
    return "|".join(spell(low, high) for low, high in versions.intervals())


def _find_way(state: ForkState, package: Package, place: Point) -> _Way | None:
    """The first way that is found, going back from the package through what was decided."""
    decisions = state.search.decisions()
    stack: list[tuple[Package, Point, _Way]] = [(package, place, [])]
    seen = set()
    while stack:
        current, version, way = stack.pop()
        if current in seen:
            continue
        seen.add(current)
        parents: list[tuple[Package, Point, _Way]] = []
        for parent, _, _, admitted in state.search.demands(current):
            parent_version = decisions.get(parent)
            if parent is current or parent_version is None or version not in admitted:
                continue
            if parent.kind is Kind.ROOT:
                return way
            parents.append((parent, parent_version, way if parent.name == current.name else [(parent, parent_version, admitted), *way]))
        stack += reversed(parents)
    return None
