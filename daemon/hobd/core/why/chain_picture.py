"""The answer to `hob why` as a picture: the ways as one graph, from where they begin down to the package."""

from collections.abc import Sequence
from itertools import pairwise

from hobd.core.why.answer import Found, Stop
from hobd.core.why.picture import MOST_BOXES, Arrow, Box, Kind, Picture, broken
from hobd.core.why.told import label, verdict


def picture_of(name: str, found: Sequence[Found]) -> Picture:
    """One graph for all packages of the name; ways that no longer fit in are left out."""
    boxes: dict[str, Box] = {}
    arrows: dict[tuple[str, str], list[str]] = {}
    for each in found:
        boxes[_key(name, each.version)] = _target(each)
    for each in found:
        for chain in each.chains:
            missing = [stop for stop in chain if _key(stop.name, stop.version) not in boxes]
            if len(boxes) + len(missing) > MOST_BOXES:
                break
            for number, stop in enumerate(chain):
                boxes.setdefault(_key(stop.name, stop.version), _box(stop, "plain" if number else "start"))
            for upper, lower in pairwise(chain):
                said = arrows.setdefault((_key(upper.name, upper.version), _key(lower.name, lower.version)), [])
                said += [line for line in _said(lower) if line not in said]
    return Picture(
        title=f"Why {name} is in the lockfile",
        boxes=tuple(boxes.values()),
        arrows=tuple(Arrow(start=start, end=end, lines=tuple(said)) for (start, end), said in arrows.items()),
    )


def _key(name: str, version: str) -> str:
    return f"{name}=={version}"


def _target(found: Found) -> Box:
    lines = [label(found.name, found.version)]
    if found.reason is not None:
        lines += broken(verdict(found, found.reason.choice).removesuffix(":"))
        lines += (line for version, why in found.reason.choice.passed if why for line in broken(f"v{version} {why}"))
    lines += (line for marker in found.markers if marker for line in broken(f"where {marker}"))
    return Box(key=_key(found.name, found.version), lines=tuple(lines), kind="target")


def _box(stop: Stop, kind: Kind) -> Box:
    return Box(key=_key(stop.name, stop.version), lines=(label(stop.name, stop.version) if stop.name else "the project",), kind=kind)


def _said(stop: Stop) -> list[str]:
    """What an arrow says: the part of the parent that asks, for what, and where."""
    part = f"extra {stop.by_extra}" if stop.by_extra else f"group {stop.by_group}" if stop.by_group else ""
    asked = f"[{','.join(stop.extras)}]" if stop.extras else ""
    return [line for line in (part, f"{asked}{stop.required}", *(broken(stop.marker) if stop.marker else ())) if line]
