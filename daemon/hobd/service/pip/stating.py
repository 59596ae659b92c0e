"""From a text to what it requires: a word of the command line, or a line of a file, editable or not (PIP-1)."""

from pathlib import Path

from msgspec.structs import replace

from hobd.core.formats.urls import path_url
from hobd.core.vocab.source import Directory, Editable, Git
from hobd.core.vocab.source import Path as PathSource
from hobd.errors import RequestError
from hobd.service.edits.asked import Asked, parse_asked
from hobd.service.pip.stated import Origin, Stated


class NotEditable(RequestError):
    """Something is to be editable that is no folder.

    Args:
        reason: why it cannot be.
        asked: what it is.
    """

    def __init__(self, reason: str, asked: str) -> None:
        super().__init__(reason, hint="Editable requirements must refer to a local directory")
        self.asked = asked


def state(text: str, folder: Path, origin: Origin | None = None, *, written: str | None = None, is_editable: bool = False) -> Stated:
    """What a text requires.

    Args:
        text: a requirement, or a bare reference, its variables replaced.
        folder: where relative paths start.
        written: the text as it was written, if that differs.
    Raises:
        NotEditable: it is to be editable, and cannot be.
        InvalidRequirement: it is none.
    """
    asked = _editable(text, folder) if is_editable else parse_asked(text, folder)
    given = _reference(text if written is None else written, is_named=asked.is_named)
    return Stated(asked=asked, origin=origin, given=given, had_name=asked.is_named)


def _editable(text: str, folder: Path) -> Asked:
    """What is to be editable is a place: a bare name means the folder of that name."""
    asked = parse_asked(text, folder)
    if asked.is_named and asked.requirement.source is None and not asked.requirement.specifier:
        asked = parse_asked(f"./{text}", folder)
    source = asked.requirement.source
    if source is None:
        raise NotEditable("Registry requirements cannot be editable", text)
    if isinstance(source, Directory):
        return replace(asked, is_editable=True, requirement=replace(asked.requirement, source=Editable(source.path)))
    if isinstance(source, PathSource):
        raise NotEditable("Local archives cannot be editable", path_url(source.path))
    raise NotEditable("Git sources cannot be editable" if isinstance(source, Git) else "Remote archives cannot be editable", text)


def _reference(text: str, *, is_named: bool) -> str | None:
    """What a requirement refers to, as it is written; None where it names a version."""
    reference = text.partition(" ;")[0].strip()
    if is_named:
        _, at, reference = reference.partition("@")
        return reference.strip() if at else None
    return reference.rpartition("[")[0].rstrip() if reference.endswith("]") else reference
