"""The conflicts that a workspace declares, and those that follow from them (uv-lock.md 1.3, features.md RES-11)."""

from hobd.core.resolver.conflict_items import item_order
from hobd.core.vocab.names import Name
from hobd.core.vocab.project import ConflictTable, IncludeGroup, Pyproject, Workspace
from hobd.core.vocab.requirement import ConflictItem
from hobd.errors import RequestError


def conflicts_of(workspace: Workspace) -> tuple[tuple[ConflictItem, ...], ...]:
    """Declared sets in order, root first, then sets that follow because a group includes one of them (uv-lock.md 1.3).

    Raises:
        RequestError: an item of a root without a project does not name its package.
    """
    found: list[tuple[ConflictItem, ...]] = []
    if not workspace.has_root_project and workspace.pyproject.project is None:
        found += [_conflict_set(items, None) for items in workspace.pyproject.tool_uv.conflicts]
    for member in workspace.members:
        found += [_conflict_set(items, member.name) for items in member.pyproject.tool_uv.conflicts]
    if workspace.pyproject.project is not None:
        found += _inferred_conflicts(found, workspace.pyproject, workspace.pyproject.project.name)
    return tuple(found)


def _conflict_set(items: tuple[ConflictTable, ...], default: Name | None) -> tuple[ConflictItem, ...]:
    found = set()
    for item in items:
        package = item.package or default
        if package is None:
            key, value = ("extra", item.extra) if item.extra else ("group", item.group)
            raise RequestError(f'Expected `package` field in conflicting entry: {{ {key} = "{value}" }}')
        found.add(ConflictItem(package=package, extra=item.extra, group=item.group))
    return tuple(sorted(found, key=item_order))


def _inferred_conflicts(declared: list[tuple[ConflictItem, ...]], pyproject: Pyproject, name: Name) -> list[tuple[ConflictItem, ...]]:
    """A group that includes a conflicting group conflicts with what that one conflicts with; with nothing, if that is itself."""
    includers: dict[Name, set[Name]] = {}
    for group, entries in pyproject.groups:
        for entry in entries:
            if isinstance(entry, IncludeGroup):
                includers.setdefault(entry.name, set()).add(group)
    inferred: list[tuple[ConflictItem, ...]] = []
    queue = list(declared)
    while queue:
        items = queue.pop(0)
        for item in items:
            if item.package != name or item.group is None:
                continue
            for includer in sorted(includers.get(item.group, ())):
                replaced = {each for each in items if each != item} | {ConflictItem(package=name, group=includer)}
                new = tuple(sorted(replaced, key=item_order))
                if new not in declared and new not in inferred:
                    inferred.append(new)
                    queue.append(new)
    return inferred
