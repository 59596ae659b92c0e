"""What would change if a requirement were added, as a picture."""

from collections.abc import Sequence

from hobd.core.lockfile.changes import Change
from hobd.core.why.picture import MOST_BOXES, Arrow, Box, Picture


def picture_of_changes(asked: str, changes: Sequence[Change]) -> Picture:
    """The requirement, and below it every package whose versions it changes."""
    boxes = [Box(key="", lines=(asked,), kind="target")]
    boxes += (Box(key=each.name, lines=(each.name, _told(each))) for each in changes[: MOST_BOXES - 1])
    arrows = tuple(Arrow(start="", end=box.key) for box in boxes[1:])
    return Picture(title=f"What {asked} would change", boxes=tuple(boxes), arrows=arrows)


def _told(change: Change) -> str:
    if not change.before:
        return f"added: {', '.join(change.after)}"
    if not change.after:
        return f"removed: {', '.join(change.before)}"
    return f"{', '.join(change.before)} → {', '.join(change.after)}"
