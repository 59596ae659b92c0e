"""What files say to `add`: lists and constraints, read as `hob pip` reads them (ADD-4)."""

from msgspec.structs import replace

from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Directory, Editable
from hobd.service.edits.asked import Asked
from hobd.service.pip.inputs import InputReader
from hobd.service.session import Session


async def read_listed(
    names: tuple[str, ...], constraints: tuple[str, ...], session: Session
) -> tuple[tuple[Asked, ...], tuple[Requirement, ...]]:
    """The requirements of files, what is editable of each file last, and all that limits them.

    Args:
        names: `-r`.
        constraints: `-c`.
    Raises:
        RequestError: one is not there, or a line is no requirement.
    """
    reader = InputReader(session=session)
    found: list[Asked] = []
    limits = (await reader.constraints(constraints)).constraints
    for name in names:
        inputs = await reader.files((name,))
        found += sorted((_as_added(each.asked) for each in inputs.stated), key=lambda one: bool(one.is_editable))
        limits += inputs.constraints
    return tuple(found), tuple(each.requirement for each in limits)


def _as_added(asked: Asked) -> Asked:
    """A folder stays a folder: whether it is editable, tables of sources say beside it."""
    source = asked.requirement.source
    if not isinstance(source, Editable):
        return asked
    return replace(asked, requirement=replace(asked.requirement, source=Directory(source.path)))
