"""By which of its tags a wheel fails to fit an interpreter, and which tags are offered instead."""

import re
from collections.abc import Iterable
from enum import IntEnum

from hobd.core.tags.interpreter_tags import Tags
from hobd.core.tags.wheel_name import WheelName


class Misfit(IntEnum):
    """The part that does not fit. A wheel that fails by a later one comes closer."""

    PYTHON = 1
    ABI = 2
    PLATFORM = 3


def find_misfit(wheel: WheelName, tags: Tags) -> Misfit | None:
    """What keeps a wheel from being installed: of its combinations of tags the one that comes closest counts. None where it fits."""
    if tags.rank(wheel) is not None:
        return None
    pythons = [python for python in wheel.pythons if tags.knows_python(python)]
    if not pythons:
        return Misfit.PYTHON
    fits_abi = any(tags.knows_abi(python, abi) for python in pythons for abi in wheel.abis)
    return Misfit.PLATFORM if fits_abi else Misfit.ABI


_FAMILIES = ("py", "abi", "cp", "pp", "pypy", "graalpy", "pyston")
_INTERPRETER = re.compile(r"([a-z]+)([0-9])?([0-9]*)(t?)")


def tag_order(tag: str) -> tuple[int, bool, int, int, str]:
    """How Python and ABI tags are listed: by implementation, with the lock before without, then by version."""
    found = _INTERPRETER.match(tag)
    if found is None or found[1] not in _FAMILIES:
        return len(_FAMILIES), False, 0, 0, tag
    return _FAMILIES.index(found[1]), found[4] == "t", int(found[2] or 0), int(found[3] or 0), tag


def offered(misfit: Misfit, wheels: Iterable[WheelName], tags: Tags) -> list[str]:
    """The tags of wheels that matter for a misfit, sorted, each once: platforms only of wheels that fail by nothing else."""
    found: set[str] = set()
    for wheel in wheels:
        match misfit:
            case Misfit.PYTHON:
                found.update(wheel.pythons)
            case Misfit.ABI:
                found.update(abi for abi in wheel.abis if abi != "none")  # `none` fits everywhere: it is not what fails
            case _ if any(tags.knows_abi(python, abi) for python in wheel.pythons for abi in wheel.abis):
                found.update(wheel.platforms)
    return sorted(found) if misfit is Misfit.PLATFORM else sorted(found, key=tag_order)
