"""`[dependency-groups]` of a pyproject.toml, and flattening its includes (PEP 735)."""

from collections.abc import Callable, Generator, Mapping

from msgspec import Struct
from packaging.specifiers import SpecifierSet

from hobd.core.formats.shapes import Misfit, Place, describe, list_of, map_of, quoted, string
from hobd.core.vocab.names import Name, parse_name
from hobd.core.vocab.project import GroupEntry, IncludeGroup, Pyproject, UnknownGroupObject
from hobd.errors import HobError, RequestError

DEV = Name("dev")


class MalformedGroups(RequestError):
    """Groups that include each other in a circle, or what is not there, or entries that are no requirement."""


class FlatGroup(Struct, frozen=True):
    """A group with its includes resolved."""

    requirements: tuple[tuple[str, tuple[str, ...]], ...]
    """PEP 508 text, and the `requires-python` of the groups that it came through: each becomes part of its marker."""
    requires_python: SpecifierSet
    """Of the group and all that it includes; empty where nobody says."""


def groups(value: object, place: Place) -> tuple[tuple[Name, tuple[GroupEntry, ...]], ...]:
    """The table, sorted by name."""
    found = map_of(parse_name, list_of(_entry), duplicate="duplicate dependency group: `{}`")(value, place)
    return tuple(sorted(found, key=lambda pair: pair[0]))


def _entry(value: object, place: Place) -> GroupEntry:
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        raise Misfit(f"invalid type: {describe(value)}, expected a string or a map with the `include-group` key", place)
    items = tuple((key, string(entry, (*place, key))) for key, entry in value.items())
    if not items:
        raise Misfit("missing field `include-group`", place)
    if len(items) == 1 and items[0][0] == "include-group":
        try:
            return IncludeGroup(parse_name(items[0][1]))
        except HobError as error:
            raise Misfit(error.message, place) from error
    return UnknownGroupObject(tuple(sorted(items)))


def flatten(pyproject: Pyproject, where: str, check: Callable[[str], object]) -> tuple[tuple[Name, FlatGroup], ...]:
    """Every group with its includes in place, sorted by name; legacy `dev-dependencies` belong to `dev`.

    Args:
        pyproject: what the file says.
        where: its folder as errors show it.
        check: parses one requirement, and raises where it is none.
    Raises:
        MalformedGroups: a cycle, an unknown group, or an entry that is no requirement.
    """
    try:
        found = _Flattening(pyproject, check).run()
    except MalformedGroups as error:
        raise _headed(pyproject, where, error) from error
    legacy = pyproject.tool_uv.dev_dependencies
    if legacy is not None:
        dev = found.get(DEV, FlatGroup((), SpecifierSet()))
        found[DEV] = FlatGroup((*dev.requirements, *((text, ()) for text in legacy)), dev.requires_python)
    return tuple(sorted(found.items()))


def default_groups(pyproject: Pyproject) -> tuple[Name, ...]:
    """The groups that take part where nobody chooses: those of `default-groups`, else `dev`; `all` means every one.

    Raises:
        MalformedGroups: one of them is not defined.
    """
    known = {name for name, _ in pyproject.groups}
    if pyproject.tool_uv.dev_dependencies is not None:
        known.add(DEV)
    said = pyproject.tool_uv.default_groups
    if said is None:
        return (DEV,)
    if isinstance(said, str):
        return tuple(sorted(known))
    for name in said:
        if name not in known and name != DEV:
            raise MalformedGroups(
                f"Default group `{name}` (from `tool.uv.default-groups`) is not defined in the project's `dependency-groups` table"
            )
    return said


def _headed(pyproject: Pyproject, where: str, error: MalformedGroups) -> HobError:
    if pyproject.project is None:
        subject = f"`{where}`" if where else "Project ``"
    else:
        subject = f"Project `{pyproject.project.name}{f' @ {where}' if where else ''}`"
    return error.under(f"{subject} has malformed dependency groups")


