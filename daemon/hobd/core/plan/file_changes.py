"""The files of a project as hob changed them, and the way back: one change undone after the other, or none of them.

on disk ──is it what the last change left?──→ what was before it ──is it what the change before that left?──→ …
              └─ no: somebody edited it since, and it is left alone
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace


class FileChange(Struct, frozen=True):
    """What one command did to one file."""

    path: str
    """Relative to the root of the workspace, with `/`."""
    before: str | None
    """The whole text, undecodable bytes as surrogates; None where there was no file."""
    after: str | None

    @property
    def reversed(self) -> "FileChange":
        """The way back."""
        return FileChange(self.path, self.after, self.before)


class Retraced(Struct, frozen=True):
    """Where changes lead to."""

    texts: Mapping[str, str | None]
    """The files that become others."""
    edited: tuple[str, ...]
    """Files that are not what hob left: from there no way leads back."""


def compose(changes: Iterable[FileChange]) -> tuple[FileChange, ...]:
    """Changes of several commands, oldest first, as one: what was edited in between by others begins anew there."""
    found: dict[str, FileChange] = {}
    for change in changes:
        before = found.get(change.path)
        found[change.path] = change if before is None or before.after != change.before else replace(before, after=change.after)
    return tuple(sorted((one for one in found.values() if one.before != one.after), key=lambda one: one.path))


def retrace(steps: Iterable[Iterable[FileChange]], texts: Mapping[str, str | None]) -> Retraced:
    """Follow changes from what the files are now.

    Args:
        steps: in the order in which they are to be done.
        texts: of every file that is in one of them.
    """
    reached = dict(texts)
    edited: dict[str, None] = {}
    for step in steps:
        for change in step:
            if reached[change.path] == change.before:
                reached[change.path] = change.after
            elif reached[change.path] != change.after:  # else somebody has done it already
                edited[change.path] = None
    return Retraced({path: text for path, text in reached.items() if text != texts[path]}, tuple(edited))


class Step(Struct, frozen=True):
    """How one state came to be from another."""

    parent: int | None
    changes: tuple[FileChange, ...]


def find_way(steps: Mapping[int, Step], start: int, goal: int) -> list[tuple[FileChange, ...]] | None:
    """What is to be done to the files on the way from one state to another: back to where both come from, and forward from there.

    Args:
        steps: how each state that is known came to be, by number.
        start: the number where the way begins.
        goal: where it ends.
    Returns:
        The changes of each step; None where nobody remembers how one came from the other.
    """
    back, forth = _line(steps, start), _line(steps, goal)
    common = next((number for number in back if number in forth), None)
    if common is None:
        return None
    undone = [_reversed(steps[number].changes) for number in back[: back.index(common)]]
    return undone + [steps[number].changes for number in reversed(forth[: forth.index(common)])]


def _line(steps: Mapping[int, Step], number: int) -> list[int]:
    """A state and those that it comes from, the last of which may not be known any more."""
    line = [number]
    while (step := steps.get(line[-1])) is not None and step.parent is not None and step.parent not in line:
        line.append(step.parent)
    return line


def _reversed(changes: Iterable[FileChange]) -> tuple[FileChange, ...]:
    return tuple(change.reversed for change in changes)
