"""What wheels there are, where none fits the one environment that is solved for (uv-lock.md 7.3, hints)."""

from collections.abc import Iterable

from hobd.core.resolver.rejection import NO_WHEELS_BY_TAG, Rejection
from hobd.core.resolver.target import Target
from hobd.core.resolver.versions import Point
from hobd.core.tags import Misfit, WheelName, offered
from hobd.core.vocab.names import Name

_WHAT = {Misfit.PYTHON: "Python implementation tag", Misfit.ABI: "Python ABI tag"}


def about_tags(name: Name, place: Point, rejection: Rejection, wheels: Iterable[WheelName], target: Target) -> str | None:
    """Which tags the wheels of a version have; None where it was rejected for something else.

    Args:
        rejection: of the version.
        wheels: of the version, all of them.
    """
    misfit = next((each for each, reason in NO_WHEELS_BY_TAG.items() if reason.what == rejection.what), None)
    tags = [] if misfit is None else offered(misfit, wheels, target.tags)
    if misfit is None or not tags:
        return None
    listed = f"{'' if len(tags) == 1 else 's'}: {', '.join(f'`{tag}`' for tag in tags)}"
    if misfit is Misfit.PLATFORM:
        return f"Wheels are available for `{name}` (v{place}) on the following platform{listed}"
    best = target.tags.best[misfit - 1]
    return (
        f"You require {_spoken(target.implementation, best)} (`{best}`), but we only found wheels for `{name}` (v{place}) "
        f"with the following {_WHAT[misfit]}{listed}"
    )


def _spoken(implementation: str, tag: str) -> str:
    """`CPython 3.12` of `cp312`."""
    digits = "".join(letter for letter in tag.partition("_")[0] if letter.isdigit())
    threading = "free-threaded " if tag.endswith("t") else ""
    return f"{threading}{implementation} {digits[:1]}.{digits[1:]}"