class _Flattening:
    """One walk over the groups; a name that is under way when it is met again closes a circle."""

    def __init__(self, pyproject: Pyproject, check: Callable[[str], object]) -> None:
        self._entries: Mapping[Name, tuple[GroupEntry, ...]] = dict(pyproject.groups)
        self._bounds = dict(pyproject.tool_uv.group_requires_python)
        self._has_legacy = pyproject.tool_uv.dev_dependencies is not None
        self._check = check
        self._done: dict[Name, FlatGroup] = {}

    def run(self) -> dict[Name, FlatGroup]:
        for name in self._bounds:
            if name not in self._entries:
                raise MalformedGroups(self._unknown_setting(name))
        for name in sorted(self._entries):
            if name not in self._done:
                self._flatten(name)
        return self._done

    def _flatten(self, name: Name) -> None:
        """Flatten a group and all that it includes, over any depth: what is under way is kept on a stack of our own."""
        under_way = {name: self._flat(name)}
        included: FlatGroup | None = None
        while under_way:
            here = next(reversed(under_way))
            try:
                wanted = under_way[here].send(included)
            except StopIteration as end:
                included = self._done[here] = end.value
                del under_way[here]
                continue
            self._refuse(wanted, tuple(under_way))
            included = self._done.get(wanted)
            if included is None:
                under_way[wanted] = self._flat(wanted)

    def _refuse(self, name: Name, parents: tuple[Name, ...]) -> None:
        """Refuse to include what is not there, or is under way."""
        if name not in self._entries:
            raise MalformedGroups(self._unknown_include(name, parents[-1]))
        if name in parents:
            circle = " -> ".join(f"`{parent}`" for parent in (*parents, parents[0]))
            raise MalformedGroups(f"Detected a cycle in `dependency-groups`: {circle}")

    def _flat(self, name: Name) -> Generator[Name, FlatGroup | None, FlatGroup]:
        """Flatten one group; yields the names of groups that it includes, and is sent them flattened."""
        requirements: list[tuple[str, tuple[str, ...]]] = []
        specifier = SpecifierSet()
        for entry in self._entries[name]:
            if isinstance(entry, IncludeGroup):
                included = yield entry.name
                assert included is not None  # it is only gone on with when it is there
                requirements.extend(included.requirements)
                specifier &= included.requires_python
            else:
                requirements.append((self._requirement(name, entry), ()))
        bounds = self._bounds.get(name)
        if bounds is not None:
            requirements = [(text, (*through, bounds)) for text, through in requirements]
            specifier &= SpecifierSet(bounds)
        return FlatGroup(tuple(requirements), specifier)

    def _requirement(self, group: Name, entry: str | UnknownGroupObject) -> str:
        if isinstance(entry, UnknownGroupObject):
            shown = ", ".join(f"{quoted(key)}: {quoted(value)}" for key, value in entry.items)
            raise MalformedGroups(f"Group `{group}` contains an unknown dependency object specifier: {{{shown}}}")
        try:
            self._check(entry)
        except HobError as error:
            raise MalformedGroups(f"Failed to parse entry in group `{group}`: `{entry}`", causes=(error.message, *error.causes)) from error
        return entry

    def _unknown_include(self, name: Name, parent: Name) -> str:
        if name == DEV and self._has_legacy:
            return f'Group `{parent}` includes the `dev` group (`include = "dev"`), but {_ONLY_LEGACY.format(" via an `include`")}'
        return f"Failed to find group `{name}` included by `{parent}`"

    def _unknown_setting(self, name: Name) -> str:
        if name == DEV and self._has_legacy:
            return f"`[tool.uv.dependency-groups]` specifies the `dev` group, but {_ONLY_LEGACY.format('')}"
        return f"Failed to find group `{name}` specified in `[tool.uv.dependency-groups]`"


_ONLY_LEGACY = (
    "only `tool.uv.dev-dependencies` was found. To reference the `dev` group{}, remove the `tool.uv.dev-dependencies` section "
    "and add any development dependencies to the `dev` entry in the `[dependency-groups]` table instead."
)
