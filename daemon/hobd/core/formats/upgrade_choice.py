"""Which requirements of a project `upgrade` may raise, and which not (features.md, ADD-16).

`project.dependencies` ─→ selected by name ─→ can it ever apply? ─no→ skipped, with the reason
                                                   │yes
                                                   ▼
                                                Declared: from an index, or it is refused
"""

from collections.abc import Collection, Iterable

from msgspec import Struct

from hobd.core.formats.requirement import parse_requirement
from hobd.core.formats.source_text import render_reference, render_requirement_text
from hobd.core.markers import Marker
from hobd.core.vocab.names import Name
from hobd.core.vocab.project import GitEntry, IndexEntry, Member, SourceEntry, Workspace
from hobd.core.vocab.requirement import Requirement
from hobd.errors import RequestError

_UNREACHABLE = "excluded by the project's environments or Python requirement"
_NO_SUCH_EXTRA = "references an extra that the project does not provide"


class NotUpgradable(RequestError):
    """What was asked for cannot be upgraded."""


class Declared(Struct, frozen=True, kw_only=True):
    """A requirement of the project's own."""

    text: str
    """As it is written."""
    requirement: Requirement
    marker: Marker
    """Where it applies: its own marker, within what the project is for."""


class Choice(Struct, frozen=True, kw_only=True):
    """What is to be raised, and what is left as it is."""

    declared: tuple[Declared, ...]
    """In order of declaration."""
    names: tuple[Name, ...]
    """In the order in which they were asked for."""
    skipped: tuple[tuple[Requirement, str, str], ...]
    """Requirements that never apply: what they say, as text, and why."""


def choose(member: Member, packages: Collection[Name], excluded: Collection[Name], domain: Marker) -> Choice:
    """Select requirements.

    Args:
        member: whose requirements they are.
        packages: names; none: all.
        excluded: names that are left out all the same.
        domain: where the project is to work.
    Raises:
        NotUpgradable: a name is not there, or nothing is left.
        InvalidRequirement: one cannot be read.
    """
    declared: list[Declared] = []
    skipped: list[tuple[Requirement, str, str]] = []
    extras = {name for name, _ in member.project.optional_dependencies}
    for text in member.project.dependencies or ():
        requirement = _parsed(text, member)
        if requirement.name in excluded or (packages and requirement.name not in packages):
            continue
        marker = requirement.marker & domain
        own = marker.assume_extras(lambda extra: None if extra in extras else False)
        if own.is_false:
            skipped.append((requirement, text, _UNREACHABLE if marker.is_false else _NO_SUCH_EXTRA))
        else:
            declared.append(Declared(text=text, requirement=requirement, marker=own))
    found = {*(each.requirement.name for each in declared), *(requirement.name for requirement, _, _ in skipped)}
    for name in packages:
        if name not in excluded and name not in found:
            raise NotUpgradable(f"Dependency `{name}` was not found in `project.dependencies`")
    if not found:
        raise NotUpgradable("No dependencies selected for upgrade")
    return Choice(declared=tuple(declared), names=_names(declared, packages), skipped=tuple(skipped))


def _parsed(text: str, member: Member) -> Requirement:
    try:
        return parse_requirement(text)
    except RequestError as error:
        what = error.message.partition("\n")[0]
        path = member.root / "pyproject.toml"
        raise NotUpgradable(f"Failed to parse dependency from `project.dependencies` in `{path}`: {what}") from error


def _names(declared: Iterable[Declared], packages: Collection[Name]) -> tuple[Name, ...]:
    found = dict.fromkeys(each.requirement.name for each in declared)
    return tuple(dict.fromkeys(name for name in packages if name in found)) if packages else tuple(found)


def refuse_other_sources(choice: Choice, member: Member, workspace: Workspace) -> None:
    """Only what comes from an index has versions to choose from.

    Raises:
        NotUpgradable: something comes from elsewhere.
    """
    for name in choice.names:
        if any(each.requirement.source is not None for each in choice.declared if each.requirement.name == name):
            raise NotUpgradable(f"Dependency `{name}` is a direct URL requirement and cannot be upgraded")
    if member.name in choice.names:
        raise NotUpgradable(f"Dependency `{member.name}` refers to the current project and cannot be upgraded")
    own, of_root = dict(member.pyproject.tool_uv.sources), dict(workspace.pyproject.tool_uv.sources)
    for name in choice.names:
        _refuse_entries(name, own.get(name, of_root.get(name, ())), choice)


def _refuse_entries(name: Name, entries: Iterable[SourceEntry], choice: Choice) -> None:
    markers = [each.marker for each in choice.declared if each.requirement.name == name]
    applying = [entry for entry in entries if any(_applies(entry, marker) for marker in markers)]
    if any(isinstance(entry, GitEntry) and entry.rev is not None for entry in applying):
        raise NotUpgradable(f"Dependency `{name}` is pinned to a Git revision and cannot be upgraded commit-to-commit")
    if any(not isinstance(entry, IndexEntry) for entry in applying):
        raise NotUpgradable(f"Dependency `{name}` uses a non-registry source in `tool.uv.sources` and cannot be upgraded")


def _applies(entry: SourceEntry, marker: Marker) -> bool:
    is_of_project = entry.group is None and (entry.extra is None or marker.assume_extra(entry.extra, active=False).is_false)
    return is_of_project and not entry.marker.is_disjoint(marker)


def shown(requirement: Requirement) -> str:
    """A requirement in its normal form; of an address, the query is left out: it may hold secrets."""
    reference = None if requirement.source is None else render_reference(requirement.source).partition("?")[0]
    return render_requirement_text(requirement, reference)
