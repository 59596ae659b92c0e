"""Whether a marker holds in one environment."""

import re
from bisect import bisect_right
from collections.abc import Collection, Mapping

from packaging.version import InvalidVersion

from hobd.core.markers.diagram import TRUE, Node
from hobd.core.markers.releases import Release, position, release_of, trim
from hobd.core.markers.variables import TERMINAL, Kind, name_of

_LEADING_RELEASE = re.compile(r"[0-9]+(?:\.[0-9]+)*")


def evaluate(marker: Node, environment: Mapping[str, str], extras: Collection[str], groups: Collection[str]) -> bool:
    """Follow the diagram's questions.

    Args:
        environment: values by their names in PEP 508; of a pre-release Python the release counts.
        extras: the active ones, normalized; they answer `extra == 'x'` and `'x' in extras`.
        groups: the active dependency groups, normalized.
    """
    here = marker
    while here.variable is not TERMINAL:
        here = here.children[_answer(here, environment, extras, groups)]
    return here is TRUE


def _answer(here: Node, environment: Mapping[str, str], extras: Collection[str], groups: Collection[str]) -> int:
    """The index of the child that the environment leads to."""
    variable = here.variable
    match variable.kind:
        case Kind.EXTRA:
            return variable.literal not in extras
        case Kind.LIST:
            return variable.literal not in (groups if variable.order else extras)
    value = environment[name_of(variable)]
    match variable.kind:
        case Kind.STRING:
            return bisect_right(here.cuts, (value, 0))
        case Kind.IN:
            return value not in variable.literal
        case Kind.CONTAINS:
            return variable.literal not in value
    return position(here.cuts, trim(_release(value)))  # type: ignore[arg-type]  # a version variable has version cuts


def _release(value: str) -> Release:
    """The release of a version, or what looks like one at the beginning of a kernel's name."""
    try:
        return release_of(value)
    except InvalidVersion:
        leading = _LEADING_RELEASE.match(value)
        return tuple(map(int, leading[0].split("."))) if leading else (0,)
