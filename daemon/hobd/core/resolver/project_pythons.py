"""Which Pythons a workspace is for (uv-lock.md 2.1)."""

import re
from collections.abc import Callable, Iterable

from msgspec import Struct

from hobd.core.formats.group_table import flatten
from hobd.core.markers import RequiresPython
from hobd.core.resolver.lower import parse_stated
from hobd.core.vocab.names import Name
from hobd.core.vocab.project import Member, Workspace
from hobd.errors import RequestError

_WITHOUT_PATCH = re.compile(r"\s*~=\s*(\d+)\.(\d+)\s*")


class ContradictoryPythons(RequestError):
    """No Python satisfies all members."""


class GroupLimit(Struct, frozen=True):
    """The Pythons that a group of a member is for (SYN-7)."""

    package: Name
    group: Name
    allowed: RequiresPython

    def __str__(self) -> str:
        return f"{self.package}:{self.group}"


def group_limits(workspace: Workspace, wants: Callable[[Name], bool], shown_folder: Callable[[Member], str]) -> tuple[GroupLimit, ...]:
    """What the wanted groups of all members say of Pythons, by package and group.

    Raises:
        MalformedGroups: groups do not hold together, wanted or not.
    """
    return tuple(
        GroupLimit(member.name, name, RequiresPython.parse(str(group.requires_python)))
        for member in workspace.members
        for name, group in flatten(member.pyproject, shown_folder(member), parse_stated)
        if wants(name) and group.requires_python
    )


def find_requires_python(workspace: Workspace, groups: Iterable[GroupLimit] = ()) -> RequiresPython | None:
    """The Pythons that all members allow; None where no member says (uv-lock.md 2.1).

    Args:
        workspace: its members.
        groups: what groups say beyond: of an environment that holds them.
    Raises:
        ContradictoryPythons: there is none.
    """
    said = [(str(member.name), member.project.requires_python) for member in workspace.members]
    found = [(name, RequiresPython.parse(text)) for name, text in said if text is not None]
    found = sorted([*found, *((str(limit), limit.allowed) for limit in groups)], key=lambda pair: pair[0].partition(":"))
    if not found:
        return None
    both = RequiresPython.intersection(each for _, each in found)
    if both is None:
        listed = "\n".join(f"- {name}: {each}" for name, each in found)
        raise ContradictoryPythons(f"Found conflicting Python requirements:\n{listed}")
    return both


def ambiguous_pythons(workspace: Workspace) -> tuple[str, ...]:
    """What is to be said of members that write `~=X.Y`: it allows more than it seems to."""
    said = [(member.name, _WITHOUT_PATCH.fullmatch(member.project.requires_python or "")) for member in workspace.members]
    return tuple(_ambiguity(name, int(found[1]), int(found[2])) for name, found in said if found is not None)


def _ambiguity(name: Name, major: int, minor: int) -> str:
    version = f"{major}.{minor}"
    return (
        f"The `requires-python` specifier (`~={version}`) in `{name}` uses the tilde specifier (`~=`) without a patch version. "
        f"This will be interpreted as `>={version}, <{major + 1}`. Did you mean `~={version}.0` to constrain the version as "
        f"`>={version}.0, <{major}.{minor + 1}`? We recommend only using the tilde specifier with a patch version to avoid ambiguity."
    )


def python_warnings(found: RequiresPython | None, used: RequiresPython, minor: str) -> tuple[str, ...]:
    """What is to be said of the Pythons of a workspace.

    Args:
        found: what the members say.
        used: what is used instead where they do not.
        minor: the interpreter's `X.Y`.
    """
    if found is None:
        return (f"No `requires-python` value found in the workspace. Defaulting to `{used}`.",)
    if found.lower is None:
        text = f"The workspace `requires-python` value (`{found}`) does not contain a lower bound. "
        return (text + f"Add a lower bound to indicate the minimum compatible Python version (e.g., `>={minor}`).",)
    text = found.text()
    if text.startswith("==") and not text.endswith("*") and text.count(".") == 1 and "," not in text:
        said = f"The workspace `requires-python` value (`{found}`) contains an exact match without a patch version. "
        return (said + f"When omitted, the patch version is implicitly `0` (e.g., `{found}.0`). Did you mean `{found}.*`?",)
    return ()
