"""What stands against a version that is asked for, and the ways out."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from hobd.core.resolver.package import Kind as PackageKind
from hobd.core.resolver.proof import Missing, Needs, Unusable, facts
from hobd.core.resolver.rejection import Rejection
from hobd.core.resolver.sentences import spell
from hobd.core.resolver.specifiers import versions_matching
from hobd.core.resolver.unsatisfiable import Unsatisfiable
from hobd.core.resolver.versions import VersionSet
from hobd.core.vocab.requirement import Requirement

Kind = Literal["unknown-package", "no-version", "cut-off", "yanked", "no-files", "python", "conflict", "amended"]

_TITLES: dict[Kind, str] = {
    "unknown-package": "no index has the package",
    "no-version": "there is no such version",
    "cut-off": "it was published after the cut-off of `exclude-newer`",
    "yanked": "it was yanked",
    "no-files": "it has no files that can be used here",
    "python": "it needs another Python",
    "conflict": "it conflicts with other requirements",
    "amended": "the project replaces or drops every requirement on it",
}


class Objection(Struct, frozen=True, kw_only=True):
    """Why a requirement cannot be met."""

    kind: Kind
    explanation: str
    """The chain of reasons, as an error would tell it."""
    place: str
    """The part of the resolution that fails; empty: all of it."""
    hints: tuple[str, ...]
    """What an error would hint at."""
    ways_out: tuple[str, ...]

    @property
    def title(self) -> str:
        """The kind in words."""
        return _TITLES[self.kind]


def objection_of(error: Unsatisfiable, asked: Requirement, *, is_alone: bool) -> Objection:
    """What a failed resolution says of the requirement that it was asked with.

    Args:
        is_alone: whether nothing else was asked for: only then can the package itself be to blame.
    """
    kind, python = _kind(error, asked) if is_alone else ("conflict", "")
    _, _, place = error.message.partition(" for split ")
    return Objection(
        kind=kind,
        explanation="\n".join(error.causes),
        place=f"split {place}" if place else "",
        hints=error.hints,
        ways_out=tuple(_ways_out(kind, python, error, asked)),
    )


def amended(asked: Requirement) -> Objection:
    """The project's overrides or exclusions have the last word."""
    return Objection(
        kind="amended",
        explanation=f"Whatever asks for {asked.name}, `override-dependencies` or `exclude-dependencies` decide what becomes of it.",
        place="",
        hints=(),
        ways_out=("Change `override-dependencies` or `exclude-dependencies` in `[tool.uv]`",),
    )


def _kind(error: Unsatisfiable, asked: Requirement) -> tuple[Kind, str]:
    """What is wrong with the package itself, if anything is; and the Pythons that it needs."""
    wanted = versions_matching(asked.specifier)
    missing, found = False, None
    for fact in facts(error.told):
        match fact:
            case Unusable(package, versions, rejection) if package.name == asked.name and not versions.is_disjoint(wanted):
                found = found or _kind_of(rejection)
            case Needs(package, versions, on, allowed) if package.name == asked.name and on.kind is PackageKind.PYTHON:
                found = found or ("python", _spelled(allowed))
            case Missing(package, versions) if package.name == asked.name and not versions.is_disjoint(wanted):
                missing = True
    if found is not None:
        return found
    if missing:
        return ("cut-off" if any("`exclude-newer" in hint for hint in error.hints) else "no-version"), ""
    return "conflict", ""


def _kind_of(rejection: Rejection) -> tuple[Kind, str]:
    if rejection.is_whole_package:
        return "unknown-package", ""
    if rejection.what.startswith("yanked"):
        return "yanked", ""
    if rejection.verb == "requires" and rejection.what.startswith("Python"):
        return "python", rejection.what.removeprefix("Python").strip()
    if rejection.verb == "depends on":
        return "conflict", ""
    return "no-files", ""


def _ways_out(kind: Kind, python: str, error: Unsatisfiable, asked: Requirement) -> Iterator[str]:
    name = asked.name
    match kind:
        case "unknown-package":
            yield "Check the spelling, or name the index that has it with `--index`"
        case "no-version":
            yield f"Ask for a version that is there: {_nearest(error, asked)}"
        case "cut-off":
            yield f"Let it in with `--exclude-newer-package {name}=false`, or move `exclude-newer` to a later time"
        case "yanked":
            yield f"Only an exact version takes what was yanked: `hob why-not {name}==VERSION`"
        case "no-files":
            yield "Leave out the platforms that it has no files for with `environments` in `[tool.uv]`, or ask for another version"
        case "python":
            yield f"Change `requires-python` of the project to `{python}`"
            yield f"Require it only there: `{name}{asked.specifier} ; python_version {_marker(python)}`"
        case "conflict":
            yield from _out_of_conflict(error, asked)


def _nearest(error: Unsatisfiable, asked: Requirement) -> str:
    """The versions next to those that are asked for, or the newest there is."""
    table, listings = error.words.background.table, error.words.background.listings
    places = listings.of(table.package(asked.name)) or ()
    wanted = versions_matching(asked.specifier)
    bounds = list(wanted.intervals())
    below = next((place for place in reversed(places) if bounds and place.before < bounds[0][0]), None)
    above = next((place for place in places if bounds and place.before > bounds[-1][1]), None)
    near = [str(place) for place in (below, above) if place is not None]
    return f"{' and '.join(near)} {'is' if len(near) == 1 else 'are'} nearest" if near else "no index lists any"


def _marker(python: str) -> str:
    """The first comparison of a range, as a marker spells it: `>= '3.12'`."""
    first = python.partition(",")[0].strip()
    operator = first[: len(first) - len(first.lstrip("<>=!~"))]
    return f"{operator} '{first[len(operator) :].strip()}'"


def _out_of_conflict(error: Unsatisfiable, asked: Requirement) -> Iterator[str]:
    """The user's own requirements can be relaxed; those of others can be overridden."""
    members = error.words.background.members
    others = False
    for fact in facts(error.told):
        if not isinstance(fact, Needs) or fact.on.kind is PackageKind.PYTHON:
            continue
        is_own = fact.package.kind is PackageKind.ROOT or fact.package.name in members
        if is_own and fact.on.name != asked.name and not fact.allowed.is_everything:
            yield f"Relax `{fact.on}{_spelled(fact.allowed)}`, which {_whose(fact, len(members))} requires"
        others = others or (not is_own and fact.on.name == asked.name)
        if is_own and fact.on.name == asked.name and fact.package.kind is not PackageKind.ROOT:
            yield f"Relax `{fact.on}{_spelled(fact.allowed)}`, which {_whose(fact, len(members))} requires"
    if others:
        yield f'If you know better than its dependents: `override-dependencies = ["{asked.name}{asked.specifier}"]` in `[tool.uv]`'


def _whose(fact: Needs, member_count: int) -> str:
    return "your project" if member_count < 2 or fact.package.name is None else f"`{fact.package}`"


def _spelled(versions: VersionSet) -> str:
    return "|".join(spell(low, high) for low, high in versions.intervals())
