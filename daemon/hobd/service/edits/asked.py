"""What `add` is asked for: requirements of the command line and of files, each with its name (ADD-3 to ADD-5).

words, -r files ─→ Asked, perhaps without a name ─→ the name that its folder, archive or repository has
"""

import re
from pathlib import Path as Folder

from anyio import to_thread
from msgspec import Struct
from msgspec.structs import replace

from hobd.core.formats.direct_reference import ARCHIVE_EXTENSIONS
from hobd.core.formats.requirement import InvalidRequirement, parse_requirement
from hobd.core.formats.urls import path_url
from hobd.core.resolver.knowledge import Unusable
from hobd.core.tags.wheel_name import parse_wheel_name
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Directory, Path, Source, Url
from hobd.errors import HobError, RequestError
from hobd.projects.discover import PYPROJECT, read_pyproject
from hobd.projects.files import absolute
from hobd.service.builds.building import Builder
from hobd.service.network import Network
from hobd.service.pip.file_kinds import check_list, kind_of
from hobd.service.session import Session
from hobd.sources.failures import SourceError

_UNNAMED = "URL requirement must be preceded by a package name"
_STAND_IN = "unnamed"
_NOTHING_THERE = ("Git operation failed", "does not appear to be a Python project")
_REFUSED = re.compile(r"pyproject\.toml|setup\.py|setup\.cfg|pylock(\..*)?\.toml")


class MissingDistribution(SourceError):
    """There is nothing at a path."""


class Asked(Struct, frozen=True, kw_only=True):
    """One requirement as it was asked for; paths in its source are absolute."""

    requirement: Requirement
    is_named: bool = True
    """False: the name is a stand-in until somebody has looked."""
    is_editable: bool | None = None
    is_absolute: bool = False
    """Whether its path was given from the root: then it is written so."""


def read_words(words: tuple[str, ...], session: Session) -> tuple[Asked, ...]:
    """The requirements of the command line.

    Raises:
        InvalidRequirement: one is none; below a message that names it.
    """
    found: list[Asked] = []
    for word in words:
        if not word:
            raise RequestError("Failed to parse: ``", causes=("Empty field is not allowed for PEP508",))
        try:
            found.append(parse_asked(word, session.cwd))
        except HobError as error:
            raise error.under(f"Failed to parse: `{word}`") from error
    return tuple(found)


def refuse_formats(names: tuple[str, ...], constraints: tuple[str, ...]) -> None:
    """Refuse files that are no lists of requirements.

    Args:
        names: `-r`.
        constraints: `-c`.
    Raises:
        RequestError: one is.
    """
    for name in names:
        if name.endswith(".py") and not name.endswith("setup.py"):
            raise RequestError("Adding requirements from a PEP 723 script is not supported in `hob add`")
        if found := _REFUSED.fullmatch(Folder(name).name):
            kind = "pylock.toml" if found[0].startswith("pylock") else found[0]
            raise RequestError(f"Adding requirements from a `{kind}` is not supported in `hob add`")
        kind_of(name)
    for name in constraints:
        check_list(name, "constraints")


def constrained(session: Session, constraints: tuple[Requirement, ...]) -> Session:
    """The session with constraints that hold for it alone: no lock records them."""
    resolver = session.settings.resolver
    upgrade = replace(resolver.upgrade, constraints=(*resolver.upgrade.constraints, *constraints))
    return replace(session, settings=replace(session.settings, resolver=replace(resolver, upgrade=upgrade)))


def parse_asked(text: str, base: Folder) -> Asked:
    """A requirement; a bare reference gets a stand-in for its name.

    Args:
        base: the folder that relative paths start from.
    Raises:
        InvalidRequirement: it is none.
    """
    try:
        return _asked(text, base, is_named=True)
    except InvalidRequirement as error:
        if not error.reason.startswith(_UNNAMED):
            raise
    reference, blank, rest = text.partition(" ;")
    extras = ""
    if reference.rstrip().endswith("]"):
        reference, _, inner = reference.rstrip().rpartition("[")
        extras = f"[{inner}"
    try:
        return _asked(f"{_STAND_IN}{extras} @ {reference}{blank}{rest}", base, is_named=False)
    except InvalidRequirement as error:
        raise InvalidRequirement(_shown_as_given(error.reason, reference, base), text, 0, len(text)) from None


def _shown_as_given(reason: str, reference: str, base: Folder) -> str:
    return reason.replace(str(absolute(Folder(reference), base)), reference)


def _asked(text: str, base: Folder, *, is_named: bool) -> Asked:
    requirement = parse_requirement(text, str(base))
    reference = text.partition("@")[2].strip()
    if isinstance(requirement.source, Directory):
        _refuse_odd_file(Folder(requirement.source.path), text, reference)
    return Asked(requirement=requirement, is_named=is_named, is_absolute=reference.startswith(("/", "file:")))


def _refuse_odd_file(path: Folder, text: str, reference: str) -> None:
    """What is no folder and ends like a file has to be an archive."""
    if path.suffix and not path.is_dir():
        *most, last = (f"`{extension}`" for extension in ARCHIVE_EXTENSIONS)
        reason = f"Expected path (`{reference}`) to end in a supported file extension: {', '.join(most)}, or {last}"
        raise InvalidRequirement(reason, text, text.find(reference), len(reference))


async def name_all(asked: tuple[Asked, ...], builder: Builder, network: Network, session: Session) -> tuple[Asked, ...]:
    """The same with all names; those that had none come last. The session hears who we are to their repositories.

    Raises:
        HobError: something is not there, or does not say its name.
    """
    found = [one for one in asked if one.is_named]
    for one in asked:
        session.learn_login(one.requirement.source)
        if not one.is_named:
            assert one.requirement.source is not None  # only references come without names
            name = _visible_name(one.requirement.source, session) or await _learned_name(one.requirement.source, builder, network)
            found.append(replace(one, requirement=replace(one.requirement, name=name), is_named=True))
    return tuple(found)


def _visible_name(source: Source, session: Session) -> Name | None:
    """The name that a wheel's own or a folder's `pyproject.toml` says; None where it takes more to know."""
    if isinstance(source, Path | Url) and (source.path if isinstance(source, Path) else source.url).endswith(".whl"):
        return parse_wheel_name((source.path if isinstance(source, Path) else source.url).rpartition("/")[2]).name
    if not isinstance(source, Path | Directory):
        return None
    place = Folder(source.path)
    session.context.evidence.saw(place)
    if not place.exists():
        raise MissingDistribution(f"Distribution not found at: {path_url(source.path)}")
    if isinstance(source, Directory) and (place / PYPROJECT).is_file():
        project = read_pyproject(place, session.discovery()).project
        return None if project is None else project.name
    return None


async def _learned_name(source: Source, builder: Builder, network: Network) -> Name:
    try:
        async with network.knowledge(builder) as knowledge:
            said = await to_thread.run_sync(knowledge.source_metadata, None, source)
    except HobError as error:
        raise _as_request(error) from error
    if isinstance(said, Unusable):
        raise RequestError(f"The metadata of `{source}` {said.reason}", causes=(said.detail,) if said.detail else ())
    return said.name


def _as_request(error: HobError) -> HobError:
    """What is not there at all is the request's fault, not that of a download or a build."""
    if not error.causes or not any(text in error.causes[0] for text in _NOTHING_THERE):
        return error
    return RequestError(error.causes[0], causes=error.causes[1:], hints=error.hints)
